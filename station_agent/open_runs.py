"""The open runs of this bench, looked at without its key: for what only shows drives and plans.

Never makes a state file, and never waits for one: what another process holds is said to be unseen, not absent.
"""

from pathlib import Path
from typing import Final

from station_agent.errors import StoreBusy
from station_agent.journal import OpenRun, open_runs_in
from station_agent.store import Store

FILE: Final = "station.sqlite3"


def seen_open_runs(folder: Path) -> tuple[OpenRun, ...] | None:
    """Give the open runs that may have touched a drive; None when another process holds the file.

    Raises `StoreError` when the file cannot be used.
    """
    if not (folder / FILE).exists():
        return ()
    try:
        store = Store(folder)
    except StoreBusy:
        return None
    with store:
        return tuple(run for run in open_runs_in(store) if run.destructive)
