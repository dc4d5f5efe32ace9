"""`etabli-station serve` as its own process, as systemd would run it, with its simulated bench and its socket."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from erasure.simulated import SimulatedBench, load_bench
from station_agent.control.client import BenchClient, DaemonUnreachable
from station_agent.control.place import socket_path
from station_agent.control.view import BenchView, EraseOrder, PlanOrder, Tile, TileState

PATIENCE_S = 120.0  # never waited for in full where all is well


@dataclass
class DaemonProcess:
    """A daemon that runs."""

    process: "subprocess.Popen[str]"
    client: BenchClient
    drives: SimulatedBench | None

    def until(self, holds: Callable[[BenchView], bool]) -> BenchView:
        """Wait for a picture."""
        deadline = time.monotonic() + PATIENCE_S
        while time.monotonic() < deadline and self.process.poll() is None:
            try:
                view = self.client.bench()
            except DaemonUnreachable:
                time.sleep(0.05)
                continue
            if holds(view):
                return view
            time.sleep(0.05)
        raise AssertionError(f"ended: {self.process.poll()}")

    def until_state(self, path: str, *states: TileState) -> Tile:
        """Wait until the drive at `path` is in one of these states."""
        view = self.until(lambda seen: any(one.path == path and one.state in states for one in seen.tiles))
        return next(tile for tile in view.tiles if tile.path == path)

    def erase(self, path: str, *states: TileState) -> str:
        """Plan and begin one drive; give the run id."""
        tile = self.until_state(path, *(states or (TileState.READY,)))
        (plan,) = self.client.plan(PlanOrder(drives=(str(tile.drive),))).plans
        (run_id,) = self.client.erase(EraseOrder(plans=(plan.id,), confirmed=(plan.serial,))).runs
        return run_id

    def kill(self) -> None:
        """End it as a power cut would."""
        self.process.kill()
        self.process.wait(PATIENCE_S)


@contextmanager
def daemon_process(folder: Path, file: Path | None, *options: str) -> Iterator[DaemonProcess]:
    """Run the daemon of the state `folder`/state; its output is in `folder`/out."""
    command = [sys.executable, "-m", "station_agent", "serve", *options]
    command += ["--bench", str(file)] if file else []
    state = folder / "state"
    environment = os.environ | {"ETABLI_STATE": str(state), "ETABLI_LANG": "en"}
    drives = load_bench(file, state / "bench" / file.stem) if file else None
    with (folder / "out").open("a", encoding="utf-8") as out:
        process = subprocess.Popen(command, env=environment, stdout=out, stderr=out, text=True)
        try:
            with BenchClient(socket_path(state)) as client:
                yield DaemonProcess(process, client, drives)
        finally:
            if process.poll() is None:
                process.send_signal(signal.SIGTERM)
            process.wait(PATIENCE_S)
