"""What is written on a stick and in a hub, read by code that shares nothing with the station or the hub."""

import base64
import hashlib
import json
import shutil
import sqlite3
import tempfile
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

STORE = "station.sqlite3"
COPY = "statements.log"


@dataclass(frozen=True, slots=True)
class Statement:
    """One statement with its place on the way to the hub. `seq` is the column, the payload has its own."""

    id: str
    seq: int
    run_id: str | None
    envelope: bytes
    outbox: str

    @property
    def payload(self) -> dict[str, Any]:
        return payload_of(self.envelope)

    @property
    def serial(self) -> str:
        return str(self.payload["subject"]["drive"]["serial"])

    @property
    def verdict(self) -> str:
        return str(self.payload["result"]["verdict"])


@dataclass(slots=True)
class Run:
    """One run and its journal: (kind, data), oldest first."""

    id: str
    serial: str
    state: str
    entries: list[tuple[str, dict[str, Any]]] = field(default_factory=list)

    def count(self, kind: str) -> int:
        return sum(name == kind for name, _ in self.entries)

    def last(self, kind: str) -> int:
        """Place of the last entry of a kind, -1 for none."""
        return max((n for n, (name, _) in enumerate(self.entries) if name == kind), default=-1)

    @property
    def key(self) -> bytes:
        return bytes.fromhex(next(data["key"] for kind, data in self.entries if kind == "INTENT"))


@dataclass(frozen=True, slots=True)
class Stick:
    """Everything durable of one bench."""

    statements: tuple[Statement, ...]
    runs: tuple[Run, ...]
    heads: tuple[tuple[int, str], ...]
    copied: tuple[bytes, ...] | None = None  # envelopes of the second copy, None where nobody looked

    def runs_of(self, serial: str) -> list[Run]:
        return [run for run in self.runs if run.serial == serial]

    def about(self, serial: str) -> list[Statement]:
        return [statement for statement in self.statements if statement.serial == serial]


@dataclass(frozen=True, slots=True)
class Ledger:
    """What the hub has of one bench: rows (position, id, seq, envelope) and what it is not content with."""

    rows: tuple[tuple[int, str, int, bytes], ...]
    public: bytes
    complaints: tuple[str, ...] = ()

    @property
    def kept(self) -> dict[str, bytes]:
        return {row[1]: row[3] for row in self.rows}


def payload_of(envelope: bytes) -> dict[str, Any]:
    return dict(json.loads(base64.b64decode(json.loads(envelope)["payload"])))


def envelope_id(envelope: bytes) -> str:
    return hashlib.sha256(envelope).hexdigest()


def read_stick(state: Path) -> Stick:
    """Read a copy of the file and its log, as they were left; the station must be dead."""
    with tempfile.TemporaryDirectory(dir=state) as folder:
        for name in (STORE, f"{STORE}-wal"):
            if (state / name).exists():
                shutil.copyfile(state / name, Path(folder) / name)
        with closing(sqlite3.connect(Path(folder) / STORE)) as database:
            assert database.execute("PRAGMA integrity_check").fetchone() == ("ok",)
            assert database.execute("PRAGMA foreign_key_check").fetchall() == []
            heads = tuple(database.execute("SELECT seq, head FROM chain"))
            return Stick(_statements(database), _runs(database), heads, read_copy(state / COPY))


def read_copy(path: Path) -> tuple[bytes, ...]:
    """Read the whole lines of the second copy; the last one may be torn."""
    lines = path.read_bytes().split(b"\n")[1:-1] if path.exists() else []
    found = [line.split(b" ", 2) for line in lines]
    assert all(envelope_id(envelope).encode() == name for name, _, envelope in found), f"{path} is damaged"
    return tuple(envelope for _, _, envelope in found)


def read_ledger(path: Path, name: str) -> Ledger:
    """Read what a running hub has of the bench of this name."""
    with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True, timeout=30)) as database:
        kid, public, state = database.execute(
            "SELECT kid, public, state FROM station WHERE name = ?", (name,)
        ).fetchone()
        rows = database.execute("SELECT position, id, seq, envelope FROM ledger WHERE kid = ? ORDER BY seq", (kid,))
        alarms = database.execute("SELECT kind || ' ' || detail FROM alarm").fetchall()
        problems = database.execute("SELECT detail FROM intake_problem").fetchall()
        kept = tuple((int(row[0]), str(row[1]), int(row[2]), bytes(row[3])) for row in rows)
        locked = [] if state == "accepted" else [state]
        return Ledger(kept, base64.b64decode(public), (*locked, *(text for (text,) in (*alarms, *problems))))


def _statements(database: sqlite3.Connection) -> tuple[Statement, ...]:
    rows = database.execute(
        "SELECT id, seq, run_id, envelope, coalesce(outbox.state, 'none') "
        "FROM statement LEFT JOIN outbox USING (position) ORDER BY position"
    )
    return tuple(Statement(row[0], row[1], row[2], bytes(row[3]), row[4]) for row in rows)


def _runs(database: sqlite3.Connection) -> tuple[Run, ...]:
    runs = {
        run_id: Run(run_id, json.loads(context)["facts"]["device"]["identity"]["serial"], state)
        for run_id, context, state in database.execute("SELECT run_id, context, state FROM run ORDER BY rowid")
    }
    for run_id, kind, data in database.execute("SELECT run_id, kind, data FROM journal ORDER BY position"):
        runs[run_id].entries.append((kind, json.loads(data)))
    return tuple(runs.values())
