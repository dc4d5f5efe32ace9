"""A hub that was put back from an old backup: what it confirmed and lost comes back from the benches, to it alone."""

import base64
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from station_agent.station import Station
from station_agent.sync import SyncState, drain
from tests.station_agent.test_sync import URL, drop, states

Make = Callable[..., Any]


@pytest.fixture
def enrolled(tmp_path: Path, open_bench_at: Make, hub: Any) -> Station:
    station: Station = open_bench_at(tmp_path / "state", transport=hub.transport())
    station.store.note("hub-url", URL)
    return station


def forget(hub: Any, kept: int) -> None:
    """Put the hub back to where it had so many statements."""
    for name in hub.order[kept:]:
        del hub.stored[name]
    del hub.order[kept:]


def test_what_a_hub_confirmed_and_forgot_is_sent_again(enrolled: Station, hub: Any, state_runs: Make) -> None:
    made = state_runs(enrolled, 9)
    drain(enrolled.sync())
    forget(hub, 4)
    again = enrolled.sync()
    assert drain(again).confirmed == 5
    assert hub.order == made
    assert states(enrolled) == ["confirmed"] * 9


def test_a_daemon_that_runs_on_finds_out_after_the_outage(enrolled: Station, hub: Any, state_runs: Make) -> None:
    made = state_runs(enrolled, 6)
    sync = enrolled.sync()
    drain(sync)
    forget(hub, 0)
    hub.faults.append(drop)
    made += state_runs(enrolled, 1)
    assert sync.step(now=True).state is SyncState.UNREACHABLE
    drain(sync)
    assert hub.order == made


def test_nothing_is_sent_again_to_a_hub_that_has_it(enrolled: Station, hub: Any, state_runs: Make) -> None:
    state_runs(enrolled, 5)
    drain(enrolled.sync())
    before = [request for request in hub.requests if request.startswith(("PUT", "POST"))]
    drain(enrolled.sync())
    assert [request for request in hub.requests if request.startswith(("PUT", "POST"))] == before


def test_what_one_hub_confirmed_is_never_shown_to_another(enrolled: Station, hub: Any, state_runs: Make) -> None:
    state_runs(enrolled, 5)
    drain(enrolled.sync())
    forget(hub, 0)
    enrolled.store.note(f"told-elsewhere:{enrolled.key.kid}", "5")
    state_runs(enrolled, 2)
    drain(enrolled.sync())
    assert [json.loads(base64.b64decode(json.loads(hub.stored[name])["payload"]))["seq"] for name in hub.order] == [
        6,
        7,
    ]


@pytest.mark.parametrize("seq", ["4", None, [], 1.5])
def test_a_head_that_is_no_number_sends_nothing_again(
    enrolled: Station, hub: Any, state_runs: Make, seq: object
) -> None:
    state_runs(enrolled, 3)
    drain(enrolled.sync())
    hub.head = {"seq": seq, "id": "x"}
    assert drain(enrolled.sync()).state is SyncState.IDLE
    assert states(enrolled) == ["confirmed"] * 3
