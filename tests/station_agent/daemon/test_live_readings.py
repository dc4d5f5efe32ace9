"""What a tile and a plan tell while nothing is over: warmth, what limits, how long, which level."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from erasure.events import Event, Progress
from station_agent.bench import simulated_bench
from station_agent.control.view import TileState
from station_agent.links import Link
from tests.station_agent.daemon.daemon_bench import DaemonBench, PlayedCrew, bench_text

Make = Callable[..., DaemonBench]
HUB = Link("1-2", 480)


@pytest.fixture
def behind_a_hub(tmp_path: Path) -> Any:
    file = tmp_path / "hub.toml"
    file.write_text(bench_text("sda", "sdb"), encoding="utf-8")
    bench = simulated_bench(file, tmp_path / "state" / "bench")
    return replace(bench, links=lambda device: (Link(f"1-2.{device.name[-1]}", 480), HUB))


class FastCrew(PlayedCrew):
    """Every run writes at 20 MB/s, at 41 degrees."""

    def poll(self, timeout: float) -> list[Event]:
        found = super().poll(timeout)
        warm = {"rate": 20_000_000, "celsius": 41}
        return [replace(one, **warm) if isinstance(one, Progress) else one for one in found]  # type: ignore[arg-type]


def test_drives_behind_one_hub_say_that_it_limits_them(daemon: Make, behind_a_hub: Any, make_report: Any) -> None:
    bench = daemon("sda", "sdb", bench=behind_a_hub, crew=lambda *_: FastCrew(make_report))
    bench.erase("sda")
    tile = bench.until_state("sda", TileState.RUNNING)
    bench.until(lambda view: bool((run := bench.tile(view, "sda").run) and run.limited_by == "device"))
    (plan,) = bench.plan("sdb").plans
    assert plan.expected_s == 1, "2 MiB over a link of 42 MB/s, a second at least"
    bench.erase("sdb")
    view = bench.until(lambda view: bool((run := bench.tile(view, "sdb").run) and run.limited_by == "hub"))
    tile = bench.tile(view, "sda")
    assert tile.run is not None
    assert (tile.run.limited_by, tile.run.celsius, tile.celsius) == ("hub", 41, 41)
    figures = bench.http.get("/v1/metrics").text
    assert 'etabli_limited_drives{by="hub"} 2' in figures
    assert "etabli_warmest_celsius 41" in figures
    assert "etabli_seconds_left 4" in figures


def test_what_is_over_has_no_live_reading(daemon: Make, make_report: Any) -> None:
    bench = daemon("sda", crew=lambda *_: FastCrew(make_report))
    bench.erase("sda")
    bench.until(lambda view: bench.tile(view, "sda").celsius == 41)
    bench.crew.ends["DEMO-sda"] = {}
    tile = bench.until_state("sda", TileState.ERASED)
    assert tile.run is not None
    assert (tile.run.celsius, tile.run.limited_by, tile.celsius) == (None, "", None)
    assert "etabli_warmest_celsius 4" not in bench.http.get("/v1/metrics").text


def test_a_plan_says_the_level_and_the_time_of_each_method_that_applies(daemon: Make) -> None:
    bench = daemon("sda", drives={"sda": "[drives.ata]\nerase_minutes = 4\n"})
    (plan,) = bench.plan("sda", method="overwrite.keystream").plans
    rows = {row.id: row for row in plan.methods}
    chosen = rows["overwrite.keystream"]
    assert (chosen.level, chosen.expected_s, plan.expected_s) == ("CLEAR", 1, 1)
    assert [(row.level, row.expected_s) for row in plan.methods if row.reason is not None and not row.chosen] == [
        ("", None) for row in plan.methods if row.reason is not None and not row.chosen
    ]
