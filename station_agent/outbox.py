"""Statements on their way to the hub. A row ends only by a receipt that names its statement; nothing is ever dropped.

States: queued, then confirmed (the hub acknowledged it), refused (422, 413) or conflict (409): kept and shown. A hub
that was put back from an old backup has forgotten what came after it: those rows are queued once more.
"""

import json
from base64 import b64decode
from contextlib import AbstractContextManager
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from station_agent.clock import Clock
from station_agent.records import Rows
from station_agent.store import Store

FORGOTTEN: Final = "forgotten"  # code of a row that the hub confirmed and has no more


class OutboxState(StrEnum):
    """Where a statement is."""

    QUEUED = "queued"
    CONFIRMED = "confirmed"
    REFUSED = "refused"
    CONFLICT = "conflict"


@dataclass(frozen=True, slots=True)
class OutboxRow:
    """One statement of this bench and where it is."""

    position: int
    id: str
    kid: str
    seq: int
    kind: str
    run_id: str | None
    made: str
    state: OutboxState
    attempts: int
    code: str
    message: str
    verdict: str = ""  # of an erasure; "" of a statement that has none
    serial: str = ""  # of its drive

    def to_document(self) -> dict[str, Any]:
        """Plain JSON types."""
        return {
            "id": self.id,
            "seq": self.seq,
            "kind": self.kind,
            "run_id": self.run_id,
            "made": self.made,
            "state": str(self.state),
            "attempts": self.attempts,
            "code": self.code,
            "message": self.message,
            "verdict": self.verdict or None,
            "serial": self.serial or None,
        }


@dataclass(frozen=True, slots=True)
class Waiting:
    """A queued statement with its bytes."""

    position: int
    id: str
    envelope: bytes


class Outbox:
    """Reads and moves the rows of the outbox."""

    def __init__(self, store: Store, *, clock: Clock) -> None:
        self._store = store
        self._clock = clock

    def waiting(self, kid: str, limit: int) -> tuple[Waiting, ...]:
        """Give the oldest queued statements of a key, oldest first, at most `limit`."""
        rows = self._store.rows(
            "SELECT position, id, envelope FROM statement JOIN outbox USING (position) "
            "WHERE state = 'queued' AND kid = ? ORDER BY position LIMIT ?",
            (kid, limit),
        )
        return tuple(Waiting(row["position"], row["id"], row["envelope"]) for row in rows)

    def at(self, kid: str, seq: int) -> str:
        """Give the id of the statement at one place of a chain, "" when this bench has none there."""
        found = self._store.rows("SELECT id FROM statement WHERE kid = ? AND seq = ?", (kid, seq))
        return str(found[0]["id"]) if found else ""

    def queued(self, statement_id: str) -> Waiting | None:
        """Give one queued statement with its bytes; None when it is not queued here."""
        rows = self._store.rows(
            "SELECT position, id, envelope FROM statement JOIN outbox USING (position) "
            "WHERE state = 'queued' AND id = ?",
            (statement_id,),
        )
        return Waiting(rows[0]["position"], rows[0]["id"], rows[0]["envelope"]) if rows else None

    def confirm(self, waiting: Waiting, receipt: dict[str, Any]) -> None:
        """End a row: the hub's receipt names this statement."""
        self._move(waiting, OutboxState.CONFIRMED, receipt=json.dumps(receipt))

    def refuse(self, waiting: Waiting, code: str, message: str) -> None:
        """Keep and show a statement that the hub refused for good."""
        self._move(waiting, OutboxState.REFUSED, code, message)

    def conflict(self, waiting: Waiting, code: str, message: str) -> None:
        """Keep and show a statement that contradicts what the hub has."""
        self._move(waiting, OutboxState.CONFLICT, code, message)

    def tried(self, batch: tuple[Waiting, ...], code: str, message: str) -> None:
        """Count an attempt that brought no answer; the rows stay queued."""
        with self._store.transaction() as connection:
            connection.executemany(
                "UPDATE outbox SET attempts = attempts + 1, code = ?, message = ? "
                "WHERE position = ? AND state = 'queued'",
                [(code, message, waiting.position) for waiting in batch],
            )

    def send_again(self, kid: str, after: int) -> int:
        """Queue once more what was confirmed behind `after` of a chain: the hub has forgotten it. Gives how many."""
        with self._store.transaction() as connection:
            return connection.execute(
                "UPDATE outbox SET state = 'queued', code = ?, message = '', changed = ? WHERE state = 'confirmed' "
                "AND position IN (SELECT position FROM statement WHERE kid = ? AND seq > ?)",
                (FORGOTTEN, self._clock.moment().wall, kid, after),
            ).rowcount

    def together(self) -> AbstractContextManager[object]:
        """Move several rows in one transaction: all of them are durable behind it, or none."""
        return self._store.transaction()

    def rows(self) -> tuple[OutboxRow, ...]:
        """Give every row, oldest first."""
        return rows_in(self._store)

    def state_of(self, statement_id: str) -> OutboxState | None:
        """Say where one statement is; None when this bench never made it."""
        rows = self._store.rows(
            "SELECT state FROM statement JOIN outbox USING (position) WHERE id = ?", (statement_id,)
        )
        return OutboxState(rows[0]["state"]) if rows else None

    def counts(self) -> dict[OutboxState, int]:
        """Count the rows of every state, zeros included."""
        return counts_in(self._store)

    def _move(self, waiting: Waiting, state: OutboxState, code: str = "", message: str = "", receipt: str = "") -> None:
        with self._store.transaction() as connection:
            connection.execute(
                "UPDATE outbox SET state = ?, attempts = attempts + 1, code = ?, message = ?, receipt = ?, changed = ? "
                "WHERE position = ? AND state = 'queued'",
                (state, code, message[:500], receipt, self._clock.moment().wall, waiting.position),
            )


def rows_in(store: Rows) -> tuple[OutboxRow, ...]:
    """Give every row of the outbox, oldest first."""
    rows = store.rows(
        "SELECT position, id, kid, seq, kind, run_id, made, state, attempts, code, message, envelope "
        "FROM statement JOIN outbox USING (position) ORDER BY position"
    )
    return tuple(_row({name: row[name] for name in row.keys()}) for row in rows)  # noqa: SIM118  a row of SQLite


def _row(columns: dict[str, Any]) -> OutboxRow:
    envelope = columns.pop("envelope")
    told = _told(envelope) if columns["kind"] == "erasure" else {}
    return OutboxRow(**{**columns, **told, "state": OutboxState(columns["state"])})


def _told(envelope: bytes) -> dict[str, str]:
    """Give verdict and serial of an erasure; nothing when the bytes of this file do not say them."""
    try:
        stated = json.loads(b64decode(json.loads(envelope)["payload"]))
        return {"verdict": str(stated["result"]["verdict"]), "serial": str(stated["subject"]["drive"]["serial"])}
    except (ValueError, KeyError, TypeError):
        return {}


def counts_in(store: Rows) -> dict[OutboxState, int]:
    """Count the rows of every state of the outbox, zeros included."""
    found = {
        OutboxState(row["state"]): int(row["n"])
        for row in store.rows("SELECT state, count(*) AS n FROM outbox GROUP BY state")
    }
    return {state: found.get(state, 0) for state in OutboxState}
