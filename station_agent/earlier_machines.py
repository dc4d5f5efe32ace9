"""The machines that this bench diagnosed before, out of its own signed statements: offline, and only read.

Each bench sees its own machines alone; what the workshop's other benches saw, the hub knows. A statement that nobody
can read is left out: it says nothing of a repeat.
"""

import json
from base64 import b64decode
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from diagnostics import plain
from diagnostics.repeats import SeenMachine, seen_machine
from station_agent.records import Rows, open_records

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
    told = (_seen(_stated(row["envelope"])) for row in found)
    return tuple(one for one in told if one is not None)


def _stated(envelope: Any) -> Mapping[str, object]:
    """Give the members of a statement; nothing when the bytes of this file do not say them."""
    if not isinstance(envelope, bytes | str):
        return {}
    try:
        payload = plain.table(json.loads(envelope)).get("payload")
        return plain.table(json.loads(b64decode(payload))) if isinstance(payload, str) else {}
    except (ValueError, RecursionError):
        return {}


def _seen(stated: Mapping[str, object]) -> SeenMachine | None:
    machine = plain.table(stated.get("report")).get("machine")
    asset = stated.get("asset")
    return seen_machine(machine, asset if isinstance(asset, str) else "") if isinstance(machine, dict) else None
