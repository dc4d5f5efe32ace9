"""Whether the hub is fit for work, and which process works with its data: for restores, watchers and figures.

`serve` holds a shared lock on `hub.lock` for as long as it runs, and a restore an exclusive one: the database is never
exchanged under a running hub. The lock is the kernel's (flock) and ends with its process, however that ends.
"""

import fcntl
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from sqlalchemy import func, select, text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from hub.context import Hub
from hub.errors import Conflict
from hub.models import Alarm, DecisionWord, DerivationCursor, Erasure, LedgerEntry, Lot, Station

LOCK_FILE: Final = "hub.lock"
LEAST_FREE: Final = 256 * 2**20  # bytes: below it the next statements may find no room
READABLE: Final = 0o644  # a command of root may make the file first: the account of the hub only has to open it
IN_USE: Final = "a hub runs on this data: stop it first"


@contextmanager
def at_work(data_dir: Path, *, alone: bool = False) -> Iterator[None]:
    """Hold the data folder, with others or alone. Raises Conflict when somebody holds it otherwise."""
    handle = os.open(data_dir / LOCK_FILE, os.O_RDONLY | os.O_CREAT | os.O_CLOEXEC, READABLE)
    try:
        try:
            fcntl.flock(handle, (fcntl.LOCK_EX if alone else fcntl.LOCK_SH) | fcntl.LOCK_NB)
        except OSError as error:
            raise Conflict(IN_USE) from error
        yield
    finally:
        os.close(handle)


def problems(hub: Hub) -> tuple[str, ...]:
    """What keeps the hub from work, as codes: "database", "tables", "room"; nothing when all is well."""
    found = []
    try:
        with hub.readers()() as session:
            if session.scalar(text("SELECT version_num FROM alembic_version")) != newest_revision():
                found.append("tables")
            session.scalar(select(LedgerEntry.position).limit(1))
    except SQLAlchemyError:
        found.append("database")
    if _free_bytes(hub.settings.data_dir) < LEAST_FREE:
        found.append("room")
    return tuple(found)


def newest_revision() -> str:
    """The revision of the tables that this program works with."""
    names = sorted(path.name for path in (Path(__file__).parent / "migrations" / "versions").glob("0*.py"))
    return names[-1].partition("_")[0]


def figures(session: Session) -> tuple[tuple[str, str, float], ...]:
    """Name, labels and value of each figure for a watcher; no serial, no code and no name stands in a label."""
    ledger = session.scalar(select(func.max(LedgerEntry.position))) or 0
    read = session.scalar(select(func.max(DerivationCursor.position))) or 0
    awaiting = select(func.count()).select_from(Erasure).where(Erasure.decision == DecisionWord.AWAITING)
    alarms = select(func.count()).select_from(Alarm).where(Alarm.closed.is_(None))
    stations = session.execute(select(Station.state, func.count()).group_by(Station.state).order_by(Station.state))
    lots = session.execute(select(Lot.state, func.count()).group_by(Lot.state).order_by(Lot.state))
    return (
        ("etabli_hub_ledger_entries", "", ledger),
        ("etabli_hub_ledger_unread", "", ledger - read),
        ("etabli_hub_decisions_awaiting", "", session.scalar(awaiting) or 0),
        ("etabli_hub_alarms_open", "", session.scalar(alarms) or 0),
        *(("etabli_hub_stations", f'{{state="{state}"}}', count) for state, count in stations),
        *(("etabli_hub_lots", f'{{state="{state}"}}', count) for state, count in lots),
    )


def _free_bytes(folder: Path) -> int:
    return shutil.disk_usage(folder).free
