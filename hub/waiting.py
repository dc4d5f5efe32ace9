"""What waits for somebody of the workshop: how much of it, and since when, in open lots and in none.

Nothing here decides. Each figure is one query over indexed columns; each list is bounded and has the oldest first.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import ColumnElement, Select, and_, exists, func, or_, select
from sqlalchemy.orm import Mapped, Session, aliased, selectinload

from certificates.statement import CERTIFIABLE
from hub.accounted import DriveRecord
from hub.lots.account import NOT_THERE
from hub.lots.late_runs import is_late
from hub.models import (
    Alarm,
    Assessment,
    DecisionWord,
    Device,
    Diagnostic,
    Drive,
    Erasure,
    GradeOverride,
    GradePolicyUse,
    Lot,
    LotState,
    Person,
    Role,
    Station,
    StationState,
)
from hub.people.roles import BENCH, require
from hub.scope import bench_in_scope, in_scope, run_in_scope

Counted = Select[Any, Any]  # how many, and since when the oldest waits
MOST: Final = 200  # rows of a list
ENDED: Final = (LotState.CLOSED.value, LotState.CANCELLED.value)
BEFORE_RECEPTION: Final = (LotState.ANNOUNCED.value, LotState.COLLECTED.value)
PROBLEMS: Final = ("FAILED", "UNCONFIRMED")
UNGRADED: Final = ("", "none")
GRADED_KINDS: Final = ("laptop", "desktop", "screen", "tablet", "phone")


@dataclass(frozen=True, slots=True)
class Waiting:
    """One sort of thing that waits: how many, and since when the oldest of them does (None where nothing waits)."""

    kind: str
    count: int
    oldest: datetime | None


def waiting(session: Session, person: Person) -> tuple[Waiting, ...]:
    """What waits for a person of the workshop, in the order of a morning. Raises Forbidden for others."""
    require(person, *BENCH)
    return tuple(
        _counted(session, kind, query(person)) for kind, (query, roles) in KINDS.items() if person.role in set(roles)
    )


def failed_drives(session: Session, person: Person) -> tuple[Erasure, ...]:
    """The newest failure of each drive that no later success explains, the oldest first. Raises Forbidden."""
    require(person, *BENCH)
    query = select(Erasure).options(
        selectinload(Erasure.drive), selectinload(Erasure.device), selectinload(Erasure.lot)
    )
    return tuple(session.scalars(query.where(*_failed(person)).order_by(Erasure.position).limit(MOST)))


def failed_by_lot(session: Session, person: Person, lot_ids: Sequence[str]) -> Mapping[str, int]:
    """How many drives of each of these lots failed and wait; lots without one are left out. Raises Forbidden."""
    require(person, *BENCH)
    query = select(Erasure.lot_id, func.count()).where(*_failed(person), Erasure.lot_id.in_(lot_ids))
    return {row[0]: row[1] for row in session.execute(query.group_by(Erasure.lot_id)) if row[0] is not None}


def ungraded_devices(session: Session, person: Person) -> tuple[Device, ...]:
    """The devices at which somebody has worked and that have no letter yet, the oldest first. Raises Forbidden."""
    require(person, *BENCH)
    query = select(Device).options(selectinload(Device.lot)).where(*_ungraded(person))
    return tuple(session.scalars(query.order_by(Device.created, Device.id).limit(MOST)))


def lots_to_receive(session: Session, person: Person) -> tuple[Lot, ...]:
    """The lots that nobody has received yet, the oldest first. Raises Forbidden."""
    require(person, *BENCH)
    query = select(Lot).options(selectinload(Lot.donor)).where(*_not_received(person))
    return tuple(session.scalars(query.order_by(Lot.created, Lot.id).limit(MOST)))


def diagnosed(session: Session, devices: tuple[Device, ...]) -> frozenset[str]:
    """The ids of those of these devices that were diagnosed: what they lack is a check, not a diagnosis."""
    query = select(Diagnostic.device_id).where(Diagnostic.device_id.in_([device.id for device in devices]))
    return frozenset(found for found in session.scalars(query.distinct()) if found is not None)


def _counted(session: Session, kind: str, query: Counted) -> Waiting:
    count, oldest = session.execute(query).one()
    return Waiting(kind, count, oldest)


def _decisions(person: Person) -> Counted:
    return select(func.count(), func.min(Erasure.received)).where(
        Erasure.decision == DecisionWord.AWAITING, run_in_scope(person)
    )


def _unmatched(person: Person) -> Counted:
    waiting = (Erasure.lot_id.is_(None), run_in_scope(person))
    return select(func.count(), func.min(Erasure.received)).where(*waiting)


def _failures(person: Person) -> Counted:
    return select(func.count(), func.min(Erasure.received)).where(*_failed(person))


def _late(person: Person) -> Counted:
    return select(func.count(), func.min(Erasure.received)).where(*is_late(person))


def _grades(person: Person) -> Counted:
    return select(func.count(), func.min(Device.created)).where(*_ungraded(person))


def _receptions(person: Person) -> Counted:
    return select(func.count(), func.min(Lot.created)).where(*_not_received(person))


def _pending(person: Person) -> Counted:
    return _stations(person, StationState.PENDING, Station.created)


def _locked(person: Person) -> Counted:
    return _stations(person, StationState.LOCKED, Station.last_seen)


def _stations(person: Person, state: StationState, since: Mapped[datetime] | Mapped[datetime | None]) -> Counted:
    seen = bench_in_scope(person, Station.id)
    return select(func.count(), func.min(since)).where(Station.state == state, seen)


def _alarms(person: Person) -> Counted:
    seen = bench_in_scope(person, Alarm.station_id)
    return select(func.count(), func.min(Alarm.created)).where(Alarm.closed.is_(None), seen)


def _open_lots(person: Person) -> Select[str]:
    return select(Lot.id).where(Lot.state.not_in(ENDED), in_scope(person, Lot.id))


def _failed(person: Person) -> tuple[ColumnElement[bool], ...]:
    """A failure in an open lot after which its drive was neither tried again, nor erased with success, nor seen off."""
    later = aliased(Erasure)
    success = and_(later.verdict.in_(CERTIFIABLE), later.decision != DecisionWord.REJECTED)
    newer = exists().where(
        later.drive_id == Erasure.drive_id,
        later.position > Erasure.position,
        or_(success, later.verdict.in_(PROBLEMS)),
    )
    gone = exists().where(  # destroyed, returned ...: said by a person after this run
        DriveRecord.drive_id == Erasure.drive_id,
        DriveRecord.lot_id == Erasure.lot_id,
        DriveRecord.how.in_(NOT_THERE),
        DriveRecord.withdrawn.is_(None),
        DriveRecord.at >= Erasure.received,
    )
    return Erasure.lot_id.in_(_open_lots(person)), Erasure.verdict.in_(PROBLEMS), ~newer, ~gone


def _ungraded(person: Person) -> tuple[ColumnElement[bool], ...]:
    """A device of an open lot that a bench has worked at or somebody received, and to which nothing gave a letter."""
    by_site = exists().where(
        Assessment.statement_id == Diagnostic.statement_id,
        Assessment.word.not_in(UNGRADED),
        Assessment.use_id == GradePolicyUse.id,
        GradePolicyUse.until_position.is_(None),
    )
    by_person = exists().where(GradeOverride.statement_id == Diagnostic.statement_id, GradeOverride.withdrawn.is_(None))
    letter = or_(Diagnostic.letter.not_in(UNGRADED), by_site, by_person)
    seen = or_(
        Device.received.is_not(None),
        exists().where(Diagnostic.device_id == Device.id),
        exists().where(Drive.device_id == Device.id, Erasure.drive_id == Drive.id),
    )
    graded = exists().where(Diagnostic.device_id == Device.id, letter)
    return Device.lot_id.in_(_open_lots(person)), Device.kind.in_(GRADED_KINDS), seen, ~graded


def _not_received(person: Person) -> tuple[ColumnElement[bool], ...]:
    return Lot.state.in_(BEFORE_RECEPTION), Lot.received.is_(None), in_scope(person, Lot.id)


_LEADS, _MANAGERS = (Role.LEAD,), (Role.LEAD, Role.ADMIN)
KINDS: Final[dict[str, tuple[Callable[[Person], Counted], tuple[Role, ...]]]] = {
    "decisions": (_decisions, _LEADS),
    "contradicted": (_late, BENCH),
    "failed": (_failures, BENCH),
    "unmatched": (_unmatched, BENCH),
    "ungraded": (_grades, BENCH),
    "receptions": (_receptions, BENCH),
    "pending": (_pending, _MANAGERS),
    "locked": (_locked, _MANAGERS),
    "alarms": (_alarms, BENCH),
}
