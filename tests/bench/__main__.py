"""`make bench`: this engine against dd, badblocks and nwipe on the same loop device, interleaved and rotated, as root.

    python -m tests.bench [--mib 512] [--rounds 5] [--folder DIR] [--without nwipe]

Prints one line per figure and writes build/bench.json. A figure whose check failed is withheld and the exit status is
1; a missed goal never fails the run.
"""

import argparse
import json
import os
import platform
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.bench.cases import Case, badblocks, dd, engine, knows_chacha20, nwipe, run_case, verifier_fault
from tests.bench.device import Device, device
from tests.bench.figures import Figure, Round, Row, row, slope

SCHEMA = "etabli.bench/1"
SMALL_MIB = 64
OUTPUT = Path(__file__).resolve().parents[2] / "build" / "bench.json"
FIGURES = (
    Figure("W1", "zero pass, wall", "zeros-write", "dd-write", "s", 1.00),
    Figure("W2", "zero pass, CPU", "zeros-write", "dd-write", "cpu s/GB", 0.50),
    Figure("W3", "keystream pass, wall", "default-write", "dd-write", "s", 1.02),
    Figure("W3z", "keystream, own zero pass", "default-write", "zeros-write", "s", 1.05),
    Figure("W3c", "keystream pass, CPU", "default-write", "dd-write", "cpu s/GB"),
    Figure("W4", "keystream pass, CPU (slope)", "default-write", "nwipe-chacha20-slope", "cpu s/GB", 0.125),
    Figure("N1", "zero pass, wall (slope)", "zeros-write", "nwipe-zero-slope", "s"),
    Figure("N2", "zero pass, CPU (slope)", "zeros-write", "nwipe-zero-slope", "cpu s/GB"),
    Figure("V1", "zero verify, wall", "zeros-verify", "dd-read", "s", 1.05),
    Figure("V1c", "zero verify, CPU", "zeros-verify", "dd-read", "cpu s/GB"),
    Figure("V2", "keystream verify, wall", "default-verify", "dd-read", "s", 1.10),
    Figure("V2c", "keystream verify, CPU", "default-verify", "dd-read", "cpu s/GB"),
    Figure("E1", "erase + verify, whole process", "zeros-whole", "badblocks-whole", "s", 1.00),
)


def main(arguments: list[str]) -> int:
    """Measure, print, write. Returns 1 when a check failed."""
    options = _options(arguments)
    if reason := _impossible():
        print(f"bench not run: {reason}")
        return 0
    cases, absent = _cases(options.without)
    load = os.getloadavg()[0]
    with TemporaryDirectory(prefix="etabli-bench-", dir=options.folder) as place:
        folder = Path(place)
        with device(folder, "large", options.mib) as large, device(folder, "small", SMALL_MIB) as small:
            blind = {policy: verifier_fault(small, policy, folder) for policy in ("zeros", "overwrite")}
            rounds = [_round(cases, number, large, small, folder) for number in range(options.rounds)]
    rows = [row(figure, rounds, absent, blind) for figure in FIGURES]
    _print(rows, cases, options, load)
    _write(rows, cases, options)
    return 1 if any(row.fault for row in rows) else 0


def _options(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make bench", description=__doc__)
    parser.add_argument("--mib", type=int, default=512, help="size of the device, MiB (three sectors are added)")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--folder", type=Path, help="where the images lie; default: the temporary folder")
    parser.add_argument("--without", action="append", default=[], help="leave a peer out: badblocks or nwipe")
    return parser.parse_args(arguments)


def _impossible() -> str:
    if os.geteuid() != 0:
        return "attaching loop devices needs root"
    return "" if Path("/dev/loop-control").exists() else "this machine has no loop devices"


def _cases(without: list[str]) -> tuple[list[Case], dict[str, str]]:
    """Return who takes part, and for each pass that is missing the reason."""
    absent = {}
    cases = [dd(), engine("zeros"), engine("overwrite")]
    for name, case, missed in (
        ("badblocks", badblocks(), "badblocks-whole"),
        ("nwipe", nwipe("zero"), "nwipe-zero-slope"),
        ("nwipe", nwipe("random", "chacha20"), "nwipe-chacha20-slope"),
    ):
        if name in without:
            absent[missed] = f"left out by --without {name}"
        elif not case.version:
            absent[missed] = f"{name} is not installed"
        elif missed == "nwipe-chacha20-slope" and not knows_chacha20():
            absent[missed] = f"{case.version} has no chacha20; it came with 0.42"
        else:
            cases.append(case)
    return cases, absent


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


def _peer(row: Row, cases: list[Case]) -> str:
    return next((case.version for case in cases if row.figure.anchor.startswith(case.name.split()[0])), "own pass")


def _print(rows: list[Row], cases: list[Case], options: argparse.Namespace, load: float) -> None:
    system = f"{os.cpu_count()} cores, {platform.system()} {platform.release()}, Python {platform.python_version()}"
    where = f"loop, direct I/O, {options.mib} MiB + 3 sectors"
    print(f"{SCHEMA}  rounds {options.rounds}, rotated  load {load:.1f} -> {os.getloadavg()[0]:.1f}  {system}  {where}")
    print(f"{'id':3} {'figure':30} {'ours':>8} {'anchor':>8} {'unit':8} {'ratio (min-max)':18} {'goal':7} result")
    for told in rows:
        print(told.line(_peer(told, cases)))
    print("check: after each pass no sector of the backing file held old data; every sector was compared")
    print("       on read-back; of 8 single bytes flipped beneath a device each was blamed on exactly its sector")


def _write(rows: list[Row], cases: list[Case], options: argparse.Namespace) -> None:
    document = {
        "schema": SCHEMA,
        "device": {"mib": options.mib, "sectors_more": 3, "rounds": options.rounds},
        "rows": [told.document(_peer(told, cases)) for told in rows if told.runs],
        "not_run": {told.figure.id: told.absent or told.fault for told in rows if not told.runs},
    }
    OUTPUT.parent.mkdir(exist_ok=True)
    OUTPUT.write_text(json.dumps(document, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
