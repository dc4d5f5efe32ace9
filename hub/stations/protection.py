"""Serial numbers that no bench may erase: the list of the pages, beside the one of `ETABLI_PROTECTED_SERIALS`."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub import audit
from hub.assigned import ProtectedSerial
from hub.context import hub_of
from hub.errors import BadInput, Conflict, NotFound
from hub.models import Person
from hub.people.roles import MANAGERS
from hub.scope import require_home
from hub.typed import one_line

LONGEST_SERIAL = 120


def protect(session: Session, person: Person, serial: str, note: str) -> ProtectedSerial:
    """Protect a drive by its serial number, as a bench shows it. Raises Forbidden, BadInput, Conflict."""
    require_home(session, person, *MANAGERS)
    serial = serial.strip()
    if not serial or len(serial) > LONGEST_SERIAL or not serial.isascii() or not serial.isprintable():
        raise BadInput(f"a serial number has 1 to {LONGEST_SERIAL} printable ASCII characters", "serial")
    if session.get(ProtectedSerial, serial) is not None:
        raise Conflict(f"{serial} is protected already")
    row = ProtectedSerial(serial=serial, note=one_line(note, 200), added=hub_of(session).clock(), added_by=person.id)
    session.add(row)
    session.flush()
    audit.record(session, person, "serial.protect", serial, row.note)
    return row


def unprotect(session: Session, person: Person, serial: str) -> None:
    """Take a serial number off the list. Raises Forbidden, NotFound."""
    require_home(session, person, *MANAGERS)
    row = session.get(ProtectedSerial, serial)
    if row is None:
        raise NotFound("no such protected serial number")
    session.delete(row)
    session.flush()
    audit.record(session, person, "serial.unprotect", serial, row.note)


def protected_serials(session: Session) -> tuple[tuple[ProtectedSerial, Person], ...]:
    """The list of the pages, with who put each there."""
    query = select(ProtectedSerial, Person).join(Person, Person.id == ProtectedSerial.added_by)
    return tuple((row, person) for row, person in session.execute(query.order_by(ProtectedSerial.serial)))
