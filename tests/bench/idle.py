"""What the daemon costs while nothing happens: CPU as a share of one core, and memory. Goals: 1 %, 120 MiB.

    python -m tests.bench.idle [SECONDS]

As its own process on this machine's drives, with a console that looks on, and its sync thread; PSS of its whole family.
"""

import os
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory

from station_agent.control.client import BenchClient
from station_agent.control.view import TileState
from tests.bench.daemon_rows import Figure, cpu_seconds, family, pss_mib, report
from tests.bench.insertion import Stream
from tests.station_agent.daemon.daemon_process import daemon_process

SECONDS = 60.0
SETTLE_S = 10.0
SHARE, MEMORY_MIB = 1.0, 120.0


def main(seconds: float) -> None:
    """Measure, print, write."""
    before = os.getloadavg()[0]
    with TemporaryDirectory(prefix="etabli-idle-") as place, daemon_process(Path(place), None) as bench:
        bench.until(lambda view: bool(view.found_at_start))
        stream = Stream(BenchClient(Path(place) / "state" / "control" / "bench.socket"))
        stream.until(lambda view: all(tile.state is not TileState.READING for tile in view.tiles))
        time.sleep(SETTLE_S)
        pid = bench.process.pid
        began, used = time.perf_counter(), cpu_seconds(pid)
        memory = [_memory(pid)]
        time.sleep(seconds)
        share = (cpu_seconds(pid) - used) / (time.perf_counter() - began) * 100
        memory.append(_memory(pid))
    figures = (
        Figure("idle-cpu", share, SHARE, "% of a core", (share,)),
        Figure("idle-pss", max(memory), MEMORY_MIB, "MiB", tuple(memory)),
    )
    report("idle", figures, f"{seconds:.0f} s, one console looks on", (before, os.getloadavg()[0]))


def _memory(pid: int) -> float:
    return sum(pss_mib(one) for one in family(pid))


if __name__ == "__main__":
    main(float(sys.argv[1]) if len(sys.argv) > 1 else SECONDS)
