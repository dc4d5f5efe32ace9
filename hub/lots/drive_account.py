"""The drives of a lot and what explains each (INV-5, INV-6): observed, declared at triage, or on the donor's list.

A drive that a person put into another lot stays in the account of the lot that declared it or saw it: there, too, it
needs its explanation.
"""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import Session, selectinload

from certificates.statement import TIMELESS
from hub.accounted import DriveRecord
from hub.clock import instant
from hub.lots.account import REREAD, Explained, Record, Run, Standing, judge
from hub.models import DecisionWord, Drive, Erasure, LedgerEntry, Lot, Person
from hub.samples.reading import failed_readings
from hub.scope import in_scope


@dataclass(frozen=True, slots=True)
class AccountLine:
    """One drive of the account: where it stands, its runs in this lot, and the records of people that hold."""

    drive: Drive
    standing: Standing
    runs: tuple[Erasure, ...]
    records: tuple[DriveRecord, ...]

    @property
    def record(self) -> DriveRecord | None:
        """The record that explains the drive, where one does."""
        wanted = self.standing.record.id if self.standing.record else None
        return next((one for one in self.records if one.id == wanted), None)

    @property
    def run(self) -> Erasure | None:
        """The run that explains the drive; of an open one, the newest."""
        wanted = self.standing.run.statement_id if self.standing.run else None
        return next((one for one in self.runs if one.statement_id == wanted), None)


def account_of(session: Session, person: Person, lot: Lot) -> tuple[AccountLine, ...]:
    """Every drive of a lot's account, in the order of serial numbers; empty outside the person's scope."""
    runs, records = _runs(session, person, lot), _records(session, person, lot)
    drives = _drives(session, person, lot, [*runs, *records])
    reread = failed_readings(session, person, lot)
    unplaced = _unplaced(session, person, drives)
    decided = _positions(session, [run for found in runs.values() for run in found])
    return tuple(
        AccountLine(
            drive,
            judge(
                [_run(run, decided) for run in runs[drive.id]],
                [
                    *(Record(one.id, one.how, one.at) for one in records[drive.id]),
                    *(Record(-one.id, REREAD, one.at) for one in reread.get(drive.id, ())),
                ],
                since(drive, lot),
                [_run(run, {}) for run in unplaced[drive.id]],
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


def since(drive: Drive, lot: Lot) -> datetime:
    """When a drive came with this lot: its device's reception, else the lot's, else the day of the announcement."""
    device = drive.device
    own = device.received if device is not None and device.lot_id == lot.id else None
    return own or lot.received or lot.created


def _drives(session: Session, person: Person, lot: Lot, others: Sequence[str]) -> Sequence[Drive]:
    mine = or_(
        (Drive.lot_id == lot.id) & in_scope(person, Drive.lot_id),
        (Drive.declared_lot_id == lot.id) & in_scope(person, Drive.declared_lot_id),
        Drive.id.in_(others),  # found by rows of this lot, which were asked for in scope
    )
    query = select(Drive).options(selectinload(Drive.device)).where(mine)
    return session.scalars(query.order_by(Drive.serial, Drive.id)).all()


def _runs(session: Session, person: Person, lot: Lot) -> Mapping[str, list[Erasure]]:
    query = select(Erasure).where(Erasure.lot_id == lot.id, in_scope(person, Erasure.lot_id))
    found: dict[str, list[Erasure]] = defaultdict(list)
    for run in session.scalars(query.order_by(Erasure.position)):
        found[run.drive_id].append(run)
    return found


def _unplaced(session: Session, person: Person, drives: Sequence[Drive]) -> Mapping[str, list[Erasure]]:
    """What was done to these drives in no lot: the bench named none, and nobody has placed it yet."""
    query = select(Erasure).where(Erasure.lot_id.is_(None), in_scope(person, Erasure.lot_id))
    found: dict[str, list[Erasure]] = defaultdict(list)
    for run in session.scalars(query.where(Erasure.drive_id.in_([drive.id for drive in drives]))):
        found[run.drive_id].append(run)
    return found


def _records(session: Session, person: Person, lot: Lot) -> Mapping[str, list[DriveRecord]]:
    query = select(DriveRecord).where(DriveRecord.lot_id == lot.id, in_scope(person, DriveRecord.lot_id))
    found: dict[str, list[DriveRecord]] = defaultdict(list)
    for record in session.scalars(query.where(DriveRecord.withdrawn.is_(None)).order_by(DriveRecord.id)):
        found[record.drive_id].append(record)
    return found


def _positions(session: Session, runs: Sequence[Erasure]) -> Mapping[str, int]:
    ids = [run.validation_id for run in runs if run.validation_id is not None]
    query = select(LedgerEntry.id, LedgerEntry.position).where(LedgerEntry.id.in_(ids))
    return {row.id: row.position for row in session.execute(query)}


def _run(run: Erasure, decided: Mapping[str, int]) -> Run:
    timeless = run.payload["wall_src"] in TIMELESS
    return Run(
        run.statement_id,
        run.position,
        run.verdict,
        run.level,
        run.received,
        None if timeless else instant(run.payload["started"]),
        run.decision,
        decided.get(run.validation_id or "", 0),
        certified=run.certificate_id is not None and run.decision == DecisionWord.APPROVED,
    )
