"""The drives of a lot and what explains each (INV-5, INV-6): observed, declared at triage, or on the donor's list.

A drive that a person put into another lot stays in the account of the lot that declared it or saw it: there, too, it
needs its explanation. What failed on it elsewhere, before or after, is looked at too: for a donor as for the workshop.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final, NamedTuple

from sqlalchemy import ColumnElement, String, bindparam, exists, literal, or_, select, union_all
from sqlalchemy.orm import InstrumentedAttribute, Session

from hub.accounted import DriveRecord
from hub.answered import LateRunAnswer, SameThing
from hub.database import plain_rows
from hub.issued.contradictions import contradictions
from hub.lots.account import (
    BY_A_RUN,
    PROBLEMS,
    READ_ELSEWHERE,
    REREAD,
    UNTOUCHED,
    Explained,
    Record,
    Run,
    Standing,
    judge,
    judge_alone,
    spoils,
)
from hub.lots.sameness import DRIVE, Among, same_as
from hub.lots.seen import (
    DeviceSeen,
    DriveSeen,
    RunSeen,
    decided_at,
    devices_of,
    drives_of,
    drives_seen,
    runs_of,
    runs_seen,
)
from hub.models import Drive, Erasure, Lot, Person
from hub.rare import has_none
from hub.sampled import SampleReading
from hub.samples.reading import CLEAN, failed_readings
from hub.scope import scoped


class AccountLine(NamedTuple):
    """One drive of the account: where it stands, its runs in this lot, and the records of people that hold."""

    drive: DriveSeen
    standing: Standing
    runs: tuple[RunSeen, ...]
    records: tuple[DriveRecord, ...]
    against: tuple[RunSeen, ...] = ()  # runs that failed elsewhere, or in no lot, and that nobody answered
    abroad: tuple[RunSeen, ...] = ()  # its own runs out of this lot, in the order of the ledger
    alone: bool = False  # one run is all that is known of it, here and elsewhere, with a key that nobody else had

    @property
    def record(self) -> DriveRecord | None:
        """The record that explains the drive, where one does."""
        held = self.standing.record
        return next((one for one in self.records if one.id == held.id), None) if held is not None else None

    @property
    def proof(self) -> RunSeen | None:
        """The run that explains the drive as erased, with exceptions or without; of any other class there is none."""
        return self.run if self.standing.explained in BY_A_RUN else None

    @property
    def run(self) -> RunSeen | None:
        """The run that explains the drive; of an open one, the newest."""
        wanted = self.standing.run.statement_id if self.standing.run else None
        return next((one for one in self.runs if one.statement_id == wanted), None)


def account_of(
    session: Session, person: Person, lot: Lot, devices: Sequence[DeviceSeen] | None = None
) -> tuple[AccountLine, ...]:
    """Every drive of a lot's account, in the order of serial numbers; empty outside the person's scope.

    `devices` are those of the lot, where they were read already.
    """
    runs, records = _runs(session, person, lot), _records(session, person, lot)
    if devices is None:
        devices = devices_of(session, person, lot)
    drives = _drives(session, person, lot, {*runs, *records}, {device.id: device for device in devices})
    reread = failed_readings(session, person, lot)
    outside, abroad = _elsewhere(session, lot, drives, runs)
    decided = _decided(session, runs, outside)
    several = {*records, *reread, *outside, *abroad}

    def line(drive: DriveSeen) -> AccountLine:
        own = runs.get(drive.id, ())
        if drive.id not in several and len(own) <= 1:
            return _plain_line(drive, lot, own)
        return _account_line(
            drive,
            lot,
            own,
            records.get(drive.id, ()),
            reread=[*(Record(-one.id, REREAD, one.at) for one in reread.get(drive.id, ())), *abroad.get(drive.id, ())],
            outside=outside.get(drive.id, NOWHERE),
            decided=decided,
        )

    return tuple(map(line, drives))


def line_of(session: Session, person: Person, lot: Lot, drive_id: str) -> AccountLine | None:
    """One drive of a lot's account; None when it is not in it."""
    return next((line for line in account_of(session, person, lot) if line.drive.id == drive_id), None)


def totals(lines: Sequence[AccountLine]) -> dict[Explained, int]:
    """How many drives each class has; every class is named, be it zero."""
    found = Counter(line.standing.explained for line in lines)
    return {explained: found[explained] for explained in Explained}


def since(drive: Drive | DriveSeen, lot: Lot) -> datetime:
    """When a drive came with this lot: its device's reception, else the lot's, else the day of the announcement."""
    device = drive.device
    own = device.received if device is not None and device.lot_id == lot.id else None
    return own or lot.received or lot.created


