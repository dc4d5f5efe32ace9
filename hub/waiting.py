"""What waits for somebody of the workshop: how much of it, and since when, in open lots and in none.

Nothing here decides. Each figure is one query over indexed columns; each list is bounded and has the oldest first.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import ColumnElement, Select, and_, exists, func, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Mapped, Session, aliased, selectinload

from certificates.statement import CERTIFIABLE
from hub.accounted import DriveRecord
from hub.lots.account import NOT_THERE
from hub.lots.late_runs import is_late
from hub.models import (
    Alarm,
    Assessment,
    Certificate,
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
from hub.people.roles import BENCH, VALIDATORS, require
from hub.recalled import CertificateRecall
from hub.sampled import SampleReading
from hub.samples.reading import is_refuting
from hub.scope import bench_in_scope, in_scope, run_in_scope
from hub.unchanged import unchanged

Dated = Select[Any]  # since when each of them waits, the oldest first
COUNTED: Final = 1000  # so far a figure counts: it stands for that many or more
MOST: Final = 50  # rows of a list
LOTS_AT_ONCE: Final = 10
ENDED: Final = (LotState.CLOSED.value, LotState.CANCELLED.value)
BEFORE_RECEPTION: Final = (LotState.ANNOUNCED.value, LotState.COLLECTED.value)
PROBLEMS: Final = ("FAILED", "UNCONFIRMED")
UNGRADED: Final = ("", "none")
_LATER = aliased(Erasure)
GRADED_KINDS: Final = ("laptop", "desktop", "screen", "tablet", "phone")


@dataclass(frozen=True, slots=True)
class Waiting:
    """One sort of thing that waits: how many (`COUNTED` or more: that), and since when the oldest of them does.

    `oldest` is None where nothing waits.
    """

    kind: str
    count: int
    oldest: datetime | None


def waiting(session: Session, person: Person) -> tuple[Waiting, ...]:
    """What waits for a person of the workshop, in the order of a morning. Raises Forbidden for others."""
    require(person, *BENCH)
    asked = [(kind, query) for kind, (query, roles) in KINDS.items() if person.role in set(roles)]
    return unchanged(
        session, ("waiting", person.id), lambda: tuple(_counted(session, person, kind, query) for kind, query in asked)
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
    found = list[str]()
    for query in _ungraded(session, person, Device.id):
        found += session.scalars(query.limit(MOST - len(found)))
        if len(found) >= MOST:
            break
    query = select(Device).options(selectinload(Device.lot)).where(Device.id.in_(found))
    return tuple(sorted(session.scalars(query), key=lambda device: found.index(device.id)))


def lots_to_receive(session: Session, person: Person) -> tuple[Lot, ...]:
    """The lots that nobody has received yet, the oldest first. Raises Forbidden."""
    require(person, *BENCH)
    query = select(Lot).options(selectinload(Lot.donor)).where(*_not_received(person))
    return tuple(session.scalars(query.order_by(Lot.created, Lot.id).limit(MOST)))


def diagnosed(session: Session, devices: tuple[Device, ...]) -> frozenset[str]:
    """The ids of those of these devices that were diagnosed: what they lack is a check, not a diagnosis."""
    query = select(Diagnostic.device_id).where(Diagnostic.device_id.in_([device.id for device in devices]))
    return frozenset(found for found in session.scalars(query.distinct()) if found is not None)


def queue_length(session: Session, person: Person) -> int:
    """How many erasures in the person's scope wait for a decision; `COUNTED` stands for that many or more."""
    query = select(Erasure.position).where(Erasure.decision == DecisionWord.AWAITING, run_in_scope(person))
    return unchanged(session, ("queue", person.id), lambda: _number(session, query))


def contradicted(session: Session, person: Person) -> int:
    """How many findings speak against certificates, closings and exits in scope; `COUNTED` stands for that or more."""
    require(person, *BENCH)
    return unchanged(session, ("contradicted", person.id), lambda: _number(session, _late(person)))


