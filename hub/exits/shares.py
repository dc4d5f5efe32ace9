"""What of the e-waste movements came from one lot: units and weight by category of equipment, with their papers.

A movement is weighed whole. Where goods of several lots went with it, the part of one lot is by units, and said to be
so; nothing is told of the other lots.
"""

from collections import Counter
from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.departed import ExitLine
from hub.exits.eee import category_of, waste_code_of
from hub.exits.listing import Departure, departures_of_lot
from hub.exits.modes import MODES
from hub.exits.papers import masses_of, slips_of
from hub.models import Lot, Person


def shares_of(session: Session, person: Person, lot: Lot) -> tuple[Mapping[str, Any], ...]:
    """One row for each movement of waste and category: grams are None where nobody weighed it."""
    found = [one for one in departures_of_lot(session, person, lot) if MODES[one.batch.mode].is_waste]
    numbers = sorted({one.batch.id for one in found})
    masses, slips, whole = masses_of(session, numbers), slips_of(session, numbers), _units(session, numbers)
    rows = []
    for number in numbers:
        lines = [one for one in found if one.batch.id == number]
        for category, units in sorted(_by_category(lines).items()):
            grams = masses.get(number, {}).get(category)
            share = None if grams is None else round(Fraction(grams * units, whole[number, category]))
            slip = slips.get(number)
            batch = lines[0].batch
            rows.append(
                {
                    "exit": number,
                    "mode": batch.mode,
                    "day": batch.day,
                    "category": category,
                    "waste_codes": sorted({waste_code_of(one.line.kind) for one in lines
                                           if category_of(one.line.kind) == category}),
                    "units": units,
                    "grams": share,
                    "pro_rata": units != whole[number, category],
                    "producer": batch.producer,
                    "producer_siren": batch.producer_siren,
                    "recycler": batch.receiver,
                    "carrier": batch.carrier,
                    "bsd": slip.number if slip else "",
                    "bsd_day": slip.day if slip else "",
                    "treatment": slip.treatment if slip else "",
                }
            )  # fmt: skip
    return tuple(rows)


def _by_category(lines: list[Departure]) -> Counter[str]:
    found = Counter[str]()
    for one in lines:
        found[category_of(one.line.kind)] += one.line.units
    return found


def _units(session: Session, numbers: list[int]) -> Counter[tuple[int, str]]:
    """Units of whole movements, of every lot: only the share of one lot is told of them."""
    query = select(ExitLine.batch_id, ExitLine.kind, ExitLine.units)
    found = Counter[tuple[int, str]]()
    for row in session.execute(query.where(ExitLine.batch_id.in_(numbers), ExitLine.withdrawn.is_(None))):
        found[row.batch_id, category_of(row.kind)] += row.units
    return found
