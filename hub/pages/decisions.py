"""What the pages of decisions read beside the queue: one erasure, those that were rejected, and the reason given."""

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from hub.derive.interpret import payload_of
from hub.errors import NotFound
from hub.models import DecisionWord, Erasure, LedgerEntry, Person
from hub.scope import run_in_scope

SHOWN = 10  # rejected ones, newest first
_PARTS = (selectinload(Erasure.drive), selectinload(Erasure.device), selectinload(Erasure.lot))


def erasure_for(session: Session, person: Person, statement_id: str) -> Erasure:
    """One erasure. Raises NotFound outside the person's scope."""
    query = select(Erasure).options(*_PARTS)
    found = session.scalar(query.where(Erasure.statement_id == statement_id, run_in_scope(person)))
    if found is None:
        raise NotFound("no such statement")
    return found


def rejected(session: Session, person: Person) -> tuple[Erasure, ...]:
    """The newest rejected erasures in the person's scope."""
    query = select(Erasure).options(*_PARTS)
    query = query.where(Erasure.decision == DecisionWord.REJECTED, run_in_scope(person))
    return tuple(session.scalars(query.order_by(Erasure.position.desc()).limit(SHOWN)))


def reason_given(session: Session, erasure: Erasure) -> str:
    """The reason in the signed decision about an erasure; empty when nobody has decided."""
    if erasure.validation_id is None:
        return ""
    entry = session.scalar(select(LedgerEntry).where(LedgerEntry.id == erasure.validation_id))
    return str(payload_of(entry)["reason"]) if entry else ""
