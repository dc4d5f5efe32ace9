"""Backups of a hub on SQLite: made while it runs, looked at before they are trusted, put back without losing anything.

A backup is the whole database and not the key: `hub.key` and `hub.json` are copied once, apart. PostgreSQL has its own
tools. What benches were told after a backup comes back by itself: they see that this hub has forgotten it.
"""

import os
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Final

from sqlalchemy import make_url, text

from certificates.errors import RootRefused
from certificates.root import Root
from hub.clock import Clock, utc_now
from hub.database import open_engine
from hub.errors import BadInput, Conflict
from hub.identity import load_identity
from hub.migrations import upgrade
from hub.running import IN_USE, at_work, newest_revision
from hub.settings import Settings

MADE: Final = "backup.made"
PUT_BACK: Final = "backup.restored"
STAMP: Final = "%Y%m%d-%H%M%S"
PREFIX, SUFFIX = "etabli-hub-", ".db"
HEADER: Final = b"SQLite format 3\x00"
PRIMARY: Final = 0xFF  # of an error code of SQLite; what is above it says more of the same
LOGS: Final = ("-wal", "-shm", "-journal")  # SQLite would write what is left of one into whatever has its name
WAYS_IN: Final = (
    "DELETE FROM web_session",
    "DELETE FROM half_session",
    "DELETE FROM invitation WHERE used IS NULL",
)  # those that ended since the backup would open again
OF_THIS_HUB: Final = (
    "validation",
    "certificate",
    "attestation",
    "supersede",
    "fork",
)  # kinds that the hub alone signs; of `registry` those that no registry key of a root file signed


def back_up(settings: Settings, place: Path, clock: Clock = utc_now) -> Path:
    """Copy the database to a new file, or into a folder, whole or not at all. Raises BadInput."""
    source = _database(settings)
    file = place / f"{PREFIX}{clock().strftime(STAMP)}{SUFFIX}" if place.is_dir() else place
    if file.exists():
        raise BadInput(f"{file} exists already", "backup")
    draft = file.with_name(f".{file.name}.part")
    try:
        draft.unlink(missing_ok=True)
        _copy(source, draft)
        os.link(draft, file)  # never over a file
    except (sqlite3.Error, OSError) as error:
        raise BadInput(f"no backup was made at {file}: {error}", "backup") from error
    finally:
        _forget(draft)
    return file


def thin_out(folder: Path, keep: int, made: Path | None = None) -> tuple[Path, ...]:
    """Delete the oldest backups of a folder beyond the newest `keep`; only files that `back_up` named.

    `made` is the one that was made just now: it stays, whatever day a clock that went back gave it.
    """
    if keep <= 0 or not folder.is_dir():
        return ()
    named = sorted(folder.glob(f"{PREFIX}[0-9]*-[0-9]*{SUFFIX}"), key=lambda file: (file == made, file))
    old = tuple(named[:-keep])
    for file in old:
        file.unlink(missing_ok=True)
    return old


def restore(settings: Settings, file: Path, clock: Clock = utc_now) -> Path | None:
    """Put a backup in the place of the database; gives where the one of before is kept, None when there was none.

    Everybody is signed out and links that wait are void. Raises BadInput when it is no whole backup of this hub, or one
    of a newer program; Conflict while the hub runs, or anything else has its database open.
    """
    place = _database(settings)
    hub = load_identity(settings.data_dir).key.kid
    with at_work(settings.data_dir, alone=True):
        draft = place.with_name(f"{place.name}.restoring")
        _forget(draft)
        try:
            _look_at(file, hub)
            _copy(file, draft)
            _look_at(draft, hub)
            aside = _keep_aside(place, clock().strftime(STAMP))
            draft.replace(place)
            _sync(place.parent)
        except (sqlite3.Error, OSError) as error:
            raise BadInput(f"{file} is no whole backup: {error}", "restore") from error
        finally:
            _forget(draft)
    engine = open_engine(settings.database_url)
    upgrade(engine)
    with engine.begin() as connection:
        for end in WAYS_IN:
            connection.execute(text(end))
    engine.dispose()
    return aside


