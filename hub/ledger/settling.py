"""Settling what was opened, in one transaction: known, next in its chain, kept apart, or refused.

What the judgement needs of the ledger is read once for all statements of the transaction, and what is stored is written
at once; each statement is judged as if the ones before it were there already. Evidence that contradicts its chain is
kept in quarantine, raises an alarm and locks the station; of a fork the hub signs a statement of its own, so that the
log has it. The caller commits, and answers only after that.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Any

from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from certificates.verify import Link, VerifiedStatement
from hub.keys.changing import retire_ended
from hub.ledger.append import Receipt, append, lock_ledger
from hub.ledger.chain import ChainWord, gaps, judge_link
from hub.ledger.keyed import rows_by
from hub.ledger.opening import CONFLICT, CREATED, KNOWN, Answer, Opened, Unread
from hub.models import Alarm, LedgerEntry, QuarantinedStatement, Station, StationState
from hub.validation.statements import fork_statement

UNREADABLE = "unreadable"
KEYS_AT_ONCE = 8
_CONFLICTS = {
    "fork": "this contradicts the chain of this key: the station is locked until people looked at it",
    "locked": "this station is locked: its statement is kept, not counted",
}


_STATIONS = """
SELECT station.kid, station.id, station.state, ends.seq, ends.id, ends.prev,
       EXISTS (SELECT 1 FROM quarantined_statement WHERE quarantined_statement.kid = station.kid),
       (SELECT max(position) FROM ledger)
FROM station LEFT JOIN ledger AS ends ON ends.position =
     (SELECT position FROM ledger WHERE ledger.kid = station.kid ORDER BY seq DESC LIMIT 1)