def _drives(
    session: Session, person: Person, lot: Lot, others: AbstractSet[str], known: Mapping[str, DeviceSeen]
) -> list[DriveSeen]:
    found = drives_of(session, person, lot, known)
    missing = others - {drive.id for drive in found}
    if missing:  # found by rows of this lot, which were asked for in scope
        found += drives_seen(session, known, Drive.id.in_(missing))
    return sorted(found, key=lambda drive: (drive.serial, drive.id))


def _runs(session: Session, person: Person, lot: Lot) -> Mapping[str, list[RunSeen]]:
    return _by_drive(runs_of(session, person, lot))


def _plain_line(drive: DriveSeen, lot: Lot, runs: Sequence[RunSeen]) -> AccountLine:
    """The line of a drive with one run or none, of which nothing else is known: as most drives of a large lot are."""
    if not runs:
        return AccountLine(drive, UNTOUCHED, (), ())
    return AccountLine(drive, judge_alone(runs[0], since(drive, lot)), tuple(runs), (), alone=not runs[0].disputed)


def _account_line(
    drive: DriveSeen,
    lot: Lot,
    runs: Sequence[RunSeen],
    records: Sequence[DriveRecord],
    *,
    reread: Sequence[Record],
    outside: "Outside",
    decided: Mapping[str, int],
) -> AccountLine:
    unplaced = [_run(run, outside.answered) for run in outside.unplaced]
    elsewhere = [_run(run, outside.answered) for run in outside.elsewhere]
    standing = judge(
        [_run(run, decided=decided.get(run.statement_id, 0)) for run in runs],
        [*(Record(one.id, one.how, one.at) for one in records), *reread],
        since(drive, lot),
        unplaced,
        elsewhere,
    )
    against = {one.statement_id for one in (*unplaced, *elsewhere) if spoils(one) and not one.answered}
    told = tuple(run for run in (*outside.unplaced, *outside.elsewhere) if run.statement_id in against)
    return AccountLine(drive, standing, tuple(runs), tuple(records), told, tuple(outside.own))


@dataclass(slots=True)
class Outside:
    """What was done to a drive out of its lot: in no lot yet, in another one, or to one that it was merged with.

    `own` are those of the drive itself.
    """

    own: list[RunSeen] = field(default_factory=list)
    unplaced: list[RunSeen] = field(default_factory=list)
    elsewhere: list[RunSeen] = field(default_factory=list)
    answered: set[str] = field(default_factory=set)


NOWHERE: Final = Outside()
_LOT: Final = bindparam("lot", type_=String)
# that a drive of a lot is one with another drive, or was read with a finding in another lot: with a run out of the lot
# (`_worked_on_elsewhere`) every condition of what is asked about such drives below, and none more
_KNOWN_ELSEWHERE: Final = (
    select(literal(1))
    .where(
        or_(Drive.lot_id == _LOT, Drive.declared_lot_id == _LOT),
        or_(
            exists().where(SameThing.one_id == Drive.id, SameThing.kind == DRIVE, SameThing.withdrawn.is_(None)),
            exists().where(SameThing.other_id == Drive.id, SameThing.kind == DRIVE, SameThing.withdrawn.is_(None)),
            exists().where(
                SampleReading.drive_id == Drive.id,
                SampleReading.lot_id != _LOT,
                SampleReading.withdrawn.is_(None),
                SampleReading.result != CLEAN,
            ),
        ),
    )
    .limit(1)
)
_ANSWERS: Final = select(LateRunAnswer.drive_id, LateRunAnswer.statement_id).where(
    LateRunAnswer.lot_id == bindparam("lot"), LateRunAnswer.withdrawn.is_(None)
)
_RECORDS: Final = (
    select(DriveRecord)
    .where(DriveRecord.lot_id == bindparam("lot"), DriveRecord.withdrawn.is_(None))
    .order_by(DriveRecord.id)
)


def _elsewhere(
    session: Session, lot: Lot, drives: Sequence[DriveSeen], runs: Mapping[str, Sequence[RunSeen]]
) -> tuple[Mapping[str, Outside], Mapping[str, list[Record]]]:
    """What was done to the drives of an account out of its lot, and what other lots read of them; by drive."""
    others = [drive.id for drive in drives if lot.id not in (drive.lot_id, drive.declared_lot_id)]
    if not others and not _worked_on_elsewhere(drives, runs) and not plain_rows(session, _KNOWN_ELSEWHERE, lot=lot.id):
        return {}, {}
    among = _among(lot, others)
    same = same_as(session, DRIVE, {drive.id for drive in drives}, among)
    outside = _outside(session, lot, drives, same, among)
    return outside, _reread_abroad(session, lot, drives, same, among, runs=runs)


def _worked_on_elsewhere(drives: Sequence[DriveSeen], runs: Mapping[str, Sequence[RunSeen]]) -> bool:
    """Whether some drive has a run that is not one of these, which are all of their lot."""
    return any(drive.runs != (len(runs[drive.id]) if drive.id in runs else 0) for drive in drives)