def _look_at(file: Path, hub: str) -> None:
    """Raise BadInput unless this is a whole database of this hub that this program can read."""
    with closing(sqlite3.connect(f"{file.absolute().as_uri()}?mode=ro", uri=True)) as database:
        if (word := database.execute("PRAGMA integrity_check(1)").fetchone()[0]) != "ok":
            raise BadInput(f"{file} is no whole backup: {word}", "restore")
        version = str(database.execute("SELECT version_num FROM alembic_version").fetchone()[0])
        if version > newest_revision():
            raise BadInput(f"{file} was made by a newer version of this program: update it first", "restore")
        marks = ", ".join("?" * len(OF_THIS_HUB))
        signed = database.execute(f"SELECT DISTINCT kid FROM ledger WHERE kind IN ({marks})", OF_THIS_HUB)  # noqa: S608
        said = database.execute("SELECT DISTINCT kid FROM ledger WHERE kind = 'registry'")
        own = {row[0] for row in signed} | ({row[0] for row in said} - _people(database))
        if own - {hub}:
            raise BadInput(f"{file} is the backup of another hub", "restore")


def _people(database: sqlite3.Connection) -> set[str]:
    """Ids of the registry keys that the root files of a backup name; none in one from before there were root files."""
    if not database.execute("SELECT 1 FROM sqlite_master WHERE name = 'root_version'").fetchone():
        return set()
    try:
        roots = [Root.from_json(row[0]) for row in database.execute("SELECT document FROM root_version")]
    except RootRefused:
        return set()  # then whoever signed is no person of this hub
    return {key.public.kid for root in roots for key in root.registry}


def _database(settings: Settings) -> Path:
    url = make_url(settings.database_url)
    if url.get_backend_name() != "sqlite" or url.database is None:
        raise BadInput("this hub is on PostgreSQL: use pg_dump --format=custom", "backup")
    return Path(url.database)


def _copy(source: Path, target: Path) -> None:
    with (
        closing(sqlite3.connect(f"{source.absolute().as_uri()}?mode=ro", uri=True)) as one,
        closing(sqlite3.connect(target)) as other,
    ):
        one.backup(other)
        other.execute("PRAGMA journal_mode=DELETE")  # else no medium that is read-only could be read back
    with target.open("rb") as file:
        os.fsync(file.fileno())


def _keep_aside(place: Path, stamp: str) -> Path | None:
    """Give the database a second name, its log written into it: under its own name stands one or the other, always.

    One that is damaged is kept as it is, its log beside it. Raises Conflict when somebody has it open.
    """
    aside = place.with_name(f"{place.name}.before-{stamp}")
    found = place.exists()
    if found:
        if _head(place) == HEADER:  # beside anything else SQLite would delete the log
            _take_in_log(place)
        os.link(place, aside)
    for tail in LOGS:
        log = place.with_name(place.name + tail)
        if log.exists():  # of a database that is damaged, or lost
            log.rename(aside.with_name(aside.name + tail))
    return aside if found else None


def _head(place: Path) -> bytes:
    with place.open("rb") as file:
        return file.read(len(HEADER))


def _take_in_log(place: Path) -> None:
    """Write the log into the database and end it, which SQLite does for the only one who has the database open."""
    try:
        with closing(sqlite3.connect(place)) as database:
            database.execute("PRAGMA journal_mode=DELETE")
    except sqlite3.Error as error:
        if error.sqlite_errorcode & PRIMARY in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
            raise Conflict(IN_USE) from error
        # else it is damaged, which may be why a backup is put back


def _forget(draft: Path) -> None:
    for tail in ("", "-journal", "-wal", "-shm"):
        draft.with_name(draft.name + tail).unlink(missing_ok=True)


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
