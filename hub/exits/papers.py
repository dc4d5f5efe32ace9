"""What goes with a movement of waste: its weight by category of equipment, in grams, and its slip (BSD).

The hub makes no slip and sends nothing to the national register: it keeps the number that Trackdéchets gave.
"""

import re
from collections.abc import Mapping

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub import audit
from hub.claims import refuse_claims
from hub.context import hub_of
from hub.departed import ExitBatch, ExitMass, ExitSlip
from hub.errors import BadInput, Conflict
from hub.exits.eee import categories
from hub.exits.modes import MODES
from hub.exits.typed_day import day_of
from hub.models import Person
from hub.people.roles import STAFF, require
from hub.typed import one_line

MOST_GRAMS = 100_000_000
TREATMENT = re.compile(r"[DR]\d{1,2}")


def weigh(session: Session, person: Person, batch: ExitBatch, category: str, grams: int) -> ExitMass:
    """Say what one category of a movement weighs; a correction is a newer row. Raises Forbidden, BadInput, Conflict."""
    require(person, *STAFF)
    _require_waste(batch)
    if category not in categories():
        raise BadInput("choose a category of equipment of the list", "category")
    if not 0 <= grams <= MOST_GRAMS:
        raise BadInput("write the weight in kilograms, 0 to 100 000", "kg")
    row = ExitMass(
        batch_id=batch.id,
        category=category,
        grams=grams,
        at=hub_of(session).clock(),
        by=person.id,
        by_name=person.name,
    )
    session.add(row)
    session.flush()
    audit.record(session, person, "exit.weigh", str(batch.id), f"{category} {grams} g")
    return row


def note_slip(
    session: Session, person: Person, batch: ExitBatch, number: str, *, day: str = "", treatment: str = ""
) -> ExitSlip:
    """Note the number and the day of the slip. Raises Forbidden, BadInput, Conflict (no movement of waste)."""
    require(person, *STAFF)
    _require_waste(batch)
    number, treatment = one_line(number, 64), one_line(treatment, 8).upper().replace(" ", "")
    if not number:
        raise BadInput("write the number of the slip, as Trackdéchets gave it", "bsd")
    refuse_claims(number)
    if treatment and TREATMENT.fullmatch(treatment) is None:
        raise BadInput("a treatment has a code such as R4 or D10", "treatment")
    row = ExitSlip(
        batch_id=batch.id,
        number=number,
        day=day_of(session, day).isoformat(),
        treatment=treatment,
        at=hub_of(session).clock(),
        by=person.id,
        by_name=person.name,
    )
    session.add(row)
    session.flush()
    audit.record(session, person, "exit.slip", str(batch.id), f"{number} {row.day} {treatment}".strip())
    return row


def masses_of(session: Session, batch_ids: list[int]) -> Mapping[int, dict[str, int]]:
    """The grams of each category of these movements."""
    found: dict[int, dict[str, int]] = {}
    for row in session.scalars(select(ExitMass).where(ExitMass.batch_id.in_(batch_ids)).order_by(ExitMass.id)):
        found.setdefault(row.batch_id, {})[row.category] = row.grams
    return found


def slips_of(session: Session, batch_ids: list[int]) -> Mapping[int, ExitSlip]:
    """The slip that holds of each of these movements."""
    query = select(ExitSlip).where(ExitSlip.batch_id.in_(batch_ids)).order_by(ExitSlip.id)
    return {row.batch_id: row for row in session.scalars(query)}


def _require_waste(batch: ExitBatch) -> None:
    if not MODES[batch.mode].is_waste:
        raise Conflict("only a movement of waste has weights and a slip")
