"""The drives of a lot and what explains each (INV-5, INV-6): observed, declared at triage, or on the donor's list.

A drive that a person put into another lot stays in the account of the lot that declared it or saw it: there, too, it
needs its explanation.
"""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from certificates.statement import TIMELESS
from hub.accounted import DriveRecord
from hub.clock import instant
from hub.lots.account import Explained, Record, Run, Standing, judge
from hub.lots.seen import DeviceSeen, DriveSeen, RunSeen, devices_seen, drives_seen, runs_seen
from hub.models import DecisionWord, Device, Drive, Erasure, Lot, Person
from hub.scope import in_scope


@dataclass(frozen=True, slots=True)
class AccountLine:
    """One drive of the account: where it stands, its runs in this lot, and the records of people that hold."""

    drive: DriveSeen
    standing: Standing
    runs: tuple[RunSeen, ...]
    records: tuple[DriveRecord, ...]

    @property
    def record(self) -> DriveRecord | None:
        """The record that explains the drive, where one does."""
        wanted = self.standing.record.id if self.standing.record else None
        return next((one for one in self.records if one.id == wanted), None)

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
        devices = devices_seen(session, Device.lot_id == lot.id, in_scope(person, Device.lot_id))
    drives = _drives(session, person, lot, {*runs, *records}, {device.id: device for device in devices})
    unplaced = _unplaced(session, person, drives)
    return tuple(
        AccountLine(
            drive,
            judge(
                [_run(run) for run in runs[drive.id]],
                [Record(one.id, one.how, one.at) for one in records[drive.id]],
                since(drive, lot),
                [_run(run, undecided=True) for run in unplaced[drive.id]],
            ),
            tuple(runs[drive.id]),
            tuple(records[drive.id]),
        )
        for drive in drives
    )


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
    mine = or_(
        (Drive.lot_id == lot.id) & in_scope(person, Drive.lot_id),
        (Drive.declared_lot_id == lot.id) & in_scope(person, Drive.declared_lot_id),
    )
    found = drives_seen(session, known, mine)
    missing = others - {drive.id for drive in found}
    if missing:  # found by rows of this lot, which were asked for in scope
        found += drives_seen(session, known, Drive.id.in_(missing))
    return sorted(found, key=lambda drive: (drive.serial, drive.id))


def _runs(session: Session, person: Person, lot: Lot) -> Mapping[str, list[RunSeen]]:
    return _by_drive(runs_seen(session, Erasure.lot_id == lot.id, in_scope(person, Erasure.lot_id)))


def _unplaced(session: Session, person: Person, drives: Sequence[DriveSeen]) -> Mapping[str, list[RunSeen]]:
    """What was done to these drives in no lot: the bench named none, and nobody has placed it yet."""
    mine = Erasure.drive_id.in_([drive.id for drive in drives])
    return _by_drive(runs_seen(session, Erasure.lot_id.is_(None), in_scope(person, Erasure.lot_id), mine))


def _by_drive(runs: Sequence[RunSeen]) -> Mapping[str, list[RunSeen]]:
    found: dict[str, list[RunSeen]] = defaultdict(list)
    for run in runs:
        found[run.drive_id].append(run)
    return found


def _records(session: Session, person: Person, lot: Lot) -> Mapping[str, list[DriveRecord]]:
    query = select(DriveRecord).where(DriveRecord.lot_id == lot.id, in_scope(person, DriveRecord.lot_id))
    found: dict[str, list[DriveRecord]] = defaultdict(list)
    for record in session.scalars(query.where(DriveRecord.withdrawn.is_(None)).order_by(DriveRecord.id)):
        found[record.drive_id].append(record)
    return found


def _run(run: RunSeen, *, undecided: bool = False) -> Run:
    return Run(
        run.statement_id,
        run.position,
        run.verdict,
        run.level,
        run.received,
        None if run.wall_src in TIMELESS else instant(run.started),
        run.decision,
        0 if undecided else run.decided,
        certified=run.certificate_id is not None and run.decision == DecisionWord.APPROVED,
    )
