"""What people record of a drive: destroyed, absent, returned, lost, or that a run from before the reception counts.

A record is taken back with a reason, never deleted or changed. Two named people stand for a destruction, and they
differ. The note of a drive whose serial nobody could read tells what was seen instead.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub import audit
from hub.accounted import DriveRecord
from hub.attested.issuing import STATED, issue
from hub.claims import refuse_claims
from hub.context import hub_of
from hub.devices.observed import normal
from hub.errors import BadInput, Conflict, NotFound
from hub.exits.gone import require_drive_here
from hub.ledger.append import lock_ledger
from hub.lots.account import ABSENT, DESTROYED, EARLIER, IMPORTED, LOST, NOT_THERE, RETURNED, Explained
from hub.lots.drive_account import AccountLine, line_of
from hub.lots.life import require_open
from hub.models import Drive, Lot, Person, Role
from hub.people.roles import BENCH, STAFF, VALIDATORS, require
from hub.scope import in_scope
from hub.typed import one_line

METHODS = ("shredded", "crushed", "drilled", "melted", "other")
BAY_EMPTY, NOT_ARRIVED, LIST_WRONG, SAME_DRIVE = "bay-empty", "not-arrived", "list-wrong", "same-drive"
ABSENCES = (BAY_EMPTY, NOT_ARRIVED, LIST_WRONG, SAME_DRIVE)
ROLES: Mapping[str, tuple[Role, ...]] = {
    ABSENT: STAFF,
    **dict.fromkeys((DESTROYED, RETURNED, LOST, EARLIER, IMPORTED), VALIDATORS),
}
LONGEST = 500


@dataclass(frozen=True, slots=True)
class Said:
    """What a person says of a drive. `day` is YYYY-MM-DD; `unreadable` that nobody could read the serial on it."""

    how: str
    reason: str = ""
    serial: str = ""
    unreadable: bool = False
    day: str = ""
    operator_id: str = ""
    witness: str = ""
    reference: str = ""
    note: str = ""
    sure: bool = field(default=False)


def explain(session: Session, person: Person, lot: Lot, drive_id: str, said: Said) -> DriveRecord:
    """Record how a drive of this lot is explained.

    Raises Forbidden, NotFound, Conflict (lot is over; the drive is explained already, or was seen although absent),
    BadInput (something is missing, or the two people are one).
    """
    if said.how not in _FILL:  # imported evidence enters by a decision about its report only
        raise BadInput("choose what became of the drive", "how")
    require(person, *ROLES[said.how])
    if said.how in STATED:
        lock_ledger(session)  # its paper goes into the ledger
    require_open(session, lot)
    line = _line(session, person, lot, drive_id)
    if said.how in NOT_THERE and line.standing.record is not None:
        raise Conflict("this drive has a record already: take that one back first")
    row = DriveRecord(
        drive_id=drive_id,
        lot_id=lot.id,
        how=said.how,
        reason="",
        serial="",
        day="",
        operator="",
        witness="",
        reference="",
        note=one_line(said.note, LONGEST),
        at=hub_of(session).clock(),
        by=person.id,
        by_name=person.name,
    )
    if not said.sure:
        raise BadInput("tick the box: you stand for this with your name", "sure")
    _FILL[said.how](session, line, said, row)
    for typed in (row.note, row.reference, row.witness):
        refuse_claims(typed)
    session.add(row)
    session.flush()
    if row.how in STATED:
        issue(session, person, lot, row)
    told = (row.how, row.reason, row.serial, row.day, row.operator, row.witness, row.reference, row.note)
    audit.record(session, person, "drive.explain", drive_id, f"{lot.code} record {row.id}: {' | '.join(told)}")
    return row


def withdraw(session: Session, person: Person, lot: Lot, record_id: int, reason: str) -> DriveRecord:
    """Take a record back; it stays, with who, when and why. Raises Forbidden, NotFound, Conflict (over), BadInput."""
    require(person, *STAFF)
    require_open(session, lot)
    row = session.get(DriveRecord, record_id, with_for_update=True, populate_existing=True)
    if row is None or row.lot_id != lot.id or row.withdrawn is not None:
        raise NotFound("no such record")
    require(person, *ROLES[row.how])
    require_drive_here(session, _drive(session, row))
    reason = one_line(reason, LONGEST)
    if not reason:
        raise BadInput("say why the record is taken back", "reason")
    refuse_claims(reason)
    row.withdrawn, row.withdrawn_by, row.withdrawn_reason = hub_of(session).clock(), person.id, reason
    session.flush()
    audit.record(session, person, "drive.explain.withdraw", row.drive_id, f"{lot.code} record {row.id}: {reason}")
    return row


def records_of(session: Session, person: Person, lot: Lot, drive_id: str) -> tuple[DriveRecord, ...]:
    """Every record of a drive in a lot, those taken back too, oldest first."""
    query = select(DriveRecord).where(DriveRecord.lot_id == lot.id, DriveRecord.drive_id == drive_id)
    return tuple(session.scalars(query.where(in_scope(person, DriveRecord.lot_id)).order_by(DriveRecord.id)))


def _line(session: Session, person: Person, lot: Lot, drive_id: str) -> AccountLine:
    line = line_of(session, person, lot, drive_id)
    if line is None:
        raise NotFound("no such drive")
    return line


def _drive(session: Session, row: DriveRecord) -> Drive:
    drive = session.get(Drive, row.drive_id)
    assert drive is not None
    return drive


def _destroyed(session: Session, line: AccountLine, said: Said, row: DriveRecord) -> None:
    operator = session.get(Person, said.operator_id) if said.operator_id else None
    if operator is None or operator.role not in BENCH:
        raise BadInput("choose who destroyed the drive", "operator")
    row.operator, row.operator_id = operator.name, operator.id
    row.witness = one_line(said.witness, 120)
    if not row.witness:
        raise BadInput("name the witness of the destruction", "witness")
    if normal(row.witness) == normal(row.operator):
        raise BadInput("operator and witness are two people", "witness")
    row.reason = said.reason
    if said.reason not in METHODS or (said.reason == "other" and not row.note):
        raise BadInput("choose how it was destroyed, in words if it is none of the list", "method")
    row.day, row.reference = _day(session, said.day), one_line(said.reference, 200)
    row.serial = one_line(said.serial, 120)
    if said.unreadable:
        row.serial = ""
        if not row.note:
            raise BadInput("the serial was unreadable: write what was seen of the drive instead", "serial")
    elif not row.serial or (line.drive.serial and normal(row.serial) != normal(line.drive.serial)):
        raise BadInput("this is not the serial of the drive on record: read its label again", "serial")


def _absent(_session: Session, line: AccountLine, said: Said, row: DriveRecord) -> None:
    if line.runs:
        raise Conflict("a bench saw this drive in this lot: it was here")
    if said.reason not in ABSENCES:
        raise BadInput("choose why there is no such drive", "reason")
    if said.reason != BAY_EMPTY and not row.note:
        raise BadInput("say in words how you know", "note")
    row.reason = said.reason


def _handed(session: Session, _line: AccountLine, said: Said, row: DriveRecord) -> None:
    row.day, row.reference = _day(session, said.day), one_line(said.reference, 200)
    row.witness = one_line(said.witness, 120)
    if not row.reference or not row.witness:
        raise BadInput("name who signed for the donor, and the receipt", "receipt")


def _lost(session: Session, _line: AccountLine, said: Said, row: DriveRecord) -> None:
    row.day, row.reference = _day(session, said.day), one_line(said.reference, 200)
    if not row.reference or not row.note:
        raise BadInput("name the incident record that the donor got, and say what happened", "incident")


def _earlier(_session: Session, line: AccountLine, _said: Said, row: DriveRecord) -> None:
    if line.standing.explained is not Explained.OPEN or line.standing.why != "earlier":
        raise Conflict("no approved run of this drive is from before its reception")
    if not row.note:
        raise BadInput("say in words how you know", "note")


_FILL: Mapping[str, Callable[[Session, AccountLine, Said, DriveRecord], None]] = {
    DESTROYED: _destroyed,
    ABSENT: _absent,
    RETURNED: _handed,
    LOST: _lost,
    EARLIER: _earlier,
}


def _day(session: Session, day: str) -> str:
    try:
        found = date.fromisoformat(day)
    except ValueError as error:
        raise BadInput("write the day as YYYY-MM-DD", "day") from error
    if found > hub_of(session).clock().date():
        raise BadInput("this day has not come yet", "day")
    return found.isoformat()
