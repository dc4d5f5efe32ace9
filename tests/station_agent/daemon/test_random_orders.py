"""Drives are pulled, swapped and put back in any order around plans and starts: nothing begins but what was planned.

The accident: an operator plans a drive, a colleague puts another one in its bay, and that one is erased.
"""

import random
import time
from collections.abc import Callable

import pytest

from station_agent.control.client import OrderNotTaken
from station_agent.control.view import EraseOrder, PlanOrder, PlanView, TileState
from tests.station_agent.daemon.daemon_bench import DaemonBench

EVENTS = 250
OTHERS = ("", "DEMO-one", "DEMO-two")


class Workshop:
    """One bay, one operator who plans and starts, and a colleague who swaps drives."""

    def __init__(self, bench: DaemonBench, chance: random.Random) -> None:
        self.bench, self.chance = bench, chance
        self.plans: list[tuple[PlanView, object]] = []  # each with the sighting that it was made for
        self.begun = self.refused = 0

    def here(self) -> object:
        return next(iter(self.bench.drives.devices), None)

    def pull(self) -> None:
        self.bench.drives.unplug("sda")

    def swap(self) -> None:
        self.bench.drives.plug("sda", self.chance.choice(OTHERS))

    def notice(self) -> None:
        self.bench.notice()

    def plan(self) -> None:
        self.bench.notice()
        if self.here() is not None:
            tile = self.bench.until_state("sda", TileState.READY, TileState.RUNNING, TileState.INTERRUPTED)
            (plan,) = self.bench.client.plan(PlanOrder(drives=(str(tile.drive),))).plans
            self.plans.append((plan, self.here()))

    def start(self) -> None:
        if not self.plans:
            return
        plan, planned_for = self.chance.choice([self.plans[-1], self.plans[-1], *self.plans[-5:]])
        there, before = self.here(), set(self.bench.crew.orders)
        try:
            self.bench.client.erase(EraseOrder(plans=(plan.id,), confirmed=(plan.serial,)))
        except OrderNotTaken:
            self.refused += 1
            assert set(self.bench.crew.orders) == before
            return
        self.begun += 1
        (new,) = set(self.bench.crew.orders) - before
        order = self.bench.crew.orders[new]
        assert there == planned_for
        assert (order.device, order.confirmation.serial) == (there, plan.serial)

    def stop(self) -> None:
        for run_id in tuple(self.bench.crew.orders):
            self.bench.client.stop(run_id)
            while run_id in self.bench.foreman.ask(lambda: self.bench.foreman.runs.under_way).result():
                time.sleep(0.001)  # its drive may be gone: then no picture tells


@pytest.mark.parametrize("seed", range(2))
def test_nothing_begins_but_what_was_planned(daemon: Callable[..., DaemonBench], seed: int) -> None:
    bench = daemon("sda", started=False)
    bench.watching = False
    bench.start()
    shop = Workshop(bench, random.Random(seed))
    steps = (shop.pull, shop.swap, shop.notice, shop.plan, shop.plan, shop.start, shop.start, shop.stop)
    for _ in range(EVENTS):
        shop.chance.choice(steps)()
    assert shop.refused > 0
    assert shop.begun > 0
