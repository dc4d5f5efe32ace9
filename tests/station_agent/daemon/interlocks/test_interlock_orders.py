"""The 40 interlock scenarios in random orders of events: not a byte changes on a drive that was not cleared.

The real foreman, desk, plan book, journal, interlocks and worker, over disks in files and a kernel of files. A few
orders of each scenario in an everyday run, always the same; 250 by `make campaign` (`ETABLI_ORDERS`, `ETABLI_SEED`).
"""

import os
import random
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.station_agent.daemon.interlocks.orders import Order, Tally
from tests.station_agent.daemon.interlocks.scenario import Scenario
from tests.station_agent.daemon.interlocks.table import SCENARIOS

pytestmark = [pytest.mark.campaign, pytest.mark.timeout(3600)]

EVERYDAY, FULL = 2, 250
SEED = 5
ENOUGH = 50  # orders after which each kind of end has been seen


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    """A folder in memory where there is one: an order makes a bench durable many times."""
    memory = Path("/dev/shm")
    place = Path(tempfile.mkdtemp(dir=memory if os.access(memory, os.W_OK) else tmp_path))
    yield place
    shutil.rmtree(place)


@pytest.mark.parametrize("scenario", SCENARIOS, ids=[f"{row.number:02}-{row.name}" for row in SCENARIOS])
def test_nothing_is_written_that_was_not_cleared(scenario: Scenario, folder: Path) -> None:
    usual = FULL if os.environ.get("ETABLI_CAMPAIGN") == "full" else EVERYDAY
    orders, seed = int(os.environ.get("ETABLI_ORDERS") or usual), int(os.environ.get("ETABLI_SEED") or SEED)
    tally = Tally()
    for number in range(orders):
        place = folder / str(number)
        chance = random.Random(f"{seed} {scenario.number} {number}")
        try:
            Order(scenario, chance, place, tally).play(shown=number == 0)
        except AssertionError as error:
            raise AssertionError(f"scenario {scenario.number}, ETABLI_SEED={seed}, order {number}: {error}") from error
        shutil.rmtree(place)
    print(f"\nscenario {scenario.number:2} {scenario.name}: seed {seed}, {orders} orders, {tally}")
    assert tally.events > 10 * orders
    if orders >= ENOUGH:
        assert min(tally.begun, tally.refused, tally.kept, tally.erased) > 0, "too little happened to judge by"
