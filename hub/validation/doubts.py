"""What speaks against a certificate although its run is complete (INV-7): an old run, a later one, an ended station.

A doubt does not forbid: clocks of benches are wrong and papers are late, so a person decides, and the remark that is
asked for stands in the signed decision. Only what one bench itself said later, under its own chain, forbids.
"""

from collections.abc import Iterator
from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from certificates.statement import CERTIFIABLE
from hub.clock import instant, wall
from hub.models import Erasure, Lot, Station, StationState

SLACK = timedelta(days=1)  # how wrong a set clock of a bench may be before its word raises a doubt


def doubts(session: Session, erasure: Erasure, lot: Lot) -> tuple[str, ...]:
    """Sentences that the person who approves must answer with a remark; empty for an ordinary run."""
    return tuple(_doubts(session, erasure, lot))


def undone(session: Session, erasure: Erasure) -> str:
    """Verdict of a later run by the same bench that wrote on this drive and did not complete; empty without one."""
    later = (run for run in _later(session, erasure) if run.kid == erasure.kid)
    return next((run.verdict for run in later if run.verdict not in {*CERTIFIABLE, "NOT_ERASED"}), "")


def _doubts(session: Session, erasure: Erasure, lot: Lot) -> Iterator[str]:
    since = lot.received or lot.created
    started, clock = erasure.payload["started"], erasure.payload["wall_src"]
    if erasure.received < since:
        yield f"this run arrived on {_day(wall(erasure.received))}, but lot {lot.code} only on {_day(wall(since))}"
    elif clock != "unset" and instant(started) < since - SLACK:
        began, lot_came = _day(started), _day(wall(since))
        yield f"by the clock of its bench this run began on {began}, but lot {lot.code} arrived on {lot_came}"
    verdict = next((run.verdict for run in _later(session, erasure) if run.verdict not in CERTIFIABLE), "")
    if verdict:
        yield f"a later run of this drive ended as {verdict}"
    state = session.scalar(select(Station.state).where(Station.kid == erasure.kid))
    if state == StationState.REFUSED:
        yield "the station of this run was turned away by a person"


def _day(moment: str) -> str:
    return f"{moment[:10]} {moment[11:16]} UTC"


def _later(session: Session, erasure: Erasure) -> tuple[Erasure, ...]:
    query = select(Erasure).where(Erasure.drive_id == erasure.drive_id, Erasure.position > erasure.position)
    return tuple(session.scalars(query.order_by(Erasure.position.desc())))
