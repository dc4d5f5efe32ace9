"""The open runs of this bench, looked at without its key: for what only shows drives and plans.

Never makes a state file, and reads it beside a process that writes; what cannot be read is said to be unseen, not
absent.
"""

from dataclasses import replace
from pathlib import Path

from station_agent.errors import StoreBusy
from station_agent.journal import OpenRun, open_runs_in
from station_agent.records import LOCK_FILE, open_records
from station_agent.working import erase_at_work


def seen_open_runs(folder: Path) -> tuple[OpenRun, ...] | None:
    """Give the open runs that may have touched a drive; None when another program holds the file alone.

    Raises `StoreError` when the file cannot be used.
    """
    try:
        records = open_records(folder)
    except StoreBusy:
        return None
    if records is None:
        return ()
    with records:
        found = tuple(run for run in open_runs_in(records) if run.destructive)
    worker = erase_at_work(folder / LOCK_FILE, Path("/proc")) if found else 0
    return tuple(replace(run, worker=worker) for run in found)
