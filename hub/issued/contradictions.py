"""What the hub learned after a certificate went out that speaks against it: told to whoever checks, never acted upon.

A certificate says that one run erased one drive. Against that speak, in order of the ledger and of the hub's clock:

* a later run of the same drive, in any lot or in none, that wrote on it, or may have, and FAILED or stayed UNCONFIRMED,
  after the decision that issued the certificate (what the validator knew stands in the signed decision);
* a later reading of the sample that found data or could not be made, unless the run surely began after it;
* that the key which signed the run was in other hands by then: the run lies above a bound of a compromise.

"The same drive" is the drive on record, never a serial number (twins, and one serial of two models, are other drives),
and those that people said to be one with it. The drive that now sits in its place is another one.

It says nothing, and is not told, where the drive was not the donor's any more:

* its device left after the run, came back by a return on record before the finding, and the finding was made in that
  device: what it carried then was put there since;
* a reading elsewhere, after an exit: it tests the run of that lot, not this one;
* a lead said that the drive was given again (`hub.lots.late_runs`), or, where the finding was made in another lot, the
  drive was erased whole there since, and approved. Erased again in its own lot, or destroyed since by a record of it,
  the finding is told as settled.

An exit without a return excuses nothing by itself: either the drive came back, or it never left. It is told as a doubt,
with the day of the exit, until a lead answers. The account of a lot is stricter: it says where the drive stands today,
and counts no run against which a reading stands.

Neither a lot, a donor, a house, a bench nor a person is told. No certificate is changed.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import bindparam, func, select
from sqlalchemy.orm import Session

from hub.accounted import DriveRecord
from hub.answered import LateRunAnswer
from hub.departed import DeviceReturn, ExitLine
from hub.indexed import by_its_row
from hub.keyring import KeyChange
from hub.lots.account import DESTROYED, ERASED, PROBLEMS, newer
from hub.lots.sameness import DEVICE, DRIVE, same_as
from hub.lots.seen import RUNS, RunSeen, decided_at, runs_by, runs_seen
from hub.models import DecisionWord, Drive, Erasure
from hub.repaired import Part
from hub.sampled import SampleReading
from hub.samples.reading import CLEAN

Groups = Mapping[str, frozenset[str]]
AT_ONCE: Final = 500  # runs of one query
COMPROMISED: Final = "compromised"


@dataclass(frozen=True, slots=True)
class Contradiction:
    """One finding: FAILED, UNCONFIRMED, data, unreadable or compromised, and when the hub learned of it.

    `left`: when the drive had left by the record, None where it had not; `again`: since when it is erased again;
    `destroyed`: when its destruction was put on record in its own lot.
    """

    what: str
    at: datetime
    left: datetime | None = None
    again: datetime | None = None
    destroyed: datetime | None = None


def contradictions(session: Session, runs: Collection[str]) -> Mapping[str, tuple[Contradiction, ...]]:
    """What speaks against the certificates of these runs, by run, oldest first; runs without any are left out.

    Whoever asks has the right to see these certificates, or is anybody who holds one.
    """
    ids, found = sorted(runs), dict[str, tuple[Contradiction, ...]]()
    for start in range(0, len(ids), AT_ONCE):
        found |= _contradictions(session, ids[start : start + AT_ONCE])
    return found


def unanswered(found: Sequence[Contradiction]) -> tuple[Contradiction, ...]:
    """Those after which the drive was neither erased again nor destroyed."""
    return tuple(one for one in found if one.again is None and one.destroyed is None)


def _contradictions(session: Session, ids: Sequence[str]) -> dict[str, tuple[Contradiction, ...]]:
    certified = runs_by(session, _CERTIFIED, ids=list(ids))
    same = same_as(session, DRIVE, {run.drive_id for run in certified})
    drives = {run.drive_id for run in certified}.union(*same.values())
    since = min((run.position for run in certified), default=0)
    bad = _after(runs_by(session, _BAD, drives=list(drives), since=since), certified, same)
    read = _readings(session, drives)
    disputed = {run.drive_id for run in certified if run.disputed}
    if not bad and not read and not disputed:
        return {}
    book = _book(session, {*(run.drive_id for run in bad), *(one.drive_id for one in read), *disputed}, certified)
    told = {run.statement_id: tuple(_told(book, run, _group(run, same), bad, read)) for run in certified}
    return {run: tuple(sorted(every, key=lambda one: one.at)) for run, every in told.items() if every}


def _after(bad: Sequence[RunSeen], certified: Sequence[RunSeen], same: Groups) -> Sequence[RunSeen]:
    """Those that came after a certified run of their drive: what failed before it was erased speaks against nothing."""
    first = dict[str, int]()
    for run in certified:
        for drive_id in _group(run, same):
            first[drive_id] = min(run.position, first.get(drive_id, run.position))
    return [one for one in bad if one.position > first[one.drive_id]]


def _group(run: RunSeen, same: Groups) -> frozenset[str]:
    return frozenset({run.drive_id}) | same.get(run.drive_id, frozenset())


@dataclass(frozen=True, slots=True)
class _Book:
    """What may answer a finding: newer successes, answers of leads, exits, returns, drives that were taken out."""

    good: Sequence[RunSeen]
    answered: frozenset[tuple[str, str, str]]  # lot, drive, statement
    exits: Sequence[ExitLine]
    returns: Mapping[int, Sequence[datetime]]
    taken: Sequence[Part]
    destroyed: Sequence[DriveRecord]
    devices: Mapping[str, frozenset[str]]  # in which each drive was said to be, by the run and by the record
    same: Groups
    decided: Mapping[str, int]  # positions of the decisions, by run
    compromised: Mapping[str, datetime]  # when a bound of its key was put below a run, by run


def _told(
    book: _Book, run: RunSeen, group: frozenset[str], bad: Sequence[RunSeen], read: Sequence[SampleReading]
) -> Iterator[Contradiction]:
    for later in bad:
        if later.drive_id in group and later.position > max(run.position, book.decided.get(run.statement_id, 0)):
            yield from _of_run(book, run, later)
    for one in read:
        if one.drive_id in group and not newer(run, one.at):
            yield from _of_reading(book, run, one)
    if run.disputed:
        yield _made(
            book, run, COMPROMISED, book.compromised[run.statement_id], _again(book, run.drive_id, run.position)
        )


def _of_run(book: _Book, run: RunSeen, later: RunSeen) -> Iterator[Contradiction]:
    answered = (run.lot_id or "", run.drive_id, later.statement_id) in book.answered
    if answered or _came_back(book, run, later.received, later.device_id):
        return
    again = _again(book, later.drive_id, later.position)
    if again is None or later.lot_id in {None, run.lot_id}:
        yield _made(book, run, later.verdict, later.received, again)


def _of_reading(book: _Book, run: RunSeen, one: SampleReading) -> Iterator[Contradiction]:
    own = one.lot_id == run.lot_id
    if (not own and _left(book, run, one.at)) or _came_back(book, run, one.at, run.device_id):
        return
    since = [good.received for good in book.good if good.drive_id == one.drive_id and newer(good, one.at)]
    again = min(since, default=None)
    if again is None or own:
        yield _made(book, run, one.result, one.at, again)


def _made(book: _Book, run: RunSeen, what: str, at: datetime, again: datetime | None) -> Contradiction:
    records = (one.at for one in book.destroyed if (one.drive_id, one.lot_id) == (run.drive_id, run.lot_id))
    return Contradiction(
        what, at, _left(book, run, at), again, min((one for one in records if one >= at), default=None)
    )


def _again(book: _Book, drive_id: str, position: int) -> datetime | None:
    """When the same drive was erased whole after this position, and approved."""
    found = (one.received for one in book.good if one.drive_id == drive_id and one.position > position)
    return min(found, default=None)


def _exits(book: _Book, run: RunSeen, before: datetime) -> list[ExitLine]:
    """The exits with which the drive of a certified run left after it, before this moment."""
    inside = book.devices.get(run.statement_id, frozenset())
    out = {(part.drive_id, part.device_id): part.at for part in book.taken}
    found = [line for line in book.exits if line.device_id in inside and run.received < line.at < before]
    return [line for line in found if out.get((run.drive_id, line.device_id), line.at) >= line.at]


def _left(book: _Book, run: RunSeen, before: datetime) -> datetime | None:
    return max((line.at for line in _exits(book, run, before)), default=None)


def _came_back(book: _Book, run: RunSeen, before: datetime, device_id: str | None) -> bool:
    """Whether the device of a run left after it and is back by a return on record, and this was found in it then."""
    if run.device_id is None or device_id is None:
        return False
    one = {run.device_id} | book.same.get(run.device_id, frozenset())
    lines = [line for line in _exits(book, run, before) if line.device_id in one] if device_id in one else []
    return any(line.at <= at < before for line in lines for at in book.returns.get(line.id, ()))


def _readings(session: Session, drives: Collection[str]) -> Sequence[SampleReading]:
    return session.scalars(_BAD_READINGS, {"drives": list(drives)}).all()


_CERTIFIED: Final = RUNS.where(Erasure.statement_id.in_(bindparam("ids", expanding=True)))
_BAD: Final = RUNS.where(
    Erasure.drive_id.in_(bindparam("drives", expanding=True)),
    Erasure.position > bindparam("since"),
    by_its_row(Erasure.verdict).in_(PROBLEMS),
)
_BAD_READINGS: Final = (
    select(SampleReading)
    .where(SampleReading.drive_id.in_(bindparam("drives", expanding=True)))
    .where(SampleReading.withdrawn.is_(None), SampleReading.result != CLEAN)
    .order_by(SampleReading.id)
)


def _book(session: Session, drives: Collection[str], certified: Sequence[RunSeen]) -> _Book:
    own = {run.drive_id for run in certified}
    approved = (
        ~Erasure.disputed,
        by_its_row(Erasure.verdict) == ERASED,
        by_its_row(Erasure.decision) == DecisionWord.APPROVED,
    )
    good = runs_seen(session, Erasure.drive_id.in_(drives), *approved, Erasure.certificate_id.is_not(None))
    answers = session.execute(
        select(LateRunAnswer.lot_id, LateRunAnswer.drive_id, LateRunAnswer.statement_id).where(
            LateRunAnswer.drive_id.in_(own), LateRunAnswer.withdrawn.is_(None)
        )
    )
    inside = _inside(session, certified)
    same = same_as(session, DEVICE, frozenset[str]().union(*inside.values()))
    devices = {run: every.union(*(same.get(one, ()) for one in every)) for run, every in inside.items()}
    lines = _lines(session, frozenset[str]().union(*devices.values()))
    return _Book(
        good,
        frozenset((row[0], row[1], row[2]) for row in answers),
        lines,
        _returns(session, [line.id for line in lines]),
        session.scalars(select(Part).where(Part.drive_id.in_(own), Part.withdrawn.is_(None))).all(),
        session.scalars(
            select(DriveRecord).where(
                DriveRecord.drive_id.in_(own), DriveRecord.how == DESTROYED, DriveRecord.withdrawn.is_(None)
            )
        ).all(),
        devices,
        same,
        decided_at(session, certified),
        _compromised(session, certified),
    )


def _compromised(session: Session, certified: Sequence[RunSeen]) -> Mapping[str, datetime]:
    query = select(Erasure.statement_id, func.min(KeyChange.at)).join(KeyChange, KeyChange.kid == Erasure.kid)
    query = query.where(KeyChange.change == "compromise", KeyChange.effective.is_not(None))
    query = query.where(Erasure.statement_id.in_([run.statement_id for run in certified if run.disputed]))
    return {row[0]: row[1] for row in session.execute(query.group_by(Erasure.statement_id))}


def _inside(session: Session, certified: Sequence[RunSeen]) -> Mapping[str, frozenset[str]]:
    """The devices in which the drive of each run was, by the run, by the donor's list, and by the record of today."""
    query = select(Drive.id, Drive.device_id, Drive.declared_device_id)
    rows = session.execute(query.where(Drive.id.in_({run.drive_id for run in certified})))
    kept = {row[0]: (row[1], row[2]) for row in rows}
    said = {run.statement_id: (run.device_id, *kept.get(run.drive_id, ())) for run in certified}
    return {run: frozenset(one for one in every if one is not None) for run, every in said.items()}


def _lines(session: Session, devices: Collection[str]) -> Sequence[ExitLine]:
    query = select(ExitLine).where(ExitLine.device_id.in_(devices), ExitLine.withdrawn.is_(None))
    return session.scalars(query.order_by(ExitLine.id)).all() if devices else ()


def _returns(session: Session, lines: Collection[int]) -> Mapping[int, Sequence[datetime]]:
    query = select(DeviceReturn.line_id, DeviceReturn.at).where(DeviceReturn.line_id.in_(lines))
    query = query.where(DeviceReturn.came_back, DeviceReturn.withdrawn.is_(None))
    found: dict[int, list[datetime]] = {}
    for line_id, at in session.execute(query):
        found.setdefault(line_id, []).append(at)
    return found
