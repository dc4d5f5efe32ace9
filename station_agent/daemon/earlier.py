"""What this bench remembers of a drive that came: its last closed run, by model, serial and world-wide name."""

import json
from base64 import b64decode
from dataclasses import dataclass
from typing import Final

from erasure.drive import BlockDevice, DriveIdentity
from erasure.errors import DeviceError
from erasure.naming import unlike
from station_agent.bench import Bench
from station_agent.control.view import Earlier
from station_agent.daemon.content import changed_since, left_by
from station_agent.journal import entries_in
from station_agent.kept_facts import rebuilt
from station_agent.records import Rows, legible

LAST: Final = (
    "SELECT run.run_id, run.context, statement.id, statement.envelope, outbox.state FROM run "
    "JOIN statement USING (run_id) JOIN outbox USING (position) "
    "WHERE run.state = 'closed' AND instr(run.context, ?) > 0 ORDER BY statement.position DESC"
)
UNTOUCHED: Final = "NOT_ERASED"
CLAIMS: Final = ("ERASED", "ERASED_WITH_EXCEPTIONS")


@dataclass(frozen=True, slots=True)
class Remembered:
    """A closed run of this drive."""

    run_id: str
    method: str
    told: Earlier


@legible()
def remembered(store: Rows, drive: DriveIdentity) -> Remembered | None:
    """Give the last run that touched this drive; None when there is none. Raises `StoreBroken`."""
    if not drive.serial.strip():
        return None
    for row in store.rows(LAST, (json.dumps(drive.serial),)):
        known = rebuilt(DriveIdentity, json.loads(row["context"])["facts"]["device"]["identity"])
        stated = json.loads(b64decode(json.loads(row["envelope"])["payload"]))
        verdict = str(stated["result"]["verdict"])
        if verdict != UNTOUCHED and not {"serial", "model"}.intersection(unlike(known, drive)):
            told = Earlier(verdict=verdict, ended=str(stated["ended"]), statement=row["id"], kept=row["state"])
            return Remembered(row["run_id"], str(stated["method"]["achieved"]), told)
    return None


def with_content(bench: Bench, device: BlockDevice, store: Rows, known: Remembered) -> Earlier:
    """Add whether the drive was written to since, where the run left bytes that are known. Only reads."""
    if known.told.verdict not in CLAIMS:
        return known.told
    pattern = left_by(known.method, entries_in(store, known.run_id))
    if pattern is None:
        return known.told
    try:
        with bench.reader(device) as port:
            return known.told.model_copy(update={"changed": changed_since(port, pattern)})
    except (DeviceError, OSError):
        return known.told