WHERE station.kid IN (:keys) ORDER BY station.id
"""  # stations, the ends of their chains, whether anything of theirs is kept apart, and the last position
_LOCKED = {"sqlite": "", "postgresql": "FOR UPDATE OF station"}
_INSERT = insert(LedgerEntry.__table__)  # type: ignore[arg-type]


@dataclass(slots=True)
class _Chain:
    """What the ledger has of one key, kept up to date while statements are judged."""

    station_id: str
    state: str
    head: int
    near: dict[int, tuple[str, str]]


def settle(
    session: Session, parcels: Sequence[tuple[str, Sequence[Opened]]], now: datetime
) -> list[tuple[Answer, ...]]:
    """Judge and store what each key (key id, its statements in order) sent; an answer for every statement."""
    lock_ledger(session)
    table = _Table(session, parcels, now)
    answers = [tuple(table.answer(kid, item) for item in items) for kid, items in parcels]
    table.write()
    if any(answer.code == ChainWord.FORK for each in answers for answer in each):
        retire_ended(session)
    return answers


class _Table:
    """The look at the ledger, and what is to be written."""

    def __init__(self, session: Session, parcels: Sequence[tuple[str, Sequence[Opened]]], now: datetime) -> None:
        self._session, self._now = session, now
        self._last, self._chains, known = _look(session, {kid for kid, _ in parcels})
        self._kept = _kept(session, [(kid, items) for kid, items in parcels if kid in known])
        statements = [item for _, items in parcels for item in items if isinstance(item, VerifiedStatement)]
        behind = [statement for statement in statements if statement.link.seq <= self._chains[statement.link.kid].head]
        self._receipts = _receipts(session, behind)
        for kid, seq, statement_id, prev in _near(session, behind):
            self._chains[kid].near[seq] = (statement_id, prev)
        self._rows: list[dict[str, Any]] = []
        self._forks: list[tuple[str, Link]] = []

    def answer(self, kid: str, item: Opened) -> Answer:
        """Settle one statement."""
        if isinstance(item, Answer):
            return item
        return self._keep(kid, item) if isinstance(item, Unread) else self._store(kid, item)

    def write(self) -> None:
        """Write what waits to be stored, then what this hub says itself of the forks that it refused."""
        self._write_rows()
        for refused, link in self._forks:
            append(self._session, fork_statement(self._session, self._now, refused, link), self._now)
        self._forks = []

    def _write_rows(self) -> None:
        if self._rows:
            self._session.connection().execute(_INSERT, self._rows)
            self._rows = []

    def _keep(self, kid: str, item: Unread) -> Answer:
        if item.answer.id not in self._kept:
            self._quarantine(item.answer.id, kid, item.seq, UNREADABLE, item.data)
            self._alarm(kid, UNREADABLE, f"seq {item.seq}: {item.answer.id}: {item.answer.message}")
        return item.answer

    def _store(self, kid: str, statement: VerifiedStatement) -> Answer:
        if (known := self._receipts.get(statement.id)) is not None:
            return Answer(statement.id, KNOWN, known)
        if (reason := self._kept.get(statement.id)) is not None:
            if reason != UNREADABLE:
                return _conflict(statement.id, reason)
            self._release(statement.id)  # an older version of this hub did not understand it
        chain = self._chains[kid]
        if chain.state != StationState.ACCEPTED:
            return self._apart(statement, StationState.LOCKED.value)
        word = judge_link(statement.id, statement.link, chain.near, chain.head)
        if word is ChainWord.FORK:
            chain.state = StationState.LOCKED.value
            self._session.execute(update(Station).where(Station.kid == kid).values(state=chain.state))
            self._alarm(kid, "fork", f"seq {statement.link.seq}: {statement.id}")
            self._forks.append((statement.id, statement.link))
            return self._apart(statement, ChainWord.FORK.value)
        receipt = self._append(chain, statement)
        if word is not ChainWord.NEXT:
            self._note_gaps(kid)
        return Answer(statement.id, CREATED, receipt)

    def _append(self, chain: _Chain, statement: VerifiedStatement) -> Receipt:
        link = statement.link
        self._last += 1
        self._rows.append(
            {
                "position": self._last,
                "id": statement.id,
                "kind": statement.kind,
                "kid": link.kid,
                "seq": link.seq,
                "prev": link.prev,
                "envelope": statement.envelope.data,
                "received": self._now,
            }
        )
        chain.near[link.seq] = (statement.id, link.prev)
        chain.head = max(chain.head, link.seq)
        receipt = Receipt(statement.id, self._last, self._now)
        self._receipts[statement.id] = receipt
        return receipt

    def _apart(self, statement: VerifiedStatement, reason: str) -> Answer:
        self._quarantine(statement.id, statement.link.kid, statement.link.seq, reason, statement.envelope.data)
        return _conflict(statement.id, reason)

    def _quarantine(self, statement_id: str, kid: str, seq: int, reason: str, data: bytes) -> None:
        row = QuarantinedStatement(id=statement_id, kid=kid, seq=seq, reason=reason, envelope=data, received=self._now)
        self._session.add(row)
        self._session.flush()
        self._kept[statement_id] = reason

    def _release(self, statement_id: str) -> None:
        self._session.delete(self._session.get_one(QuarantinedStatement, statement_id))
        self._session.flush()
        del self._kept[statement_id]

    def _note_gaps(self, kid: str) -> None:
        self._write_rows()
        closed = update(Alarm).where(Alarm.kind == "gap", Alarm.station_id == self._chains[kid].station_id)
        self._session.execute(closed.where(Alarm.closed.is_(None)).values(closed=self._now))
        missing = gaps(self._session, kid)
        if missing:
            self._alarm(kid, "gap", ", ".join(f"{a}-{b}" if a != b else str(a) for a, b in missing))

    def _alarm(self, kid: str, kind: str, detail: str) -> None:
        station_id = self._chains[kid].station_id
        told = detail[:4000].replace("\0", "\N{REPLACEMENT CHARACTER}")  # no text of PostgreSQL holds one
        self._session.add(Alarm(kind=kind, station_id=station_id, detail=told, created=self._now))
        self._session.flush()


def _conflict(statement_id: str, reason: str) -> Answer:
    return Answer(statement_id, CONFLICT, code=reason, message=_CONFLICTS[reason])


def _look(session: Session, kids: set[str]) -> tuple[int, dict[str, _Chain], set[str]]:
    """The last position of the ledger, where the chain of each key ends, and the keys of which something is kept apart.

    One query. What is beyond the end of its chain needs no other: nothing of it can be there, and beside it is the end.
    """
    chains, apart, last = {}, set(), 0
    found = rows_by(session, _STATIONS + _LOCKED[session.get_bind().dialect.name], kids)
    for kid, station_id, state, seq, end, prev, kept, position in found:
        chains[kid] = _Chain(station_id, state, seq or 0, {seq: (end, prev)} if seq else {})
        last = position or 0
        if kept:
            apart.add(kid)
    return last, chains, apart


def _receipts(session: Session, statements: Iterable[VerifiedStatement]) -> dict[str, Receipt]:
    ids = {statement.id for statement in statements}
    if not ids:
        return {}
    query = select(LedgerEntry.id, LedgerEntry.position, LedgerEntry.received).where(LedgerEntry.id.in_(ids))
    return {row.id: Receipt(row.id, row.position, row.received) for row in session.execute(query)}


def _kept(session: Session, parcels: Iterable[tuple[str, Sequence[Opened]]]) -> dict[str, str]:
    ids = {
        item.answer.id if isinstance(item, Unread) else item.id
        for _, items in parcels
        for item in items
        if not isinstance(item, Answer)
    }
    if not ids:
        return {}
    query = select(QuarantinedStatement.id, QuarantinedStatement.reason).where(QuarantinedStatement.id.in_(ids))
    return {row.id: row.reason for row in session.execute(query)}


def _near(session: Session, statements: Iterable[VerifiedStatement]) -> Iterator[tuple[str, int, str, str]]:
    """What is at the places of these statements and beside them, and perhaps at others of their keys.

    Some keys at a time, by two lists: SQLite reads the whole ledger for one list of pairs.
    """
    wanted: dict[str, set[int]] = defaultdict(set)
    for statement in statements:
        wanted[statement.link.kid].update(range(statement.link.seq - 1, statement.link.seq + 2))
    query = select(LedgerEntry.kid, LedgerEntry.seq, LedgerEntry.id, LedgerEntry.prev)
    for kids in batched(wanted, KEYS_AT_ONCE):
        seqs = sorted({seq for kid in kids for seq in wanted[kid]})
        for row in session.execute(query.where(LedgerEntry.kid.in_(kids), LedgerEntry.seq.in_(seqs))):
            yield row.kid, row.seq, row.id, row.prev


def batched(keys: Iterable[str], most: int) -> Iterator[list[str]]:
    """The keys in their order, so many at a time."""
    rest = iter(keys)
    while some := list(islice(rest, most)):
        yield some