def _outside(
    session: Session, lot: Lot, drives: Sequence[DriveSeen], same: Mapping[str, AbstractSet[str]], among: Among
) -> Mapping[str, Outside]:
    """By drive. The drives were asked for in scope; that one failed elsewhere is told to everybody who may see it."""
    found: dict[str, Outside] = defaultdict(Outside)
    own = {drive.id for drive in drives}
    of: dict[str, list[str]] = defaultdict(list)
    for drive in drives:
        for other in same.get(drive.id, ()):
            of[other].append(drive.id)
    which = among(Erasure.drive_id) & or_(Erasure.lot_id.is_(None), Erasure.lot_id != lot.id)
    for run in runs_seen(session, or_(which, Erasure.drive_id.in_(of)) if of else which):
        if run.drive_id in own and run.lot_id != lot.id:
            mine = found[run.drive_id]
            mine.own.append(run)
            (mine.unplaced if run.lot_id is None else mine.elsewhere).append(run)
        for drive_id in of.get(run.drive_id, ()):
            found[drive_id].elsewhere.append(run)
    for answer in plain_rows(session, _ANSWERS, lot=lot.id):
        found[answer.drive_id].answered.add(answer.statement_id)
    return found


def _reread_abroad(
    session: Session,
    lot: Lot,
    drives: Sequence[DriveSeen],
    same: Mapping[str, AbstractSet[str]],
    among: Among,
    *,
    runs: Mapping[str, Sequence[RunSeen]],
) -> Mapping[str, list[Record]]:
    """The readings of other lots, and of drives that were merged with these, that speak against what stands here."""
    merged = frozenset[str]().union(*same.values())
    own = among(SampleReading.drive_id) & (SampleReading.lot_id != lot.id)
    query = select(SampleReading.drive_id, SampleReading.at).where(
        SampleReading.withdrawn.is_(None), SampleReading.result != CLEAN
    )
    read: dict[str, list[datetime]] = defaultdict(list)
    for row in session.execute(query.where(or_(own, SampleReading.drive_id.in_(merged)) if merged else own)):
        read[row.drive_id].append(row.at)
    found: dict[str, list[Record]] = defaultdict(list)
    for drive in drives if read else ():
        for one in ({drive.id} | same.get(drive.id, frozenset())) & read.keys():
            found[drive.id] += [Record(-1, READ_ELSEWHERE, at) for at in read[one]]
    certified = {
        run.statement_id: drive_id for drive_id in found for run in runs.get(drive_id, ()) if run.certificate_id
    }
    for run, told in contradictions(session, certified).items() if certified else ():
        spoken = [one.at for one in told if one.what not in PROBLEMS and one.again is None]
        found[certified[run]] += [Record(-1, REREAD, at, abroad=True) for at in spoken]
    return found


def _among(lot: Lot, others: Sequence[str]) -> Among:
    """That a column names a drive of a lot or one of the others, for the database to look at once; maybe twice."""
    mine = union_all(
        select(Drive.id).where(Drive.lot_id == lot.id), select(Drive.id).where(Drive.declared_lot_id == lot.id)
    )

    def among(column: InstrumentedAttribute[str]) -> ColumnElement[bool]:
        return or_(column.in_(mine), column.in_(others)) if others else column.in_(mine)

    return among


def _decided(
    session: Session, runs: Mapping[str, Sequence[RunSeen]], outside: Mapping[str, "Outside"]
) -> Mapping[str, int]:
    """When the runs of drives on which something failed were decided: whether it was before or after is asked there."""
    doubtful = {drive_id for drive_id, own in runs.items() if len(own) > 1 and any(spoils(run) for run in own)}
    doubtful |= {key for key, one in outside.items() if any(spoils(run) for run in (*one.unplaced, *one.elsewhere))}
    return decided_at(session, [run for drive_id in doubtful for run in runs.get(drive_id, ())])


def _by_drive(runs: Sequence[RunSeen]) -> Mapping[str, list[RunSeen]]:
    found: dict[str, list[RunSeen]] = defaultdict(list)
    for run in runs:
        found[run.drive_id].append(run)
    return found


def _records(session: Session, person: Person, lot: Lot) -> Mapping[str, list[DriveRecord]]:
    if has_none(session, lot.id, DriveRecord):
        return {}
    query, asked = scoped(_RECORDS, person, DriveRecord.lot_id)
    found: dict[str, list[DriveRecord]] = defaultdict(list)
    for record in session.scalars(query, {"lot": lot.id, **asked}):
        found[record.drive_id].append(record)
    return found


def _run(run: RunSeen, answered: Collection[str] = (), decided: int = 0) -> Run:
    return Run(
        run.statement_id,
        run.position,
        run.verdict,
        run.level,
        run.received,
        run.began,
        run.decision,
        decided,
        run.certified,
        run.drive_id,
        run.statement_id in answered,
        run.disputed,
    )
