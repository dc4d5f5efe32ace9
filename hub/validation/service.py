"""Decisions about erasures: approve (and issue the certificate) or reject. One transaction holds all of it.

The hub signs a `validation` statement for every decision and a `certificate` statement for every approval, appends both
to the ledger under its own chain, renders the documents and freezes their bytes. If signing or rendering fails, nothing
is decided: nothing goes out unsigned.
"""

from datetime import datetime

from sqlalchemy import ColumnElement, Select, or_, select
from sqlalchemy.orm import Session, selectinload

from certificates.pre_approval import approval_in
from certificates.statement import CERTIFIABLE
from certificates.verify import VerifiedStatement, verify_envelope
from hub import audit
from hub.context import hub_of
from hub.derive.reading import read_ledger
from hub.errors import AlreadyDecided, BadInput, Forbidden, NotFound
from hub.ledger.append import append, lock_ledger
from hub.models import Certificate, DecisionWord, Erasure, LedgerEntry, Lot, Person, Station, StationState
from hub.partners import levels
from hub.people.roles import STAFF, VALIDATORS, require
from hub.scope import run_in_scope
from hub.stations.trust import trust_of
from hub.validation.doubts import doubts, undone
from hub.validation.issue import issue_certificate
from hub.validation.statements import Decision, validation_statement

LONGEST_REASON = 1000
SHOWN = 25  # of one page of the queue
COMPLETE = "ERASED"
RANKS: tuple[ColumnElement[bool], ...] = (  # each is one range of `ix_erasure_queue`, or of the index of lots
    Erasure.lot_id.is_(None),
    Erasure.lot_id.is_not(None) & or_(Erasure.verdict < COMPLETE, Erasure.verdict > COMPLETE),
    Erasure.lot_id.is_not(None) & (Erasure.verdict == COMPLETE),
)
ONE_PERSON = "one-person workshop: operator and validator are the same person"


def queue(session: Session, person: Person, after: str = "", size: int = SHOWN) -> tuple[Erasure, ...]:
    """Up to `size` erasures that wait for a decision, those after the statement `after`; from the start without it.

    First those that need a look (no lot; then not complete, or with exceptions), then the rest, each the oldest first.
    """
    require(person, *STAFF)
    last = session.scalar(select(Erasure).where(Erasure.statement_id == after, run_in_scope(person))) if after else None
    found: list[str] = []
    for rank, which in enumerate(RANKS):
        if last is None or rank >= _rank(last):
            behind = last.position if last is not None and rank == _rank(last) else 0
            found += session.scalars(_next(which & run_in_scope(person), behind, size - len(found)))
    parts = (selectinload(Erasure.drive), selectinload(Erasure.device), selectinload(Erasure.lot))
    rows = session.scalars(select(Erasure).options(*parts).where(Erasure.statement_id.in_(found)))
    return tuple(sorted(rows, key=lambda row: found.index(row.statement_id)))


def _rank(erasure: Erasure) -> int:
    return 0 if erasure.lot_id is None else 1 if erasure.verdict != COMPLETE else 2


def _next(which: ColumnElement[bool], behind: int, size: int) -> Select[str]:
    query = select(Erasure.statement_id).where(Erasure.decision == DecisionWord.AWAITING, which)
    return query.where(Erasure.position > behind).order_by(Erasure.position).limit(size)


def may_approve(erasure: Erasure) -> bool:
    """Whether this erasure can lead to a certificate: complete, and tied to a lot."""
    return erasure.verdict in CERTIFIABLE and erasure.lot_id is not None and erasure.decision == DecisionWord.AWAITING


def approve(
    session: Session, person: Person, statement_id: str, reason: str, now: datetime, *, over: str = ""
) -> Certificate:
    """Approve an erasure and issue its certificate; the same person again gets the same certificate.

    `over` names the rejection that is taken back (its statement id, as the person saw it): both decisions stay in the
    ledger and the last one counts. A rejection that the person has not seen is never taken back.

    Raises Forbidden (role, or operator = validator under a two-person policy), NotFound, BadInput (not certifiable, no
    lot, disputed key, locked station, undone by a later run, doubts without a remark), AlreadyDecided when somebody
    else was faster or the answer was another one.
    """
    erasure = run_for(session, person, statement_id)
    if erasure.decision == DecisionWord.APPROVED and _decided_by(session, erasure) == person.pseudonym:
        return _certificate(session, erasure)
    if not (over and erasure.decision == DecisionWord.REJECTED and erasure.validation_id == over):
        _require_open(session, erasure)
    certify(session, person, erasure, reason, now)
    return _settled(session, erasure, DecisionWord.APPROVED)


