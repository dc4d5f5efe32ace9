"""Intake of station statements: verify, judge the chain, store, and only then interpret.

Order of things, for one statement or a batch: signatures are checked before any lock is taken; one transaction stores
the exact bytes and commits; the receipt exists only after that commit; interpretation is another transaction, whose
failure costs nothing. Evidence that contradicts its chain is kept in quarantine, raises an alarm and locks the station.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from certificates.errors import CertificateError
from certificates.keys import PublicKey
from certificates.verify import VerifiedStatement, open_signed
from hub.context import Hub
from hub.derive.reading import read_ledger
from hub.ledger.append import Receipt, append, lock_ledger, receipt_of
from hub.ledger.chain import ChainWord, gaps, judge_link
from hub.models import Alarm, QuarantinedStatement, Station, StationState

STATION_KINDS = frozenset({"erasure", "diagnostics"})
CREATED, KNOWN, CONFLICT, REFUSED = 201, 200, 409, 422


@dataclass(frozen=True, slots=True)
class Answer:
    """What the hub says about one statement: 201 or 200 with a receipt, 409 or 422 with a code and a sentence."""

    id: str
    status: int
    receipt: Receipt | None = None
    code: str = ""
    message: str = ""

    @property
    def stored(self) -> bool:
        """Whether the ledger holds the statement."""
        return self.receipt is not None


def take_in(hub: Hub, kid: str, envelopes: Sequence[bytes]) -> tuple[Answer, ...]:
    """Take statements of the station with this key, in their order; every one gets its own answer.

    Raises nothing for what a statement says. When this returns, everything answered 200 or 201 is durable.
    """
    with hub.readers()() as session:
        station = session.scalars(select(Station).where(Station.kid == kid)).one()
    opened = [_open(hub, station, data) for data in envelopes]
    with hub.sessions().begin() as session:
        lock_ledger(session)
        answers = tuple(
            _store(session, kid, item, hub.clock()) if isinstance(item, VerifiedStatement) else item for item in opened
        )
    if any(answer.status == CREATED for answer in answers):
        with hub.sessions().begin() as session:
            read_ledger(session)
    return answers


def _open(hub: Hub, station: Station, data: bytes) -> VerifiedStatement | Answer:
    statement_id = hashlib.sha256(data).hexdigest()
    try:
        statement = open_signed(data, PublicKey.from_base64(station.public), name=station.name, demo=station.demo)
    except CertificateError as error:
        return Answer(statement_id, REFUSED, code=error.code, message=str(error))
    if statement.kind not in STATION_KINDS:
        return Answer(statement_id, REFUSED, code="kind", message="a station does not sign this kind of statement")
    if statement.simulated and not hub.settings.demo:
        return Answer(statement_id, REFUSED, code="simulated", message="this hub keeps no simulated statements")
    if hub.settings.demo and not statement.simulated:
        return Answer(statement_id, REFUSED, code="real", message="this demonstration hub keeps simulated statements")
    return statement


def _store(session: Session, kid: str, statement: VerifiedStatement, now: datetime) -> Answer:
    known = receipt_of(session, statement.id)
    if known is not None:
        return Answer(statement.id, KNOWN, known)
    kept = session.get(QuarantinedStatement, statement.id)
    if kept is not None:
        return _conflict(statement.id, kept.reason)
    station = session.scalars(select(Station).where(Station.kid == kid).with_for_update()).one()
    if station.state != StationState.ACCEPTED:
        return _quarantine(session, statement, StationState.LOCKED.value, now)
    word = judge_link(session, statement.id, statement.payload)
    if word is ChainWord.FORK:
        station.state = StationState.LOCKED.value
        _alarm(session, station, "fork", f"seq {statement.payload['seq']}: {statement.id}", now)
        return _quarantine(session, statement, ChainWord.FORK.value, now)
    receipt = append(session, statement, now)
    _note_gaps(session, station, word, now)
    return Answer(statement.id, CREATED, receipt)


def _conflict(statement_id: str, reason: str) -> Answer:
    message = {
        "fork": "this contradicts the chain of this key: the station is locked until people looked at it",
        "locked": "this station is locked: its statement is kept, not counted",
    }
    return Answer(statement_id, CONFLICT, code=reason, message=message[reason])


def _quarantine(session: Session, statement: VerifiedStatement, reason: str, now: datetime) -> Answer:
    payload = statement.payload
    session.add(
        QuarantinedStatement(
            id=statement.id,
            kid=payload["kid"],
            seq=payload["seq"],
            reason=reason,
            envelope=statement.envelope.data,
            received=now,
        ),
    )
    session.flush()
    return _conflict(statement.id, reason)


def _note_gaps(session: Session, station: Station, word: ChainWord, now: datetime) -> None:
    if word is ChainWord.NEXT:
        return
    session.execute(
        update(Alarm)
        .where(Alarm.kind == "gap", Alarm.station_id == station.id, Alarm.closed.is_(None))
        .values(closed=now)
    )
    missing = gaps(session, station.kid)
    if missing:
        _alarm(session, station, "gap", ", ".join(f"{a}-{b}" if a != b else str(a) for a, b in missing), now)


def _alarm(session: Session, station: Station, kind: str, detail: str, now: datetime) -> None:
    session.add(Alarm(kind=kind, station_id=station.id, detail=detail[:4000], created=now))
    session.flush()
