"""The audit trail of primary data: append-only, one line per act."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.context import hub_of
from hub.models import AuditEntry, Person


def record(session: Session, person: Person | None, action: str, subject: str, detail: str = "") -> None:
    """Write who (None: the command line or the hub itself) did what to which subject."""
    session.add(
        AuditEntry(
            at=hub_of(session).clock(),
            person_id=person.id if person else None,
            action=action,
            subject=subject[:128],
            detail=detail,
        ),
    )


def trail(session: Session, subject: str | None = None, limit: int = 200) -> tuple[AuditEntry, ...]:
    """The newest acts first, of one subject or of all."""
    query = select(AuditEntry).order_by(AuditEntry.id.desc()).limit(limit)
    if subject is not None:
        query = query.where(AuditEntry.subject == subject)
    return tuple(session.scalars(query))
