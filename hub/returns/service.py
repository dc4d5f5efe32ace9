"""Returns and defects of delivered devices, noted whatever became of their lot: a closed lot stays as it was closed.

Who brings a device back is not noted: its tag and the day of its exit say which warranty holds.
"""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import distinct, func, or_, select
from sqlalchemy.orm import Session

from hub import audit
from hub.claims import refuse_claims
from hub.context import hub_of
from hub.departed import DeviceReturn, ExitBatch, ExitLine, NonConformity
from hub.errors import BadInput, Conflict, NotFound
from hub.exits.gone import exits_of
from hub.exits.modes import DELIVERED, LOAN, RENTAL
from hub.exits.typed_day import day_of
from hub.models import Device, Lot, Person, Role
from hub.partners import levels
from hub.people.roles import READERS, STAFF, require
from hub.returns.rates import Rate
from hub.scope import delivered_to, in_scope
from hub.typed import one_line

END_OF_LOAN = "end-of-loan"
DEFECTS = ("does-not-start", "battery", "screen", "keyboard", "drive", "network", "software", "missing-part", "looks",
           "other")  # fmt: skip
REASONS = (*DEFECTS, "not-needed", END_OF_LOAN)
LONGEST = 500


@dataclass(frozen=True, slots=True)
class Finding:
    """What is wrong: a code, a day (YYYY-MM-DD, "" for today), and words that name nobody."""

    reason: str
    day: str = ""
    finding: str = ""
    remedy: str = ""


def take_return(session: Session, person: Person, device: Device, found: Finding, *, came_back: bool) -> DeviceReturn:
    """Note a return or a complaint (S2-19). `came_back`: the device is in the workshop again, and its drives were used.

    Raises Forbidden, BadInput, Conflict (it is not out; the day is before its exit).
    """
    require(person, *(STAFF if came_back else (Role.DISTRIBUTOR, *STAFF)))
    line, day, words = _delivered(session, person, device, found)
    if person.role != Role.DISTRIBUTOR and found.reason != END_OF_LOAN:  # a distributor asks for service, it does none
        levels.require_step(session, device.lot_id, levels.AFTER_SALES)
    if found.reason not in REASONS or (found.reason == "other" and not words[0]):
        raise BadInput("choose a reason of the list, in words if it is none of it", "reason")
    batch = session.get(ExitBatch, line.batch_id)
    if found.reason == END_OF_LOAN and (batch is None or batch.mode not in {LOAN, RENTAL}):
        raise BadInput("this device was not lent", "reason")
    row = DeviceReturn(
        device_id=device.id,
        lot_id=device.lot_id,
        line_id=line.id,
        day=day.isoformat(),
        reason=found.reason,
        came_back=came_back,
        within=is_within(line, day),
        finding=words[0],
        remedy=words[1],
        **_who(session, person),
    )
    session.add(row)
    session.flush()
    audit.record(session, person, "device.return", device.id, f"{row.reason} {'back' if came_back else ''}".strip())
    return row


def note_defect(
    session: Session, person: Person, device: Device, found: Finding, *, counted: bool = True
) -> NonConformity:
    """Note a defect of a delivered device (S0-10). Raises Forbidden, BadInput, Conflict (it was not delivered)."""
    require(person, Role.COORDINATOR, *STAFF)
    line, day, words = _delivered(session, person, device, found)
    if found.reason not in DEFECTS or not words[0]:
        raise BadInput("choose a defect of the list and say what was found", "reason")
    if not counted and not words[1]:
        raise BadInput("say in the remedy why this defect is not counted", "remedy")
    row = NonConformity(
        device_id=device.id,
        lot_id=device.lot_id,
        line_id=line.id,
        day=day.isoformat(),
        reason=found.reason,
        finding=words[0],
        remedy=words[1],
        counted=counted,
        **_who(session, person),
    )
    session.add(row)
    session.flush()
    audit.record(
        session, person, "device.defect", device.id, f"{row.reason} {'' if counted else 'not counted'}".strip()
    )
    return row