def _number(session: Session, query: Select[Any]) -> int:
    return session.scalar(select(func.count()).select_from(query.limit(COUNTED).subquery())) or 0


def _counted(session: Session, person: Person, kind: str, query: Callable[[Person], Dated] | None) -> Waiting:
    if query is None:
        return _ungraded_so_far(session, person, kind)
    count, oldest = _so_far(session, query(person).limit(COUNTED))
    return Waiting(kind, count, oldest)


def _so_far(session: Session, dated: Dated) -> tuple[int, datetime | None]:
    """How many there are, and the oldest: counted where they lie, for a thousand times are slow to read."""
    since = dated.subquery().c[0]
    row = session.execute(select(func.count(), func.min(since)).select_from(since.table)).one()
    return row[0], row[1]


def _decisions(person: Person) -> Dated:
    waits = Erasure.decision == DecisionWord.AWAITING
    return select(Erasure.received).where(waits, run_in_scope(person)).order_by(Erasure.position)


def _unmatched(person: Person) -> Dated:
    waits = (Erasure.lot_id.is_(None), run_in_scope(person))
    return select(Erasure.received).where(*waits).order_by(Erasure.position)


def _recalls(person: Person) -> Dated:
    query = select(CertificateRecall.at).join(Certificate, Certificate.id == CertificateRecall.certificate_id)
    return query.where(*_asked_back(person)).order_by(CertificateRecall.id)


def _asked_back(person: Person) -> tuple[ColumnElement[bool], ...]:
    """A request that a certificate in scope be taken back or replaced, to which nobody has agreed yet."""
    mine = in_scope(person, Certificate.lot_id)
    return CertificateRecall.agreed.is_(None), CertificateRecall.withdrawn.is_(None), mine


def recalls_asked_for(session: Session, person: Person) -> tuple[tuple[CertificateRecall, Certificate], ...]:
    """The requests to which another lead has to agree, with their certificates, the oldest first. Raises Forbidden."""
    require(person, *VALIDATORS)
    query = select(CertificateRecall, Certificate).join(Certificate, Certificate.id == CertificateRecall.certificate_id)
    query = query.options(selectinload(Certificate.drive), selectinload(Certificate.lot)).where(*_asked_back(person))
    return tuple((row[0], row[1]) for row in session.execute(query.order_by(CertificateRecall.id).limit(MOST)))


def _late(person: Person) -> Dated:
    runs = select(Erasure.received.label("since")).where(*is_late(person))
    found = runs.union_all(select(SampleReading.at.label("since")).where(*is_refuting(person))).subquery()
    return select(found.c.since).order_by(found.c.since)


def _disputed(person: Person) -> Dated:
    return select(Erasure.received).where(*_in_dispute(person)).order_by(Erasure.position)


def _in_dispute(person: Person) -> tuple[ColumnElement[bool], ...]:
    """An approved run that a compromised key signed, after which its drive was neither erased again nor seen off."""
    later = _LATER
    again = exists().where(
        later.drive_id == Erasure.drive_id,
        later.position > Erasure.position,
        later.verdict.in_(CERTIFIABLE),
        later.decision == DecisionWord.APPROVED,
        ~later.disputed,
    )
    gone = exists().where(
        DriveRecord.drive_id == Erasure.drive_id,
        DriveRecord.how.in_(NOT_THERE),
        DriveRecord.withdrawn.is_(None),
        DriveRecord.at >= Erasure.received,
    )
    return Erasure.disputed.is_(True), Erasure.decision == DecisionWord.APPROVED, run_in_scope(person), ~again, ~gone


def disputed_runs(session: Session, person: Person) -> tuple[Erasure, ...]:
    """The runs that a compromised key leaves in dispute and nothing answers, the oldest first. Raises Forbidden."""
    require(person, *BENCH)
    query = select(Erasure).options(
        selectinload(Erasure.drive), selectinload(Erasure.device), selectinload(Erasure.lot)
    )
    return tuple(session.scalars(query.where(*_in_dispute(person)).order_by(Erasure.position).limit(MOST)))


