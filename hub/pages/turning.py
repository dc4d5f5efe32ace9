"""Turning the pages of a long list: the link to what follows names the last thing shown. Knows no list and no table."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, TypeVar
from urllib.parse import quote

Row = TypeVar("Row")
SIZE: Final = 50  # lines of one page of a table
LONGEST: Final = 64  # of what an address names


@dataclass(frozen=True, slots=True)
class Turning:
    """Where a list goes on, and back to its beginning; "" where it does not."""

    following: str
    first: str


def turning(path: str, name: str, after: str, last: str, *, more: bool, place: str = "") -> Turning:
    """The links of a page: `name` is the parameter, `after` what was asked, `last` what names the last line shown.

    `path` may carry what else was asked, after a question mark.
    """
    anchor, joint = (f"#{place}" if place else ""), ("&" if "?" in path else "?")
    following = f"{path}{joint}{name}={quote(last, safe='')}{anchor}" if more else ""
    return Turning(following, f"{path}{anchor}" if after else "")


def shown(rows: Sequence[Row], size: int) -> tuple[Sequence[Row], bool]:
    """Those to show of `size` and one more, and whether there are more."""
    return rows[:size], len(rows) > size
