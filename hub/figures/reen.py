"""The reuse target of public bodies (K-16; loi REEN art. 16, décret 2023-266). Pure: rows in, exact figures out.

A counts what was handed over in the year and is proven to be reused: it left the workshop for reuse and did not come
back. What is over the age, under special duties, of unknown age, or was handed over before the workshop had signed a
convention is listed with its reason and never in A. B is what the donor says; nothing guesses it.
"""

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import Any

from hub.figures.rows import percent
from hub.lots.stated import bounds

FILE = Path(__file__).resolve().parent / "reen.toml"
SCHEMA = "etabli.reen/1"


class Counts(StrEnum):
    """Whether an item is in A, or why it is not; the first that applies holds."""

    SPECIAL = "special"
    TOO_OLD = "too-old"
    AGE_UNKNOWN = "age-unknown"
    NOT_COMMITTED = "not-committed"
    NOT_PROVEN = "not-proven"
    COUNTED = "counted"


@dataclass(frozen=True, slots=True)
class Item:
    """A device that a public body handed over and that is to be reused. `since` is when it was bought, else made."""

    lot: str
    tag: str
    serial: str
    kind: str
    name: str
    handed: date
    since: str  # YYYY, YYYY-MM or YYYY-MM-DD; "" for unknown
    special: bool
    convention: str  # the day on which the convention was signed that held then; "" for none
    left: str  # the day of the exit for reuse that stands; "" for none
    exit: int = 0


@dataclass(frozen=True, slots=True)
class Reen:
    """A, B and the target of one donor and year. `retired` is None while the donor has not said B."""

    donor: str
    year: int
    items: tuple[tuple[Item, Counts], ...]
    retired: int | None
    target: int | None

    @property
    def sent(self) -> int:
        """A: how many items count."""
        return sum(why is Counts.COUNTED for _item, why in self.items)

    @property
    def rate(self) -> Fraction | None:
        """A / B x 100, exact; None without B, or where nothing was retired."""
        return percent(self.sent, self.retired) if self.retired else None

    @property
    def is_reached(self) -> bool | None:
        """Whether the target of the year is reached; None where there is no rate or no target."""
        return self.rate >= self.target if self.rate is not None and self.target is not None else None

    def of(self, why: Counts) -> tuple[Item, ...]:
        """The items of one sort."""
        return tuple(item for item, found in self.items if found is why)

    def to_document(self) -> dict[str, Any]:
        """Everything as JSON; the rate is a fraction as text."""
        policy = rules()
        return {
            "schema": SCHEMA,
            "donor": self.donor,
            "year": self.year,
            "sent_to_reuse": self.sent,
            "retired_in_stock": self.retired,
            "rate_percent": None if self.rate is None else str(self.rate),
            "target_percent": self.target,
            "reached": self.is_reached,
            "policy": {name: policy[name] for name in ("name", "version", "source", "oldest_years")},
            "items": [_written(item, why) for item, why in self.items],
        }


@cache
def rules() -> Mapping[str, Any]:
    """The rules of the target, as the dated file gives them."""
    return tomllib.loads(FILE.read_text(encoding="utf-8"))


def concerns(donor_type: str) -> bool:
    """Whether the target concerns such a donor."""
    return donor_type in rules()["public"]


def target_of(year: int) -> int | None:
    """The target of a year in per cent; None before there was one."""
    past = [one for one in rules()["targets"] if one["from"] <= year]
    return max(past, key=lambda one: one["from"])["percent"] if past else None


def reckon(donor: str, year: int, items: Sequence[Item], retired: int | None) -> Reen:
    """Sort the items of a donor and year: those that count, and why the others do not."""
    return Reen(donor, year, tuple((item, judged(item)) for item in items), retired, target_of(year))


def judged(item: Item) -> Counts:
    """Whether one item counts, or the first reason why not."""
    old = is_too_old(item.since, item.handed)
    if item.special:
        return Counts.SPECIAL
    if old:
        return Counts.TOO_OLD
    if old is None:
        return Counts.AGE_UNKNOWN
    if not item.convention:
        return Counts.NOT_COMMITTED
    return Counts.COUNTED if item.left else Counts.NOT_PROVEN


def is_too_old(since: str, retired: date) -> bool | None:
    """Whether something was over the age when it was retired; its birthday is not over it. None: nobody can tell.

    A month or a year alone tells only where its first and its last day give the same answer.
    """
    if not since:
        return None
    first, last = (_over(day, retired) for day in bounds(since))
    return first if first == last else None


def _over(day: date, retired: date) -> bool:
    year = day.year + rules()["oldest_years"]
    birthday = (year, day.month, day.day)
    return (retired.year, retired.month, retired.day) > birthday


def _written(item: Item, why: Counts) -> dict[str, Any]:
    return {
        "lot": item.lot,
        "tag": item.tag,
        "serial": item.serial,
        "kind": item.kind,
        "name": item.name,
        "handed_over": item.handed.isoformat(),
        "bought_or_made": item.since,
        "special_duties": item.special,
        "convention_signed": item.convention,
        "left_for_reuse": item.left,
        "exit": item.exit or None,
        "counts": why.value,
    }
