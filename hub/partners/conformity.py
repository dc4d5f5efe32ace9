"""What the test of a partner came to (S0-10): counted from the exits and the defects of its test lot, never typed.

A device counts once, whatever its number of defects; a lot of which nothing was delivered has no rate.
"""

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.departed import NonConformity
from hub.errors import Conflict, NotFound
from hub.exits.gone import exits_of
from hub.models import Device, Lot, Person
from hub.partnered import Partner
from hub.partners import trial_lots
from hub.returns import service as returns
from hub.returns.rates import Rate
from hub.returns.service import Finding
from hub.scope import in_scope, require_networker

MOST = 100  # devices of a page: a test lot holds fifty


@dataclass(frozen=True, slots=True)
class Tested:
    """One device of the test lot: whether it was delivered, and its defects that stand."""

    device: Device
    delivered: bool
    defects: tuple[NonConformity, ...]


def test_lot_of(session: Session, person: Person, partner: Partner) -> Lot | None:
    """The newest test lot of a partner. Raises Forbidden."""
    return next((lot for row, lot in trial_lots.lots_of(session, person, partner) if row.test), None)


def rate_of_test(session: Session, person: Person, partner: Partner) -> Rate | None:
    """How many devices of the test lot were delivered and do not conform; None without a test lot. Raises Forbidden."""
    lot = test_lot_of(session, person, partner)
    return None if lot is None else returns.rate_of(session, person, lot)


def tested(session: Session, person: Person, lot: Lot) -> tuple[Tested, ...]:
    """The devices of a test lot by tag, with what was found. Raises Forbidden."""
    require_networker(session, person)
    query = select(Device).where(Device.lot_id == lot.id, in_scope(person, Device.lot_id)).order_by(Device.asset)
    devices = session.scalars(query.limit(MOST)).all()
    out = exits_of(session, [device.id for device in devices])
    return tuple(
        Tested(
            device,
            device.id in out,
            tuple(one for one in returns.defects_of(session, person, device) if one.withdrawn is None),
        )
        for device in devices
    )


def note(session: Session, person: Person, partner: Partner, tag: str, found: Finding) -> NonConformity:
    """Note a defect of a delivered device of the test lot. Raises Forbidden, NotFound, BadInput, Conflict."""
    require_networker(session, person)
    lot = test_lot_of(session, person, partner)
    if lot is None:
        raise Conflict("the partner has no test lot")
    device = session.scalar(select(Device).where(Device.lot_id == lot.id, Device.asset == tag.strip()))
    if device is None:
        raise NotFound("no device with this tag in the test lot")
    return returns.note_defect(session, person, device, found)


def take_back(session: Session, person: Person, partner: Partner, number: int, reason: str) -> NonConformity:
    """Take a defect of the test lot back. Raises Forbidden, NotFound, BadInput without a reason."""
    require_networker(session, person)
    lot, row = test_lot_of(session, person, partner), session.get(NonConformity, number)
    if lot is None or row is None or row.lot_id != lot.id:
        raise NotFound("no such record")
    returns.withdraw(session, person, row, reason)
    return row
