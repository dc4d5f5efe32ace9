"""Deliveries: reserved devices leave for their distributor or prescription, and what that distributor reads of it.

An exit like any other (`hub.exits.leaving`): all of them leave, or none. A distributor reads no lot and no donor.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from hub.departed import ExitBatch, ExitLine
from hub.distributed import Delivery
from hub.distribution.reserving import reservations
from hub.errors import BadInput, NotFound
from hub.exits import leaving
from hub.exits.leaving import Goods, Head
from hub.exits.modes import DELIVERED
from hub.models import Device, Person
from hub.people.roles import DISTRIBUTORS, MANAGERS, require
from hub.scope import partner_in_scope

PAGE = 50


@dataclass(frozen=True, slots=True)
class Handover:
    """How reserved devices leave: a mode of those that deliver, the day, what goes with each, the price of each."""

    mode: str = "gift"
    day: str = ""
    ticked: tuple[str, ...] = ()
    price_cents: int | None = None


@dataclass(frozen=True, slots=True)
class Delivered:
    """One line of a delivery with its device."""

    line: ExitLine
    device: Device


def deliver(session: Session, person: Person, numbers: Collection[int], handover: Handover) -> ExitBatch:
    """Let reserved devices of one distributor and one code leave. Raises Forbidden, BadInput, NotFound, Stays."""
    require(person, *MANAGERS)
    if handover.mode not in DELIVERED:
        raise BadInput("choose how the goods leave", "mode")
    kept = reservations(session, person, numbers) if numbers else ()
    if not kept or len(kept) != len(set(numbers)):
        raise NotFound("no such reservation")
    if len({(one.row.partner_id, one.row.prescription_id) for one in kept}) != 1:
        raise BadInput("one delivery is for one distributor and one prescription", "for")
    first = kept[0]
    with session.begin_nested():  # where one of them stays, the head of the movement does not stay either
        head = Head(handover.mode, handover.day, receiver=first.distributor, prescription=first.code)
        batch = leaving.begin(session, person, head)
        if first.row.partner_id is not None:
            session.add(Delivery(batch_id=batch.id, partner_id=first.row.partner_id))
            session.flush()
        tags = tuple(one.device.asset or "" for one in kept)
        leaving.send(session, person, batch, Goods(tags, handover.ticked, handover.price_cents))
    return batch


def deliveries(session: Session, person: Person, before: int = 0, size: int = PAGE) -> tuple[ExitBatch, ...]:
    """A page of the own deliveries, the newest first. Raises Forbidden."""
    require(person, *DISTRIBUTORS)
    query = select(ExitBatch).join(Delivery, Delivery.batch_id == ExitBatch.id)
    query = query.where(partner_in_scope(person, Delivery.partner_id)).order_by(ExitBatch.id.desc()).limit(size)
    return tuple(session.scalars(query.where(ExitBatch.id < before) if before else query))


def counts_of(session: Session, found: Collection[ExitBatch]) -> Mapping[int, int]:
    """How many devices each of these deliveries (read in scope) holds."""
    query = select(ExitLine.batch_id, func.count()).where(ExitLine.batch_id.in_([one.id for one in found]))
    return {
        row[0]: row[1] for row in session.execute(query.where(ExitLine.withdrawn.is_(None)).group_by(ExitLine.batch_id))
    }


def delivery_for(session: Session, person: Person, number: int) -> tuple[ExitBatch, tuple[Delivered, ...]]:
    """One own delivery with its lines that stand. Raises Forbidden, NotFound."""
    require(person, *DISTRIBUTORS)
    mine = select(Delivery.batch_id).where(Delivery.batch_id == number, partner_in_scope(person, Delivery.partner_id))
    batch = session.scalar(select(ExitBatch).where(ExitBatch.id.in_(mine)))
    if batch is None:
        raise NotFound("no such delivery")
    query = select(ExitLine, Device).join(Device, Device.id == ExitLine.device_id)
    query = query.where(ExitLine.batch_id == batch.id, ExitLine.withdrawn.is_(None)).order_by(ExitLine.id)
    return batch, tuple(Delivered(row[0], row[1]) for row in session.execute(query))
