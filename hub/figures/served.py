"""Served prescriptions for steering committees (S4-11, S4-12): by prescriber and period, a code each, nobody's name."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from hub.exits.modes import DELIVERED
from hub.figures.choice import Choice
from hub.figures.periods import Period
from hub.figures.prescribed import prescribers
from hub.figures.reading import read
from hub.figures.rows import once
from hub.models import Person

MEMBERS = ("prescriber", "code", "day", "mode", "kind", "units", "lot")


@dataclass(frozen=True, slots=True)
class Served:
    """What left for one prescription."""

    prescriber: str
    code: str
    day: str
    mode: str
    kind: str
    units: int
    lot: str


def served(session: Session, person: Person, period: Period, choice: Choice, prescriber: str = "") -> Sequence[Served]:
    """What left for prescriptions in a period, of one prescriber or of all, by prescriber, code and day.

    Raises Forbidden.
    """
    book = read(session, person, period, choice)
    rows = once(row for row in book.left if row.prescription and row.mode in DELIVERED)
    names = prescribers(session, person, {row.prescription for row in rows})
    found = [
        Served(names[row.prescription], row.prescription, row.day.isoformat(), row.mode, row.kind, row.units, row.lot)
        for row in rows
        if prescriber in {"", names[row.prescription]}
    ]
    return sorted(found, key=lambda one: (one.prescriber, one.code, one.day))
