"""Runs that failed on a drive after its certificate, its closing or its exit: flagged, answered by a lead.

What was frozen stays; the live account no longer counts the drive. A lead reopens the lot and explains the drive anew,
or says that it had left and was given again: only of a drive that did leave before that run.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, CompoundSelect, Select, exists, or_, select, union_all
from sqlalchemy.orm import Session, aliased, selectinload

from hub import audit
from hub.accounted import DriveRecord, LotClosing
from hub.answered import LateRunAnswer, SameThing
from hub.base import Base
from hub.claims import refuse_claims
from hub.context import hub_of
from hub.departed import DeviceReturn, ExitLine
from hub.errors import BadInput, Conflict, NotFound
from hub.indexed import by_its_row
from hub.lots.account import DESTROYED, ERASED, IMPORTED, LOST, NOT_THERE, PROBLEMS, Why
from hub.lots.drive_account import AccountLine
from hub.lots.sameness import DRIVE
from hub.lots.seen import RunSeen
from hub.models import Certificate, DecisionWord, Drive, Erasure, LedgerEntry, Lot, LotState, Person
from hub.people.roles import BENCH, VALIDATORS, require
from hub.repaired import Part, Repair
from hub.scope import LotColumn, in_scope
from hub.typed import one_line

GIVEN_AGAIN = "given-again"
LONGEST = 500
MOST = 200
# other names of tables, made once: each is a copy of all its columns
_LATER, _BEFORE_CLOSING, _BEFORE_EXIT = aliased(Erasure), aliased(Erasure), aliased(Erasure)
_OWN, _MERGED, _INSIDE, _TAKEN = aliased(Erasure), aliased(Erasure), aliased(Erasure), aliased(Part)


@dataclass(frozen=True, slots=True)
class LateRun:
    """A run that came too late: the lots whose closing it contradicts, the exits with which its drive left.

    `certificates`: those that went out before, of this drive and of those that people said to be one with it.
    """

    run: Erasure
    lots: tuple[Lot, ...]
    exits: tuple[ExitLine, ...]
    certificates: tuple[Certificate, ...] = ()


def is_late(person: Person) -> tuple[ColumnElement[bool], ...]:
    """The condition on `Erasure` that it failed late, and that neither a success nor a lead has answered it."""
    success = exists().where(
        _LATER.drive_id == Erasure.drive_id,
        _LATER.position > Erasure.position,
        by_its_row(_LATER.verdict) == ERASED,
        by_its_row(_LATER.decision) == DecisionWord.APPROVED,
        _LATER.certificate_id.is_not(None),
        ~_LATER.disputed,
    )
    after_closing = exists().where(*_after_closing(person)).correlate(Erasure)
    after_exit = exists().where(*_after_exit(person)).correlate(Erasure)
    after_certificate = or_(*(exists(one).correlate(Erasure) for one in _certified_before(person)))
    return Erasure.verdict.in_(PROBLEMS), ~success, or_(after_closing, after_exit, after_certificate)


def late_runs(session: Session, person: Person) -> tuple[LateRun, ...]:
    """The late runs that nobody has answered, the oldest first. Raises Forbidden."""
    require(person, *BENCH)
    query = select(Erasure).options(selectinload(Erasure.drive), selectinload(Erasure.lot))
    found = session.scalars(query.where(*is_late(person)).order_by(Erasure.position).limit(MOST)).all()
    return tuple(
        LateRun(run, _lots(session, person, run), _exits(session, person, run), _certificates(session, person, run))
        for run in found
    )


def late_by_line(session: Session, person: Person, lines: Collection[ExitLine]) -> Mapping[int, Erasure]:
    """The newest late run on a drive that left with each of these lines of exits; scope is that of the lines' lots."""
    devices = {line.device_id for line in lines if line.device_id is not None}
    failed = select(Erasure.statement_id).where(Erasure.verdict.in_(PROBLEMS), _was_in(devices))
    if not devices or not (ids := session.scalars(failed).all()):
        return {}
    query = select(ExitLine.id, Erasure).where(
        ExitLine.id.in_([line.id for line in lines]), Erasure.statement_id.in_(ids), *_after_exit(person)
    )
    return {row[0]: row[1] for row in session.execute(query.order_by(Erasure.position))}


def contradicted_since(lot: Lot, lines: Sequence[AccountLine]) -> tuple[AccountLine, ...]:
    """The drives of a closed lot that its account no longer counts: something was found of them since."""
    if lot.state != LotState.CLOSED:
        return tuple(line for line in lines if line.against and line.standing.why in {Why.CONTRADICTED, Why.SEEN_AFTER})
    return tuple(line for line in lines if line.standing.why is not Why.NONE)


