"""The one file of the bench: journal, statements, outbox and chain head in one SQLite database.

One connection, guarded by a lock; explicit `BEGIN IMMEDIATE`; pragmas set in order and read back (trust and
reliability, section 6.2). One process writes: it holds `station.lock` for as long as the store is open, and a second
one is told who that is. Others may read meanwhile (`station_agent.records`), which SQLite's own exclusive locking would
forbid; what a stranger wrote without asking for the lock is found before the next write. After that, and after a failed
write to the medium, nothing is retried: the store says that it is broken, and no new wipe is started.
"""

import fcntl
import os
import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final, Self

from station_agent.errors import StoreBroken, StoreBusy, StoreError, StoreNewer
from station_agent.language import mark
from station_agent.records import FILE, LOCK_FILE, SCHEMA_VERSION, WAIT_S, legible

PRAGMAS: Final[tuple[tuple[str, str, str | int], ...]] = (
    ("locking_mode", "NORMAL", "normal"),
    ("journal_mode", "WAL", "wal"),
    ("synchronous", "FULL", 2),
    ("foreign_keys", "ON", 1),
    ("trusted_schema", "OFF", 0),
)
SCHEMA: Final = """
CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT;
CREATE TABLE run (
    run_id TEXT PRIMARY KEY,
    opened TEXT NOT NULL,
    context TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('open', 'closed'))
) STRICT;
CREATE TABLE journal (
    position INTEGER PRIMARY KEY AUTOINCREMENT,
    run_id TEXT NOT NULL REFERENCES run,
    kind TEXT NOT NULL,
    data TEXT NOT NULL,
    boot_id TEXT NOT NULL,
    mono_ns INTEGER NOT NULL,
    wall TEXT NOT NULL
) STRICT;
CREATE INDEX journal_run ON journal (run_id, position);
CREATE TABLE chain (kid TEXT PRIMARY KEY, seq INTEGER NOT NULL, head TEXT NOT NULL) STRICT;
CREATE TABLE statement (
    position INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE,
    kid TEXT NOT NULL,
    seq INTEGER NOT NULL,
    kind TEXT NOT NULL,
    run_id TEXT UNIQUE REFERENCES run,
    envelope BLOB NOT NULL,
    made TEXT NOT NULL,
    UNIQUE (kid, seq)
) STRICT;
CREATE TABLE outbox (
    position INTEGER PRIMARY KEY REFERENCES statement,
    state TEXT NOT NULL CHECK (state IN ('queued', 'confirmed', 'refused', 'conflict')),
    attempts INTEGER NOT NULL DEFAULT 0,
    code TEXT NOT NULL DEFAULT '',
    message TEXT NOT NULL DEFAULT '',
    receipt TEXT NOT NULL DEFAULT '',
    changed TEXT NOT NULL
) STRICT;
CREATE INDEX outbox_state ON outbox (state, position);
CREATE TABLE evidence (sha256 TEXT PRIMARY KEY, transcript BLOB NOT NULL) STRICT;
"""
OBSERVED: Final = """
CREATE TABLE log_shard (
    hub TEXT NOT NULL,
    origin TEXT NOT NULL,
    name TEXT NOT NULL,
    first INTEGER NOT NULL,
    vkey TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('open', 'closed', 'frozen')),
    how TEXT NOT NULL,
    size INTEGER NOT NULL DEFAULT 0,
    root TEXT NOT NULL DEFAULT '',
    note TEXT NOT NULL DEFAULT '',
    note_sha256 TEXT NOT NULL DEFAULT '',
    seen TEXT NOT NULL DEFAULT '',
    final INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (hub, origin)
) STRICT;
CREATE TABLE log_alarm (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    hub TEXT NOT NULL,
    origin TEXT NOT NULL,
    code TEXT NOT NULL,
    detail TEXT NOT NULL,
    kept TEXT NOT NULL,
    told TEXT NOT NULL,
    answer TEXT NOT NULL,
    raised TEXT NOT NULL,
    resolved TEXT NOT NULL DEFAULT '',
    by TEXT NOT NULL DEFAULT '',
    word TEXT NOT NULL DEFAULT ''
) STRICT;
"""
STEPS: Final = {1: SCHEMA, 2: OBSERVED}  # what brings a file to each version from the one before
MEDIUM_FAILURES: Final = ("SQLITE_IOERR", "SQLITE_CORRUPT", "SQLITE_NOTADB", "SQLITE_READONLY", "SQLITE_CANTOPEN")


