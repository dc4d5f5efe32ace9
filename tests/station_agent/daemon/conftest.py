"""Daemons for the tests of this folder: each is stopped again after its test."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from station_agent.daemon import foreman
from station_agent.station import Station
from tests.station_agent.daemon.daemon_bench import DaemonBench, PlayedCrew, bench_text

Make = Callable[..., DaemonBench]


@pytest.fixture
def daemon(
    tmp_path: Path,
    open_bench_at: Callable[..., Station],
    make_report: Callable[..., Any],
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[Make]:
    """Factory: `daemon("sda", "sdb=SERIAL", drives={"sda": "read_only = true"})`; fields of `Means` by keyword."""
    monkeypatch.setattr(foreman, "LOOK_UP_S", 0.0)
    made: list[DaemonBench] = []

    def make(*names: str, drives: dict[str, str] | None = None, crew: Any = None, **changes: Any) -> DaemonBench:
        file = tmp_path / "test.toml"
        file.write_text(bench_text(*names, size=changes.pop("size", 1 << 20), **(drives or {})), encoding="utf-8")
        started = changes.pop("started", True)
        station = open_bench_at(tmp_path / "state")
        crew = PlayedCrew(make_report) if crew is None else crew(station, file)
        made.append(DaemonBench(tmp_path / "state", file, station, crew, changes))
        return made[-1].start() if started else made[-1]

    yield make
    for one in made:
        one.stop()
