"""What the account of a lot asks of its samples: which drives are still to be read again, which readings failed."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy import ColumnElement, bindparam, exists, func, or_, select
from sqlalchemy.orm import Session, aliased

from hub.accounted import DriveRecord
from hub.belonging import Belonging
from hub.lots.account import DESTROYED, ERASED, LEVELS, LOST, RETURNED
from hub.models import DecisionWord, Drive, Erasure, Lot, Person
from hub.partnered import LotPartner
from hub.people.roles import STAFF
from hub.rare import has_none
from hub.sampled import SampledDrive, SampleDraw, SampleReading
from hub.scope import in_scope, scoped

CLEAN, DATA, UNREADABLE = "clean", "data", "unreadable"
RESULTS: Final = (CLEAN, DATA, UNREADABLE)
_AGAIN, _CERTIFIED, _SEEN = aliased(Erasure), aliased(Erasure), aliased(Erasure)  # once: each copies all columns


@dataclass(frozen=True, slots=True)
class SampleLine:
    """One drawn drive; `reading` is the newest that holds, None while nobody has read it."""

    sampled: SampledDrive
    drive: Drive
    reading: SampleReading | None


_SAMPLED: Final = (
    select(SampledDrive, Drive)
    .join(Drive, Drive.id == SampledDrive.drive_id)
    .where(SampledDrive.lot_id == bindparam("lot"))
    .order_by(SampledDrive.id)
)
_READ: Final = (
    select(SampleReading)
    .where(SampleReading.lot_id == bindparam("lot"), SampleReading.withdrawn.is_(None))
    .order_by(SampleReading.id)
)
_FAILED: Final = _READ.where(SampleReading.result != CLEAN)


def draws_of(session: Session, person: Person, lot: Lot) -> tuple[SampleDraw, ...]:
    """Every draw of a lot, the newest first; nothing outside the person's scope."""
    query = select(SampleDraw).where(SampleDraw.lot_id == lot.id, in_scope(person, SampleDraw.lot_id))
    return tuple(session.scalars(query.order_by(SampleDraw.id.desc())))


def sample_of(session: Session, person: Person, lot: Lot) -> tuple[SampleLine, ...]:
    """The drawn drives of a lot with what was read, in the order of the draws; nothing outside the scope."""
    if has_none(session, lot.id, SampledDrive):
        return ()
    query, asked = scoped(_SAMPLED, person, SampledDrive.lot_id)
    found = [(row[0], row[1]) for row in session.execute(query, {"lot": lot.id, **asked})]
    if not found:
        return ()
    held = _readings(session, lot)
    return tuple(SampleLine(one, drive, held.get(one.id)) for one, drive in found)


def failed_readings(session: Session, person: Person, lot: Lot) -> Mapping[str, list[SampleReading]]:
    """The readings of a lot that found something, by drive, those that were taken back left out."""
    if has_none(session, lot.id, SampleReading):
        return {}
    query, asked = scoped(_FAILED, person, SampleReading.lot_id)
    found: dict[str, list[SampleReading]] = defaultdict(list)
    for row in session.scalars(query, {"lot": lot.id, **asked}):
        found[row.drive_id].append(row)
    return found


