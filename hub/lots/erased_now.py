"""How many drives of many lots stand as erased now, and which of their certificates something speaks against. Counts.

It says what the accounts of these lots say, without reading each of them: a lot in which nothing is unusual is counted
by its rows, and only the others are judged line by line. A certificate that went out is never counted by itself.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, and_, func, or_, select
from sqlalchemy.orm import Session, aliased

from hub.accounted import DriveRecord
from hub.answered import SameThing
from hub.indexed import by_its_row
from hub.issued.contradictions import contradictions, unanswered
from hub.lots.account import EARLIER, ERASED, LEVELS, PROBLEMS, Explained, timely
from hub.lots.drive_account import account_of
from hub.lots.sameness import DRIVE
from hub.models import DecisionWord, Device, Drive, Erasure, Lot, Person
from hub.sampled import SampleReading
from hub.samples.reading import CLEAN
from hub.scope import in_scope

_BAD, _READ, _SAME = aliased(Erasure), aliased(SampleReading), aliased(SameThing)  # made once: each is a copy
ERASED_HERE = frozenset({Explained.ERASED_PURGE, Explained.ERASED_CLEAR})


def erased_drives(session: Session, person: Person, *which: ColumnElement[bool]) -> Mapping[str, frozenset[str]]:
    """The drives that the account of each lot calls erased, by lot; lots without any are left out.

    `which` are conditions on `Erasure`: only drives that one of these runs explains are counted.
    """
    whole = (Erasure.verdict == ERASED, Erasure.level.in_(LEVELS))
    certified = (Erasure.certificate_id.is_not(None), *whole)
    approved = by_its_row(Erasure.decision) == DecisionWord.APPROVED
    mine = (in_scope(person, Erasure.lot_id), *certified, approved, *which)
    unusual = {lot for lot, _run in _suspect(session, *mine)} | _untimely(session, *mine)
    found: dict[str, set[str]] = defaultdict(set)
    for lot_id, drive_id in session.execute(select(Erasure.lot_id, Erasure.drive_id).where(*mine)):
        found[str(lot_id)].add(drive_id)
    query = select(Erasure.statement_id).where(*mine, by_its_row(Erasure.lot_id).in_(unusual))
    runs = set(session.scalars(query)) if unusual else set[str]()
    for lot in session.scalars(select(Lot).where(Lot.id.in_(unusual), in_scope(person, Lot.id))):
        lines = account_of(session, person, lot)
        erased = (line for line in lines if line.standing.explained in ERASED_HERE)
        found[lot.id] = {line.drive.id for line in erased if line.run is not None and line.run.statement_id in runs}
    return {lot: frozenset(drives) for lot, drives in found.items() if drives}


def doubted_runs(session: Session, lot_ids: Collection[str]) -> Mapping[str, frozenset[str]]:
    """The certified runs of these lots, found in scope, against which something speaks that nobody answered; by lot."""
    mine = (Erasure.lot_id.in_(lot_ids), by_its_row(Erasure.decision) == DecisionWord.APPROVED)
    suspect = _suspect(session, *mine, Erasure.certificate_id.is_not(None))
    told = contradictions(session, {run for _lot, run in suspect})
    found: dict[str, set[str]] = defaultdict(set)
    for lot, run in suspect:
        if unanswered(told.get(run, ())):
            found[lot].add(run)
    return {lot: frozenset(runs) for lot, runs in found.items()}


def early_runs(session: Session, lot_ids: Collection[str]) -> Mapping[str, frozenset[str]]:
    """The certified runs of these lots, found in scope, that are from before their lot and that nobody let count."""
    approved = by_its_row(Erasure.decision) == DecisionWord.APPROVED
    which = (Erasure.lot_id.in_(lot_ids), approved, Erasure.certificate_id.is_not(None))
    if not (lots := _untimely(session, *which)):
        return {}
    early = [row for row in session.execute(_dated().where(*which, Erasure.lot_id.in_(lots))) if not _timely(row)]
    let = select(DriveRecord.lot_id, DriveRecord.drive_id).where(
        DriveRecord.lot_id.in_(lots), DriveRecord.how == EARLIER, DriveRecord.withdrawn.is_(None)
    )
    counting = {(row.lot_id, row.drive_id) for row in session.execute(let)} if early else set[tuple[str, str]]()
    found: dict[str, set[str]] = defaultdict(set)
    for row in early:
        if (row.lot_id, row.drive_id) not in counting:
            found[row.lot_id].add(row.statement_id)
    return {lot: frozenset(runs) for lot, runs in found.items()}


def _suspect(session: Session, *which: ColumnElement[bool]) -> Sequence[tuple[str, str]]:
    """Lot and run of certified runs whose drive failed later, was read and not clean, or is said to be another one.

    Also those whose key somebody else may have had.
    """
    bad, read, same = _BAD, _READ, _SAME
    signs: Iterable[ColumnElement[bool]] = (
        Erasure.disputed.is_(True),
        select(bad.position)
        .where(bad.drive_id == Erasure.drive_id, bad.position > Erasure.position, bad.verdict.in_(PROBLEMS))
        .exists(),
        select(read.id)
        .where(read.drive_id == Erasure.drive_id, read.withdrawn.is_(None), read.result != CLEAN)
        .exists(),
        select(same.id)
        .where(or_(same.one_id == Erasure.drive_id, same.other_id == Erasure.drive_id))
        .where(same.kind == DRIVE, same.withdrawn.is_(None))
        .exists(),
    )
    rows = session.execute(select(Erasure.lot_id, Erasure.statement_id).where(*which, or_(*signs)))
    return [(row.lot_id, row.statement_id) for row in rows]


def _untimely(session: Session, *which: ColumnElement[bool]) -> frozenset[str]:
    """The lots of which one of these runs may be from before its reception.

    The oldest run is held against the last reception first: only where that says nothing, each against its own.
    """
    oldest = select(
        Erasure.lot_id, func.min(Erasure.received).label("received"), func.min(Erasure.began).label("began")
    )
    runs = oldest.where(*which).group_by(Erasure.lot_id).subquery()
    last = select(func.max(Device.received)).where(Device.lot_id == Lot.id).scalar_subquery()
    lots = select(runs, last.label("last"), Lot.received.label("here"), Lot.created).join(runs, runs.c.lot_id == Lot.id)
    doubtful = [
        row.lot_id
        for row in session.execute(lots)
        if not timely(row.received, row.began, max(filter(None, (row.last, row.here or row.created))))
    ]
    if not doubtful:
        return frozenset()
    each = session.execute(_dated().where(*which, by_its_row(Erasure.lot_id).in_(doubtful)))
    return frozenset(row.lot_id for row in each if not _timely(row))


def _timely(row: Row[Any]) -> bool:
    return timely(row.received, row.began, row.here or row.lot_received or row.created)


def _dated() -> Select[Any]:
    """Each run with what says whether it is of its lot's time."""
    device = and_(Device.id == Drive.device_id, Device.lot_id == Erasure.lot_id)
    columns: tuple[Any, ...] = (
        Erasure.lot_id,
        Erasure.drive_id,
        Erasure.statement_id,
        Erasure.received,
        Erasure.began,
        Device.received.label("here"),
        Lot.received.label("lot_received"),
        Lot.created,
    )
    found: Select[Any] = select(*columns).join(Lot, Lot.id == Erasure.lot_id).join(Drive, Drive.id == Erasure.drive_id)
    return found.outerjoin(Device, device)
