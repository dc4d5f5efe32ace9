"""Approving ordinary runs together: only those in which there is nothing to weigh, each with its own signed statement.

Ordinary: erased without exceptions, of an open lot, by an accepted bench without an open alarm, without a doubt, run by
somebody else who is named. The rest is left out with its reason and decided alone. Nothing here is easier than a single
approval: each goes through `hub.validation.service`, and none of them can be undone.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session, selectinload

from certificates.pre_approval import approval_in
from hub.errors import AlreadyDecided, BadInput, HubError, NotFound
from hub.lots import life
from hub.models import Alarm, Certificate, DecisionWord, Erasure, Lot, Person, Station, StationState
from hub.partners import levels
from hub.people.roles import VALIDATORS, require
from hub.scope import run_in_scope
from hub.validation import service
from hub.validation.doubts import doubts, undone

MOST = 25  # decisions of one act: each signs two statements and draws two documents
LOOKED_AT = 100  # runs that are judged for one page


class Alone(StrEnum):
    """Why a run is decided alone, in the order in which it is asked."""

    LOT_OVER = "lot-over"
    LEVEL = "level"
    EXCEPTIONS = "exceptions"
    STATION = "station"
    ALARM = "alarm"
    OWN = "own"
    NOBODY = "nobody"
    UNDONE = "undone"
    DOUBT = "doubt"


@dataclass(frozen=True, slots=True)
class Ordinary:
    """What can be approved together now, what is decided alone and why, and how many runs were not looked at."""

    runs: tuple[Erasure, ...]
    alone: tuple[tuple[Erasure, Alone], ...]
    others: int  # without a lot, or not erased without exceptions: the queue has them first
    later: int


@dataclass(frozen=True, slots=True)
class Approved:
    """What came of an act: the certificates, and each run that was not approved with the reason."""

    certificates: tuple[Certificate, ...]
    left: tuple[tuple[str, str], ...]


def ordinary(session: Session, person: Person) -> Ordinary:
    """Sort what waits into what can be approved together and what cannot. Raises Forbidden."""
    require(person, *VALIDATORS)
    waits = (Erasure.decision == DecisionWord.AWAITING, run_in_scope(person))
    plain = (*waits, Erasure.verdict == "ERASED", Erasure.lot_id.is_not(None))
    query = select(Erasure).options(
        selectinload(Erasure.drive), selectinload(Erasure.device), selectinload(Erasure.lot).selectinload(Lot.donor)
    )
    looked = session.scalars(query.where(*plain).order_by(Erasure.position).limit(LOOKED_AT)).all()
    judged = [(run, why_alone(session, person, run)) for run in looked]
    count = select(func.count()).select_from(Erasure)
    total = session.scalar(count.where(*plain)) or 0
    others = session.scalar(count.where(*waits, or_(Erasure.verdict != "ERASED", Erasure.lot_id.is_(None)))) or 0
    runs = [run for run, why in judged if why is None]
    alone = tuple((run, why) for run, why in judged if why is not None)
    return Ordinary(tuple(runs[:MOST]), alone, others, total - len(judged) + max(0, len(runs) - MOST))


def approve_together(session: Session, person: Person, ids: Sequence[str], now: datetime) -> Approved:
    """Approve each of these runs that is ordinary still; the others are left with the reason.

    Raises Forbidden, BadInput (none, too many, or one twice).
    """
    require(person, *VALIDATORS)
    if not 1 <= len(ids) <= MOST or len(set(ids)) != len(ids):
        raise BadInput(f"choose 1 to {MOST} runs", "runs")
    found: list[Certificate] = []
    left: list[tuple[str, str]] = []
    for statement_id in ids:
        try:
            with session.begin_nested():  # a run that cannot be certified leaves no decision behind
                found.append(_approve(session, person, statement_id, now))
        except HubError as error:
            left.append((statement_id, error.message))
    return Approved(tuple(found), tuple(left))


def why_alone(session: Session, person: Person, run: Erasure) -> Alone | None:
    """Why a run is decided alone; None for an ordinary one."""
    assert run.lot is not None
    return next(_reasons(session, person, run, run.lot), None)


def _reasons(session: Session, person: Person, run: Erasure, lot: Lot) -> Iterator[Alone]:
    if lot.state in life.OVER:
        yield Alone.LOT_OVER
    if levels.WIPE in levels.opened_in(session, lot.id).closed:
        yield Alone.LEVEL
    if run.verdict != "ERASED" or run.payload["exceptions"] or run.payload["result"]["reasons"]:
        yield Alone.EXCEPTIONS
    yield from _reasons_of_bench(session, run)
    approval = approval_in(run.operator)
    if person.pseudonym in (run.operator, approval[0] if approval else ""):
        yield Alone.OWN
    if not run.operator:
        yield Alone.NOBODY
    if undone(session, run):
        yield Alone.UNDONE
    if doubts(session, run, lot):
        yield Alone.DOUBT


def _reasons_of_bench(session: Session, run: Erasure) -> Iterator[Alone]:
    station = session.execute(select(Station.id, Station.state).where(Station.kid == run.kid)).one_or_none()
    if station is None or station.state != StationState.ACCEPTED:
        yield Alone.STATION
        return
    alarm = select(Alarm.id).where(Alarm.closed.is_(None), Alarm.station_id == station.id).limit(1)
    if session.scalar(alarm) is not None:
        yield Alone.ALARM


def _approve(session: Session, person: Person, statement_id: str, now: datetime) -> Certificate:
    run = session.scalar(select(Erasure).where(Erasure.statement_id == statement_id, run_in_scope(person)))
    if run is None:
        raise NotFound("no such erasure")
    if run.decision != DecisionWord.AWAITING:
        raise AlreadyDecided("somebody has decided already")
    if run.lot_id is None or why_alone(session, person, run) is not None:
        raise BadInput("this run is no ordinary one any more: decide it alone", "alone")
    return service.approve(session, person, statement_id, "", now)