def answer(
    session: Session, person: Person, lot: Lot, line: AccountLine, statement_id: str, *, note: str
) -> LateRunAnswer:
    """Say that the drive had left and was given again, so that this run does not speak against the lot.

    Raises Forbidden, NotFound (no such late run of this drive), Conflict (the drive had not left before it), BadInput.
    """
    require(person, *VALIDATORS)
    run = next((one for one in line.against if one.statement_id == statement_id), None)
    if run is None or run.drive_id != line.drive.id:
        raise NotFound("no such late run of this drive")
    if not _left_before(session, person, run, lot):
        raise Conflict("this drive had not left before that run: reopen the lot and explain it anew")
    note = one_line(note, LONGEST)
    if not note:
        raise BadInput("say in words how you know", "note")
    refuse_claims(note)
    row = LateRunAnswer(
        lot_id=lot.id,
        drive_id=line.drive.id,
        statement_id=statement_id,
        reason=GIVEN_AGAIN,
        note=note,
        at=hub_of(session).clock(),
        by=person.id,
        by_name=person.name,
    )
    session.add(row)
    session.flush()
    audit.record(session, person, "drive.late-run.answer", line.drive.id, f"{lot.code} {statement_id}: {note}")
    return row


def take_back(session: Session, person: Person, lot: Lot, answer_id: int, reason: str) -> LateRunAnswer:
    """Take an answer back, with a reason: the run speaks again. Raises Forbidden, NotFound, BadInput."""
    require(person, *VALIDATORS)
    row = session.get(LateRunAnswer, answer_id, with_for_update=True, populate_existing=True)
    if row is None or row.lot_id != lot.id or row.withdrawn is not None:
        raise NotFound("no such answer")
    reason = one_line(reason, LONGEST)
    if not reason:
        raise BadInput("say why the answer is taken back", "reason")
    refuse_claims(reason)
    row.withdrawn, row.withdrawn_by, row.withdrawn_reason = hub_of(session).clock(), person.id, reason
    session.flush()
    audit.record(session, person, "drive.late-run.answer.withdraw", row.drive_id, f"{lot.code} {row.id}: {reason}")
    return row


def answers_of(session: Session, person: Person, lot: Lot, drive_id: str) -> tuple[LateRunAnswer, ...]:
    """Every answer about a drive of a lot, those taken back too, oldest first."""
    query = select(LateRunAnswer).where(LateRunAnswer.lot_id == lot.id, LateRunAnswer.drive_id == drive_id)
    return tuple(session.scalars(query.where(in_scope(person, LateRunAnswer.lot_id)).order_by(LateRunAnswer.id)))


def _after_closing(person: Person) -> tuple[ColumnElement[bool], ...]:
    """That `Erasure` came after `LotClosing`, which stands and whose `Lot` has that drive in its account."""
    before = _BEFORE_CLOSING
    lots: CompoundSelect[Any] = union_all(
        select(before.lot_id)
        .where(before.drive_id == Erasure.drive_id, before.position <= Erasure.position, before.lot_id.is_not(None))
        .correlate(Erasure),
        select(DriveRecord.lot_id)
        .where(
            DriveRecord.drive_id == Erasure.drive_id,
            DriveRecord.withdrawn.is_(None),
            or_(DriveRecord.how.in_((DESTROYED, LOST, IMPORTED)), Erasure.lot_id.is_(None)),
        )
        .correlate(Erasure),
    )
    return (
        in_scope(person, LotClosing.lot_id),
        LotClosing.lot_id.in_(lots),
        Lot.id == LotClosing.lot_id,
        by_its_row(Lot.state) == LotState.CLOSED,
        LotClosing.reopened.is_(None),
        LotClosing.at < Erasure.received,
        ~_answered(LotClosing.lot_id, LotClosing),
    )


def _after_exit(person: Person) -> tuple[ColumnElement[bool], ...]:
    """That `Erasure` came after an `ExitLine` that stands, of a device in which its drive left."""
    before, taken = _BEFORE_EXIT, _TAKEN
    devices: CompoundSelect[Any] = union_all(
        select(before.device_id)
        .where(before.drive_id == Erasure.drive_id, before.position < Erasure.position, before.device_id.is_not(None))
        .correlate(Erasure),
        select(Drive.device_id).where(Drive.id == Erasure.drive_id, Drive.device_id.is_not(None)).correlate(Erasure),
        select(Drive.declared_device_id)
        .where(Drive.id == Erasure.drive_id, Drive.declared_device_id.is_not(None))
        .correlate(Erasure),
        select(Repair.device_id)
        .where(Repair.part_id == Part.id, Part.drive_id == Erasure.drive_id, Part.withdrawn.is_(None))
        .where(Repair.withdrawn.is_(None))
        .correlate(Erasure),
    )
    taken_out = exists().where(
        taken.drive_id == Erasure.drive_id,
        taken.device_id == ExitLine.device_id,
        taken.withdrawn.is_(None),
        taken.at < ExitLine.at,
    )
    back = exists().where(
        DeviceReturn.line_id == ExitLine.id,
        DeviceReturn.came_back,
        DeviceReturn.withdrawn.is_(None),
        DeviceReturn.at < Erasure.received,
    )
    return (
        in_scope(person, ExitLine.lot_id),
        ExitLine.device_id.in_(devices),
        ExitLine.withdrawn.is_(None),
        ExitLine.at < Erasure.received,
        ~taken_out.correlate(Erasure, ExitLine),
        ~back.correlate(Erasure, ExitLine),
        ~_answered(ExitLine.lot_id, ExitLine),
    )


