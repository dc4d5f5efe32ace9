"""Intake of station statements: verify, judge the chain, store, and only then interpret.

Order of things, for one statement or a batch: signatures are checked before any lock is taken; one transaction stores
the exact bytes and commits; the receipt exists only after that commit; interpretation is another transaction, whose
failure costs nothing. Evidence that contradicts its chain is kept in quarantine, raises an alarm and locks the station.
What is authentic but not understood (another schema, a contradiction) is refused with 422 and kept apart all the same.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from certificates.envelope import parse_envelope
from certificates.errors import CertificateError
from certificates.keys import PublicKey
from certificates.verify import VerifiedStatement, authenticate, open_signed
from hub.context import Hub
from hub.derive.reading import read_ledger
from hub.ledger.append import Receipt, append, lock_ledger, receipt_of
from hub.ledger.chain import ChainWord, gaps, judge_link
from hub.models import Alarm, QuarantinedStatement, Station, StationState

STATION_KINDS = frozenset({"erasure", "diagnostics"})
CREATED, KNOWN, CONFLICT, REFUSED = 201, 200, 409, 422
UNREADABLE = "unreadable"


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


@dataclass(frozen=True, slots=True)
class Unread:
    """An envelope that the station really signed and that this hub does not understand."""

    answer: Answer
    seq: int
    data: bytes


def take_in(hub: Hub, kid: str, envelopes: Sequence[bytes]) -> tuple[Answer, ...]:
    """Take statements of the station with this key, in their order; every one gets its own answer.

    Raises nothing for what a statement says. When this returns, everything answered 200 or 201 is durable.
    """
    with hub.readers()() as session:
        station = session.scalars(select(Station).where(Station.kid == kid)).one()
    opened = [_open(hub, station, data) for data in envelopes]
    with hub.sessions().begin() as session:
        lock_ledger(session)
        answers = tuple(_settle(session, kid, item, hub.clock()) for item in opened)
    if any(answer.status == CREATED for answer in answers):
        with hub.sessions().begin() as session:
            read_ledger(session)
    return answers


def _settle(session: Session, kid: str, item: VerifiedStatement | Unread | Answer, now: datetime) -> Answer:
    if isinstance(item, Answer):
        return item
    return _keep(session, kid, item, now) if isinstance(item, Unread) else _store(session, kid, item, now)


def _open(hub: Hub, station: Station, data: bytes) -> VerifiedStatement | Unread | Answer:
    statement_id, key = hashlib.sha256(data).hexdigest(), PublicKey.from_base64(station.public)
    try:
        statement = open_signed(data, key, name=station.name, demo=station.demo)
    except CertificateError as error:
        answer = Answer(statement_id, REFUSED, code=error.code, message=str(error))
        payload = _authentic(data, key)
        if payload is None or (payload.get("simulated") is not False and not hub.settings.demo):
            return answer
        seq = payload.get("seq")
        return Unread(answer, seq if type(seq) is int and seq > 0 else 0, data)
    if statement.kind not in STATION_KINDS:
        return Answer(statement_id, REFUSED, code="kind", message="a station does not sign this kind of statement")
    if statement.simulated and not hub.settings.demo:
        return Answer(statement_id, REFUSED, code="simulated", message="this hub keeps no simulated statements")
    if hub.settings.demo and not statement.simulated:
        return Answer(statement_id, REFUSED, code="real", message="this demonstration hub keeps simulated statements")
    return statement


def _authentic(data: bytes, key: PublicKey) -> dict[str, Any] | None:
    """The payload when this key signed these bytes, whatever they say."""
    try:
        kind = parse_envelope(data).payload_type
        return authenticate(data, lambda kid: key if kid == key.kid else None, {kind})[1]
    except CertificateError:
        return None


def _keep(session: Session, kid: str, item: Unread, now: datetime) -> Answer:
    if session.get(QuarantinedStatement, item.answer.id) is None:
        station = session.scalars(select(Station).where(Station.kid == kid)).one()
        row = QuarantinedStatement(
            id=item.answer.id, kid=kid, seq=item.seq, reason=UNREADABLE, envelope=item.data, received=now
        )
        session.add(row)
        _alarm(session, station, UNREADABLE, f"seq {item.seq}: {item.answer.id}: {item.answer.message}", now)
    return item.answer


def _store(session: Session, kid: str, statement: VerifiedStatement, now: datetime) -> Answer:
    known = receipt_of(session, statement.id)
    if known is not None:
        return Answer(statement.id, KNOWN, known)
    kept = session.get(QuarantinedStatement, statement.id)
    if kept is not None and kept.reason == UNREADABLE:
        session.delete(kept)  # an older version of this hub did not understand it
        session.flush()
    elif kept is not None:
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
