"""The list for a reuse fund (S0-14): the devices of a period that left for reuse, one line each, with their kilograms.

A device counts once; what came back by the end of the period does not count. Which exits and kinds do is data.
"""

import tomllib
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.claims import name_of
from hub.exits.eee import category_of
from hub.figures import defaults
from hub.figures.choice import Choice
from hub.figures.periods import Period
from hub.figures.reading import read
from hub.figures.rows import Book
from hub.models import Device, Person
from hub.scope import in_scope

FILE = Path(__file__).resolve().parent / "fund.toml"
MEMBERS = ("day", "exit", "lot", "tag", "serial", "kind", "name", "category", "mode", "grams")
PART = 500


@dataclass(frozen=True, slots=True)
class Eligible:
    """One device that counts; `grams` by the default weight of its kind, None where there is none."""

    day: str
    exit: int
    lot: str
    tag: str
    serial: str
    kind: str
    name: str
    category: str
    mode: str
    grams: int | None


@dataclass(frozen=True, slots=True)
class Fund:
    """Everything for one period: the lines, and the units and grams by kind."""

    lines: tuple[Eligible, ...]

    @property
    def grams(self) -> int:
        """The known grams of all lines."""
        return sum(line.grams or 0 for line in self.lines)

    @property
    def unweighed(self) -> int:
        """How many lines have no weight."""
        return sum(line.grams is None for line in self.lines)

    def kinds(self) -> Sequence[tuple[str, int, int]]:
        """Kind, units and grams, by kind."""
        units, grams = Counter[str](), Counter[str]()
        for line in self.lines:
            units[line.kind] += 1
            grams[line.kind] += line.grams or 0
        return [(kind, units[kind], grams[kind]) for kind in sorted(units)]


@cache
def rules() -> Mapping[str, Any]:
    """What counts, as the dated file gives it."""
    return tomllib.loads(FILE.read_text(encoding="utf-8"))


def eligible(session: Session, person: Person, period: Period, choice: Choice) -> Fund:
    """The devices of a period that count, oldest exit first. Raises Forbidden."""
    return Fund(tuple(_lines(session, person, read(session, person, period, choice))))


def _lines(session: Session, person: Person, book: Book) -> Sequence[Eligible]:
    policy, grams = rules(), defaults.shipped().grams
    rows = [
        row
        for row in book.delivered
        if row.thing and not row.back and row.mode in policy["modes"] and row.kind in policy["kinds"]
    ]
    devices = _devices(session, person, [row.thing for row in rows])
    return [
        Eligible(
            row.day.isoformat(),
            row.batch,
            row.lot,
            devices[row.thing].asset or "",
            devices[row.thing].serial,
            row.kind,
            name_of(devices[row.thing]),
            category_of(row.kind),
            row.mode,
            grams.get(row.kind),
        )
        for row in rows
        if row.thing in devices
    ]


def _devices(session: Session, person: Person, ids: Sequence[str]) -> Mapping[str, Device]:
    found: dict[str, Device] = {}
    for part in (ids[at : at + PART] for at in range(0, len(ids), PART)):
        query = select(Device).where(Device.id.in_(part), in_scope(person, Device.lot_id))
        found |= {device.id: device for device in session.scalars(query)}
    return found