def withdraw(session: Session, person: Person, row: DeviceReturn | NonConformity, reason: str) -> None:
    """Take a return or a defect back. Raises Forbidden, NotFound, BadInput, Conflict (the device left again since)."""
    require(person, *((Role.COORDINATOR,) if isinstance(row, NonConformity) else ()), *STAFF)
    reason = _text(reason)
    if row.withdrawn is not None:
        raise NotFound("no such record")
    if not reason:
        raise BadInput("say why it is taken back", "reason")
    if isinstance(row, DeviceReturn) and row.came_back and exits_of(session, [row.device_id]):
        raise Conflict("this device left again since: take the newest exit back first")
    row.withdrawn, row.withdrawn_by, row.withdrawn_reason = hub_of(session).clock(), person.id, reason
    session.flush()
    audit.record(session, person, f"{row.__tablename__}.withdraw", row.device_id, reason)


def is_within(line: ExitLine, day: date) -> bool:
    """Whether a day is within the legal warranty of an exit; its last day counts."""
    return bool(line.warranty_end) and line.warranty_start <= day.isoformat() <= line.warranty_end


def returns_of(session: Session, person: Person, device: Device) -> tuple[DeviceReturn, ...]:
    """Every return of a device, oldest first. Raises Forbidden."""
    require(person, *READERS)
    query = select(DeviceReturn).where(DeviceReturn.device_id == device.id, in_scope(person, DeviceReturn.lot_id))
    return tuple(session.scalars(query.order_by(DeviceReturn.id)))


def defects_of(session: Session, person: Person, device: Device) -> tuple[NonConformity, ...]:
    """Every defect of a device, oldest first. Raises Forbidden."""
    require(person, *READERS)
    query = select(NonConformity).where(NonConformity.device_id == device.id, in_scope(person, NonConformity.lot_id))
    return tuple(session.scalars(query.order_by(NonConformity.id)))


def rate_of(session: Session, person: Person, lot: Lot) -> Rate:
    """The rate of non-conformity of what a lot delivered (K-8). Raises Forbidden."""
    require(person, *READERS)
    delivered = (
        select(ExitLine.device_id)
        .join(ExitBatch, ExitBatch.id == ExitLine.batch_id)
        .where(ExitLine.lot_id == lot.id, in_scope(person, ExitLine.lot_id), ExitLine.withdrawn.is_(None))
        .where(ExitLine.device_id.is_not(None), ExitBatch.mode.in_(DELIVERED))
    )
    bad = select(func.count(distinct(NonConformity.device_id))).where(
        NonConformity.device_id.in_(delivered), NonConformity.counted, NonConformity.withdrawn.is_(None)
    )
    total = select(func.count(distinct(delivered.subquery().c.device_id)))
    return Rate(session.scalar(bad) or 0, session.scalar(total) or 0)


def _delivered(
    session: Session, person: Person, device: Device, found: Finding
) -> tuple[ExitLine, date, tuple[str, str]]:
    require(person, Role.DISTRIBUTOR, Role.COORDINATOR, *STAFF)
    query = (
        select(ExitLine, ExitBatch)
        .join(ExitBatch, ExitBatch.id == ExitLine.batch_id)
        .where(or_(in_scope(person, ExitLine.lot_id), delivered_to(person, ExitLine.batch_id)))
        .where(ExitLine.device_id == device.id, ExitLine.withdrawn.is_(None), ExitBatch.mode.in_(DELIVERED))
        .order_by(ExitLine.id.desc())
    )
    row = session.execute(query.limit(1)).first()
    if row is None or device.id not in exits_of(session, [device.id]):
        raise Conflict("this device is not out: nothing of it comes back")
    day = day_of(session, found.day)
    if day.isoformat() < row[1].day:
        raise BadInput("this day is before the exit of the device", "day")
    return row[0], day, (_text(found.finding), _text(found.remedy))


def _text(text: str) -> str:
    found = one_line(text, LONGEST)
    refuse_claims(found)
    return found


def _who(session: Session, person: Person) -> dict[str, object]:
    return {"at": hub_of(session).clock(), "by": person.id, "by_name": person.name}
