"""Repairs of devices, the stock of parts and where each part comes from, and the parts that are still to be found.

A drive becomes a part with its number only: its account, its runs and its hosts stay (INV-4), and it is fitted nowhere
while it is not erased. Every row is taken back with a reason, never deleted.
"""

from dataclasses import dataclass
from typing import TypeVar

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub import audit
from hub.claims import refuse_claims
from hub.context import hub_of
from hub.errors import BadInput, Conflict, NotFound
from hub.exits.gone import require_here
from hub.lots.account import Explained
from hub.lots.drive_account import line_of
from hub.models import Device, Drive, Lot, Person
from hub.partners import levels
from hub.people.roles import BENCH, require
from hub.repaired import MissingPart, Part, Repair
from hub.repairs.hosts import part_in_scope, seat_of, uses_of
from hub.scope import in_scope
from hub.typed import one_line

KINDS = (
    "screen", "battery", "charging-port", "keyboard", "camera", "drive", "memory", "charger", "microphone", "keys",
    "wifi-card", "other",
)  # fmt: skip
CLEANING, SOFTWARE = "cleaning", "software"
ACTIONS = (*KINDS, CLEANING, SOFTWARE)
FROM_DEVICE, NEW, GIVEN = "device", "new", "given"
ORIGINS = (NEW, GIVEN)
FIT = (Explained.ERASED_PURGE, Explained.ERASED_CLEAR, Explained.EXCEPTIONS)
LONGEST = 500
Row = Part | MissingPart | Repair
R = TypeVar("R", Part, MissingPart, Repair)


@dataclass(frozen=True, slots=True)
class Work:
    """What was done: an action, the part that it took and the need that it met (0 for none), in words if need be."""

    action: str
    part_id: int = 0
    need_id: int = 0
    note: str = ""


def miss(session: Session, person: Person, device: Device, kind: str, note: str = "") -> MissingPart:
    """Note that a device lacks a part (K-11). Raises Forbidden, BadInput, Conflict (it has left)."""
    _here(session, person, device)
    note = _text(note)
    if kind not in KINDS or (kind == "other" and not note):
        raise BadInput("choose a part of the list, in words if it is none of it", "part")
    row = MissingPart(device_id=device.id, lot_id=device.lot_id, kind=kind, note=note, **_who(session, person))
    return _keep(session, person, row, "part.miss", f"{kind} {note}")


def take_part(
    session: Session, person: Person, device: Device, kind: str, *, what: str = "", drive_id: str = ""
) -> Part:
    """Put a part of a device into the stock; a drive by its number (INV-4).

    Raises Forbidden, BadInput, NotFound (that drive is not in it), Conflict (the device has left).
    """
    _here(session, person, device)
    if kind not in KINDS:
        raise BadInput("choose a part of the list, in words if it is none of it", "part")
    drive = _drive_in(session, person, device, drive_id) if kind == "drive" else None
    row = Part(
        kind=kind,
        origin=FROM_DEVICE,
        device_id=device.id,
        lot_id=(drive.declared_lot_id or drive.lot_id) if drive else device.lot_id,
        drive_id=drive.id if drive else None,
        serial=drive.serial if drive else "",
        what=_text(what)[:200] or (drive.model if drive else ""),
        **_who(session, person),
    )
    return _keep(session, person, row, "part.take", f"{kind} {row.serial}")


def add_part(session: Session, person: Person, kind: str, origin: str, *, what: str = "", serial: str = "") -> Part:
    """Put a part that came from no device into the stock; only a new drive comes so.

    Raises Forbidden, BadInput, Conflict (that drive is on record: it comes from its device).
    """
    require(person, *BENCH)
    serial = one_line(serial, 120)
    if kind not in KINDS or origin not in ORIGINS:
        raise BadInput("choose a part of the list, and where it comes from", "part")
    if kind == "drive" and (origin != NEW or not serial):
        raise BadInput("only a new drive comes from elsewhere, with its serial: a used one belongs to a lot", "part")
    if kind == "drive" and session.scalar(select(Drive.id).where(Drive.serial == serial).limit(1)) is not None:
        raise Conflict("a drive with this serial is on record already")
    row = Part(kind=kind, origin=origin, serial=serial, what=_text(what)[:200], **_who(session, person))
    return _keep(session, person, row, "part.add", f"{kind} {origin} {serial}")


