"""`make bench`: this engine against dd, badblocks and nwipe on the same loop devices, interleaved and rotated, as root.

    python -m tests.bench [--mib 1024] [--rounds 5] [--folder DIR] [--without nwipe] [--only A|B|C|fleet|start]

A is a tmpfs of its own, B a folder on a disk, C the tmpfs behind a throttle, as fast as a SATA drive. Prints one line
per figure and writes build/bench.json. A figure whose check failed is withheld and the exit status is 1; a missed goal
never fails the run.
"""

import argparse
import compileall
import json
import os
import platform
import sys
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.bench.cases import (
    NWIPE_AES,
    NWIPE_CHACHA20,
    NWIPE_DEFAULT,
    Case,
    badblocks,
    dd,
    engine,
    nwipe_lacks,
    run_case,
    station,
    verifier_fault,
)
from tests.bench.device import Device, device
from tests.bench.figures import Figure, Round, Row, row, slope
from tests.bench.fleet import fleet, fleet_round, needed_mib
from tests.bench.goals import ABSENT, FIGURES
from tests.bench.places import (
    DRIVE_BYTES_PER_SECOND,
    Place,
    disk,
    lacking_memory,
    lacking_throttle,
    memory,
    throttled,
)
from tests.bench.startup import startup_round
from tests.kernel.udevd import running_udevd
from tests.tiers import find_udevd

SCHEMA = "etabli.bench/1"
SMALL_MIB = 64
ROUNDS_ON_DISK = 3
POLICIES = ("zeros", "overwrite")
LEFT_OUT = "left out by --only"
PARTS = ("A", "B", "C", "fleet", "start")
TREE = Path(__file__).resolve().parents[2]
OUTPUT = TREE / "build" / "bench.json"


def main(arguments: list[str]) -> int:
    """Measure, print, write. Returns 1 when a check failed."""
    options = _options(arguments)
    if reason := _impossible():
        print(f"bench not run: {reason}")
        return 0
    compiled()
    load = os.getloadavg()[0]
    bench = Bench(options)
    with TemporaryDirectory(prefix="etabli-bench-", dir=options.folder) as place, ExitStack() as stack:
        if find_udevd() is not None:
            stack.enter_context(running_udevd())
        bench.measure(Path(place))
    bench.print(load)
    bench.write()
    return 1 if any(told.fault for told in bench.rows) else 0


