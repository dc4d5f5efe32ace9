"""What this bench has kept, only read: for commands that show records while another process, an erase, writes them.

Takes no lock and makes no record: SQLite's write-ahead log gives a reader one state of the file, and the writer never
waits for it (https://sqlite.org/wal.html). Who writes is decided by the lock of `station_agent.store`, not here.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Protocol, Self

from station_agent.errors import StoreBroken, StoreBusy, StoreNewer
from station_agent.language import mark, visible

FILE: Final = "station.sqlite3"
LOCK_FILE: Final = "station.lock"  # held by the process that writes, with its number in it
SCHEMA_VERSION: Final = 2
WAIT_S: Final = 2.0  # for another reader that puts the log in order after a power cut
MOST: Final = 200  # characters that are told of a record that nobody understands
ILLEGIBLE: Final = (ValueError, RecursionError)  # what bad data can raise (`station_agent.members`), no mistake of ours


class Rows(Protocol):
    """What can be asked for rows: the open store, or the records that are only read."""

    def rows(self, question: str, values: tuple[Any, ...] = ()) -> list[sqlite3.Row]:
        """Read rows. Raises `StoreBroken` when the medium fails."""
        ...


@contextmanager
def legible() -> Iterator[None]:
    """Raise `StoreBroken` for what is no record of this program: a damaged file is told, and nothing is guessed."""
    try:
        yield
    except ILLEGIBLE as error:
        raise StoreBroken(
            mark("The state of this bench cannot be read: {detail}."), detail=visible(repr(error))[:MOST]
        ) from error


class Records:
    """The state file as it is at one moment."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def rows(self, question: str, values: tuple[Any, ...] = ()) -> list[sqlite3.Row]:
        """Read rows. Raises `StoreBroken` when the medium fails."""
        try:
            with legible():  # SQLite cannot always say what is broken: its own sentence quotes the broken bytes
                return self._connection.execute(question, values).fetchall()
        except sqlite3.Error as error:
            raise StoreBroken(mark("The state of this bench cannot be read: {detail}."), detail=error) from error

    def noted(self, name: str) -> str:
        """Read one named value, "" when it was never kept."""
        found = self.rows("SELECT value FROM meta WHERE name = ?", (name,))
        return str(found[0]["value"]) if found else ""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._connection.close()


def open_records(folder: Path) -> Records | None:
    """Open the records of a bench at this moment; None where nothing was ever kept.

    Raises `StoreBusy` when an older version holds the file alone, `StoreNewer`, and `StoreBroken`.
    """
    path = folder / FILE
    try:
        path.stat()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise StoreBroken(
            mark("The folder {folder} cannot keep the state of this bench: {detail}. Choose another with --state."),
            folder=folder,
            detail=error.strerror or error,
        ) from error
    connection: sqlite3.Connection | None = None
    try:
        connection = sqlite3.connect(
            f"{path.absolute().as_uri()}?mode=ro", uri=True, isolation_level=None, timeout=WAIT_S
        )
        connection.row_factory = sqlite3.Row
        connection.execute("PRAGMA trusted_schema=OFF")
        connection.execute("BEGIN")
        version = int(connection.execute("PRAGMA user_version").fetchone()[0])
    except (sqlite3.Error, UnicodeDecodeError) as error:
        if connection is not None:
            connection.close()
        if getattr(error, "sqlite_errorname", "").startswith("SQLITE_BUSY"):
            raise StoreBusy(mark("Another program holds the state file {path}."), path=path) from error
        raise StoreBroken(mark("The state file {path} cannot be used: {detail}."), path=path, detail=error) from error
    if 0 < version <= SCHEMA_VERSION:
        return Records(connection)
    connection.close()
    if not version:
        return None
    raise StoreNewer(
        mark("The state was written by a newer version (schema {found}, this one knows {known}). Update the bench."),
        found=version,
        known=SCHEMA_VERSION,
    )
