"""The bench in the hall: the real foreman, desk, plan book, journal and watch over the disks that the hall shows.

Everything happens in this thread, when it is told to: nothing waits, and nothing happens beside it.
"""

import random
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import TypeVar

from erasure.drive import BlockDevice
from erasure.interlocks import KernelExaminer
from erasure.inventory import whole_disks
from erasure.outcome import Reason
from station_agent.assignments import keep_assignments
from station_agent.bench import Bench
from station_agent.control.view import EraseOrder, LotOrder, PlanOrder, PlanView
from station_agent.daemon.desk import Desk
from station_agent.daemon.foreman import Foreman
from station_agent.daemon.lines import Teller
from station_agent.daemon.means import Means
from station_agent.daemon.reading import Look, Question, look
from station_agent.errors import StationError
from station_agent.language import voice
from station_agent.protected_drives import protecting
from station_agent.station import Station, open_station
from station_agent.watch import NoUdev, Watch
from tests.station_agent.conftest import StandingClock
from tests.station_agent.daemon.interlocks.hall import Hall
from tests.station_agent.daemon.interlocks.judge import Judge
from tests.station_agent.daemon.interlocks.ports import HallOpener
from tests.station_agent.daemon.interlocks.workers import Crew

T = TypeVar("T")
TURNS = 8


@dataclass
class PromptReadings:
    """Reads a drive at once, in the thread that asks."""

    read: Callable[[Question], Look]

    def ask(self, question: Question, answer: Callable[[Question, Look | StationError], None]) -> bool:
        try:
            found: Look | StationError = self.read(question)
        except StationError as error:
            found = error
        answer(question, found)
        return True

    def forget(self, key: str) -> None:
        pass


@dataclass
class Examined:
    """The product's interlocks over the tree of the hall, asked again whenever the tree has changed."""

    hall: Hall
    known: dict[BlockDevice, tuple[Reason, ...]] = field(default_factory=dict)
    changes: int = -1

    def __call__(self, device: BlockDevice) -> tuple[Reason, ...]:
        if self.changes != self.hall.changes:
            self.known, self.changes = {}, self.hall.changes
        if device not in self.known:
            self.known[device] = KernelExaminer(view=self.hall.machine.view)(device)
        return self.known[device]


class Room:
    """One daemon after the other, over one state."""

    def __init__(self, hall: Hall, judge: Judge, chance: random.Random, state: Path) -> None:
        self.hall, self.judge, self.chance, self.state = hall, judge, chance, state
        self.seconds = 0.0
        self.start()

    def start(self) -> None:
        """Start a daemon: nothing of an earlier one is left but its state."""
        self.station: Station = open_station(self.state, clock=StandingClock())
        self.bench = protecting(self._bench(), self.state)
        self.crew = Crew(self.hall, self.judge, self.bench.examine, self.station.journal)
        watch = Watch(NoUdev(lambda _: None), self.bench.enumerate_disks, clock=lambda: self.seconds, rescan_s=0)
        self.foreman = Foreman(
            Means(
                station=self.station,
                bench=self.bench,
                watch=watch,
                crew=self.crew,
                tell=Teller(voice("en", {}), lambda line: None),
                now=lambda: self.seconds,
                random_bytes=self.chance.randbytes,
                free_bytes=lambda: 1 << 40,
            )
        )
        self.foreman.readings = PromptReadings(partial(look, self.bench, self.station.store))  # type: ignore[assignment]
        self.foreman.runs.session.ended = None  # stated at once, not beside everything else
        self.desk = Desk(self.foreman)
        self.foreman.start()
        self.settle()

    def die(self) -> None:
        """End the daemon as a kill does: nobody is asked to stop, nothing is said."""
        self.station.close()

    def settle(self) -> None:
        """Let the foreman do what there is to do."""
        self.seconds += 1.0
        for _ in range(2):
            self.foreman.post(lambda: None)
            self.foreman.turn()

    def notice(self) -> None:
        """Let the watch look once."""
        self.foreman.changed(self.foreman.means.watch.changes(0.0))
        self.settle()

    def here(self) -> tuple[BlockDevice, ...]:
        return self.bench.enumerate_disks()

    def key_of(self, name: str) -> str | None:
        """The key under which the bench knows what it believes to be there."""
        return next((key for key, seen in self.foreman.drives.by_key.items() if seen.device.name == name), None)

    def lot_of(self, key: str) -> str:
        """The lot of a drive that is here: one that was begun keeps its own."""
        seen = self.foreman.drives.by_key.get(key)
        return "" if seen is None else seen.lot

    def plan(self, key: str, here: tuple[BlockDevice, ...], method: str = "", allow: tuple[str, ...] = ()) -> PlanView:
        """Plan one drive. Raises StationError."""
        order = PlanOrder(drives=(key,), method=method, allow=allow)
        (view,) = self._waited(self.desk.plan(order, here)).plans
        return view

    def erase(self, plan: str, typed: str, here: tuple[BlockDevice, ...]) -> str:
        """Begin what was planned; give the run. Raises StationError."""
        told = self.desk.erase(EraseOrder(plans=(plan,), confirmed=(typed,)), here)
        (run,) = told.runs
        return run

    def set_lot(self, lot: str) -> None:
        self.desk.set_lot(LotOrder(lot=lot))

    def protect(self, serials: frozenset[str]) -> None:
        """Let the hub protect these from now on."""
        keep_assignments(self.state, {"policies": [], "lots": [], "protected_serials": sorted(serials)})
        self.hall.protected = serials

    def _waited(self, answer: "Future[T]") -> T:
        for _ in range(TURNS):
            if answer.done():
                return answer.result()
            self.settle()
        raise AssertionError("the bench never answered")

    def _bench(self) -> Bench:
        view = self.hall.machine.view
        opener, hall = HallOpener(self.hall), self.hall
        known: dict[int, tuple[BlockDevice, ...]] = {}

        def disks() -> tuple[BlockDevice, ...]:
            """List the disks: the tree is read again where it changed."""
            if hall.changes not in known:
                known.clear()
                known[hall.changes] = whole_disks(view)
            return known[hall.changes]

        return Bench(
            name="",
            simulated=False,
            enumerate_disks=disks,
            opener=opener,
            reader=opener,
            examine=Examined(hall),
            smart=lambda device: None,
            machine_root=None,
        )
