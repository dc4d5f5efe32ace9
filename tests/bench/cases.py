"""Who takes part: this engine, dd, badblocks, nwipe. Each runs once on a soiled device and is checked by its bytes.

The commands are those that work on loop devices; dd always gets a count and `nocreat`, nwipe a checked device: with an
empty argument it would wipe every disk that it finds.
"""

import json
import re
import shutil
import socket
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from tests.bench.device import Device
from tests.bench.measure import SECONDS, CaseFailed, Sample, timed
from tests.kernel.udevd import settle
from tests.last_document import last_document

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

    return Case(f"etabli {policy}", "this tree", run, slope=True)


def _fault(told: dict[str, object], device: Device) -> str:
    if told["verdict"] not in {"ERASED", "ERASED_WITH_EXCEPTIONS"}:
        return f"verdict {told['verdict']}: {told['reasons']}"
    return "" if told["sectors"] == device.size // 512 else f"only {told['sectors']} sectors were compared"


def station(policy: str) -> Case:
    """Make the case of the whole program: one command from start to exit, with journal and signed statement."""

    def run(device: Device, folder: Path) -> Samples:
        state = {"ETABLI_STATE": str(folder / "state"), "ETABLI_LANG": "en"}
        program = ["env", *(f"{name}={value}" for name, value in state.items()), sys.executable, "-m", "station_agent"]
        log = folder / "station.json"
        timed([*program, "plan", device.node, "--allow-loop", "--policy", policy, "--json"], log)
        serial = json.loads(log.read_text())["drives"][0]["serial"]
        told = ["--allow-loop", "--confirm", serial, "--policy", policy, "--json"]
        cost = timed([*program, "erase", device.node, *told], log)
        drive = last_document(log.read_text())["drives"][0]
        fault = "" if drive["verdict"] == "ERASED" and drive["statement"] else f"verdict {drive['verdict']}"
        return {f"station-{policy}": Sample(*cost, device.size, fault or device.leftovers(zeros=policy == "zeros"))}

    return Case(f"station {policy}", "this tree", run, slope=True)


def dd_write(device: Device) -> list[str]:
    """Give the command that writes zeros to all of a device, past the page cache."""
    common = ["bs=4M", "iflag=count_bytes", f"count={device.size}", "status=none"]
    return ["dd", "if=/dev/zero", f"of={device.node}", "oflag=direct", "conv=fdatasync,nocreat", *common]


def dd() -> Case:
    """Make the anchor: a plain direct write of zeros, and a plain direct read without comparing."""

    def run(device: Device, folder: Path) -> Samples:
        size = f"count={device.size}"
        written = timed(dd_write(device), folder / "dd.log")
        read = ["dd", f"if={device.node}", "of=/dev/null", "bs=4M", "iflag=direct,count_bytes", size, "status=none"]
        done = timed(read, folder / "dd.log")
        fault = device.leftovers(zeros=True)
        return {"dd-write": Sample(*written, device.size, fault), "dd-read": Sample(*done, device.size, fault)}

    return Case("dd", _version("dd", "--version"), run, slope=True)


def badblocks() -> Case:
    """Make the peer that writes and reads back; in sectors, since with larger blocks it leaves the tail."""

    def run(device: Device, folder: Path) -> Samples:
        command = ["badblocks", "-w", "-t", "0", "-b", "512", "-c", "8192", device.node]
        cost = timed(command, folder / "badblocks.log")
        return {"badblocks-whole": Sample(*cost, device.size, device.leftovers(zeros=True))}

    return Case("badblocks", _version("mke2fs", "-V").replace("mke2fs", "badblocks"), run, slope=True)


def nwipe(name: str, *options: str) -> Case:
    """Make the peer of workshops, with `options` beside those that keep it quiet and on one device."""

    def run(device: Device, folder: Path) -> Samples:
        device.guard()
        cost = timed(["nwipe", "--autonuke", "--nogui", "--nousb", *options, device.node], folder / "nwipe.log")
        fault = device.leftovers(zeros=name == "nwipe-default")  # its default job ends with zeros
        return {name: Sample(*cost, device.size, fault)}

    return Case(name, _version("nwipe", "--version"), run, slope=True)


def nwipe_lacks(generator: str) -> str:
    """Say why the installed nwipe cannot be compared with under this generator, "" when it can."""
    version = _version("nwipe", "--version")
    if not version:
        return "nwipe is not installed"
    told = subprocess.run(["nwipe", "--help"], capture_output=True, text=True, check=False, timeout=20)
    if generator not in told.stdout + told.stderr:
        return f"{version} has no {generator}; it came with 0.42"
    return "" if generator != "aes_ctr_prng" or kernel_ciphers() else f"{version} {generator} needs AF_ALG"


def kernel_ciphers() -> bool:
    """Say whether programs may use the ciphers of the kernel (CONFIG_CRYPTO_USER_API_SKCIPHER)."""
    try:
        with socket.socket(socket.AF_ALG, socket.SOCK_SEQPACKET) as asked:
            asked.bind(("skcipher", "ctr(aes)"))
    except OSError:
        return False
    return True


def _version(*command: str) -> str:
    """Name a program and its version, in two words; "" when it is not there."""
    if shutil.which(command[0]) is None:
        return ""
    asked = ["dpkg-query", "-W", "nwipe"] if command[0] == "nwipe" and shutil.which("dpkg-query") else list(command)
    told = subprocess.run(asked, capture_output=True, text=True, check=False, timeout=20)  # nwipe 0.34 prints 0.33
    found = re.search(r"[0-9]+(\.[0-9]+)+", told.stdout + told.stderr)
    return f"{command[0]} {found[0] if found else 'of unknown version'}"


NWIPE_DEFAULT = nwipe("nwipe-default")
NWIPE_CHACHA20 = nwipe(
    "nwipe-chacha20", "--method=random", "--verify=off", "--noblank", "--prng=chacha20", "-P", "noPDF"
)
NWIPE_AES = nwipe("nwipe-aes", "--method=random", "--verify=off", "--noblank", "--prng=aes_ctr_prng", "-P", "noPDF")


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
