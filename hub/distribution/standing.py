"""Where prescriptions and reservations stand: conditions over rows, asked by every room that lets a device out.

A state is never stored: an exit by a code serves it, and an exit that is taken back opens it again.
"""

from datetime import date
from enum import StrEnum

from sqlalchemy import ColumnElement, ScalarSelect, case, func, select
from sqlalchemy.orm import Session

from hub.context import hub_of
from hub.departed import DeviceReturn, ExitBatch, ExitLine
from hub.distributed import Delivery, Prescription, Reservation
from hub.distribution.codes import PRESCRIPTION, looks_like, read
from hub.errors import Conflict
from hub.models import Device


class State(StrEnum):
    """Where a prescription stands."""

    OPEN = "open"
    RESERVED = "reserved"
    SERVED = "served"
    EXPIRED = "expired"
    CANCELLED = "cancelled"


def today(session: Session) -> date:
    """The day of the hub's clock."""
    return hub_of(session).clock().date()


def reservation_holds(day: date) -> ColumnElement[bool]:
    """The condition that a reservation holds: not released, not past its day, and its device did not leave since."""
    left = (
        select(ExitLine.id)
        .where(ExitLine.device_id == Reservation.device_id, ExitLine.withdrawn.is_(None))
        .where(ExitLine.at >= Reservation.at)
        .exists()
    )
    return Reservation.withdrawn.is_(None) & (Reservation.until >= day.isoformat()) & ~left


def is_kept(day: date) -> ColumnElement[bool]:
    """The condition that a device is reserved."""
    return select(Reservation.id).where(Reservation.device_id == Device.id, reservation_holds(day)).exists()


def is_out() -> ColumnElement[bool]:
    """The condition that a device is out: an exit stands after which it did not come back."""
    back = select(DeviceReturn.line_id).where(DeviceReturn.came_back, DeviceReturn.withdrawn.is_(None))
    lines = select(ExitLine.id).where(ExitLine.device_id == Device.id, ExitLine.withdrawn.is_(None))
    return lines.where(ExitLine.id.not_in(back)).exists()


def served_on() -> ScalarSelect[str | None]:
    """The day on which a device first left by the code of a prescription; null where none did."""
    return (
        select(func.min(ExitBatch.day))
        .join(ExitLine, ExitLine.batch_id == ExitBatch.id)
        .where(ExitBatch.prescription == Prescription.code, ExitLine.withdrawn.is_(None))
        .scalar_subquery()
    )


def state_on(day: date) -> ColumnElement[str]:
    """Where a prescription stands on a day."""
    kept = select(Reservation.id).where(Reservation.prescription_id == Prescription.id, reservation_holds(day)).exists()
    return case(
        (served_on().is_not(None), State.SERVED.value),
        (Prescription.withdrawn.is_not(None), State.CANCELLED.value),
        (kept, State.RESERVED.value),
        (Prescription.until < day.isoformat(), State.EXPIRED.value),
        else_=State.OPEN.value,
    )


def state_of(session: Session, row: Prescription) -> State:
    """Where one prescription stands now."""
    query = select(state_on(today(session))).where(Prescription.id == row.id)
    return State(session.scalar(query) or State.OPEN)


def written(session: Session, code: str) -> str:
    """The code of a prescription that may be served, as it is written; a code of another house stays as it is.

    Raises BadInput for a mistake in typing, Conflict for one that is served, cancelled or expired.
    """
    if not looks_like(PRESCRIPTION, code):
        return code
    code = read(PRESCRIPTION, code)
    row = session.scalar(select(Prescription).where(Prescription.code == code))
    state = state_of(session, row) if row is not None else State.OPEN
    if row is None:
        raise Conflict(f"prescription {code} is not on record here")
    if state in {State.SERVED, State.CANCELLED, State.EXPIRED}:
        raise Conflict(f"prescription {code} is {state}: nothing is given for it")
    return code


def require_unserved(session: Session, batch: ExitBatch) -> None:
    """Raise Conflict where another exit served the prescription of this one since it was begun."""
    if not batch.prescription:
        return
    other = (
        select(ExitLine.id)
        .join(ExitBatch, ExitBatch.id == ExitLine.batch_id)
        .join(Prescription, Prescription.code == ExitBatch.prescription)
        .where(ExitBatch.prescription == batch.prescription, ExitBatch.id != batch.id, ExitLine.withdrawn.is_(None))
    )
    if session.scalar(other.limit(1)) is not None:
        raise Conflict(f"prescription {batch.prescription} is served: nothing is given for it")


def kept_for_others(session: Session, device_id: str, batch: ExitBatch) -> Reservation | None:
    """The reservation that keeps a device from leaving by this exit; None where none does."""
    query = select(Reservation).where(Reservation.device_id == device_id, reservation_holds(today(session)))
    row = session.scalar(query.order_by(Reservation.id.desc()).limit(1))
    if row is None:
        return None
    delivery = session.get(Delivery, batch.id)
    there = row.partner_id is None or (delivery is not None and delivery.partner_id == row.partner_id)
    asked = session.get(Prescription, row.prescription_id) if row.prescription_id else None
    return None if there and (asked is None or asked.code == batch.prescription) else row