def certify(session: Session, person: Person, erasure: Erasure, reason: str, now: datetime) -> VerifiedStatement:
    """Sign that a run counts, and its certificate, which is given back; the ledger is not read. Raises as `approve`."""
    lot = _require_certifiable(session, erasure)
    note, reason = _same_person(session, person, erasure), reason_kept(reason)
    _require_answer(reason, doubts(session, erasure, lot))
    run = verified(session, erasure.statement_id)
    reason = "; ".join(part for part in (reason, note) if part)
    decision = validation_statement(session, person, run, Decision("APPROVED", reason, now))
    append(session, decision, now)
    audit.record(session, person, "erasure.approve", erasure.statement_id, reason)
    return issue_certificate(session, run, decision, erasure, lot)


def reject(session: Session, person: Person, statement_id: str, reason: str, now: datetime) -> Erasure:
    """Reject an erasure; a reason is required. The same person again changes nothing. Raises as `approve`."""
    reason = reason_kept(reason)
    if not reason:
        raise BadInput("a rejection needs a reason", "reason-missing")
    erasure = run_for(session, person, statement_id)
    if erasure.decision == DecisionWord.REJECTED and _decided_by(session, erasure) == person.pseudonym:
        return erasure
    _require_open(session, erasure)
    decision = validation_statement(session, person, verified(session, statement_id), Decision("REJECTED", reason, now))
    append(session, decision, now)
    audit.record(session, person, "erasure.reject", statement_id, reason)
    read_ledger(session)
    session.refresh(erasure)
    assert erasure.decision == DecisionWord.REJECTED
    return erasure


def run_for(session: Session, person: Person, statement_id: str) -> Erasure:
    """A run in the person's scope, read anew under the lock of the ledger. Raises Forbidden, NotFound."""
    require(person, *VALIDATORS)
    lock_ledger(session)
    read_ledger(session)
    erasure = session.scalar(
        select(Erasure)
        .where(Erasure.statement_id == statement_id, run_in_scope(person))
        .execution_options(populate_existing=True)
    )
    if erasure is None:
        raise NotFound("no such erasure")
    return erasure


def _require_open(session: Session, erasure: Erasure) -> None:
    if erasure.decision != DecisionWord.AWAITING:
        who = _payload(session, erasure.validation_id)["validator_name"]
        raise AlreadyDecided(f"{who} decided already: {erasure.decision}")


def _require_certifiable(session: Session, erasure: Erasure) -> Lot:
    if erasure.verdict not in CERTIFIABLE:
        raise BadInput(f"{erasure.verdict} cannot be certified", "not-certifiable")
    if erasure.lot_id is None:
        raise BadInput("tie this drive to a lot first", "no-lot")
    levels.require_step(session, erasure.lot_id, levels.WIPE)
    if erasure.disputed:
        raise BadInput("somebody else may have had the key that signed this erasure: erase it again", "disputed")
    state = session.scalar(select(Station.state).where(Station.kid == erasure.kid))
    if state == StationState.LOCKED:
        raise BadInput("the station of this erasure is locked by an alarm: look at it first", "station-locked")
    verdict = undone(session, erasure)
    if verdict:
        raise BadInput(f"the same bench ran this drive again and it ended as {verdict}: erase it again", "undone")
    lot = session.get(Lot, erasure.lot_id)
    assert lot is not None
    return lot


def _require_answer(reason: str, found: tuple[str, ...]) -> None:
    if found and not reason:
        raise BadInput("write a remark that says why this run counts: " + "; ".join(found), "doubt")


def _same_person(session: Session, person: Person, erasure: Erasure) -> str:
    approval = approval_in(erasure.operator)  # who approved a run beforehand counts as who ran it
    if person.pseudonym not in (erasure.operator, approval[0] if approval else ""):
        return ""
    if hub_of(session).settings.two_people:
        raise Forbidden("whoever ran the erasure does not approve it")
    return ONE_PERSON


def _settled(session: Session, erasure: Erasure, wanted: DecisionWord) -> Certificate:
    read_ledger(session)
    session.refresh(erasure)
    assert erasure.decision == wanted
    return _certificate(session, erasure)


def _certificate(session: Session, erasure: Erasure) -> Certificate:
    found = session.scalar(select(Certificate).where(Certificate.id == erasure.certificate_id))
    assert found is not None
    return found


def verified(session: Session, statement_id: str | None) -> VerifiedStatement:
    """A statement of the ledger."""
    data = session.scalar(select(LedgerEntry.envelope).where(LedgerEntry.id == statement_id))
    assert data is not None
    return verify_envelope(data, trust_of(session))


def _payload(session: Session, statement_id: str | None) -> dict[str, str]:
    return verified(session, statement_id).payload


def _decided_by(session: Session, erasure: Erasure) -> str:
    return _payload(session, erasure.validation_id)["validator"]


def reason_kept(text: str) -> str:
    """What a person wrote as a reason, without control characters. Raises BadInput: too long."""
    kept = "".join(c for c in text if c == "\n" or c.isprintable()).strip()
    if len(kept) > LONGEST_REASON:
        raise BadInput(f"a reason has at most {LONGEST_REASON} characters", "reason-long")
    return kept
