"""The closed runs of this bench that told a drive to sanitize itself: so that such a sanitize is known as ours.

Looked at without the key of the bench, like its open runs. Proves nothing again: the statement of that run stands.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Final

from erasure.drive import BlockDevice
from erasure.journal import EntryKind
from station_agent.errors import StoreBusy
from station_agent.kept_facts import facts_from
from station_agent.members import group, members, signed, word
from station_agent.records import Rows, legible, open_records
from station_agent.run_context import same_drive

SANITIZE: Final = ".sanitize."
COMMANDED: Final = (
    "SELECT run.run_id, run.context, journal.data, statement.envelope FROM journal JOIN run USING (run_id) "
    "JOIN statement USING (run_id) WHERE run.state = 'closed' AND journal.kind = ? ORDER BY journal.position"
)


@dataclass(frozen=True, slots=True)
class ClosedRun:
    """A run with a verdict whose drive was told to sanitize itself; `method` is the last one that was sent."""

    run_id: str
    device: BlockDevice
    method: str
    verdict: str


def seen_closed_runs(folder: Path) -> tuple[ClosedRun, ...]:
    """Give those runs, oldest first; none when an older version holds the file alone. Raises `StoreError`."""
    try:
        records = open_records(folder)
    except StoreBusy:
        return ()
    if records is None:
        return ()
    with records:
        return closed_runs_in(records)


@legible()
def closed_runs_in(store: Rows) -> tuple[ClosedRun, ...]:
    """Give those runs, oldest first. Raises `StoreBroken`."""
    found: dict[str, ClosedRun] = {}
    for row in store.rows(COMMANDED, (str(EntryKind.COMMANDED),)):
        method = word({"method": "", **members(row["data"])}, "method")
        if SANITIZE in method or method == "emmc.sanitize":
            device = facts_from(group(members(row["context"]), "facts")).device
            verdict = word(signed(row["envelope"]), "result", "verdict")
            found[row["run_id"]] = ClosedRun(row["run_id"], device, method, verdict)
    return tuple(found.values())


def closed_run_of(disks: tuple[BlockDevice, ...], runs: tuple[ClosedRun, ...], action: str) -> ClosedRun | None:
    """Find the last such run of this very drive; one that did something else than `action` ("" unknown) is not it.

    `disks` are the drive and its other namespaces. Its capacity does not count: a run may have given hidden areas back.
    """
    mine = [run for run in runs if any(same_drive(run.device.identity, 0, disk.identity, 0) for disk in disks)]
    fits = bool(mine) and (not action or mine[-1].method.endswith(f".{action}"))
    return mine[-1] if fits else None