def nothing() -> None:
    """Do nothing: nobody asked to be called."""


class Store:
    """The open state file `<folder>/station.sqlite3`; one process at a time.

    `before_write` is called before each transaction, `after_statement` after each commit that added a statement, before
    `transaction` returns. Neither may raise.

    Raises `StoreBusy` when another process holds it, `StoreNewer` for an unknown schema, `StoreError` when a pragma
    does not hold.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.path = folder / FILE
        self._guard = threading.RLock()
        self._broken = ""
        self._announced = False
        self.before_write: Callable[[], None] = nothing
        self.after_statement: Callable[[], None] = nothing
        try:
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            self._holder = _hold(folder / LOCK_FILE)
        except OSError as error:
            raise StoreBroken(
                mark("The folder {folder} cannot keep the state of this bench: {detail}. Choose another with --state."),
                folder=folder,
                detail=error.strerror or error,
            ) from error
        try:
            self._connection = _connect(self.path)
            self._version = _data_version(self._connection)
        except StoreError:
            os.close(self._holder)
            raise

    @contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """Yield the connection inside `BEGIN IMMEDIATE`; durable when this returns. Raises `StoreError`.

        Inside another transaction of the same thread it is part of that one, and durable with it.
        """
        with self._guard:
            if _in_transaction(self._connection):  # of this thread: the guard is held
                yield self._connection
                return
            self.require_sound()
            try:
                self.before_write()
                self._connection.execute("BEGIN IMMEDIATE")
                self._require_alone()
                yield self._connection
                self._connection.execute("COMMIT")
            except BaseException as error:
                self._announced = False
                self._abandon(error)
                raise
            if self._announced:
                self._announced = False
                self.after_statement()

    def announce_statement(self) -> None:
        """Let `after_statement` be called right after the commit of the transaction under way."""
        self._announced = True

    def require_sound(self) -> None:
        """Raise `StoreBroken` when the medium has failed: no wipe begins whose record could not be kept."""
        if self._broken:
            raise StoreBroken(mark("The state of this bench cannot be written: {detail}."), detail=self._broken)

    @property
    def broken(self) -> str:
        """Say why nothing more is written by this process, "" while it can."""
        return self._broken

    def _require_alone(self) -> None:
        """Raise `StoreBroken` for ever when another program has written into the file (PRAGMA data_version)."""
        if _data_version(self._connection) != self._version:
            self._broken = "another program wrote into it"
            raise StoreBroken(mark("The state of this bench cannot be written: {detail}."), detail=self._broken)

    def rows(self, question: str, values: tuple[Any, ...] = ()) -> list[sqlite3.Row]:
        """Read rows. Raises `StoreBroken` when the medium fails."""
        with self._guard:
            try:
                with legible():
                    return self._connection.execute(question, values).fetchall()
            except sqlite3.Error as error:
                raise StoreBroken(mark("The state of this bench cannot be read: {detail}."), detail=error) from error

    def note(self, name: str, value: str) -> None:
        """Keep one named value durably."""
        with self.transaction() as connection:
            connection.execute("INSERT OR REPLACE INTO meta VALUES (?, ?)", (name, value))

    def noted(self, name: str, default: str = "") -> str:
        """Read one named value."""
        found = self.rows("SELECT value FROM meta WHERE name = ?", (name,))
        return str(found[0]["value"]) if found else default

    def close(self) -> None:
        """Release the file and the lock."""
        with self._guard:
            self._connection.close()
            if self._holder >= 0:
                os.close(self._holder)
                self._holder = -1

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _abandon(self, error: BaseException) -> None:
        """Roll back; a failure of the medium is final."""
        if isinstance(error, sqlite3.Error) and str(getattr(error, "sqlite_errorname", "")).startswith(MEDIUM_FAILURES):
            self._broken = str(error)
        if _in_transaction(self._connection):
            try:
                self._connection.execute("ROLLBACK")
            except sqlite3.Error as second:
                self._broken = self._broken or str(second)
        if isinstance(error, sqlite3.Error):
            raise StoreBroken(mark("The state of this bench cannot be written: {detail}."), detail=error) from error


def _data_version(connection: sqlite3.Connection) -> int:
    """Give a number that stands as long as nobody else writes."""
    return int(connection.execute("PRAGMA data_version").fetchone()[0])


def _in_transaction(connection: sqlite3.Connection) -> bool:
    """Say whether a transaction is open; a connection that was closed has none."""
    try:
        return connection.in_transaction
    except sqlite3.ProgrammingError:
        return False


def _hold(path: Path) -> int:
    """Take the lock file, or say which process has it."""
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        holder = os.read(descriptor, 32).decode("ascii", "replace").strip() or "?"
        os.close(descriptor)
        raise StoreBusy(
            mark("Process {pid} already works with the state in {folder}. Use that one, or stop it first."),
            pid=holder,
            folder=path.parent,
        ) from None
    try:
        os.ftruncate(descriptor, 0)
        os.write(descriptor, f"{os.getpid()}\n".encode("ascii"))
    except OSError:
        os.close(descriptor)
        raise
    return descriptor


def _connect(path: Path) -> sqlite3.Connection:
    try:
        connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False, timeout=WAIT_S)
    except sqlite3.Error as error:
        raise StoreBroken(mark("The state file {path} cannot be used: {detail}."), path=path, detail=error) from error
    connection.row_factory = sqlite3.Row
    try:
        for name, wanted, readback in PRAGMAS:
            _set(connection, name, wanted, readback)
        _bring_up(connection)
    except sqlite3.OperationalError as error:
        connection.close()
        if "locked" in str(error):
            raise StoreBusy(mark("Another program holds the state file {path}."), path=path) from error
        raise StoreBroken(mark("The state file {path} cannot be used: {detail}."), path=path, detail=error) from error
    except (sqlite3.DatabaseError, UnicodeDecodeError, StoreError) as error:  # the second: it quotes broken bytes
        connection.close()
        if isinstance(error, StoreError):
            raise
        raise StoreBroken(mark("The state file {path} cannot be used: {detail}."), path=path, detail=error) from error
    return connection


def _set(connection: sqlite3.Connection, name: str, wanted: str, readback: str | int) -> None:
    """Set one pragma and read it back: SQLite may keep the old value in silence."""
    connection.execute(f"PRAGMA {name}={wanted}")
    got = connection.execute(f"PRAGMA {name}").fetchone()[0]
    if got != readback:
        raise StoreError(
            mark("SQLite did not take {name}={wanted} (it says {got}): this medium cannot keep records safely."),
            name=name,
            wanted=wanted,
            got=got,
        )


def _bring_up(connection: sqlite3.Connection) -> None:
    """Bring the schema up from nothing or from an older version, or refuse a newer one.

    Also finds out now rather than later that somebody else writes.
    """
    connection.execute("BEGIN IMMEDIATE")
    version = int(connection.execute("PRAGMA user_version").fetchone()[0])
    if version > SCHEMA_VERSION:
        connection.execute("ROLLBACK")
        raise StoreNewer(
            mark(
                "The state was written by a newer version (schema {found}, this one knows {known}). Update the bench."
            ),
            found=version,
            known=SCHEMA_VERSION,
        )
    for step in range(version + 1, SCHEMA_VERSION + 1):
        for sentence in STEPS[step].strip().removesuffix(";").split(";"):
            connection.execute(sentence)
    if version < SCHEMA_VERSION:
        connection.execute(f"PRAGMA user_version={SCHEMA_VERSION}")
    connection.execute("COMMIT")
