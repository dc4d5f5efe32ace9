"""The record of a run, `build/virtual-bench.json`: guest, kernel, accelerator, and a row for each scenario."""

import json
from collections.abc import Sequence
from pathlib import Path

from tests.virtual_bench.programme import Row
from tests.virtual_bench.snapshot import Saved

SCHEMA = "etabli.virtual-bench/1"


def write_record(path: Path, saved: Saved, release: str, rows: Sequence[Row], seconds: float) -> None:
    """Write the record."""
    document = {
        "schema": SCHEMA,
        "guest": {"release": release, "kernel": saved.guest.kernel_release, "accelerator": saved.accelerator},
        "seconds": round(seconds, 1),
        "scenarios": len(rows),
        "as_they_should_be": sum(not row.surprise for row in rows),
        "rows": [
            {
                "id": row.name,
                "sentence": row.sentence,
                "ok": not row.surprise,
                "outcome": row.outcome,
                "evidence": list(row.evidence),
                "surprise": row.surprise,
                "log": row.log,
                "seconds": round(row.seconds, 1),
                "processor_s": round(row.worked_s, 1),
            }
            for row in rows
        ],
    }
    path.parent.mkdir(exist_ok=True)
    path.write_text(json.dumps(document, indent=1) + "\n", "utf-8")
