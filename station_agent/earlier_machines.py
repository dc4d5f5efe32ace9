"""The machines that this bench diagnosed before, out of its own signed statements: offline, and only read.

Each bench sees its own machines alone; what the workshop's other benches saw, the hub knows. A statement that nobody
can read is left out: it says nothing of a repeat.
"""

import json
from base64 import b64decode
from pathlib import Path
from typing import Any, Final

from diagnostics.repeats import SeenMachine, seen_machine
from station_agent.records import ILLEGIBLE, Rows, open_records

MOST: Final = 2000  # newest statements: years of one bench, read in about a second


def seen_machines(folder: Path) -> tuple[SeenMachine, ...]:
    """Give what each diagnosis in the state `folder` told of its machine, newest first. Raises `StoreError`."""
    records = open_records(folder)
    if records is None:
        return ()
    with records:
        return seen_in(records)


def seen_in(records: Rows) -> tuple[SeenMachine, ...]:
    """Give the machines of the diagnoses among these records. Raises `StoreError`."""
    found = records.rows(
        "SELECT envelope FROM statement WHERE kind = 'diagnostics' ORDER BY position DESC LIMIT ?", (MOST,)
    )
    told = (_stated(row["envelope"]) for row in found)
    return tuple(seen_machine(one["report"]["machine"], str(one.get("asset", ""))) for one in told if one)


def _stated(envelope: Any) -> dict[str, Any]:
    """Give the members of a statement with a machine in it; nothing when the bytes of this file do not say one."""
    try:
        stated = json.loads(b64decode(json.loads(envelope)["payload"]))
        return dict(stated) if isinstance(stated["report"]["machine"], dict) else {}
    except ILLEGIBLE:
        return {}
