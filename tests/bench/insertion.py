"""From plugging to the tile, and to the plan: loop devices of the kernel, real udev, the daemon as its own process.

    python -m tests.bench.insertion [N]        as root; goals: tile under 2 s, plan under 10 s

The time begins before the device is attached and ends when a client of the live stream has the tile, and when the
answer to the order for its plan is there.
"""

import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

from station_agent.control.client import BenchClient
from station_agent.control.view import BenchView, PlanOrder, Tile, TileState
from tests.bench.daemon_rows import median_and_worst, report
from tests.bench.measure import SECONDS
from tests.kernel.loops import assert_ours
from tests.kernel.udevd import running_udevd
from tests.station_agent.daemon.daemon_process import daemon_process

INSERTIONS = 20
SIZE = 64 << 20
TILE_S, PLAN_S = 2.0, 10.0


class Stream:
    """The pictures of the daemon as a console gets them."""

    def __init__(self, client: BenchClient) -> None:
        self._news = threading.Condition()
        self._view: BenchView | None = None
        self._client = client
        threading.Thread(target=self._follow, daemon=True).start()

    def _follow(self) -> None:
        for view in self._client.follow(lambda _lost: True):
            with self._news:
                self._view = view
                self._news.notify_all()

    def until(self, holds: Callable[[BenchView], bool]) -> BenchView:
        """Wait for a picture. Raises AssertionError when it never comes."""
        with self._news:
            assert self._news.wait_for(lambda: self._view is not None and holds(self._view), SECONDS)
            assert self._view is not None
            return self._view


def tile_at(view: BenchView, node: str) -> Tile | None:
    """Give the tile of a device."""
    return next((tile for tile in view.tiles if tile.path == node), None)


def insertion(stream: Stream, client: BenchClient, image: Path) -> tuple[float, float]:
    """Plug one device in and pull it; give the seconds to its tile and to its plan."""
    begun = time.perf_counter()
    attach = ["losetup", "--find", "--show", "--direct-io=on", str(image)]
    node = subprocess.run(attach, check=True, capture_output=True, text=True, timeout=60).stdout.strip()
    try:
        assert_ours(node, image)
        tile = tile_at(stream.until(lambda view: tile_at(view, node) is not None), node)
        shown = time.perf_counter() - begun
        assert tile is not None
        (plan,) = client.plan(PlanOrder(drives=(str(tile.drive),))).plans
        planned = time.perf_counter() - begun
        assert plan.method, plan
    finally:
        assert_ours(node, image)
        subprocess.run(["losetup", "--detach", node], check=True, timeout=60)
    stream.until(lambda view: tile_at(view, node) is None)
    return shown, planned


def main(insertions: int) -> None:
    """Measure, print, write."""
    before = os.getloadavg()[0]
    with TemporaryDirectory(prefix="etabli-insertion-") as place, running_udevd():
        folder = Path(place)
        image = folder / "image"
        image.write_bytes(b"")
        os.truncate(image, SIZE)
        with daemon_process(folder, None, "--allow-loop") as bench:
            bench.until(lambda view: bool(view.found_at_start))
            stream = Stream(BenchClient(folder / "state" / "control" / "bench.socket"))
            stream.until(lambda view: all(tile.state is not TileState.READING for tile in view.tiles))
            found = [insertion(stream, bench.client, image) for _ in range(insertions)]
    figures = (
        *median_and_worst("insert-to-tile", [shown for shown, _ in found], TILE_S),
        *median_and_worst("insert-to-plan", [planned for _, planned in found], PLAN_S),
    )
    about = f"{insertions} loop devices one after the other, real udev, sync on, one client of the live stream"
    report("insertion", figures, about, (before, os.getloadavg()[0]))


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else INSERTIONS)