def _options(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make bench", description=__doc__)
    parser.add_argument("--mib", type=int, default=1024, help="size of one device, MiB (three sectors are added)")
    parser.add_argument("--fleet-mib", type=int, default=128, help="size of each of the 24 devices")
    parser.add_argument("--rounds", type=int, default=5, help=f"on the disk {ROUNDS_ON_DISK}, or less")
    parser.add_argument("--folder", type=Path, help="where the images of B lie; default: the temporary folder")
    parser.add_argument("--without", action="append", default=[], help="leave a peer out: badblocks or nwipe")
    parser.add_argument("--only", action="append", choices=PARTS, help="measure these parts alone")
    return parser.parse_args(arguments)


def compiled() -> None:
    """Compile the tree, as an installed program is: else every start-up would measure the compiler."""
    for package in ("certificates", "diagnostics", "erasure", "station_agent", "tests"):
        compileall.compile_dir(TREE / package, quiet=1)


def _impossible() -> str:
    if os.geteuid() != 0:
        return "attaching loop devices needs root"
    return "" if Path("/dev/loop-control").exists() else "this machine has no loop devices"


class Bench:
    """The rounds of every part, and the reasons for what is missing."""

    def __init__(self, options: argparse.Namespace) -> None:
        self.options = options
        self.parts = tuple(options.only or PARTS)
        self.rounds: dict[str, list[Round]] = {"A": [], "B": [], "C": [], "-": []}
        self.absent: dict[str, dict[str, str]] = {place: dict(ABSENT) for place in self.rounds}
        self.blind: dict[str, str] = {}
        self.kinds: list[str] = []
        self.versions: dict[str, str] = {}
        self.rows: list[Row] = []

    def measure(self, folder: Path) -> None:
        """Take every part in turn; nothing of it is left in memory or on the disk."""
        self._in_memory(folder)
        place, reason = disk(folder)
        if place is None or "B" not in self.parts:
            self.absent["B"]["*"] = reason or LEFT_OUT
        else:
            self._take(place, folder, min(self.options.rounds, ROUNDS_ON_DISK))
        if "start" in self.parts:
            self.rounds["-"] = [startup_round(folder) for _ in range(self.options.rounds)]
        else:
            self.absent["-"]["*"] = LEFT_OUT
        self.rows = [self._row(figure) for figure in FIGURES]

    def _in_memory(self, folder: Path) -> None:
        mib = max(self.options.mib + SMALL_MIB + 1, needed_mib(self.options.fleet_mib))
        if reason := lacking_memory(mib):
            self.absent["A"]["*"] = self.absent["C"]["*"] = reason
            return
        with memory(folder, mib) as place:
            if "A" in self.parts:
                self._take(place, folder, self.options.rounds)
            else:
                self.absent["A"] |= dict.fromkeys((f.ours for f in FIGURES if not f.id.startswith("M")), LEFT_OUT)
            self._slowly(place, folder)
            if "fleet" not in self.parts:
                self.absent["A"] |= dict.fromkeys((f.ours for f in FIGURES if f.id.startswith("M")), LEFT_OUT)
            else:
                with fleet(place.folder, self.options.fleet_mib) as drives:
                    self.rounds["A"] += [fleet_round(drives, folder, n) for n in range(self.options.rounds)]

    def _slowly(self, memory: Place, folder: Path) -> None:
        """Take the cases that have a wall time on a device that is the limit."""
        if reason := lacking_throttle() if "C" in self.parts else LEFT_OUT:
            self.absent["C"]["*"] = reason
            return
        mib, count = self.options.mib // 2, min(self.options.rounds, ROUNDS_ON_DISK)
        cases = [replace(case, slope=False) for case in self._cases("C")]
        self.versions |= {case.name: case.version for case in cases}
        self.kinds.append(f"C as A at {DRIVE_BYTES_PER_SECOND // 10**6} MB/s, {mib} MiB + 3 sectors, {count} rounds")
        with device(memory.folder, "slow", mib) as slow, throttled(slow.node):
            self.rounds["C"] += [_round(cases, number, slow, slow, folder) for number in range(count)]

    def _take(self, place: Place, folder: Path, count: int) -> None:
        cases = self._cases(place.name)
        self.versions |= {case.name: case.version for case in cases}
        self.kinds.append(f"{place.name} loop/{place.kind} {self.options.mib} MiB + 3 sectors, {count} rounds")
        with (
            device(place.folder, "large", self.options.mib) as large,
            device(place.folder, "small", SMALL_MIB) as small,
        ):
            if not self.blind:
                self.blind = {policy: verifier_fault(small, policy, folder) for policy in POLICIES}
            self.rounds[place.name] += [_round(cases, number, large, small, folder) for number in range(count)]

    def _cases(self, place: str) -> list[Case]:
        """Return who takes part, and note for each pass that is missing the reason."""
        cases = [dd(), engine("zeros"), engine("overwrite"), station("zeros")]
        peers = [("badblocks", badblocks(), "badblocks-whole", "" if badblocks().version else "badblocks is missing")]
        if place == "A":
            peers += [
                ("nwipe", NWIPE_DEFAULT, "nwipe-default", nwipe_lacks("nwipe")),
                ("nwipe", NWIPE_CHACHA20, "nwipe-chacha20", nwipe_lacks("chacha20")),
                ("nwipe", NWIPE_AES, "nwipe-aes", nwipe_lacks("aes_ctr_prng")),
            ]
        for name, case, missed, lacks in peers:
            reason = f"left out by --without {name}" if name in self.options.without else lacks
            if reason:
                self.absent[place] |= {missed: reason, f"{missed}-slope": reason}
            else:
                cases.append(case)
        return cases

    def _row(self, figure: Figure) -> Row:
        absent = self.absent[figure.place]
        if "*" in absent:
            absent = {figure.ours: absent["*"]} | absent
        return row(figure, self.rounds[figure.place], absent, self.blind)

    def print(self, load: float) -> None:
        """Print a head, a line for each figure, and what was checked."""
        system = f"{os.cpu_count()} cores, {platform.system()} {platform.release()}, Python {platform.python_version()}"
        loads = f"load {load:.1f} -> {os.getloadavg()[0]:.1f}"
        print(f"{SCHEMA}  rounds {self.options.rounds}, rotated  {loads}  {system}  {'; '.join(self.kinds)}")
        head = f"{'ours':8} {'anchor':26} {'ratio (min-max)':18} {'goal':7} {'result':7} check"
        print(f"{'id':3} {'figure':36} {head}")
        for told in self.rows:
            print(told.line(self._peer(told)))

    def _peer(self, told: Row) -> str:
        anchor = told.figure.anchor
        if anchor == "python-pass":
            return f"Python {platform.python_version()}"
        if anchor == "dd-fleet":
            return f"24 x {self.versions.get('dd', 'dd')}"
        named = (version for name, version in self.versions.items() if anchor.startswith(name.split()[0]))
        return next(named, "own pass" if anchor.startswith("zeros") else anchor)

    def write(self) -> None:
        """Write every round of every figure to build/bench.json."""
        document = {
            "schema": SCHEMA,
            "device": {"mib": self.options.mib, "sectors_more": 3, "places": self.kinds},
            "rows": [told.document(self._peer(told)) for told in self.rows if told.runs],
            "not_run": [
                {"id": told.figure.id, "figure": told.figure.name, "reason": told.absent or told.fault}
                for told in self.rows
                if not told.runs
            ],
        }
        OUTPUT.parent.mkdir(exist_ok=True)
        OUTPUT.write_text(json.dumps(document, indent=1) + "\n", encoding="utf-8")


def _round(cases: list[Case], number: int, large: Device, small: Device, folder: Path) -> Round:
    """Run every case once, beginning with another one in each round."""
    first = number % len(cases)
    done: Round = {}
    for case in cases[first:] + cases[:first]:
        samples = run_case(case, large, folder)
        done |= samples
        if case.slope:
            start = run_case(case, small, folder)
            done |= {f"{name}-slope": slope(samples[name], start[name]) for name in samples.keys() & start.keys()}
    return done


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
