"""Which partner works on a lot, and test lots: one of a new partner holds fifty devices at most.

The limit stands in the gates' policy. People are refused at the 51st device; evidence of benches never is.
"""

from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import Session

from hub import audit
from hub.context import hub_of
from hub.errors import Conflict, NotFound
from hub.models import Device, Lot, Person
from hub.partnered import LotPartner, Partner
from hub.partners import gates
from hub.partners.register import reason_for
from hub.scope import in_scope, require_networker

FULL = "this is a test lot: it holds {most} devices at most"


def give(session: Session, person: Person, lot: Lot, partner: Partner, *, test: bool) -> LotPartner:
    """Say that a partner works on a lot. Raises Forbidden, Conflict (it has one, or too many devices for a test)."""
    require_networker(session, person)
    session.refresh(lot, with_for_update=True)
    if given(session, lot.id) is not None:
        raise Conflict(f"lot {lot.code} has a partner already")
    if test and devices_in(session, lot.id) > most():
        raise full()
    row = LotPartner(
        lot_id=lot.id, partner_id=partner.id, test=test, at=hub_of(session).clock(), by=person.id
    )  # fmt: skip
    session.add(row)
    session.flush()
    audit.record(session, person, "lot.partner", lot.id, f"{partner.name} {'test lot' if test else ''}".strip())
    return row


def take_back(session: Session, person: Person, partner: Partner, row_id: int, reason: str) -> None:
    """Say that a partner does not work on a lot after all. Raises Forbidden, NotFound, BadInput without a reason."""
    require_networker(session, person)
    row = session.get(LotPartner, row_id)
    if row is None or row.partner_id != partner.id or row.withdrawn is not None:
        raise NotFound("no such lot of a partner")
    row.withdrawn_reason = reason_for(reason)
    row.withdrawn, row.withdrawn_by = hub_of(session).clock(), person.id
    audit.record(session, person, "lot.partner-end", row.lot_id, row.withdrawn_reason)


def given(session: Session, lot_id: str) -> LotPartner | None:
    """Who works on a lot; None: nobody was named."""
    query = select(LotPartner).where(LotPartner.lot_id == lot_id, LotPartner.withdrawn.is_(None))
    return session.scalar(query.order_by(LotPartner.id.desc()).limit(1))


def lots_of(session: Session, person: Person, partner: Partner) -> tuple[tuple[LotPartner, Lot], ...]:
    """The lots that a partner works on, the newest first, in the person's scope. Raises Forbidden."""
    require_networker(session, person)
    query = (
        select(LotPartner, Lot)
        .join(Lot, Lot.id == LotPartner.lot_id)
        .where(LotPartner.partner_id == partner.id, LotPartner.withdrawn.is_(None), in_scope(person, LotPartner.lot_id))
    )
    return tuple((row[0], row[1]) for row in session.execute(query.order_by(LotPartner.id.desc())))


def is_test(session: Session, lot_id: str) -> bool:
    """Whether a lot is a test lot."""
    row = given(session, lot_id)
    return row is not None and row.test


def devices_in(session: Session, lot_id: str) -> int:
    """How many devices a lot has, whoever named them."""
    return session.scalar(select(func.count()).select_from(Device).where(Device.lot_id == lot_id)) or 0


def most() -> int:
    """How many devices a test lot holds."""
    return gates.shipped().test_devices_at_most


def full() -> Conflict:
    """What is said at the 51st device."""
    return Conflict(FULL.format(most=most()))


def require_place(session: Session, device: Device) -> None:
    """Raise Conflict for a device of a test lot that came after its fiftieth."""
    if not is_test(session, device.lot_id):
        return
    same = and_(Device.known_from == device.known_from, Device.id < device.id)
    before = select(func.count()).select_from(Device).where(Device.lot_id == device.lot_id)
    if (session.scalar(before.where(or_(Device.known_from < device.known_from, same))) or 0) >= most():
        raise full()


def require_count(session: Session, lot: Lot, units: int) -> None:
    """Raise Conflict for more units of a test lot than it holds."""
    if units > most() and is_test(session, lot.id):
        raise full()
