"""Messages to every bench: plain text with a severity, until a moment or until somebody withdraws it."""

from datetime import timedelta

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from certificates.assignments import SEVERITIES
from hub import audit
from hub.assigned import BenchMessage
from hub.context import hub_of
from hub.errors import BadInput, NotFound
from hub.models import Person
from hub.people.roles import MANAGERS
from hub.scope import require_home
from hub.typed import one_line

LONGEST_TEXT = 400
LONGEST_DAYS = 90


def write_message(session: Session, person: Person, text: str, severity: str, days: int) -> BenchMessage:
    """Write a message for the next `days` (0: until it is withdrawn). Raises Forbidden, BadInput."""
    require_home(session, person, *MANAGERS)
    text = one_line(text, LONGEST_TEXT)
    if not text or severity not in SEVERITIES:
        raise BadInput("a message needs a text and a severity", "message")
    if not 0 <= days <= LONGEST_DAYS:
        raise BadInput(f"a message is shown for 0 to {LONGEST_DAYS} days", "message")
    now = hub_of(session).clock()
    until = now + timedelta(days=days) if days else None
    message = BenchMessage(text=text, severity=severity, until=until, written=now, written_by=person.id)
    session.add(message)
    session.flush()
    audit.record(session, person, "message.write", str(message.id), f"{severity}: {text}")
    return message


def withdraw_message(session: Session, person: Person, message_id: int) -> BenchMessage:
    """Show a message no more. Raises Forbidden, NotFound."""
    require_home(session, person, *MANAGERS)
    message = session.get(BenchMessage, message_id)
    if message is None or message.withdrawn is not None:
        raise NotFound("no such message")
    message.withdrawn = hub_of(session).clock()
    audit.record(session, person, "message.withdraw", str(message.id), message.text)
    return message


def current_messages(session: Session) -> tuple[BenchMessage, ...]:
    """What benches are told now, oldest first."""
    now = hub_of(session).clock()
    query = select(BenchMessage).where(
        BenchMessage.withdrawn.is_(None), or_(BenchMessage.until.is_(None), BenchMessage.until > now)
    )
    return tuple(session.scalars(query.order_by(BenchMessage.id)))
