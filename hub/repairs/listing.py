"""Reading repairs: the parts to find by kind and lot (K-11), the parts in stock, what was done to a device."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.models import Device, Lot, Person
from hub.people.roles import READERS, require
from hub.repaired import MissingPart, Part, Repair
from hub.repairs.hosts import moves_of, part_in_scope, uses_of
from hub.scope import in_scope

MOST = 500


@dataclass(frozen=True, slots=True)
class Need:
    """A part to find, the device that lacks it, and its lot."""

    row: MissingPart
    device: Device
    lot: Lot


def to_find(session: Session, person: Person, lot: Lot | None = None) -> tuple[Need, ...]:
    """The parts that are still to be found, of one lot or of all, by kind; at most `MOST`. Raises Forbidden."""
    require(person, *READERS)
    met = select(Repair.need_id).where(Repair.need_id.is_not(None), Repair.withdrawn.is_(None))
    query = (
        select(MissingPart, Device, Lot)
        .join(Device, Device.id == MissingPart.device_id)
        .join(Lot, Lot.id == MissingPart.lot_id)
        .where(MissingPart.withdrawn.is_(None), MissingPart.id.not_in(met), in_scope(person, MissingPart.lot_id))
        .order_by(MissingPart.kind, MissingPart.id)
        .limit(MOST)
    )
    if lot is not None:
        query = query.where(MissingPart.lot_id == lot.id)
    return tuple(Need(*row) for row in session.execute(query))


def stock(session: Session, person: Person) -> tuple[Part, ...]:
    """The parts that lie in stock, by kind; at most `MOST`. Raises Forbidden."""
    require(person, *READERS)
    used = select(Repair.part_id).where(Repair.part_id.is_not(None), Repair.withdrawn.is_(None))
    query = select(Part).where(Part.withdrawn.is_(None), Part.id.not_in(used), part_in_scope(person))
    return tuple(session.scalars(query.order_by(Part.kind, Part.id).limit(MOST)))


def in_stock(session: Session, person: Person) -> Mapping[str, int]:
    """How many parts of each kind lie in stock."""
    return Counter(part.kind for part in stock(session, person))


def needs_of(session: Session, person: Person, device: Device) -> tuple[MissingPart, ...]:
    """The parts that a device still lacks."""
    return tuple(need.row for need in to_find(session, person, device.lot) if need.device.id == device.id)


def repairs_of(session: Session, person: Person, device: Device) -> tuple[tuple[Repair, Part | None], ...]:
    """Everything that was done to a device, with the parts, what was taken back too; oldest first. Raises Forbidden."""
    require(person, *READERS)
    query = (
        select(Repair, Part)
        .outerjoin(Part, Part.id == Repair.part_id)
        .where(Repair.device_id == device.id, in_scope(person, Repair.lot_id))
        .order_by(Repair.id)
    )
    return tuple((row[0], row[1]) for row in session.execute(query))


def parts_of(session: Session, person: Person, device: Device) -> tuple[tuple[Part, Repair | None], ...]:
    """The parts that were taken from a device and where each was used. Raises Forbidden."""
    require(person, *READERS)
    found = tuple(
        session.scalars(select(Part).where(Part.device_id == device.id, part_in_scope(person)).order_by(Part.id))
    )
    used = uses_of(session, [part.id for part in found])
    return tuple((part, used.get(part.id)) for part in found)


def drives_in(session: Session, device: Device) -> tuple[tuple[str, str], ...]:
    """The drives that sit in a device and can be taken out: number and serial."""
    moves = moves_of(session, [drive.id for drive in device.drives])
    return tuple(
        (drive.id, drive.serial or "?") for drive in device.drives if moves.get(drive.id, device.id) == device.id
    )


def part_for(session: Session, person: Person, part_id: int) -> Part | None:
    """One part, for the workshop; None for none. Raises Forbidden."""
    require(person, *READERS)
    return session.scalar(select(Part).where(Part.id == part_id, part_in_scope(person)))
