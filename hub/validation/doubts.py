"""What speaks against a certificate although its run is complete (INV-7): old or later runs, stations, two readers.

A doubt does not forbid: clocks of benches are wrong and papers are late, so a person decides, and the remark that is
asked for stands in the signed decision. Only what one bench itself said later, under its own chain, forbids.
"""

from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from certificates.statement import CERTIFIABLE
from diagnostics.grading import differing_fields
from hub.clock import wall
from hub.lots.sameness import DRIVE, same_as
from hub.models import Certificate, Diagnostic, Erasure, Lot, Station, StationState
from hub.recalled import DISPUTED, Superseded
from hub.sampled import SampleReading
from hub.samples.reading import CLEAN

READER_FIELDS = {"model": "model", "serial": "serial number", "size_bytes": "capacity"}
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
    if erasure.received < since:
        yield f"this run arrived on {_day(wall(erasure.received))}, but lot {lot.code} only on {_day(wall(since))}"
    elif erasure.began is not None and erasure.began < since - SLACK:
        began, lot_came = _day(wall(erasure.began)), _day(wall(since))
        yield f"by the clock of its bench this run began on {began}, but lot {lot.code} arrived on {lot_came}"
    verdict = next((run.verdict for run in _later(session, erasure) if run.verdict not in CERTIFIABLE), "")
    if verdict:
        yield f"a later run of this drive ended as {verdict}"
    yield from _read_again(session, erasure)
    state = session.scalar(select(Station.state).where(Station.kid == erasure.kid))
    if state == StationState.REFUSED:
        yield "the station of this run was turned away by a person"
    if _decided_by_a_thief(session, erasure):
        yield "somebody else may have had the key that signed the last decision about this run"
    for field in _differing(session, erasure):
        yield f"smartctl and pySMART name another {READER_FIELDS.get(field, field)} for this drive: read its label"


def _decided_by_a_thief(session: Session, erasure: Erasure) -> bool:
    """Whether the last certificate of this run is in dispute: nobody has decided since."""
    if erasure.certificate_id is not None:
        return False
    query = select(Superseded.at).join(Certificate, Certificate.statement_id == Superseded.statement_id)
    query = query.where(Certificate.erasure_id == erasure.statement_id, Superseded.why == DISPUTED)
    return session.scalar(query.limit(1)) is not None


def _read_again(session: Session, erasure: Erasure) -> Iterator[str]:
    """What a later reading of the sample found, unless the run surely began after it."""
    readings = select(func.max(SampleReading.at)).where(
        SampleReading.drive_id.in_(_drives(session, erasure)),
        SampleReading.withdrawn.is_(None),
        SampleReading.result != CLEAN,
    )
    read = session.scalar(readings)
    if read is not None and (erasure.began is None or erasure.began <= read):
        yield f"somebody read this drive again on {_day(wall(read))} and it was not clean: this run may be from before"


def _differing(session: Session, erasure: Erasure) -> tuple[str, ...]:
    """Fields in which the two health readers of this drive differ, by the newest diagnosis of its machine."""
    serial = erasure.payload["subject"]["drive"]["serial"]
    query = select(Diagnostic.payload).where(Diagnostic.device_id == erasure.device_id).order_by(Diagnostic.position)
    payloads = session.scalars(query).all() if erasure.device_id is not None else []
    rows = [_health_of(payload, serial) for payload in payloads]
    return differing_fields(next((row for row in reversed(rows) if row), {}))


def _health_of(payload: Mapping[str, Any], serial: str) -> Mapping[str, Any]:
    """The health of the drive in one diagnosis; empty where it does not name the drive."""
    drives = payload["report"]["drives"]
    named = [row for row in drives if isinstance(row, dict) and isinstance(row.get("identity"), dict)]
    return next((row for row in named if _same(row["identity"].get("serial"), serial)), {})


def _same(one: object, other: str) -> bool:
    return isinstance(one, str) and one.split() == other.split()


def _day(moment: str) -> str:
    return f"{moment[:10]} {moment[11:16]} UTC"


def _drives(session: Session, erasure: Erasure) -> frozenset[str]:
    """The drive of a run, and all that people said to be the same one."""
    return same_as(session, DRIVE, [erasure.drive_id]).get(erasure.drive_id, frozenset()) | {erasure.drive_id}


def _later(session: Session, erasure: Erasure) -> tuple[Erasure, ...]:
    query = select(Erasure).where(Erasure.drive_id.in_(_drives(session, erasure)), Erasure.position > erasure.position)
    return tuple(session.scalars(query.order_by(Erasure.position.desc())))
