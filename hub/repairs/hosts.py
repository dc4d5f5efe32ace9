"""Where a drive sits (INV-4): in the device that it came with, in the stock of parts, or in one that took it.

The newest part that a drive became decides. A moved drive keeps its account, its runs, and the host that each of its
runs names: nothing is written to the drive, so a rebuild of the ledger changes none of this.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session

from hub.lots.seen import DriveSeen
from hub.models import Device, Drive, Erasure, Person
from hub.people.roles import READERS, require
from hub.repaired import Part, Repair
from hub.scope import in_scope, written_in_scope

CAME_WITH, SEEN_IN, TAKEN_FROM, FITTED_INTO = "came-with", "seen-in", "taken-from", "fitted-into"


@dataclass(frozen=True, slots=True)
class Stay:
    """One line of the host history of a drive: `how` is one of the four words of this module."""

    how: str
    device: Device
    at: object = None
    statement_id: str = ""


def part_in_scope(person: Person) -> ColumnElement[bool]:
    """The condition that a part may be seen: by the lot that it came with, else by who put it into the stock."""
    bought = Part.lot_id.is_(None) & written_in_scope(person, Part.by)
    return or_(bought, Part.lot_id.is_not(None) & in_scope(person, Part.lot_id))


def moves_of(session: Session, drive_ids: Collection[str]) -> Mapping[str, str | None]:
    """The device of each of these drives that ever became a part; None while it lies in stock."""
    query = select(Part).where(Part.drive_id.in_(drive_ids), Part.withdrawn.is_(None)).order_by(Part.id)
    newest = {part.drive_id: part for part in session.scalars(query)}
    used = uses_of(session, [part.id for part in newest.values()])
    return {
        drive_id: used[part.id].device_id if part.id in used else None
        for drive_id, part in newest.items()
        if drive_id is not None
    }


def uses_of(session: Session, part_ids: Collection[int]) -> Mapping[int, Repair]:
    """The repair that used each of these parts, where one did and stands."""
    query = select(Repair).where(Repair.part_id.in_(part_ids), Repair.withdrawn.is_(None))
    return {repair.part_id: repair for repair in session.scalars(query) if repair.part_id is not None}


def seat_of(session: Session, drive: Drive) -> str | None:
    """The device in which a drive sits now; None for none."""
    return moves_of(session, [drive.id]).get(drive.id, drive.device_id)


def parts_fitted(session: Session, device: Device) -> tuple[Part, ...]:
    """The parts that repairs put into a device, oldest first; of drives only those that are still there."""
    query = (
        select(Part)
        .join(Repair, Repair.part_id == Part.id)
        .where(Repair.device_id == device.id, Repair.withdrawn.is_(None), Part.withdrawn.is_(None))
        .order_by(Repair.id)
    )
    found = tuple(session.scalars(query))
    moves = moves_of(session, [part.drive_id for part in found if part.drive_id is not None])
    return tuple(part for part in found if part.drive_id is None or moves[part.drive_id] == device.id)


def history_of(session: Session, person: Person, drive: Drive | DriveSeen) -> tuple[Stay, ...]:
    """Every device that a drive is known to have been in, as lists, runs and people say. Raises Forbidden."""
    require(person, *READERS)
    stays = [Stay(CAME_WITH, device) for device in _devices(session, person, [drive.declared_device_id])]
    runs = select(Erasure).where(Erasure.drive_id == drive.id, Erasure.device_id.is_not(None))
    for run in session.scalars(runs.order_by(Erasure.position)):
        stays += [
            Stay(SEEN_IN, one, run.received, run.statement_id) for one in _devices(session, person, [run.device_id])
        ]
    parts = select(Part).where(Part.drive_id == drive.id, Part.withdrawn.is_(None)).order_by(Part.id)
    for part in session.scalars(parts):
        stays += [Stay(TAKEN_FROM, one, part.at) for one in _devices(session, person, [part.device_id])]
        used = uses_of(session, [part.id]).get(part.id)
        if used is not None:
            stays += [Stay(FITTED_INTO, one, used.at) for one in _devices(session, person, [used.device_id])]
    return tuple(stays)


def _devices(session: Session, person: Person, ids: Collection[str | None]) -> list[Device]:
    known = [one for one in ids if one is not None]
    return list(session.scalars(select(Device).where(Device.id.in_(known), in_scope(person, Device.lot_id))))
