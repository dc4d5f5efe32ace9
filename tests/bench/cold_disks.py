"""What `etabli-station disks` costs at a cold start: CPU seconds of a fresh interpreter. Goal: under one second.

    python -m tests.bench.cold_disks [N]       as root the page cache is dropped before each run

Dropping caches makes the machine read everything anew once; nobody loses anything. The tree is compiled first, as an
installed program is.
"""

import os
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.bench.__main__ import compiled
from tests.bench.daemon_rows import median_and_worst, report
from tests.bench.measure import timed

RUNS = 5
GOAL_S = 1.0
CACHES = Path("/proc/sys/vm/drop_caches")


def drop_caches() -> bool:
    """Let the kernel forget what it read; say whether it did: only root may ask."""
    subprocess.run(["sync"], check=True, timeout=120)
    try:
        CACHES.write_text("3\n", encoding="ascii")
    except OSError:
        return False
    return True


def main(runs: int) -> None:
    """Measure, print, write."""
    before = os.getloadavg()[0]
    compiled()
    cold, walls, costs = True, [], []
    with TemporaryDirectory(prefix="etabli-disks-") as place:
        os.environ |= {"ETABLI_STATE": str(Path(place) / "state"), "ETABLI_LANG": "en"}
        for _ in range(runs):
            cold = drop_caches() and cold
            wall, cpu = timed([sys.executable, "-m", "station_agent", "disks"], Path(place) / "log")
            walls.append(wall)
            costs.append(cpu)
    caches = "caches dropped before each run" if cold else "warm caches: only root may drop them"
    figures = (
        *median_and_worst("disks-cpu", costs, GOAL_S, "CPU s"),
        *median_and_worst("disks-wall", walls, None),
    )
    report("cold_disks", figures, f"etabli-station disks, {caches}", (before, os.getloadavg()[0]))


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else RUNS)
