"""The retention file: how long what is kept, with its version. What it may not undercut is checked when it is read."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

from hub.errors import BadInput

FILE: Final = Path(__file__).resolve().parent / "shipped.toml"
SESSIONS, THROTTLE, HEARTBEATS, LETTERS = "sessions", "throttle", "heartbeats", "letters"
REPORTS, CONTACTS, ACCOUNTS = "foreign_reports", "contacts", "accounts"
LEAST_DAYS: Final[Mapping[str, int]] = MappingProxyType(
    {SESSIONS: 0, THROTTLE: 1, HEARTBEATS: 1, LETTERS: 7, REPORTS: 30, CONTACTS: 30, ACCOUNTS: 30}
)
MOST_DAYS: Final = 36_500
LEAST_WASTE_YEARS: Final = 3  # arrêté of 31 May 2021, art. 1: a file can ask for more, never for less


@dataclass(frozen=True, slots=True)
class Retention:
    """How long each kind is kept, and the name and version of the file that says so."""

    name: str
    version: int
    kept: Mapping[str, timedelta]
    waste_years: int


def read_retention(text: str) -> Retention:
    """A retention file. Raises BadInput for one that is not whole, or keeps less than the law or the hub needs."""
    try:
        told = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise BadInput(f"the retention file is no TOML: {error}") from error
    name, version = told.get("name"), told.get("version")
    if not isinstance(name, str) or not name or not _whole(version, 1, MOST_DAYS):
        raise BadInput("the retention file needs a name and a version")
    days, years = _table(told, "days"), _table(told, "years")
    unknown = sorted({*days, *(f"years.{one}" for one in years)} - {*LEAST_DAYS, "years.waste_register"})
    if unknown:
        raise BadInput(f"the retention file names what the hub does not know: {', '.join(unknown)}")
    for kind, least in LEAST_DAYS.items():
        if not _whole(days.get(kind), least, MOST_DAYS):
            raise BadInput(f"the retention file: {kind} is {least} to {MOST_DAYS} whole days")
    waste = years.get("waste_register")
    if not _whole(waste, LEAST_WASTE_YEARS, 100):
        raise BadInput(f"the retention file: the waste register is kept {LEAST_WASTE_YEARS} years at least")
    kept = {kind: timedelta(days=days[kind]) for kind in LEAST_DAYS}
    return Retention(name, int(version or 0), MappingProxyType(kept), int(waste or 0))


def shipped() -> Retention:
    """The file that comes with the hub."""
    return read_retention(FILE.read_text(encoding="utf-8"))


def _table(told: Mapping[str, Any], name: str) -> dict[str, Any]:
    found = told.get(name, {})
    if not isinstance(found, dict):
        raise BadInput("the retention file has the tables days and years")
    return found


def _whole(value: object, least: int, most: int) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and least <= value <= most
