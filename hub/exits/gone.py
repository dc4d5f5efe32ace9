"""Which devices are out: those with an exit that stands and after which they did not come back. Asked by every service.

What people said of a device that is out holds until its exit is taken back: nothing that it left on can be undone.
"""

from collections.abc import Collection, Mapping

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.departed import DeviceReturn, ExitLine
from hub.errors import Conflict
from hub.models import Device, Drive, Lot
from hub.repairs.hosts import seat_of

LEFT = "this device has left: take its exit back first"


def exits_of(session: Session, device_ids: Collection[str | None]) -> Mapping[str, ExitLine]:
    """The exit that stands of each of these devices that is out now."""
    query = select(ExitLine).where(ExitLine.device_id.in_(device_ids), ExitLine.withdrawn.is_(None))
    newest = {line.device_id: line for line in session.scalars(query.order_by(ExitLine.id)) if line.device_id}
    back = set(
        session.scalars(
            select(DeviceReturn.line_id).where(
                DeviceReturn.line_id.in_([line.id for line in newest.values()]),
                DeviceReturn.came_back,
                DeviceReturn.withdrawn.is_(None),
            )
        )
    )
    return {device_id: line for device_id, line in newest.items() if line.id not in back}


def require_here(session: Session, device: Device) -> None:
    """Raise Conflict for a device that is out."""
    if exits_of(session, [device.id]):
        raise Conflict(LEFT)


def require_drive_here(session: Session, drive: Drive) -> None:
    """Raise Conflict for a drive that left in a device, be it its own or one that it was fitted into."""
    if exits_of(session, {drive.device_id, drive.declared_device_id, seat_of(session, drive)} - {None}):
        raise Conflict(LEFT)


def require_all_here(session: Session, lot: Lot) -> None:
    """Raise Conflict for a lot of which a device is out."""
    ids = session.scalars(select(ExitLine.device_id).where(ExitLine.lot_id == lot.id, ExitLine.withdrawn.is_(None)))
    if exits_of(session, [one for one in ids if one is not None]):
        raise Conflict("a device of this lot has left: take its exit back first")
