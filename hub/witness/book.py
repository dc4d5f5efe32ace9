"""What a witness remembers, in one SQLite file: the logs, the newest checkpoint cosigned of each, and evidence.

`advance` compares and persists in one transaction that is durable before it returns; several processes may work on one
file. Without the file the witness must not go on under its key: it would have forgotten what it vouched for.
"""

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from certificates.errors import ProofError
from certificates.note import Checkpoint, NoteKey
from hub.errors import BadInput, Conflict
from hub.witness.judging import Contradicted, KnownLog, Malformed, require_continued

FILE: Final = "witness.sqlite3"
VERSION: Final = 1
WAIT_S: Final = 10.0
MOST_EVIDENCE: Final = 1000  # of one log: what comes after it says nothing new
PRAGMAS: Final = (("journal_mode", "WAL", "wal"), ("synchronous", "FULL", 2), ("trusted_schema", "OFF", 0))
SCHEMA: Final = """
CREATE TABLE log (
    origin TEXT PRIMARY KEY,
    vkey TEXT NOT NULL,
    name TEXT NOT NULL,
    added INTEGER NOT NULL,
    size INTEGER NOT NULL DEFAULT 0,
    root BLOB NOT NULL DEFAULT x'',
    note TEXT NOT NULL DEFAULT '',
    time INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE TABLE cosigned (
    origin TEXT NOT NULL REFERENCES log,
    size INTEGER NOT NULL,
    root BLOB NOT NULL,
    time INTEGER NOT NULL,
    PRIMARY KEY (origin, size)
) STRICT;
CREATE TABLE evidence (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    origin TEXT NOT NULL REFERENCES log,
    time INTEGER NOT NULL,
    old INTEGER NOT NULL,
    kept TEXT NOT NULL,
    told TEXT NOT NULL
) STRICT;
"""


class Book:
    """The open file; safe from several threads and processes. Raises BadInput when it cannot be used."""

    def __init__(self, folder: Path, *, make: bool = False) -> None:
        path = folder / FILE
        if not make and not path.exists():
            raise BadInput(f"{path} is not there: a witness without its memory must not go on; make another one")
        self._turn = threading.RLock()
        self._connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False, timeout=WAIT_S)
        self._connection.row_factory = sqlite3.Row
        for name, wanted, got in PRAGMAS:
            self._connection.execute(f"PRAGMA {name}={wanted}")
            if self._connection.execute(f"PRAGMA {name}").fetchone()[0] != got:
                raise BadInput(f"{path}: SQLite did not take {name}={wanted}")
        with self._writing() as connection:
            found = int(connection.execute("PRAGMA user_version").fetchone()[0])
            if found > VERSION:
                raise BadInput(f"{path} was written by a newer version")
            if not found:
                for sentence in SCHEMA.strip().removesuffix(";").split(";"):
                    connection.execute(sentence)
                connection.execute(f"PRAGMA user_version={VERSION}")

    def close(self) -> None:
        """Close the file."""
        self._connection.close()

    def logs(self) -> tuple[KnownLog, ...]:
        """Every log, by its origin."""
        with self._turn:
            return tuple(_log(row) for row in self._connection.execute("SELECT * FROM log ORDER BY origin"))

    def log(self, origin: str) -> KnownLog | None:
        """One log."""
        with self._turn:
            row = self._connection.execute("SELECT * FROM log WHERE origin = ?", (origin,)).fetchone()
            return None if row is None else _log(row)

    def add(self, key: NoteKey, name: str, now: int) -> None:
        """Know a log from now on. Raises Conflict when its origin is known under another key."""
        with self._writing() as connection:
            known = connection.execute("SELECT vkey FROM log WHERE origin = ?", (key.name,)).fetchone()
            if known is not None and known["vkey"] != key.vkey:
                raise Conflict(f"the log {key.name} is known under another key: a witness never exchanges one")
            connection.execute(
                "INSERT INTO log (origin, vkey, name, added) VALUES (?, ?, ?, ?) "
                "ON CONFLICT (origin) DO UPDATE SET name = excluded.name",
                (key.name, key.vkey, name, now),
            )

    def advance(self, told: Checkpoint, old: int, proof: tuple[bytes, ...], note: str, now: int) -> None:
        """Take a checkpoint as the newest, if it continues the one that is known; durable when this returns.

        Raises Behind where `old` is not the size that is known, Contradicted for another tree of the same size, and
        ProofError where the proof does not lead there; the last two are kept as evidence. Malformed is none.
        """
        with self._turn:
            try:
                self._advance(told, old, proof, note, now)
            except Malformed:
                raise
            except (Contradicted, ProofError):
                self._keep_evidence(told.origin, old, note, now)
                raise

    def _advance(self, told: Checkpoint, old: int, proof: tuple[bytes, ...], note: str, now: int) -> None:
        with self._writing() as connection:
            known = _log(connection.execute("SELECT * FROM log WHERE origin = ?", (told.origin,)).fetchone())
            require_continued(known, told, old, proof)
            connection.execute(
                "UPDATE log SET size = ?, root = ?, note = ?, time = ? WHERE origin = ?",
                (told.size, told.root, note, now, told.origin),
            )
            connection.execute(
                "INSERT INTO cosigned VALUES (?, ?, ?, ?) ON CONFLICT (origin, size) DO NOTHING",
                (told.origin, told.size, told.root, now),
            )

    def _keep_evidence(self, origin: str, old: int, note: str, now: int) -> None:
        with self._writing() as connection:
            connection.execute(
                "INSERT INTO evidence (origin, time, old, kept, told) "
                "SELECT origin, ?, ?, note, ? FROM log WHERE origin = ? "
                "AND (SELECT count(*) FROM evidence WHERE evidence.origin = log.origin) < ? "
                "AND NOT EXISTS (SELECT 1 FROM evidence WHERE evidence.origin = log.origin AND told = ?)",
                (now, old, note, origin, MOST_EVIDENCE, note),
            )

    def evidence(self, origin: str) -> tuple[tuple[int, str, str], ...]:
        """What a log signed and this witness did not: time, the checkpoint that was known, the one that was told."""
        with self._turn:
            rows = self._connection.execute(
                "SELECT time, kept, told FROM evidence WHERE origin = ? ORDER BY number", (origin,)
            )
            return tuple((row["time"], row["kept"], row["told"]) for row in rows)

    def cosigned(self, origin: str, size: int) -> tuple[bytes, int] | None:
        """Root and time of what was cosigned at this size; None for a size that was never shown."""
        with self._turn:
            row = self._connection.execute(
                "SELECT root, time FROM cosigned WHERE origin = ? AND size = ?", (origin, size)
            ).fetchone()
            return None if row is None else (bytes(row["root"]), int(row["time"]))

    @contextmanager
    def _writing(self) -> Iterator[sqlite3.Connection]:
        with self._turn:
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                yield self._connection
            except BaseException:
                self._connection.execute("ROLLBACK")
                raise
            self._connection.execute("COMMIT")


def _log(row: sqlite3.Row) -> KnownLog:
    names = ("origin", "vkey", "name", "size", "note", "time")
    return KnownLog(**{name: row[name] for name in names}, root=bytes(row["root"]))
