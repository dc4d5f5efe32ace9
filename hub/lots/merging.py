"""Saying that two devices, or two drives, on record are one, and taking it back (INV-3). Nothing is copied or changed.

What was seen by benches under two good serial numbers stays two drives: nobody merges them.
"""

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import Session

from hub import audit
from hub.answered import SameThing
from hub.claims import refuse_claims
from hub.context import hub_of
from hub.devices.observed import is_strong, normal
from hub.errors import BadInput, Conflict, NotFound
from hub.lots.sameness import DEVICE, DRIVE, same_as
from hub.models import Device, Drive, Erasure, Person
from hub.people.roles import MANAGERS, STAFF, require
from hub.scope import drive_in_scope, in_scope
from hub.typed import one_line

LONGEST = 500


def merge(session: Session, person: Person, kind: str, one_id: str, other_id: str, *, reason: str) -> SameThing:
    """Say that two things are one. Raises Forbidden, NotFound, BadInput, Conflict (one already; two for a bench)."""
    require(person, *MANAGERS)
    one, other = _thing(session, person, kind, one_id), _thing(session, person, kind, other_id)
    if one.id == other.id:
        raise BadInput("choose another one than itself", "other")
    reason = one_line(reason, LONGEST)
    if not reason:
        raise BadInput("say how you know that they are one", "reason")
    refuse_claims(reason)
    if other.id in same_as(session, kind, [one.id]).get(one.id, ()):
        raise Conflict("they are one already")
    if kind == DRIVE and _are_two(session, one, other):
        raise Conflict("benches saw them under two serial numbers: they are two drives")
    row = SameThing(
        kind=kind,
        one_id=one.id,
        other_id=other.id,
        reason=reason,
        at=hub_of(session).clock(),
        by=person.id,
        by_name=person.name,
    )
    session.add(row)
    session.flush()
    audit.record(session, person, f"{kind}.merge", one.id, f"{row.id} with {other.id}: {reason}")
    return row


def unmerge(session: Session, person: Person, merge_id: int, reason: str) -> SameThing:
    """Take a merge back: both are as if it had never been. Raises Forbidden, NotFound, BadInput."""
    require(person, *MANAGERS)
    row = session.get(SameThing, merge_id, with_for_update=True, populate_existing=True)
    if row is None or row.withdrawn is not None or not _seen(session, person, row):
        raise NotFound("no such merge")
    reason = one_line(reason, LONGEST)
    if not reason:
        raise BadInput("say why they are two after all", "reason")
    refuse_claims(reason)
    row.withdrawn, row.withdrawn_by, row.withdrawn_reason = hub_of(session).clock(), person.id, reason
    session.flush()
    audit.record(session, person, f"{row.kind}.unmerge", row.one_id, f"{row.id} from {row.other_id}: {reason}")
    return row


def merges_of(session: Session, person: Person, kind: str, thing_id: str) -> tuple[SameThing, ...]:
    """Every merge of a thing with one in scope, those taken back too, oldest first. Raises Forbidden."""
    require(person, *STAFF)
    query = select(SameThing).where(SameThing.kind == kind)
    mine = or_(SameThing.one_id == thing_id, SameThing.other_id == thing_id)
    found = session.scalars(query.where(mine).order_by(SameThing.id)).all()
    return tuple(row for row in found if _seen(session, person, row))


def _seen(session: Session, person: Person, row: SameThing) -> bool:
    """Whether both things of a merge are in scope: one of another house is not named."""
    both = (row.one_id, row.other_id)
    device = select(func.count()).select_from(Device).where(Device.id.in_(both), in_scope(person, Device.lot_id))
    drive = select(func.count()).select_from(Drive).where(Drive.id.in_(both), _drive_seen(person))
    return session.scalar(device if row.kind == DEVICE else drive) == len(both)


def _drive_seen(person: Person) -> ColumnElement[bool]:
    """That a drive is in scope: by its lot, the lot that declared it, or a run that found no lot."""
    return or_(drive_in_scope(person), in_scope(person, Drive.declared_lot_id))


def _thing(session: Session, person: Person, kind: str, thing_id: str) -> Device | Drive:
    found: Device | Drive | None
    if kind == DEVICE:
        found = session.scalar(select(Device).where(Device.id == thing_id, in_scope(person, Device.lot_id)))
    else:
        found = session.scalar(select(Drive).where(Drive.id == thing_id, _drive_seen(person)))
    if found is None:
        raise NotFound("no such device" if kind == DEVICE else "no such drive")
    return found


def _are_two(session: Session, one: Device | Drive, other: Device | Drive) -> bool:
    strong = is_strong(one.serial) and is_strong(other.serial) and normal(one.serial) != normal(other.serial)
    return strong and all(
        session.scalar(select(Erasure.statement_id).where(Erasure.drive_id == each.id).limit(1)) is not None
        for each in (one, other)
    )
