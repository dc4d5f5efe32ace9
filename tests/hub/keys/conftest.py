"""The table at which ceremonies are held."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from hub.log.sequencer import Log
from tests.hub.conftest import World
from tests.hub.keys.shop import PROFILES, Shop
from tests.hub.keys.table import Table, network, workshop


@pytest.fixture
def table(world: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Table]:
    stick = tmp_path / "stick"
    stick.mkdir()
    yield Table(world, stick, monkeypatch)
    assert not list(Path("/dev/shm").glob("etabli-*.pdf"))


@pytest.fixture(params=PROFILES)
def shop(request: pytest.FixtureRequest, table: Table, world: World, monkeypatch: pytest.MonkeyPatch) -> Iterator[Shop]:
    lead, bench = world.person(), world.bench(registered=True)
    world.lot()
    (workshop if request.param == "atelier" else network)(table)
    Log(world.hub).bring_up()
    monkeypatch.setenv("ETABLI_WITNESS_DATA", str(table.stick / "witness"))
    made = Shop(world, table, request.param, lead, bench)
    yield made
    made.world.hub.engine.dispose()
