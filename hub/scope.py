"""Who sees what: the one scope function. Every query about lots, devices, drives or documents goes through it."""

from sqlalchemy import ColumnElement, false, select, true
from sqlalchemy.orm import InstrumentedAttribute, Mapped

from hub.models import Lot, Person, Role
from hub.people.roles import STAFF

LotColumn = InstrumentedAttribute[str] | InstrumentedAttribute[str | None] | Mapped[str] | Mapped[str | None]


def in_scope(person: Person, lot_id: LotColumn) -> ColumnElement[bool]:
    """The condition that a row with this lot column may be seen: staff all, a donor the own lots, others nothing."""
    if not person.active:
        return false()
    if person.role in {role.value for role in STAFF}:
        return true()
    if person.role == Role.DONOR and person.donor_id is not None:
        return lot_id.in_(select(Lot.id).where(Lot.donor_id == person.donor_id))
    return false()
