"""What people say of a device: where it goes, how far it is, how many drive bays it has, which are empty, which drives.

Each word is a row; the newest that nobody took back holds. A device does not go out while a drive of it is
unexplained (INV-10): `hub.exits` asks for that, and is the only way out. A bench's own triage is evidence and stays
beside a person's word.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Final, NamedTuple

from sqlalchemy import Row, bindparam, select
from sqlalchemy.orm import Session

from hub import audit
from hub.accounted import DeviceSaid
from hub.claims import refuse_claims
from hub.context import hub_of
from hub.database import plain_rows
from hub.derive.moments import next_moment
from hub.devices.observed import is_strong
from hub.devices.outcomes import DISPOSITIONS, LOOSE, OUT, RETURNED, SOLDERED, STEPS
from hub.errors import BadInput, Conflict, NotFound
from hub.exits.gone import require_here
from hub.indexed import by_its_row
from hub.lots.life import require_open
from hub.models import Device, Diagnostic, Drive, Erasure, Lot, Person
from hub.partners import levels, trial_lots
from hub.people.roles import BENCH, require
from hub.scope import in_scope, scoped
from hub.typed import one_line

DISPOSITION, STEP, BAYS, EMPTY, DRIVE = "disposition", "step", "bays", "empty", "drive"
MOST_BAYS = 64
LONGEST = 500


class Held(NamedTuple):
    """A word of a person that holds."""

    device_id: str
    about: str
    word: str
    id: int


class Words(NamedTuple):
    """What holds of one device; "" or None where nobody said anything."""

    disposition: Held | None = None
    step: Held | None = None
    bays: int | None = None
    empty: int = 0


UNSAID: Final = Words()  # nobody said anything
_HELD: Final = (
    select(DeviceSaid.device_id, DeviceSaid.about, DeviceSaid.word, DeviceSaid.id)
    .where(DeviceSaid.withdrawn.is_(None))
    .order_by(DeviceSaid.id)
)
_HOUSE: Final = by_its_row(DeviceSaid.lot_id)
_HELD_IN: Final = _HELD.where(DeviceSaid.lot_id == bindparam("lot"))


def dispose(session: Session, person: Person, device: Device, word: str, reason: str = "") -> DeviceSaid:
    """Say where a device goes; a change of mind needs a reason. Raises Forbidden, Conflict (lot is over), BadInput."""
    _open(session, person, device)
    before = words_of(session, person, [device.id])[device.id].disposition
    reason = one_line(reason, LONGEST)
    if word not in DISPOSITIONS:
        raise BadInput("choose where the device goes", "disposition")
    if word != RETURNED:
        trial_lots.require_place(session, device)
    if before is not None and before.word == word:
        raise Conflict("this is where it goes already")
    if before is not None and not reason:
        raise BadInput("say why the device goes elsewhere now", "reason")
    return _say(session, person, device, DISPOSITION, word, reason=reason)


def take_step(session: Session, person: Person, device: Device, word: str, reason: str = "") -> DeviceSaid:
    """Say how far a device is. Raises Forbidden, BadInput, Conflict (lot is over; "out": that is an exit)."""
    _open(session, person, device)
    if word not in STEPS:
        raise BadInput("choose a step of the list", "step")
    if word in levels.OF_DEVICE_STEP:
        levels.require_step(session, device.lot_id, levels.OF_DEVICE_STEP[word])
    if word != OUT:
        trial_lots.require_place(session, device)
    if word == OUT:
        raise Conflict("a device leaves by an exit: note it there")
    if word == "received" and device.received is None and not worked_on(session, device):
        device.received = hub_of(session).clock()
    return _say(session, person, device, STEP, word, reason=one_line(reason, LONGEST))


def count_bays(session: Session, person: Person, device: Device, bays: int, empty: int, *, reason: str = "") -> None:
    """Say how many places for a drive were seen, and attest how many of them are empty.

    Raises Forbidden, Conflict (lot is over), BadInput (a loose drive has no such places).
    """
    _open(session, person, device)
    if device.kind == LOOSE:
        raise BadInput("a loose drive has no places for drives: nothing is counted", "bays")
    if not 0 <= empty <= bays <= MOST_BAYS:
        raise BadInput(f"a device has 0 to {MOST_BAYS} places for drives, and no more empty ones than that", "bays")
    if device.kind in SOLDERED and empty >= bays:
        raise BadInput("its storage is soldered: it is counted as one place, and never as an empty one", "bays")
    reason = one_line(reason, LONGEST)
    _say(session, person, device, BAYS, str(bays), reason=reason)
    _say(session, person, device, EMPTY, str(empty), reason=reason)


def declare_drive(session: Session, person: Person, device: Device, serial: str, reason: str = "") -> Drive:
    """Note a drive that was seen in a device; its serial may be unreadable ("").

    Raises Forbidden, BadInput for a serial that says nothing, Conflict (lot is over; that serial is on record).
    """
    _open(session, person, device)
    serial, reason = one_line(serial, 120), one_line(reason, LONGEST)
    if serial and not is_strong(serial):
        raise BadInput("this is no usable serial: leave it empty where it cannot be read, and say why", "serial")
    if not serial and not reason:
        raise BadInput("say in words what was seen of a drive without a readable serial", "reason")
    taken = session.scalar(select(Drive.id).where(Drive.serial == serial).limit(1)) if serial else None
    if taken is not None:
        raise Conflict("a drive with this serial is on record already")
    moment = next_moment(session)
    drive = Drive(
        serial=serial,
        lot_id=device.lot_id,
        device_id=device.id,
        declared=True,
        declared_lot_id=device.lot_id,
        declared_device_id=device.id,
        declared_from=moment,
        known_from=moment,
        created=hub_of(session).clock(),
    )
    session.add(drive)
    session.flush()
    _say(session, person, device, DRIVE, drive.id, reason=reason)
    return drive


def withdraw(session: Session, person: Person, device: Device, said_id: int, reason: str) -> DeviceSaid:
    """Take a word back: the one before it holds again. Raises Forbidden, NotFound, Conflict, BadInput (no reason)."""
    _open(session, person, device)
    row = session.get(DeviceSaid, said_id, with_for_update=True, populate_existing=True)
    if row is None or row.device_id != device.id or row.withdrawn is not None:
        raise NotFound("no such word about this device")
    reason = one_line(reason, LONGEST)
    if not reason:
        raise BadInput("say why it is taken back", "reason")
    refuse_claims(reason)
    if row.about == DRIVE:
        _undeclare(session, row.word)
    row.withdrawn, row.withdrawn_by, row.withdrawn_reason = hub_of(session).clock(), person.id, reason
    session.flush()
    audit.record(session, person, "device.withdraw", device.id, f"{row.about} {row.word}: {reason}")
    return row


def words_of(session: Session, person: Person, device_ids: Sequence[str]) -> Mapping[str, Words]:
    """What holds of each of these devices."""
    which = DeviceSaid.device_id.in_(device_ids), in_scope(person, by_its_row(DeviceSaid.lot_id))
    return _words(device_ids, plain_rows(session, _HELD.where(*which)))


def words_in(session: Session, person: Person, lot: Lot, device_ids: Sequence[str]) -> Mapping[str, Words]:
    """What holds of each device of a lot, whose identifiers these are: a device stays in its lot for ever."""
    query, asked = scoped(_HELD_IN, person, _HOUSE)
    return _words(device_ids, plain_rows(session, query, lot=lot.id, **asked))


def _words(device_ids: Sequence[str], rows: Sequence[Row[str, str, str, int]]) -> Mapping[str, Words]:
    held: dict[str, dict[str, Row[str, str, str, int]]] = defaultdict(dict)
    for row in rows:
        held[row[0]][row[1]] = row
    return {device_id: _held(held[device_id]) if device_id in held else UNSAID for device_id in device_ids}


def history(session: Session, person: Person, device: Device) -> tuple[DeviceSaid, ...]:
    """Everything that people said of a device, what was taken back too, oldest first."""
    query = select(DeviceSaid).where(DeviceSaid.device_id == device.id, in_scope(person, DeviceSaid.lot_id))
    return tuple(session.scalars(query.order_by(DeviceSaid.id)))


def page_of(session: Session, person: Person, lot: Lot, after: str = "", size: int = 50) -> tuple[Device, ...]:
    """Up to `size` devices of a lot in the order of their identifiers, those after one of them."""
    query = select(Device).where(Device.lot_id == lot.id, in_scope(person, Device.lot_id), Device.id > after)
    return tuple(session.scalars(query.order_by(Device.id).limit(size)))


def _open(session: Session, person: Person, device: Device) -> None:
    require(person, *BENCH)
    require_open(session, device.lot)
    require_here(session, device)


def _say(session: Session, person: Person, device: Device, about: str, word: str, *, reason: str) -> DeviceSaid:
    refuse_claims(reason)
    row = DeviceSaid(
        device_id=device.id,
        lot_id=device.lot_id,
        about=about,
        word=word,
        reason=reason,
        at=hub_of(session).clock(),
        by=person.id,
        by_name=person.name,
    )
    session.add(row)
    session.flush()
    audit.record(session, person, f"device.{about}", device.id, f"{word} {reason}".strip())
    return row


def _held(held: Mapping[str, Row[str, str, str, int]]) -> Words:
    disposition, step, bays, empty = (held.get(about) for about in (DISPOSITION, STEP, BAYS, EMPTY))
    return Words(
        Held._make(disposition) if disposition else None,
        Held._make(step) if step else None,
        int(bays[2]) if bays else None,
        int(empty[2]) if empty else 0,
    )


def _undeclare(session: Session, drive_id: str) -> None:
    drive = session.get(Drive, drive_id)
    assert drive is not None
    if session.scalar(select(Erasure.statement_id).where(Erasure.drive_id == drive_id).limit(1)):
        raise Conflict("a bench saw this drive: it was here")
    drive.declared, drive.declared_from = False, None
    drive.lot_id = drive.device_id = drive.declared_lot_id = drive.declared_device_id = None


def worked_on(session: Session, device: Device) -> bool:
    """Whether a bench has had the device already: then it came before this word."""
    of_drives = select(Erasure.statement_id).where(Erasure.device_id == device.id).limit(1)
    of_machine = select(Diagnostic.statement_id).where(Diagnostic.device_id == device.id).limit(1)
    return session.scalar(of_drives) is not None or session.scalar(of_machine) is not None
