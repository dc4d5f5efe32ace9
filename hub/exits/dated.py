"""Figures of the law as dated data: the version of a file that held on a day. Knows no figure itself."""

import tomllib
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

ROOM = Path(__file__).resolve().parent


@cache
def read(name: str) -> dict[str, Any]:
    """One data file of this room. Raises OSError, ValueError where it cannot be read."""
    return tomllib.loads((ROOM / f"{name}.toml").read_text(encoding="utf-8"))


def version_on(document: dict[str, Any], day: date) -> dict[str, Any] | None:
    """The version that held on a day; None before the first one."""
    past = [one for one in document["versions"] if one["from"] <= day]
    return max(past, key=lambda one: one["from"], default=None)
