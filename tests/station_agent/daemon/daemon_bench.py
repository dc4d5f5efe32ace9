"""A daemon in this process, over a simulated bench whose drives can be pulled, with a crew that plays its part."""

import os
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

from erasure.events import Ended, Event, Progress, WorkerLost
from erasure.simulated import SimulatedBench, load_bench
from station_agent.bench import Bench, simulated_bench
from station_agent.control.api import make_app
from station_agent.control.client import BenchClient
from station_agent.control.view import BenchView, EraseOrder, PlanOrder, Plans, Tile, TileState
from station_agent.daemon.foreman import Foreman
from station_agent.daemon.lines import Teller
from station_agent.daemon.means import Means
from station_agent.language import voice
from station_agent.station import Station
from station_agent.watch import NoUdev, Watch
from tests.asgi import TestClient

PATIENCE_S = 60.0  # never waited for in full where all is well
MIB = 1 << 20
DRIVE = """
[[drives]]
name = "{name}"
bus = "ata"
model = "DEMO {name}"
serial = "{serial}"
wwn = "50000000000001{n:02x}"
size_bytes = {size}
contents = "pattern"
{more}
"""


def bench_text(*names: str, size: int = MIB, **more: str) -> str:
    """Write a bench file: `name` or `name=serial`; `more` by name."""
    text = 'schema = "etabli.bench-file/1"\nname = "test"\n'
    for n, given in enumerate(names):
        name, _, serial = given.partition("=")
        text += DRIVE.format(name=name, serial=serial or f"DEMO-{name}", n=n, size=size, more=more.get(name, ""))
    return text


class PlayedCrew:
    """Workers that do what the test says: each run goes on until `ends` names it."""

    def __init__(self, make_report: Callable[..., Any]) -> None:
        self._make = make_report
        self.orders: dict[str, Any] = {}
        self.stopped: list[str] = []
        self.ends: dict[str, dict[str, Any]] = {}  # serial: changes of the report
        self._lock = threading.Lock()

    def start(self, order: Any) -> str:
        with self._lock:
            self.orders[order.run_id] = order
        return str(order.run_id)

    def poll(self, timeout: float) -> list[Event]:
        time.sleep(0.01)
        with self._lock:
            events: list[Event] = []
            for run_id, order in tuple(self.orders.items()):
                serial = order.device.identity.serial
                if serial in self.ends:
                    report = self._make(run_id, facts=order.plan.facts, **self.ends.pop(serial))
                    events.append(Ended(run_id, report))
                elif run_id in self.stopped:
                    events.append(WorkerLost(run_id, "stopped"))
                else:
                    events.append(Progress(run_id, "write", 1, 2, 3, 4, 0))
                    continue
                del self.orders[run_id]
            return events

    def stop(self, run_id: str) -> None:
        self.stopped.append(run_id)

    def close(self) -> list[Event]:
        return []


@dataclass
class DaemonBench:
    """The daemon of one test."""

    folder: Path
    file: Path
    station: Station
    crew: Any
    changes: dict[str, Any] = field(default_factory=dict)
    said: list[str] = field(default_factory=list)
    watching: bool = True
    ahead: float = 0.0  # seconds that have passed without anybody waiting
    _eyes: threading.Lock = field(default_factory=threading.Lock)
    _over: threading.Event = field(default_factory=threading.Event)
    _threads: list[threading.Thread] = field(default_factory=list)

    def __post_init__(self) -> None:
        workdir = self.folder / "bench"
        self.drives: SimulatedBench = load_bench(self.file, workdir / self.file.stem)
        bench: Bench = self.changes.pop("bench", None) or simulated_bench(self.file, workdir)
        watch = Watch(NoUdev(self._over.wait), bench.enumerate_disks, clock=time.monotonic, rescan_s=0)
        self.means = Means(
            station=self.station,
            bench=bench,
            watch=watch,
            crew=self.crew,
            tell=Teller(voice("en", {}), self.said.append),
            now=lambda: time.monotonic() + self.ahead,
            settle_s=self.changes.pop("settle_s", 0.0),
            random_bytes=self.changes.pop("random_bytes", os.urandom),
            free_bytes=lambda: self.free,
            name="test",
            **self.changes,
        )
        self.free = 1 << 40
        self.foreman = Foreman(self.means)
        self.http = TestClient(make_app(self.foreman))
        self.client = BenchClient(self.folder, transport=self.http._transport)

    def start(self) -> "DaemonBench":
        self.foreman.start()
        for work in (self._work, self._look):
            self._threads.append(threading.Thread(target=work, daemon=True))
            self._threads[-1].start()
        return self

    def stop(self) -> None:
        self._over.set()
        self.foreman.post(lambda: None)
        for thread in self._threads:
            thread.join(PATIENCE_S)
        self.foreman.stop(patience_s=1.0)
        self.crew.close()

    def until(self, holds: Callable[[BenchView], bool]) -> BenchView:
        """Wait for a picture."""
        found = self.foreman.bulletin.wait(holds, PATIENCE_S)
        assert found is not None, self.foreman.bulletin.view
        return found

    def until_state(self, name: str, *states: TileState) -> Tile:
        """Wait until the drive `name` is in one of these states."""
        return self.tile(self.until(lambda view: self.tile(view, name).state in states), name)

    def tile(self, view: BenchView, name: str) -> Tile:
        empty = Tile(slot="", state=TileState.EMPTY)
        return next((one for one in view.tiles if one.path == f"sim:{name}"), empty)

    def blind(self) -> None:
        """Let the watch notice nothing from now on."""
        with self._eyes:
            self.watching = False

    def notice(self) -> None:
        """Let the watch look once."""
        changes = self.means.watch.changes(0.0)

        def take() -> None:
            self.foreman.changed(changes)
            self.foreman.publish()

        self.foreman.ask(take).result(PATIENCE_S)

    def ready(self, *names: str) -> tuple[str, ...]:
        """Wait until these drives are ready; give their keys."""
        return tuple(str(self.until_state(name, TileState.READY).drive) for name in names)

    def plan(self, *names: str, **order: Any) -> Plans:
        return self.client.plan(PlanOrder(drives=self.ready(*names), **order))

    def erase(self, *names: str, **order: Any) -> tuple[str, ...]:
        """Plan and begin; give the run ids."""
        plans = self.plan(*names).plans
        typed = tuple(one.serial for one in plans)
        return self.client.erase(EraseOrder(plans=tuple(p.id for p in plans), confirmed=typed, **order)).runs

    def _work(self) -> None:
        while not self._over.is_set():
            self.foreman.turn()

    def _look(self) -> None:
        while not self._over.is_set():
            with self._eyes:
                changes = self.means.watch.changes(0.01) if self.watching else ()
                if changes:
                    self.foreman.post(partial(self.foreman.changed, changes))
            self._over.wait(0.01)