def _failures(person: Person) -> Dated:
    return select(Erasure.received).where(*_failed(person)).order_by(Erasure.position)


def _receptions(person: Person) -> Dated:
    return select(Lot.created).where(*_not_received(person)).order_by(Lot.created)


def _pending(person: Person) -> Dated:
    return _stations(person, StationState.PENDING, Station.created)


def _locked(person: Person) -> Dated:
    return _stations(person, StationState.LOCKED, Station.last_seen)


def _stations(person: Person, state: StationState, since: Mapped[datetime] | Mapped[datetime | None]) -> Dated:
    return select(since).where(Station.state == state, bench_in_scope(person, Station.id)).order_by(since)


def _alarms(person: Person) -> Dated:
    seen = bench_in_scope(person, Alarm.station_id)
    return select(Alarm.created).where(Alarm.closed.is_(None), seen).order_by(Alarm.id)


def _open_lots(person: Person) -> Select[str]:
    return select(Lot.id).where(Lot.state.not_in(ENDED), in_scope(person, Lot.id))


def _failed(person: Person) -> tuple[ColumnElement[bool], ...]:
    """A failure in an open lot after which its drive was neither tried again, nor erased with success, nor seen off."""
    later = _LATER
    success = and_(later.verdict.in_(CERTIFIABLE), later.decision != DecisionWord.REJECTED, ~later.disputed)
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


def _ungraded_so_far(session: Session, person: Person, kind: str) -> Waiting:
    count, since = 0, list[datetime]()
    for dated in _ungraded(session, person, Device.created):
        found, oldest = _so_far(session, dated.limit(COUNTED - count))
        count += found
        since += [oldest] if oldest is not None else []
        if count >= COUNTED:
            break
    return Waiting(kind, count, min(since, default=None))


def _ungraded(session: Session, person: Person, *columns: InstrumentedAttribute[Any]) -> Iterator[Dated]:
    """Devices without a letter, the oldest first: some lots at once, so that no more are looked through than needed."""
    lots = session.scalars(_lots_that_came(person)).all()
    for start in range(0, len(lots), LOTS_AT_ONCE):
        query = select(*columns).where(Device.lot_id.in_(lots[start : start + LOTS_AT_ONCE]), *_no_letter())
        yield query.order_by(Device.created, Device.id)


def _lots_that_came(person: Person) -> Select[str]:
    """The open lots, the oldest first, but for those of which nothing came: nobody looks through their devices."""
    came = or_(
        Lot.received.is_not(None),
        Lot.state.not_in(BEFORE_RECEPTION),
        exists().where(Diagnostic.lot_id == Lot.id),
        exists().where(Erasure.lot_id == Lot.id),
        exists().where(Device.lot_id == Lot.id, Device.received.is_not(None)),
    )
    return _open_lots(person).where(came).order_by(Lot.created, Lot.id)


def _no_letter() -> tuple[ColumnElement[bool], ...]:
    """A device that a bench has worked at or somebody received, and to which nothing gave a letter."""
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
    return Device.kind.in_(GRADED_KINDS), seen, ~graded


def _not_received(person: Person) -> tuple[ColumnElement[bool], ...]:
    return Lot.state.in_(BEFORE_RECEPTION), Lot.received.is_(None), in_scope(person, Lot.id)


_LEADS, _MANAGERS = VALIDATORS, (Role.LEAD, Role.ADMIN)
KINDS: Final[dict[str, tuple[Callable[[Person], Dated] | None, tuple[Role, ...]]]] = {
    "decisions": (_decisions, _LEADS),
    "recalls": (_recalls, _LEADS),
    "contradicted": (_late, BENCH),
    "disputed": (_disputed, BENCH),
    "failed": (_failures, BENCH),
    "unmatched": (_unmatched, BENCH),
    "ungraded": (None, BENCH),  # its lots are looked through one after the other
    "receptions": (_receptions, BENCH),
    "pending": (_pending, _MANAGERS),
    "locked": (_locked, _MANAGERS),
    "alarms": (_alarms, BENCH),
}
