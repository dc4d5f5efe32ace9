"""A station that is killed at any moment loses nothing that it acknowledged, and issues no `seq` twice."""

import os
import random
import signal
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from station_agent.signing import build_sha256
from station_agent.station import Station, open_station

ROUNDS = 25


@pytest.mark.world
def test_nothing_acknowledged_is_lost_by_a_kill(
    tmp_path: Path, state_runs: Callable[[Station, int], list[str]]
) -> None:
    build_sha256()  # once here, not in every child
    chance = random.Random(20261121)
    acknowledged: list[str] = []
    for _ in range(ROUNDS):
        acknowledged += killed_after(chance.randint(0, 4), chance.uniform(0, 0.02), tmp_path / "state", state_runs)
    with open_station(tmp_path / "state", demo=True) as station:
        rows = station.outbox.rows()
        assert set(acknowledged) <= {row.id for row in rows}
        assert [row.seq for row in rows] == list(range(1, len(rows) + 1))
        assert station.chain.head().seq == len(rows)
        assert all(row.state == "queued" for row in rows)
        closed = station.store.rows("SELECT count(*) AS n FROM run WHERE state = 'closed'")[0]["n"]
        assert closed == len(rows)
    assert len(acknowledged) > ROUNDS, "the rounds were too short to acknowledge anything"


def killed_after(
    statements: int, seconds: float, folder: Path, state_runs: Callable[[Any, int], list[str]]
) -> list[str]:
    """Fork a station that tells each acknowledged id through a pipe; kill it; give everything that it acknowledged."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            os.close(reading)
            station = open_station(folder, demo=True)
            os.write(writing, b"ready\n")
            while True:
                for name in state_runs(station, 1):
                    os.write(writing, f"{name}\n".encode())
        finally:
            os._exit(1)
    os.close(writing)
    with os.fdopen(reading, encoding="ascii") as told:
        assert told.readline() == "ready\n"
        first = [told.readline().strip() for _ in range(statements)]
        time.sleep(seconds)
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        return first + [line.strip() for line in told if line.endswith("\n")]
