"""One order of events around the desk of a bench, drawn by a seeded chance: plan, accident, start, accident, work.

What a person does here is done through the real desk; what a colleague, the kernel or the hub does is done to the hall.
"""

import contextlib
import random
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from erasure.clearance import Confirmation
from erasure.drive import BlockDevice
from erasure.errors import ErasureError
from erasure.facts import read_facts
from erasure.inventory import sight_number
from erasure.orders import WorkOrder
from erasure.plan import ErasurePlan, plan
from erasure.policy import Policy
from station_agent.control.view import PlanView
from station_agent.errors import StationError
from tests.station_agent.daemon.interlocks.hall import Disk, Hall
from tests.station_agent.daemon.interlocks.judge import Judge, Permit, Wrong
from tests.station_agent.daemon.interlocks.ports import HallOpener
from tests.station_agent.daemon.interlocks.room import Room
from tests.station_agent.daemon.interlocks.scenario import Protects, Scenario
from tests.station_agent.daemon.interlocks.workers import Killed, NoJournal

ACCIDENTS = (2, 4)  # rounds of plan, start and work in one order
FURTHEST = 20  # the last request of a worker at which something may happen meanwhile
OVERWRITE = Policy("overwrite", 1, ("overwrite.keystream",), "full", 0)
WEIGHTS = {
    "nothing": 6.0,
    "unplug": 1.0,
    "plug": 2.0,
    "swap": 2.0,
    "rename": 1.0,
    "reset": 1.0,
    "twin": 1.0,
    "trouble": 3.0,
    "calm": 3.0,
    "protect": 0.7,
    "lot": 0.5,
    "cancel": 0.5,
    "notice": 2.0,
    "force": 2.0,
    "kill": 0.5,
}


@dataclass(frozen=True, slots=True)
class Planned:
    """A plan that the person has in hand, with what it was made for."""

    view: PlanView
    disk: Disk
    presence: int
    sector: int
    here: tuple[BlockDevice, ...]
    daemon: int
    lot: str
    typed: str = ""  # what the person will confirm, where it is not left to chance


@dataclass
class Tally:
    """What came of the orders, so that a judge who saw nothing is noticed."""

    events: int = 0
    begun: int = 0
    refused: int = 0
    kept: int = 0  # a worker refused, or left its run open
    erased: int = 0
    forced: int = 0
    codes: set[str] = field(default_factory=set)