def repair(session: Session, person: Person, device: Device, work: Work) -> Repair:
    """Note what was done to a device. Raises Forbidden, BadInput, NotFound, Conflict (part used, drive not erased)."""
    _here(session, person, device)
    levels.require_step(session, device.lot_id, levels.REINSTALL)
    note = _text(work.note)
    if work.action not in ACTIONS or (work.action == "other" and not note):
        raise BadInput("choose what was done, in words if it is none of the list", "action")
    part = _free_part(session, person, work) if work.part_id else None
    need = _open_need(session, person, device, work) if work.need_id else None
    row = Repair(
        device_id=device.id,
        lot_id=device.lot_id,
        action=work.action,
        part_id=part.id if part else None,
        need_id=need.id if need else None,
        note=note,
        **_who(session, person),
    )
    told = f"{work.action} {f'part {part.id} ({part.origin})' if part else ''} {note}"
    return _keep(session, person, row, "device.repair", " ".join(told.split()))


def withdraw(session: Session, person: Person, row: Row, reason: str) -> None:
    """Take a need, a part or a repair back. Raises Forbidden, NotFound, BadInput, Conflict (in use; it has left)."""
    require(person, *BENCH)
    reason = _text(reason)
    if row.withdrawn is not None:
        raise NotFound("no such record")
    if not reason:
        raise BadInput("say why it is taken back", "reason")
    device = session.get(Device, row.device_id) if row.device_id else None
    if device is not None and not isinstance(row, MissingPart):
        require_here(session, device)
    if isinstance(row, Part) and uses_of(session, [row.id]):
        raise Conflict("this part is used in a repair: take that one back first")
    if isinstance(row, Repair) and row.part_id is not None:
        _require_still_there(session, row)
    row.withdrawn, row.withdrawn_by, row.withdrawn_reason = hub_of(session).clock(), person.id, reason
    session.flush()
    audit.record(session, person, f"{row.__tablename__}.withdraw", str(row.id), reason)


def _here(session: Session, person: Person, device: Device) -> None:
    require(person, *BENCH)
    session.refresh(device.lot, with_for_update=True)  # one act at a time
    require_here(session, device)


def _drive_in(session: Session, person: Person, device: Device, drive_id: str) -> Drive:
    drive = session.scalar(select(Drive).where(Drive.id == drive_id, in_scope(person, Drive.lot_id)))
    if drive is None or seat_of(session, drive) != device.id:
        raise NotFound("no such drive in this device")
    return drive


def _free_part(session: Session, person: Person, work: Work) -> Part:
    query = select(Part).where(Part.id == work.part_id, part_in_scope(person))
    part = session.scalar(query.with_for_update())
    if part is None or part.withdrawn is not None:
        raise NotFound("no such part in stock")
    if uses_of(session, [part.id]):
        raise Conflict("this part is used already")
    if part.kind != work.action:
        raise BadInput("this part is of another kind than what was done", "part")
    if part.drive_id is not None:
        _require_erased(session, person, part)
    return part


def _require_erased(session: Session, person: Person, part: Part) -> None:
    newest = select(Part.id).where(Part.drive_id == part.drive_id, Part.withdrawn.is_(None)).order_by(Part.id.desc())
    if session.scalar(newest.limit(1)) != part.id:
        raise Conflict("this part is used already")
    lot = session.get(Lot, part.lot_id) if part.lot_id else None
    line = line_of(session, person, lot, part.drive_id or "") if lot is not None else None
    if line is None or line.standing.explained not in FIT:
        raise Conflict("this drive is not erased: it is fitted nowhere")


def _open_need(session: Session, person: Person, device: Device, work: Work) -> MissingPart:
    need = session.get(MissingPart, work.need_id, with_for_update=True)
    if need is None or need.withdrawn is not None or need.device_id != device.id:
        raise NotFound("no such missing part of this device")
    require(person, *BENCH)
    met = select(Repair.id).where(Repair.need_id == need.id, Repair.withdrawn.is_(None)).limit(1)
    if session.scalar(met) is not None:
        raise Conflict("this missing part was found already")
    if need.kind != work.action:
        raise BadInput("this missing part is of another kind than what was done", "part")
    return need


def _require_still_there(session: Session, row: Repair) -> None:
    """A drive that was taken out again since is no more where this repair put it."""
    part = session.get(Part, row.part_id)
    if part is None or part.drive_id is None:
        return
    drive = session.get(Drive, part.drive_id)
    if drive is not None and seat_of(session, drive) != row.device_id:
        raise Conflict("this part is used in a repair: take that one back first")


def _text(text: str) -> str:
    found = one_line(text, LONGEST)
    refuse_claims(found)
    return found


def _who(session: Session, person: Person) -> dict[str, object]:
    return {"at": hub_of(session).clock(), "by": person.id, "by_name": person.name}


def _keep(session: Session, person: Person, row: R, action: str, detail: str) -> R:
    session.add(row)
    session.flush()
    audit.record(session, person, action, row.device_id or f"part {row.id}", detail.strip())
    return row