def is_refuting(person: Person) -> tuple[ColumnElement[bool], ...]:
    """The condition on `SampleReading` that its run has a certificate, it was not clean, and nobody has answered it.

    What answers it is what explains its drive in the account of its lot: a newer run there (`account.newer`), or a
    record that it is gone, after which no bench saw it (`account.seen_after`). One that says it was never there
    answers nothing: a bench had seen it.
    """
    again, certified = _AGAIN, _CERTIFIED
    newer = exists().where(
        again.drive_id == SampleReading.drive_id,
        again.lot_id == SampleReading.lot_id,
        again.received > SampleReading.at,
        or_(again.began.is_(None), again.began >= SampleReading.at),
        again.verdict == ERASED,
        again.level.in_(LEVELS),
        again.decision == DecisionWord.APPROVED,
        again.certificate_id.is_not(None),
        ~again.disputed,
    )
    seen = exists().where(
        _SEEN.drive_id == DriveRecord.drive_id,
        _SEEN.received > DriveRecord.at,
        or_(DriveRecord.how != RETURNED, _SEEN.lot_id.is_(None), _SEEN.lot_id == DriveRecord.lot_id),
    )
    gone = exists().where(
        DriveRecord.drive_id == SampleReading.drive_id,
        DriveRecord.lot_id == SampleReading.lot_id,
        DriveRecord.how.in_((DESTROYED, LOST, RETURNED)),
        DriveRecord.withdrawn.is_(None),
        DriveRecord.at >= SampleReading.at,
        ~seen.correlate(DriveRecord),
    )
    out = exists().where(
        SampledDrive.id == SampleReading.sampled_id,
        certified.statement_id == SampledDrive.run_id,
        certified.certificate_id.is_not(None),
    )
    held = (SampleReading.result != CLEAN, SampleReading.withdrawn.is_(None), in_scope(person, SampleReading.lot_id))
    return (*held, out.correlate(SampleReading), ~newer, ~gone)


def refuting(session: Session, person: Person, most: int) -> tuple[tuple[SampleReading, Drive, Lot], ...]:
    """The readings that speak against a certificate and that nobody has answered, the oldest first."""
    query = select(SampleReading, Drive, Lot).join(Drive, Drive.id == SampleReading.drive_id)
    query = query.join(Lot, Lot.id == SampleReading.lot_id).where(*is_refuting(person))
    return tuple((row[0], row[1], row[2]) for row in session.execute(query.order_by(SampleReading.id).limit(most)))


def works_alone(session: Session, lot: Lot) -> bool:
    """Whether no two people work in the house of a lot: nobody there could read again what another one erased."""
    partner = select(LotPartner.partner_id).where(LotPartner.lot_id == lot.id, LotPartner.withdrawn.is_(None))
    theirs = select(Belonging.person_id).where(Belonging.partner_id.in_(partner))
    away = session.scalar(select(partner.exists()))
    house = Person.id.in_(theirs) if away else Person.id.not_in(select(Belonging.person_id))
    found = session.scalars(select(Person.id).where(Person.active, Person.role.in_(STAFF), house).limit(2))
    return len(found.all()) <= 1


def unread_by_lot(session: Session, lot_ids: Sequence[str]) -> Mapping[str, int]:
    """How many drawn drives of each of these lots nobody has read yet."""
    read = exists().where(SampleReading.sampled_id == SampledDrive.id, SampleReading.withdrawn.is_(None))
    query = select(SampledDrive.lot_id, func.count()).where(SampledDrive.lot_id.in_(lot_ids), ~read)
    return {row[0]: row[1] for row in session.execute(query.group_by(SampledDrive.lot_id))}


def unread_runs(session: Session, runs: Collection[str]) -> frozenset[str]:
    """Those of these runs that were drawn and that nobody has read again; whoever asks has seen their lots."""
    read = exists().where(SampleReading.sampled_id == SampledDrive.id, SampleReading.withdrawn.is_(None))
    return frozenset(session.scalars(select(SampledDrive.run_id).where(SampledDrive.run_id.in_(runs), ~read)))


def lots_to_draw(session: Session, runs: Collection[str]) -> frozenset[str]:
    """The lots of those of these runs that no draw has seen; whoever asks has seen their lots."""
    query = select(Erasure.statement_id, Erasure.lot_id).where(Erasure.statement_id.in_(runs))
    found = {row[0]: row[1] for row in session.execute(query) if row[1] is not None}
    draws = session.scalars(select(SampleDraw.population).where(SampleDraw.lot_id.in_(set(found.values()))))
    seen = {run for population in draws for run in population}
    return frozenset(lot for run, lot in found.items() if run not in seen)


def _readings(session: Session, lot: Lot) -> Mapping[int, SampleReading]:
    return {row.sampled_id: row for row in session.scalars(_READ, {"lot": lot.id})}
