"""`make virtual-bench`: the real agent erases emulated drives in a guest with a real kernel, as root.

    python -m tests.virtual_bench [--release trixie] [--only WORD] [--jobs N] [--checkout DIR] [--planted]

Builds the guest when there is none, saves it booted, and starts each scenario from a fresh copy. One line for each;
rows in build/virtual-bench.json; exit status 1 on any surprise. `--planted` plants known bugs in the agent instead
(planted.toml): each must surprise its scenario, else exit status 1.
"""

import argparse
import os
import resource
import signal
import sys
import time
from collections import Counter
from pathlib import Path

from station_agent.image.release import DEFAULT, RELEASES
from tests.planted.bugs import BadRow
from tests.planted.harness import Result
from tests.virtual_bench.accelerator import accelerator
from tests.virtual_bench.cache import BenchError, cache_folder
from tests.virtual_bench.checkout import ROOT, checkout_image
from tests.virtual_bench.guest_build import guest
from tests.virtual_bench.planted import bugs_for, judge_all
from tests.virtual_bench.programme import SCENARIOS, Row, carry_out, chosen
from tests.virtual_bench.record import write_record
from tests.virtual_bench.snapshot import Saved, ensure_saved

OUTPUT = ROOT / "build" / "virtual-bench.json"
NOT_RUN = 2


def main(arguments: list[str]) -> int:
    """Build, save, run, tell. Returns 1 when a scenario surprised, 2 when the bench itself could not run."""
    options = parse(arguments)
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    begun = time.monotonic()
    try:
        saved = prepared(options, begun)
    except BenchError as error:
        print(f"virtual bench not run: {error}")
        return NOT_RUN
    print(f"guest: Debian {options.release}, kernel {saved.guest.kernel_release}, {saved.accelerator.split(',')[0]}")
    try:
        return planted(saved, options, begun) if options.planted else all_right(saved, options, begun)
    except KeyboardInterrupt:
        print("virtual bench stopped")
        return NOT_RUN


def all_right(saved: Saved, options: argparse.Namespace, begun: float) -> int:
    """Carry out the scenarios."""
    wanted = chosen(options.only)
    rows = carry_out(saved, wanted, options.jobs, lambda row: print(row.line(), flush=True))
    write_record(OUTPUT, saved, options.release, rows, time.monotonic() - begun)
    return summed_up(rows, len(wanted), time.monotonic() - begun)


def planted(saved: Saved, options: argparse.Namespace, begun: float) -> int:
    """Plant each bug and tell whether its scenario was surprised."""
    found = Counter[Result]()
    try:
        for finding in judge_all(saved, bugs_for(options.only), options.jobs, options.checkout):
            print(f"  {finding.result:7} {finding.bug.id}: {finding.detail}", flush=True)
            found[finding.result] += 1
    except BadRow as error:
        print(f"virtual bench not run: {error}")
        return NOT_RUN
    number, caught = found.total(), found[Result.CAUGHT]
    took = f"{time.monotonic() - begun:.0f} s, {worked_s():.0f} s of processors"
    print(f"planted {number} caught {caught}  ({took})")
    return 0 if number and caught == number else 1


def prepared(options: argparse.Namespace, begun: float) -> Saved:
    """Give the saved guest, made when there is none. Raises BenchError."""

    def say(text: str) -> None:
        print(f"[{time.monotonic() - begun:4.0f} s] {text}", flush=True)

    cache = cache_folder()
    built = guest(RELEASES[options.release], cache, say)
    saved = Saved(built, checkout_image(cache, built, options.checkout), accelerator(built), cache)
    ensure_saved(saved, say)
    return saved


def summed_up(rows: list[Row], wanted: int, seconds: float) -> int:
    """Print the last line and give the exit status."""
    surprised = [row for row in rows if row.surprise]
    for row in surprised:
        print(f"FAIL: {row.sentence}: read {row.log}")
    told = f"{len(rows) - len(surprised)} of {wanted} scenarios as they should be"
    print(f"{told}, {seconds:.0f} s, {worked_s():.0f} s of processors; evidence: {OUTPUT.relative_to(ROOT)}")
    return 1 if surprised or len(rows) != wanted else 0


def worked_s() -> float:
    """Give how long processors worked for the guests that ended: what others do on this machine does not count."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def parse(arguments: list[str]) -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(prog="make virtual-bench", description=__doc__)
    parser.add_argument("--release", choices=sorted(RELEASES), default=DEFAULT, help="Debian of the guest")
    parser.add_argument(
        "--only", action="append", default=[], help="scenarios (or bugs) with these words; several times"
    )
    parser.add_argument("--planted", action="store_true", help="plant known bugs, which the bench must catch")
    parser.add_argument("--jobs", type=int, default=min(2, os.cpu_count() or 1), help="guests at the same time")
    parser.add_argument("--checkout", type=Path, default=ROOT, help="where the agent lies")
    parser.epilog = f"{len(SCENARIOS)} scenarios"
    return parser.parse_args(arguments)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