class Order:
    """Plays one order of events. Raises Wrong with everything that happened before."""

    def __init__(self, scenario: Scenario, chance: random.Random, folder: Path, tally: Tally) -> None:
        self.scenario, self.chance, self.tally = scenario, chance, tally
        self.hall = Hall(folder / "hall")
        self.hall.strict = chance.random() < 0.5
        scenario.prepare(self.hall)
        self.judge = Judge(self.hall)
        self.judge.begin()
        self.room = Room(self.hall, self.judge, chance, folder / "state")
        self.plans: list[Planned] = []
        self.begun: set[str] = set()
        self.daemon = self.lots = 0
        self.told: list[str] = []
        own = dict(scenario.events)
        self.events: dict[str, Callable[[], None]] = {name: getattr(self, f"do_{name}") for name in WEIGHTS}
        self.events |= {name: lambda event=event: event(self) for name, event in own.items()}  # type: ignore[misc]
        self.weights = WEIGHTS | dict.fromkeys(own, 4.0) | dict(scenario.often)

    def play(self, *, shown: bool) -> None:
        """Play it to its end; `shown` begins with what the scenario is about."""
        try:
            if shown and self.scenario.refused:
                self._show()
            for _ in range(self.chance.randint(*ACCIDENTS)):
                self._accident()
        except AssertionError as error:
            raise Wrong(f"{error}\nafter: {' > '.join(self.told)}") from error
        finally:
            self.tally.erased += self.judge.erased
            self.room.die()

    def happen(self, name: str = "") -> None:
        """Let one event happen, drawn if none is named, and have everything judged."""
        names = list(self.events)
        name = name or self.chance.choices(names, [self.weights[one] for one in names])[0]
        self.told.append(name)
        self.tally.events += 1
        self.events[name]()
        self.judge.look(name)

    def _accident(self) -> None:
        """Plan, start and work, with something between."""
        steps = (self.do_plan, self.do_start, self.do_work)
        for step in steps:
            for _ in range(self.chance.choice((0, 1, 1, 2))):
                self.happen()
            self.told.append(step.__name__.removeprefix("do_"))
            self.tally.events += 1
            try:
                step()
            except Killed:
                self._restart()
            self.judge.look(self.told[-1])

    def _show(self) -> None:
        """Let the trouble of the scenario come, and see that its plan says so."""
        target = self.hall.disks["T"]
        if self.scenario.protects:
            self._begin_trouble(self.scenario.protects[0])
        if self.scenario.first is not None:
            self.scenario.first(self)
        self.do_force()
        self.judge.look("force")
        self.room.notice()
        key = self.room.key_of(target.at)
        if key is None:
            return
        view = self.room.plan(key, self.room.here(), self.scenario.method, self.scenario.allow)
        codes = {reason.code for reason in view.refusals}
        self.tally.codes |= codes
        assert codes & set(self.scenario.refused), f"T is planned with {view.method or view.refusals}"

    def do_plan(self) -> None:
        """A person has a drive planned, as the bench shows it; the bench may not have noticed yet what changed."""
        if self.chance.random() < 0.8:
            self.room.notice()
        here = self.room.here()
        chosen = [disk for disk in self.hall.here if self.room.key_of(disk.at)]
        if not chosen:
            return
        disk = self.chance.choice([*chosen, *[one for one in chosen if one.key == "T"] * 2])
        with contextlib.suppress(StationError):
            self.plan(disk, here)

    def plan(self, disk: Disk, here: tuple[BlockDevice, ...]) -> None:
        """Plan the tile that shows the name of a disk. Raises StationError."""
        key = self.room.key_of(disk.at)
        assert key is not None
        method = self.scenario.method if disk.key == "T" else ""
        view = self.room.plan(key, here, method, self.scenario.allow)
        self.tally.codes |= {reason.code for reason in view.refusals}
        if view.id:
            self.plans.append(self.planned(view, disk, here))

    def planned(self, view: PlanView, disk: Disk, here: tuple[BlockDevice, ...]) -> Planned:
        """Keep a plan that was made for this disk now, as far as the person knows."""
        return Planned(view, disk, disk.presence, disk.sector, here, self.daemon, self.room.lot_of(view.drive))

    def do_start(self) -> None:
        """A person starts what was planned, mostly the last, by the label of the drive that was planned, or another."""
        if not self.plans:
            return
        chosen = self.chance.choice([self.plans[-1]] * 3 + self.plans[-4:])
        there = self.hall.under(chosen.here[0].name if chosen.here else "")
        typed = self.chance.choice([chosen.disk.label] * 8 + [there.label if there else "", "DEMO-SPARE"])
        typed = chosen.typed or typed
        fresh = self.chance.random() < 0.7  # else the look at the kernel was taken when it was planned
        here = self.room.here() if fresh else chosen.here
        try:
            run = self.room.erase(chosen.view.id, typed, here)
        except (StationError, ErasureError):
            self.tally.refused += 1
            return
        self.tally.begun += 1
        self.judge.permits[run] = Permit(chosen.disk, chosen.presence, typed, chosen.sector)
        if (chosen.daemon, chosen.lot) != (self.daemon, self.room.lot_of(chosen.view.drive)):
            raise Wrong("what was planned for another lot, by another bench or before a restart, was begun")
        if chosen.view.id in self.begun:
            raise Wrong("one plan was begun twice")
        if fresh and (not chosen.disk.at or chosen.disk.presence != chosen.presence):
            raise Wrong(f"a start was taken although {chosen.disk.key} was pulled since it was planned")
        self.begun.add(chosen.view.id)

    def do_work(self) -> None:
        """A worker begins; something may happen at any of its requests."""
        if not self.room.crew.waiting:
            return
        order = self.chance.choice(self.room.crew.waiting)
        if self.chance.random() < 0.4:
            self.hall.alarm(self.chance.randint(1, FURTHEST), self._meanwhile)
        verdict = self.room.crew.work(order)
        self.tally.kept += verdict in ("", "NOT_ERASED")
        self.room.settle()

    def _meanwhile(self) -> None:
        permit = self.judge.permits.get(self.room.crew.at_work)
        at_work = None if permit is None else permit.disk
        names = ("unplug", "swap", "rename", "reset", "twin", "protect", "cancel", "notice", "kill")
        name = self.chance.choice(names)
        self.told.append(f"meanwhile {name}")
        if name == "unplug" and at_work is not None and at_work.at:
            self.hall.unplug(at_work)
        elif name == "cancel":
            self.room.crew.stop(self.room.crew.at_work)
        elif name == "kill":
            raise Killed
        else:
            self.events[name]()
        self.judge.look(self.told[-1])

    def do_nothing(self) -> None:
        """Time goes by."""

    def do_notice(self) -> None:
        self.room.notice()

    def do_unplug(self) -> None:
        if self.hall.here:
            self.hall.unplug(self.chance.choice(self.hall.here))

    def do_plug(self) -> None:
        out = [disk for disk in self.hall.disks.values() if not disk.at and self.hall.free_names(disk)]
        if out:
            disk = self.chance.choice(out)
            self.hall.plug(disk, self.chance.choice(self.hall.free_names(disk)[:2]))

    def do_swap(self) -> None:
        """A drive is pulled and another one put in its slot: mostly the one of the last plan."""
        planned = self.plans[-1].disk if self.plans else None
        inside = [planned] if planned is not None and planned.at else list(self.hall.here)
        if not inside:
            return
        disk = self.chance.choice(inside)
        name = disk.at
        self.hall.unplug(disk)
        fits = [one for one in self.hall.disks.values() if not one.at and name in self.hall.free_names(one)]
        self.hall.plug(self.chance.choice(fits), name)

    def do_rename(self) -> None:
        """Two drives leave, and come back under each other's name."""
        loose = [disk for disk in self.hall.here if not disk.home]
        if len(loose) < 2:
            return
        one, other = self.chance.sample(loose, 2)
        names = one.at, other.at
        for disk in (one, other):
            self.hall.unplug(disk)
        for disk, name in zip((other, one), names, strict=True):
            self.hall.plug(disk, name)

    def do_reset(self) -> None:
        """A drive leaves the bus and comes back in the same place."""
        if self.hall.here:
            disk = self.chance.choice(self.hall.here)
            name = disk.at
            self.hall.unplug(disk)
            self.hall.plug(disk, name)

    def do_twin(self) -> None:
        """A drive with the serial of another one is plugged in, or pulled again."""
        twin = self.hall.disks.get("W")
        if twin is not None and twin.at:
            self.hall.unplug(twin)
        elif twin is not None and self.hall.free_names(twin):
            self.hall.plug(twin, self.chance.choice(self.hall.free_names(twin)))

    def do_trouble(self) -> None:
        if self.scenario.protects:
            self._begin_trouble(self.chance.choice(self.scenario.protects))

    def _begin_trouble(self, one: Protects) -> None:
        disks = [self.hall.disks[key] for key in (one.on, *one.also)]
        if any(not disk.at or disk.troubles for disk in disks):
            return
        self.hall.trouble(disks[0], one.name, one.make, also=tuple(disks[1:]))

    def do_calm(self) -> None:
        for disk in self.hall.here:
            for name in tuple(disk.troubles):
                self.hall.calm(disk, name)

    def do_protect(self) -> None:
        """The hub protects a drive, or none any more."""
        labels = sorted({disk.label for disk in self.hall.disks.values() if disk.label})
        self.room.protect(frozenset(self.chance.choice([(), (), tuple(labels[:1]), tuple(labels[-1:])])))

    def do_lot(self) -> None:
        self.lots += 1
        self.room.set_lot(f"LOT-{self.lots}")

    def do_cancel(self) -> None:
        if self.room.crew.waiting:
            order = self.chance.choice(self.room.crew.waiting)
            self.room.crew.stop(order.run_id)
            self.judge.permits.pop(order.run_id, None)

    def do_kill(self) -> None:
        if self.room.crew.at_work:
            raise Killed
        self._restart()

    def _restart(self) -> None:
        self.told.append("killed")
        self.room.die()
        self.room.start()
        self.daemon += 1

    def sighted(self, disk: Disk) -> BlockDevice:
        """The disk as the kernel shows it now."""
        return sight_number(self.hall.machine.view, *disk.number)

    def do_force(self) -> None:
        """An order comes to a worker that no desk and no plan ever judged, for a drive that something protects."""
        for disk in self.hall.here:
            planned_otherwise = self.scenario.method and disk.key == "T"
            if self.hall.hazards(disk) and not planned_otherwise and (disk.shown == disk.label or disk.bus == "usb"):
                self.force(disk, self.sighted(disk))

    def force(self, disk: Disk, device: BlockDevice) -> None:
        """Give a worker an order for `device` with the facts of `disk`."""
        strict, self.hall.strict = self.hall.strict, False
        try:
            with HallOpener(self.hall)(self.sighted(disk)) as port:
                facts = read_facts(port)
        except (ErasureError, OSError):
            return
        finally:
            self.hall.strict = strict
        made = plan(facts, (), OVERWRITE)
        if not isinstance(made, ErasurePlan):
            return
        self.tally.forced += 1
        run_id = self.chance.randbytes(16).hex()
        order = WorkOrder(run_id, device, made, Confirmation("Camille", disk.shown))
        self.room.crew.work(order, NoJournal())
