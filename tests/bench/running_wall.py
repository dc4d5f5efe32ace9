"""How smoothly a wall of running drives moves: updates per second of each, as one client of the live stream sees them.

    python -m tests.bench.running_wall [SECONDS] [--drives N] [--folder DIR]

Simulated drives in worker processes of their own, each as slow as it has to be to last; the daemon as its own process.
An update is a picture in which that drive's bytes differ from the picture before. Goal: 4 a second.
"""

import argparse
import os
import sys
import time
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from station_agent.control.client import BenchClient
from station_agent.control.view import BenchView, EraseOrder, PlanOrder, TileState
from tests.bench.daemon_rows import Figure, cpu_seconds, pss_mib, report
from tests.station_agent.daemon.daemon_bench import MIB, bench_text
from tests.station_agent.daemon.daemon_process import DaemonProcess, daemon_process

DRIVES = 24
SECONDS = 15.0
RATE = 16 * MIB  # bytes per second of one drive: eight requests a second
UPDATES = 4.0


def main(arguments: list[str]) -> None:
    """Measure, print, write."""
    options = _options(arguments)
    before = os.getloadavg()[0]
    names = [f"sd{chr(97 + n)}" for n in range(options.drives)]
    size = int(RATE * (options.seconds + 12) / 2) // MIB * MIB
    with TemporaryDirectory(prefix="etabli-wall-", dir=options.folder) as place:
        file = Path(place) / "wall.toml"
        slow = dict.fromkeys(names, f"bytes_per_second = {RATE}\ncelsius = 34")
        text = bench_text(*names, size=size, **slow).replace('contents = "pattern"', 'contents = "zeros"')
        file.write_text(text, encoding="utf-8")
        with daemon_process(Path(place), file) as bench:
            begin(bench, options.drives)
            moves, share, memory = watched(bench, Path(place), options.seconds)
            bench.client.stop()
    about = f"{options.drives} simulated drives in worker processes, {options.seconds:.0f} s, one client"
    report("running_wall", figures_of(moves, share, memory, options.seconds), about, (before, os.getloadavg()[0]))


def _options(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.bench.running_wall", description=__doc__)
    parser.add_argument("seconds", type=float, nargs="?", default=SECONDS)
    parser.add_argument("--drives", type=int, default=DRIVES)
    parser.add_argument("--folder", type=Path, help="where the drives lie, about 4 GiB; default: the temporary folder")
    return parser.parse_args(arguments)


def begin(bench: DaemonProcess, drives: int) -> None:
    """Begin every drive, and wait until all of them write."""
    view = bench.until(lambda seen: sum(tile.state is TileState.READY for tile in seen.tiles) == drives)
    plans = bench.client.plan(PlanOrder(drives=tuple(str(tile.drive) for tile in view.tiles))).plans
    bench.client.erase(EraseOrder(plans=tuple(p.id for p in plans), confirmed=tuple(p.serial for p in plans)))
    bench.until(lambda seen: sum(bool(tile.run and tile.run.done_bytes) for tile in seen.tiles) == drives)


def watched(bench: DaemonProcess, place: Path, seconds: float) -> tuple[dict[str, list[float]], float, float]:
    """Follow the stream; give when each drive moved, and the daemon's share of a core in percent and its PSS in MiB."""
    moves: dict[str, list[float]] = {}
    last: dict[str, tuple[str, int]] = {}
    with BenchClient(place / "state" / "control" / "bench.socket") as client:
        pid, began = bench.process.pid, time.perf_counter()
        used = cpu_seconds(pid)
        for view in client.pictures():
            now = time.perf_counter()
            for name, state in _states(view):
                if last.get(name) != state:
                    moves.setdefault(name, []).append(now)
                    last[name] = state
            if now - began >= seconds:
                break
        share = (cpu_seconds(pid) - used) / (time.perf_counter() - began) * 100
        return moves, share, pss_mib(pid)


def _states(view: BenchView) -> Iterator[tuple[str, tuple[str, int]]]:
    for tile in view.tiles:
        if tile.run is not None:
            yield tile.path, (tile.run.phase, tile.run.done_bytes)


def figures_of(moves: dict[str, list[float]], share: float, memory: float, seconds: float) -> tuple[Figure, ...]:
    """Give updates per second of the median drive and of the slowest, the longest gap, and the cost."""
    rates = tuple(len(times) / seconds for times in moves.values())
    gaps = [later - earlier for times in moves.values() for earlier, later in pairwise(times)]
    worst = tuple(max((b - a for a, b in pairwise(times)), default=seconds) for times in moves.values())
    late = sorted(gaps)[len(gaps) * 99 // 100]
    return (
        Figure("updates-per-drive-median", median(rates), UPDATES, "per second", rates, at_least=True),
        Figure("updates-per-drive-least", min(rates), UPDATES, "per second", rates, at_least=True),
        Figure("gap-median", median(gaps), None, "s", tuple(gaps)),
        Figure("gap-99-of-100-below", late, None, "s", tuple(gaps)),
        Figure("gap-longest", max(worst), None, "s", worst),
        Figure("daemon-cpu", share, None, "% of a core", (share,)),
        Figure("daemon-pss", memory, None, "MiB", (memory,)),
    )


if __name__ == "__main__":
    main(sys.argv[1:])
