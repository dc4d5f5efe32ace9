"""The machine of a real kernel, read by the readers of the checkout in the guest."""

import json
from typing import Any

from tests.virtual_bench.bench import Bench, expect, require
from tests.virtual_bench.outcome import Outcome
from tests.virtual_bench.snapshot import AGENT_ENVIRONMENT

READ = """
import json
from pathlib import Path
from diagnostics.battery import on_mains, read_batteries
from diagnostics.machine import read_machine
batteries = [one.to_document() for one in read_batteries(Path("/"))]
machine = read_machine(Path("/")).to_document()
print(json.dumps({"batteries": batteries, "machine": machine, "mains": on_mains(Path("/"))}))
"""


def a_virtual_machine_without_a_battery_is_read_without_one(bench: Bench) -> Outcome:
    told = read(bench)
    expect("batteries", seen=told["batteries"], wanted=[])
    machine: dict[str, Any] = told["machine"]
    require("its maker is named", "QEMU" in machine["identity"]["maker"] or machine["identity"]["grade"] == "C")
    require("it is known for a virtual machine", "note.virtual-machine" in machine["notes"], seen=machine["notes"])
    require("its memory is read", machine["memory"]["bytes"] > 500 << 20, seen=machine["memory"]["bytes"])
    grade, mebibytes = machine["identity"]["grade"], machine["memory"]["bytes"] >> 20
    seen = {"grade": grade, "memory_mib": mebibytes, "batteries": 0, "notes": machine["notes"]}
    return Outcome(f"grade {grade}, {mebibytes} MiB", (seen,))


def read(bench: Bench) -> dict[str, Any]:
    """Run the readers of the checkout in the guest. Raises BenchError."""
    said = bench.guest.run(("python3", "-c", READ), timeout_s=120, env=AGENT_ENVIRONMENT).required("the readers")
    document: dict[str, Any] = json.loads(said.out)
    return document


SCENARIOS = (a_virtual_machine_without_a_battery_is_read_without_one,)
