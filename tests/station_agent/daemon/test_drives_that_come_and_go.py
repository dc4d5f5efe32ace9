"""Drives that are plugged, pulled, doubled, or that hang: each has its tile, and none delays another."""

import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from erasure.drive import BlockDevice
from station_agent.bench import simulated_bench
from station_agent.control.view import PlanOrder, TileState
from station_agent.daemon import tiles
from tests.station_agent.daemon.daemon_bench import DaemonBench, bench_text

Make = Callable[..., DaemonBench]


def test_a_drive_gets_its_tile_and_its_slot_stays_when_it_is_pulled(daemon: Make) -> None:
    bench = daemon("sda", "sdb")
    tile = bench.until_state("sdb", TileState.READY)
    assert (tile.slot, tile.model, tile.serial, tile.size_bytes) == ("2", "DEMO sdb", "DEMO-sdb", 1 << 20)
    assert tile.simulated
    bench.drives.unplug("sdb")
    view = bench.until(lambda seen: seen.tiles[-1].state is TileState.EMPTY)
    assert [one.slot for one in view.tiles] == ["1", "2"]
    bench.drives.plug("sdb")
    again = bench.until_state("sdb", TileState.READY)
    assert (again.slot, again.drive != tile.drive) == ("2", True)
    assert [line for line in bench.said if line.startswith(("+ sim:sdb", "- sim:sdb"))] == [
        f"{sign} sim:sdb  DEMO sdb  DEMO-sdb  1 MB" for sign in "+-+"
    ]


def test_two_drives_with_one_serial_are_refused_until_one_is_pulled(daemon: Make) -> None:
    bench = daemon("sda=DEMO-same", "sdb=DEMO-same")
    for name in ("sda", "sdb"):
        tile = bench.until_state(name, TileState.PROTECTED)
        assert [reason.code for reason in tile.reasons] == ["IDENTITY"]
    bench.drives.unplug("sda")
    assert bench.until_state("sdb", TileState.READY).reasons == ()
    bench.drives.plug("sda")
    for name in ("sda", "sdb"):
        bench.until_state(name, TileState.PROTECTED)


def test_a_protected_drive_says_why_and_what_to_do(daemon: Make) -> None:
    bench = daemon("sda", drives={"sda": "read_only = true"})
    tile = bench.until_state("sda", TileState.PROTECTED)
    (reason,) = tile.reasons
    assert reason.code == "READ_ONLY"
    assert reason.remedy is not None
    assert "write-protect" in reason.remedy.message


class Hanging:
    """Opens every drive but one, which hangs until the test is over."""

    def __init__(self, opener: Any, name: str) -> None:
        self._opener, self._name, self.over = opener, name, threading.Event()

    def __call__(self, device: BlockDevice) -> Any:
        if device.name == self._name:
            self.over.wait()
            raise OSError(5, "it hung")
        return self._opener(device)


@pytest.fixture
def hanging(tmp_path: Path, daemon: Make) -> Iterator[DaemonBench]:
    file = tmp_path / "hanging.toml"
    file.write_text(bench_text("sda", "sdb"), encoding="utf-8")
    plain = simulated_bench(file, tmp_path / "state" / "bench")
    opener = Hanging(plain.opener, "sda")
    yield daemon("sda", "sdb", bench=replace(plain, opener=opener), patience_s=0.2)
    opener.over.set()


def test_a_drive_that_hangs_delays_no_other(hanging: DaemonBench) -> None:
    (other,) = hanging.ready("sdb")
    view = hanging.foreman.bulletin.view
    assert hanging.tile(view, "sda").state is TileState.READING
    keys = (str(hanging.tile(view, "sda").drive), other)
    silent, planned = hanging.client.plan(PlanOrder(drives=keys)).plans
    assert (silent.id, [reason.detail for reason in silent.refusals]) == ("", ["the drive does not answer"])
    assert (planned.method, planned.refusals) == ("overwrite.keystream", ())
    hanging.erase("sdb")
    hanging.until_state("sdb", TileState.RUNNING)


def test_a_drive_that_hangs_for_long_is_shown_as_such(hanging: DaemonBench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tiles, "PATIENCE_S", 0.0)
    tile = hanging.until_state("sda", TileState.PROTECTED)
    assert [reason.detail for reason in tile.reasons] == ["the drive does not answer"]
