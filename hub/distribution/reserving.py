"""Reservations: a device is kept for some days for a distributor, a prescription, or both (S2-10).

One at a time. It ends by its day, by a release, or when the device leaves; nothing is deleted.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from hub import audit
from hub.context import hub_of
from hub.distributed import Prescription, Reservation
from hub.distribution import prescribing
from hub.distribution.members import partner_named, partner_of
from hub.distribution.standing import State, reservation_holds, today
from hub.distribution.stock import Offer, offer_for
from hub.errors import BadInput, Conflict, NotFound
from hub.models import Device, Person, Role
from hub.partnered import Partner
from hub.partners.register import DISTRIBUTOR
from hub.people.roles import READERS, STAFF, require
from hub.scope import in_scope, partner_in_scope

MOST_DAYS, USUAL_DAYS = 60, 14
PAGE = 200


@dataclass(frozen=True, slots=True)
class Ask:
    """What a reservation is for: a code, a distributor (for staff: the account's own otherwise), and how many days."""

    code: str = ""
    partner_id: str = ""
    days: int = USUAL_DAYS


@dataclass(frozen=True, slots=True)
class Kept:
    """A reservation that holds, with its device, the distributor's name and the prescription's code ("" for none)."""

    row: Reservation
    device: Device
    distributor: str
    code: str


def reserve(session: Session, person: Person, device_id: str, ask: Ask) -> Reservation:
    """Keep a device. Raises Forbidden, NotFound (not available), BadInput, Conflict (the code does not allow it)."""
    require(person, Role.DISTRIBUTOR, *STAFF)
    partner = _partner(session, person, ask.partner_id)
    if not 1 <= ask.days <= MOST_DAYS:
        raise BadInput(f"a reservation holds for 1 to {MOST_DAYS} days", "days")
    device = session.get(Device, device_id, with_for_update=True, populate_existing=True)
    offer = offer_for(session, person, device_id)
    assert device is not None
    asked = _prescription(session, ask.code, offer) if ask.code else None
    if partner is None and asked is None:
        raise BadInput("a reservation is for a distributor, for a prescription, or for both", "for")
    row = Reservation(
        device_id=device.id,
        lot_id=device.lot_id,
        partner_id=partner.id if partner else None,
        prescription_id=asked.id if asked else None,
        until=(today(session) + timedelta(days=ask.days)).isoformat(),
        at=hub_of(session).clock(),
        by=person.id,
        by_name=person.name,
    )
    session.add(row)
    session.flush()
    told = f"{row.id} {partner.name if partner else ''} {asked.code if asked else ''} until {row.until}"
    audit.record(session, person, "device.reserve", device.id, told)
    return row


def release(session: Session, person: Person, number: int) -> Reservation:
    """Let a reservation go. Raises Forbidden, NotFound (none that holds, in scope)."""
    require(person, Role.DISTRIBUTOR, *STAFF)
    row = next((one.row for one in reservations(session, person, {number})), None)
    if row is None:
        raise NotFound("no such reservation")
    row.withdrawn, row.withdrawn_by = hub_of(session).clock(), person.id
    session.flush()
    audit.record(session, person, "device.release", row.device_id, str(row.id))
    return row


def reservations(session: Session, person: Person, numbers: Collection[int] = ()) -> tuple[Kept, ...]:
    """The reservations that hold and are in scope, by distributor and code. Raises Forbidden."""
    require(person, Role.DISTRIBUTOR, *READERS)
    query = (
        select(Reservation, Device, Partner.name, Prescription.code)
        .join(Device, Device.id == Reservation.device_id)
        .outerjoin(Partner, Partner.id == Reservation.partner_id)
        .outerjoin(Prescription, Prescription.id == Reservation.prescription_id)
        .where(reservation_holds(today(session)), _mine(person))
        .order_by(Partner.name, Prescription.code, Reservation.id)
    )
    if numbers:
        query = query.where(Reservation.id.in_(numbers))
    return tuple(Kept(row[0], row[1], row[2] or "", row[3] or "") for row in session.execute(query.limit(PAGE)))


def _mine(person: Person) -> ColumnElement[bool]:
    if person.role == Role.DISTRIBUTOR:
        return partner_in_scope(person, Reservation.partner_id)
    return in_scope(person, Reservation.lot_id)


def _partner(session: Session, person: Person, partner_id: str) -> Partner | None:
    if person.role == Role.DISTRIBUTOR:
        return partner_of(session, person, DISTRIBUTOR)
    return partner_named(session, person, partner_id, DISTRIBUTOR) if partner_id else None


def _prescription(session: Session, code: str, offer: Offer) -> Prescription:
    found = prescribing.by_code(session, code)
    row = found.row
    session.refresh(row, with_for_update=True)
    if found.state is not State.OPEN:
        raise Conflict(f"prescription {row.code} is {found.state}: nothing is given for it")
    if row.kind and row.kind != offer.kind:
        raise Conflict("this prescription asks for another kind of device")
    if row.category and offer.letter > row.category:
        raise Conflict(f"this prescription asks for grade {row.category} or better")
    return row
