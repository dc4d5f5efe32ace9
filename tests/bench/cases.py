"""Who takes part: this engine, dd, badblocks, nwipe. Each runs once on a soiled device and is checked by its bytes.

The commands are those that work on loop devices; dd always gets a count and `nocreat`, nwipe a checked device: with an
empty argument it would wipe every disk that it finds.
"""

import json
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from tests.bench.device import Device
from tests.bench.measure import SECONDS, CaseFailed, Sample, timed
from tests.kernel.udevd import settle

Samples = dict[str, Sample]


@dataclass(frozen=True, slots=True)
class Case:
    """One competitor. `run` gives a sample for each pass that it makes, by name ("dd-write", "zeros-verify" ...).

    `slope`: it starts so slowly that a small device is erased as well, and only the difference counts.
    """

    name: str
    version: str
    run: Callable[[Device, Path], Samples]
    slope: bool = False


def engine(policy: str) -> Case:
    """Make the case of this engine under one policy: a write pass and a full read-back, timed apart."""

    def run(device: Device, folder: Path) -> Samples:
        log, journal = folder / "engine.json", folder / "journal.jsonl"
        command = [sys.executable, "-m", "tests.bench.engine", device.node, str(device.image), policy, str(journal)]
        wall, cpu = timed(command, log)
        told = json.loads(log.read_text().splitlines()[-1])
        fault = device.leftovers(zeros=policy == "zeros") or _fault(told, device)
        passes = {
            f"{policy}-{phase}": Sample(cost["wall"], cost["cpu"], device.size, fault)
            for phase, cost in told["costs"].items()
        }
        return passes | {f"{policy}-whole": Sample(wall, cpu, device.size, fault)}

    return Case(f"etabli {policy}", "this tree", run)


def _fault(told: dict[str, object], device: Device) -> str:
    if told["verdict"] not in {"ERASED", "ERASED_WITH_EXCEPTIONS"}:
        return f"verdict {told['verdict']}: {told['reasons']}"
    return "" if told["sectors"] == device.size // 512 else f"only {told['sectors']} sectors were compared"


def dd() -> Case:
    """Make the anchor: a plain direct write of zeros, and a plain direct read without comparing."""

    def run(device: Device, folder: Path) -> Samples:
        size = f"count={device.size}"
        common = ["bs=4M", "iflag=count_bytes", size, "status=none"]
        write = ["dd", "if=/dev/zero", f"of={device.node}", "oflag=direct", "conv=fdatasync,nocreat", *common]
        written = timed(write, folder / "dd.log")
        read = ["dd", f"if={device.node}", "of=/dev/null", "bs=4M", "iflag=direct,count_bytes", size, "status=none"]
        done = timed(read, folder / "dd.log")
        fault = device.leftovers(zeros=True)
        return {"dd-write": Sample(*written, device.size, fault), "dd-read": Sample(*done, device.size, fault)}

    return Case("dd", _version("dd", "--version"), run)


def badblocks() -> Case:
    """Make the peer that writes and reads back; in sectors, since with larger blocks it leaves the tail."""

    def run(device: Device, folder: Path) -> Samples:
        command = ["badblocks", "-w", "-t", "0", "-b", "512", "-c", "8192", device.node]
        cost = timed(command, folder / "badblocks.log")
        return {"badblocks-whole": Sample(*cost, device.size, device.leftovers(zeros=True))}

    return Case("badblocks", _version("mke2fs", "-V").replace("mke2fs", "badblocks"), run)


def nwipe(method: str, prng: str = "") -> Case:
    """Make the peer of workshops: one pass without verification. `prng` is the generator of method "random"."""
    name = f"nwipe-{prng or method}"

    def run(device: Device, folder: Path) -> Samples:
        device.guard()
        command = ["nwipe", "--autonuke", "--nogui", "--nousb", f"--method={method}", "--verify=off", "--noblank"]
        cost = timed([*command, *([f"--prng={prng}"] if prng else []), device.node], folder / "nwipe.log")
        fault = device.leftovers(zeros=method == "zero")
        return {name: Sample(*cost, device.size, fault)}

    return Case(name, _version("nwipe", "--version"), run, slope=True)


def knows_chacha20() -> bool:
    """Say whether the installed nwipe has the generator that we are compared with (0.42 and later)."""
    if shutil.which("nwipe") is None:
        return False
    told = subprocess.run(["nwipe", "--help"], capture_output=True, text=True, check=False, timeout=20)
    return "chacha20" in told.stdout + told.stderr


def _version(*command: str) -> str:
    """Ask a program for its version: its first line that has a digit."""
    if shutil.which(command[0]) is None:
        return ""
    told = subprocess.run(command, capture_output=True, text=True, check=False, timeout=20)
    lines = [line.strip() for line in (told.stdout + told.stderr).splitlines() if any(c.isdigit() for c in line)]
    return lines[0].removesuffix(".") if lines else "unknown version"


def run_case(case: Case, device: Device, folder: Path) -> Samples:
    """Soil the device, run one case, never on another device. A failed program gives no sample."""
    device.soil()
    device.guard()
    settle()
    try:
        return case.run(device, folder)
    except CaseFailed as error:
        print(f"  {case.name}: {error}", file=sys.stderr)
        return {}


def verifier_fault(device: Device, policy: str, folder: Path) -> str:
    """Say which flipped byte our read-back does not notice, "" when it notices all eight."""
    device.guard()
    place = [device.node, str(device.image), policy, str(folder / "journal.jsonl")]
    command = [sys.executable, "-m", "tests.bench.verifier", *place]
    told = subprocess.run(command, capture_output=True, text=True, check=False, timeout=SECONDS)
    return "" if told.returncode == 0 else f"{policy} read-back: {(told.stdout or told.stderr).strip()[-300:]}"
