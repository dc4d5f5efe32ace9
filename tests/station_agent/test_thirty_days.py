"""Thirty days without a hub and 2,000 statements; then a hub that drops, doubles, reorders and delays: exactly once.

The model is a list: what was made, in its order. Time is virtual.
"""

import json
import random
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import pytest

from station_agent.assemble import erasure_facts
from station_agent.outbox import OutboxState
from station_agent.station import Station
from station_agent.sync import LONGEST_PAUSE_S, SyncState

STATEMENTS, DAYS = 2000, 30
Make = Callable[..., Any]


@dataclass
class BadRoad:
    """The way to a hub: every request may be lost, doubled, or answered late; a batch is stored in any order."""

    hub: Any
    chance: random.Random
    open: bool = False
    late: list[httpx.Request] = field(default_factory=list)
    seen: dict[str, int] = field(default_factory=dict)

    def answer(self, request: httpx.Request) -> httpx.Response:
        if not self.open:
            raise httpx.ConnectError("no cable")
        if "statements" not in request.url.path:
            answered: httpx.Response = self.hub.answer(request)
            return answered
        fate = self.chance.choice(["good", "good", "good", "lost", "unanswered", "doubled", "delayed", "part", "error"])
        self.seen[fate] = self.seen.get(fate, 0) + 1
        return self.meet(fate, request)

    def meet(self, fate: str, request: httpx.Request) -> httpx.Response:
        if fate == "lost":
            raise httpx.ConnectError("cut")
        if fate == "error":
            return httpx.Response(self.chance.choice([500, 502, 503, 429, 301]), json={})
        if fate == "delayed":  # comes to the hub after requests that were sent later
            self.late.append(request)
            raise httpx.ReadTimeout("late")
        told = self.mixed(request, part=fate == "part")
        if fate == "doubled":
            told = self.mixed(request, part=False)
        if fate == "unanswered":
            raise httpx.ReadTimeout("no answer")
        if self.late and self.chance.random() < 0.5:
            self.hub.answer(self.late.pop(0))
        return told

    def mixed(self, request: httpx.Request, *, part: bool) -> httpx.Response:
        """Let the hub answer; results come back in any order, and some may be missing."""
        answered: httpx.Response = self.hub.answer(request)
        if request.method == "PUT":
            return answered
        results = json.loads(answered.content)["results"]
        self.chance.shuffle(results)
        return httpx.Response(200, json={"results": results[: len(results) // 2] if part else results})


def a_day(station: Station, number: int, make_report: Make, make_context: Make) -> list[str]:
    """State what one day brings, in one transaction, as fast as a test may."""
    made = []
    with station.store.transaction() as connection:
        for _ in range(number):
            facts = erasure_facts(make_report(), make_context())
            made.append(station.chain.append(connection, "erasure", facts, run_id=None).id)
    return made


@pytest.mark.parametrize("seed", [5])
def test_everything_arrives_exactly_once_and_in_order(
    *, tmp_path: Path, open_bench_at: Make, hub: Any, clock: Any, make_report: Make, make_context: Make, seed: int
) -> None:
    road = BadRoad(hub, random.Random(seed))
    station: Station = open_bench_at(tmp_path / "state", transport=httpx.MockTransport(road.answer))
    station.store.note("hub-url", "http://127.0.0.1:9")
    model: list[str] = []
    sync = station.sync(jitter=road.chance.random)
    for day in range(DAYS):
        model += a_day(station, STATEMENTS // DAYS + (day < STATEMENTS % DAYS), make_report, make_context)
        for _ in range(4):
            assert sync.step().state in (SyncState.UNREACHABLE, SyncState.PAUSED)
            clock.forward(86400 / 4)
    assert len(model) == STATEMENTS
    assert station.outbox.counts()[OutboxState.QUEUED] == STATEMENTS, "a month without a hub loses nothing"
    road.open = True
    for _ in range(3000):
        if not station.outbox.counts()[OutboxState.QUEUED]:
            break
        sync.step()
        confirmed = station.outbox.counts()[OutboxState.CONFIRMED]
        assert confirmed <= len(hub.stored), "nothing is confirmed that the hub has not stored"
        clock.forward(LONGEST_PAUSE_S)
    for request in road.late:
        hub.answer(request)
    assert set(road.seen) == {"good", "lost", "unanswered", "doubled", "delayed", "part", "error"}
    assert hub.order == model
    assert station.outbox.counts()[OutboxState.CONFIRMED] == STATEMENTS
    assert station.chain.locked() == ""
