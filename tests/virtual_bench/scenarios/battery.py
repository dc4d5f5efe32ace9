"""The battery and the machine of a real kernel: an ACPI battery, added while it runs, through the agent's readers."""

import base64
import json
from pathlib import Path
from typing import Any

from tests.virtual_bench.bench import Bench, expect, require
from tests.virtual_bench.snapshot import AGENT_ENVIRONMENT

TABLE = Path(__file__).parents[1] / "guest/battery.aml"
"""Compiled from `battery.asl` beside it: 48 Wh design, 36 Wh full, 523 cycles, discharging, no charger."""

DESIGN_UWH, FULL_UWH, CYCLES = 48_000_000, 36_000_000, 523
SUPPLIES = "/sys/class/power_supply"
CONFIGFS = "/sys/kernel/config/acpi/table/battery"
READ = """
import json
from pathlib import Path
from diagnostics.battery import on_mains, read_batteries
from diagnostics.machine import read_machine
batteries = [one.to_document() for one in read_batteries(Path("/"))]
machine = read_machine(Path("/")).to_document()
print(json.dumps({"batteries": batteries, "machine": machine, "mains": on_mains(Path("/"))}))
"""


def a_battery_of_a_real_kernel_is_read_as_its_firmware_states(bench: Bench) -> str:
    plug_battery(bench)
    (battery,) = read(bench)["batteries"]
    wanted = {"state": "ok", "unit": "uWh", "full": FULL_UWH, "design": DESIGN_UWH, "cycles": CYCLES}
    expect("the battery", seen={name: battery[name] for name in wanted}, wanted=wanted)
    expect("health", seen=battery["health_permille"], wanted=FULL_UWH * 1000 // DESIGN_UWH)
    expect("the charger", seen=read(bench)["mains"], wanted=False)
    return f"{battery['health_permille'] // 10} %, {battery['cycles']} cycles, {battery['band']}"


def a_virtual_machine_without_a_battery_is_read_without_one(bench: Bench) -> str:
    told = read(bench)
    expect("batteries", seen=told["batteries"], wanted=[])
    machine: dict[str, Any] = told["machine"]
    require("its maker is named", "QEMU" in machine["identity"]["maker"] or machine["identity"]["grade"] == "C")
    require("it is known for a virtual machine", "note.virtual-machine" in machine["notes"], seen=machine["notes"])
    require("its memory is read", machine["memory"]["bytes"] > 500 << 20, seen=machine["memory"]["bytes"])
    return f"grade {machine['identity']['grade']}, {machine['memory']['bytes'] >> 20} MiB"


def plug_battery(bench: Bench) -> None:
    """Hand the guest's kernel the table of a battery; its own drivers do the rest. Raises BenchError."""
    packed = base64.b64encode(TABLE.read_bytes()).decode()
    bench.guest.shell("modprobe -a acpi_configfs battery ac; mount -t configfs configfs /sys/kernel/config || true")
    bench.guest.shell(f"mkdir {CONFIGFS} && echo {packed} | base64 -d > {CONFIGFS}/aml")
    bench.wait_until(lambda: "BAT" in bench.guest.run(("ls", SUPPLIES)).out, "a battery appears")


def read(bench: Bench) -> dict[str, Any]:
    """Run the readers of the checkout in the guest. Raises BenchError."""
    said = bench.guest.run(("python3", "-c", READ), timeout_s=120, env=AGENT_ENVIRONMENT).required("the readers")
    document: dict[str, Any] = json.loads(said.out)
    return document


SCENARIOS = (
    a_battery_of_a_real_kernel_is_read_as_its_firmware_states,
    a_virtual_machine_without_a_battery_is_read_without_one,
)
