"""What a bench tells the live page of a hub: when, what of a drive, and never more than the hub takes."""

import json
from dataclasses import dataclass, field
from typing import Any

import pytest

from hub.live.beats import MOST_DRIVES as HUB_TAKES
from hub.live.beats import read, take_in
from station_agent.control.view import BenchView, OutboxView, ReasonView, RunView, Tile, TileState
from station_agent.errors import HubUnreachable
from station_agent.heartbeat import MOST_BYTES, MOST_DRIVES, Heartbeats, document, drive_row
from station_agent.hub_link import Answer, HubLink

RUN = RunView(run_id="r", phase="write", done_bytes=42, total_bytes=100, rate=120_000_000, eta_s=90, celsius=41)
WIPING = Tile(slot="3", state=TileState.RUNNING, drive="sda:1", model="WD", serial="WD-WCC1234", lot="L-1", run=RUN)


def bench(*tiles: Tile, **more: Any) -> BenchView:
    return BenchView(revision=1, name="Banc", mode="bays", tiles=tiles, version="0.1.0", **more)


@dataclass
class Hub:
    """A hub that takes, refuses or is silent, and what it was told."""

    status: int = 204
    told: list[dict[str, Any]] = field(default_factory=list)

    def heartbeat(self, told: dict[str, Any]) -> Answer:
        self.told.append(told)
        if self.status == 0:
            raise HubUnreachable("silent")
        return Answer(self.status, {}, "", "")


@dataclass
class Beating:
    """Heartbeats of a bench whose clock and picture the test moves."""

    hub: Any
    now: float = 1000.0
    view: BenchView = bench(WIPING)  # noqa: RUF009  (frozen)

    def __post_init__(self) -> None:
        link: HubLink = self.hub
        self.beats = Heartbeats(link, lambda: self.view, lambda: self.now)

    def times(self, seconds: int) -> int:
        """Count what is sent in so many seconds, asked every second."""
        before = len(self.hub.told)
        for _ in range(seconds):
            self.beats.beat()
            self.now += 1
        return len(self.hub.told) - before


def test_while_something_runs_the_hub_hears_every_five_seconds_else_every_minute() -> None:
    beating = Beating(Hub())
    assert beating.times(60) == 12
    beating.view = bench(Tile(slot="1", state=TileState.READY, drive="sda:1"))
    assert beating.times(6) == 1, "what changed is told soon"
    assert beating.times(120) == 2


@pytest.mark.parametrize("status", [0, 401, 422, 500])
def test_a_hub_that_does_not_take_it_is_left_alone_for_a_minute(status: int) -> None:
    beating = Beating(Hub(status))
    assert beating.times(120) == 2
    beating.hub.status = 204
    beating.times(60)
    assert beating.times(20) == 4


def test_a_bench_without_a_hub_tells_nobody() -> None:
    Heartbeats(None, lambda: bench(WIPING), lambda: 0.0).beat()


def test_a_drive_tells_what_a_person_asks_from_afar_and_only_the_end_of_its_serial() -> None:
    row = drive_row(WIPING)
    assert row == {
        "state": "running",
        "slot": "3",
        "model": "WD",
        "serial_end": "1234",
        "lot": "L-1",
        "phase": "write",
        "percent": 42,
        "rate": 120_000_000,
        "eta_s": 90,
        "celsius": 41,
    }
    assert "WCC" not in json.dumps(document(bench(WIPING)))


@pytest.mark.parametrize(
    ("tile", "waits"),
    [
        (Tile(slot="1", state=TileState.READY), "start"),
        (Tile(slot="1", state=TileState.FROZEN, reasons=(ReasonView(code="FROZEN"),)), "unfreeze"),
        (Tile(slot="1", state=TileState.POWER_CYCLE), "power-cycle"),
        (Tile(slot="1", state=TileState.RUNNING, run=RUN.model_copy(update={"silent": True})), "drive"),
        (Tile(slot="1", state=TileState.RUNNING, run=RUN.model_copy(update={"limited_by": "heat"})), "cooling"),
        (Tile(slot="1", state=TileState.ERASED, run=RUN.model_copy(update={"kept": "queued"})), "hub"),
        (Tile(slot="1", state=TileState.ERASED, run=RUN.model_copy(update={"kept": "confirmed"})), "pull"),
    ],
)
def test_what_a_drive_waits_for_is_said(tile: Tile, waits: str) -> None:
    assert drive_row(tile)["waits_for"] == waits


def test_nothing_known_yet_is_nothing_said_and_zero_percent_is() -> None:
    assert drive_row(Tile(slot="1", state=TileState.READING)) == {"state": "reading", "slot": "1"}
    begun = RunView(run_id="r", total_bytes=100)
    assert drive_row(Tile(slot="1", state=TileState.RUNNING, run=begun))["percent"] == 0
    assert "percent" not in drive_row(Tile(slot="1", state=TileState.RUNNING, run=RunView(run_id="r")))


def test_a_hundred_and_fifty_drives_with_hostile_names_still_fit_and_the_urgent_ones_stay() -> None:
    hostile = "\x00\u202e\ud800é" * 300
    silent = WIPING.model_copy(update={"model": hostile, "serial": hostile, "lot": hostile, "asset": hostile})
    ready = [Tile(slot=hostile, state=TileState.READY, model=hostile, lot=hostile) for _ in range(149)]
    told = document(bench(*ready, silent, outbox=OutboxView(queued=3)))
    assert len(json.dumps(told)) <= MOST_BYTES
    assert told["drives"][0]["state"] == "running"
    assert len(told["drives"]) + told["left_out"] == 150
    assert len(told["drives"]) <= MOST_DRIVES <= HUB_TAKES
    assert read(take_in(told)).outbox.queued == 3


def test_every_state_of_a_tile_is_taken_by_the_hub() -> None:
    tiles = tuple(Tile(slot=str(n), state=state, run=RUN) for n, state in enumerate(TileState))
    beat = read(take_in(json.loads(json.dumps(document(bench(*tiles))))))
    assert {drive.state for drive in beat.drives} == {state.value for state in TileState} - {"empty"}
    assert beat.slots == len(TileState)