def _certified_before(person: Person) -> tuple[Select[str | None], ...]:
    """The certificates of runs before `Erasure`: of its drive, and of those that people said to be one with it.

    Not of a device that left since and came back, where the run found its drive in that device: the rule is told in
    `hub.issued.contradictions`, which the public page follows to the letter; here it may flag more, never less.
    """
    one, other = _OWN, _MERGED
    own = select(one.certificate_id).where(one.drive_id == Erasure.drive_id, *_certified(person, one))
    merged = (
        select(other.certificate_id)
        .join(SameThing, or_(SameThing.one_id == other.drive_id, SameThing.other_id == other.drive_id))
        .where(SameThing.kind == DRIVE, SameThing.withdrawn.is_(None), other.drive_id != Erasure.drive_id)
        .where(or_(SameThing.one_id == Erasure.drive_id, SameThing.other_id == Erasure.drive_id))
        .where(*_certified(person, other))
    )
    return own, merged


def _certified(person: Person, before: type[Erasure]) -> tuple[ColumnElement[bool], ...]:
    """That a run before `Erasure` was decided before it, has its certificate, and that nothing answers for it."""
    decided = exists().where(LedgerEntry.id == before.validation_id, LedgerEntry.position < Erasure.position)
    answered = exists().where(
        LateRunAnswer.statement_id == Erasure.statement_id,
        LateRunAnswer.drive_id == before.drive_id,
        LateRunAnswer.lot_id == before.lot_id,
        LateRunAnswer.withdrawn.is_(None),
    )
    back = exists().where(
        ExitLine.device_id == before.device_id,
        ExitLine.device_id == Erasure.device_id,
        ExitLine.withdrawn.is_(None),
        ExitLine.at > before.received,
        DeviceReturn.line_id == ExitLine.id,
        DeviceReturn.came_back,
        DeviceReturn.withdrawn.is_(None),
        DeviceReturn.at < Erasure.received,
    )
    gone = exists().where(
        DriveRecord.drive_id == before.drive_id,
        DriveRecord.lot_id == before.lot_id,
        DriveRecord.how.in_(NOT_THERE),
        DriveRecord.withdrawn.is_(None),
        DriveRecord.at >= Erasure.received,
    )
    return (
        ~gone.correlate(before, Erasure),
        before.position < Erasure.position,
        before.certificate_id.is_not(None),
        in_scope(person, by_its_row(before.lot_id)),
        decided.correlate(before, Erasure),
        ~answered.correlate(before, Erasure),
        ~back.correlate(before, Erasure),
    )


def _was_in(devices: Collection[str]) -> ColumnElement[bool]:
    """That the drive of `Erasure` was ever in one of these devices."""
    before = _INSIDE
    return Erasure.drive_id.in_(
        union_all(
            select(before.drive_id).where(before.device_id.in_(devices)),
            select(Drive.id).where(or_(Drive.device_id.in_(devices), Drive.declared_device_id.in_(devices))),
            select(Part.drive_id).where(
                Part.id == Repair.part_id, Repair.device_id.in_(devices), Part.drive_id.is_not(None)
            ),
        )
    )


def _answered(lot_id: LotColumn, of: type[Base]) -> ColumnElement[bool]:
    found = exists().where(
        LateRunAnswer.statement_id == Erasure.statement_id,
        LateRunAnswer.drive_id == Erasure.drive_id,
        LateRunAnswer.lot_id == lot_id,
        LateRunAnswer.withdrawn.is_(None),
    )
    return found.correlate(Erasure, of)


def _lots(session: Session, person: Person, run: Erasure) -> tuple[Lot, ...]:
    query = select(Lot).where(Erasure.statement_id == run.statement_id, *_after_closing(person))
    return tuple(session.scalars(query.order_by(Lot.code).distinct()))


def _exits(session: Session, person: Person, run: Erasure | RunSeen) -> tuple[ExitLine, ...]:
    query = select(ExitLine).where(Erasure.statement_id == run.statement_id, *_after_exit(person))
    return tuple(session.scalars(query.order_by(ExitLine.id)))


def _certificates(session: Session, person: Person, run: Erasure) -> tuple[Certificate, ...]:
    ids = {
        found
        for one in _certified_before(person)
        for found in session.scalars(one.where(Erasure.statement_id == run.statement_id))
    }
    query = select(Certificate).options(selectinload(Certificate.lot)).where(Certificate.id.in_(ids))
    return tuple(session.scalars(query.order_by(Certificate.number))) if ids else ()


def _left_before(session: Session, person: Person, run: RunSeen, lot: Lot) -> bool:
    return any(line.lot_id == lot.id for line in _exits(session, person, run))
