"""Time without a clock to trust: never earlier than what was durably seen, its source named, nothing lost."""

import itertools
import json
import random
from base64 import b64decode
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from station_agent.clock import FLOOR, Moment, SystemClock, wall_text, year_of
from station_agent.clock_floor import FlooredClock, within
from station_agent.hub_link import time_said
from station_agent.station import Station
from station_agent.sync import SyncState, drain

Make = Callable[..., Any]
TODAY = datetime(2026, 11, 21, 10, 0, tzinfo=UTC)
DAY = timedelta(days=1)
YEAR = timedelta(days=365)
SECOND = 1_000_000_000
BAD = [datetime(1970, 1, 1, tzinfo=UTC), datetime(2000, 1, 1, tzinfo=UTC), TODAY - DAY, TODAY - timedelta(seconds=1)]


@dataclass
class Machine:
    """The clocks of a machine, set by the test. `src` is what the machine itself would say."""

    time: datetime = TODAY
    src: str = "rtc"
    mono_s: int = 100

    def now(self) -> datetime:
        return self.time

    def moment(self) -> Moment:
        source = self.src if self.time >= FLOOR else "unset"
        return Moment("boot-1", self.mono_s * SECOND, wall_text(self.time), source)

    def forward(self, seconds: int) -> None:
        self.mono_s += seconds
        self.time += timedelta(seconds=seconds)


@pytest.fixture
def clock() -> Machine:
    """Every station of these tests has this clock."""
    return Machine()


def stated(station: Station) -> list[dict[str, Any]]:
    rows = station.store.rows("SELECT envelope FROM statement ORDER BY position")
    return [json.loads(b64decode(json.loads(row["envelope"])["payload"])) for row in rows]


def told(station: Station) -> list[tuple[str, str]]:
    return [(payload["wall"], payload["wall_src"]) for payload in stated(station)]


@pytest.mark.parametrize("bad", BAD)
def test_after_a_restart_no_statement_is_earlier_than_the_last_one(
    tmp_path: Path, open_bench_at: Make, state_runs: Make, clock: Machine, bad: datetime
) -> None:
    station = open_bench_at(tmp_path / "state")
    state_runs(station, 1)
    station.close()
    clock.time = bad
    again = open_bench_at(tmp_path / "state")
    state_runs(again, 1)
    clock.forward(90)
    state_runs(again, 1)
    first, second, third = told(again)
    assert (first, second[1]) == ((wall_text(TODAY), "rtc"), "floor")
    assert second[0] == first[0]
    expected = (wall_text(TODAY + timedelta(seconds=90)), "floor")
    assert third == (expected if bad != BAD[-1] else (wall_text(TODAY + timedelta(seconds=89)), third[1])) or (
        third == expected
    )


def test_a_new_bench_at_1970_states_the_date_of_its_software(
    tmp_path: Path, open_bench_at: Make, state_runs: Make, clock: Machine
) -> None:
    clock.time = BAD[0]
    station = open_bench_at(tmp_path / "state")
    state_runs(station, 1)
    assert told(station) == [(wall_text(FLOOR), "floor")]
    assert year_of(station.clock) is None


def test_a_clock_twenty_years_ahead_loses_nothing_and_time_never_goes_back_after_it(
    tmp_path: Path, open_bench_at: Make, state_runs: Make, clock: Machine
) -> None:
    station = open_bench_at(tmp_path / "state")
    state_runs(station, 1)
    clock.time += 20 * YEAR
    state_runs(station, 1)
    station.close()
    clock.time = TODAY + DAY
    again = open_bench_at(tmp_path / "state")
    state_runs(again, 2)
    walls = told(again)
    assert [src for _, src in walls] == ["rtc", "rtc", "floor", "floor"]
    assert [wall for wall, _ in walls] == sorted(wall for wall, _ in walls)
    assert [row.seq for row in again.outbox.rows()] == [1, 2, 3, 4]


@pytest.mark.parametrize("jump", [-20 * YEAR, -DAY, timedelta(0), DAY, 20 * YEAR])
def test_a_clock_that_jumps_during_a_run_leaves_its_duration_and_a_sound_bracket(
    *, station: Station, make_context: Make, make_report: Make, clock: Machine, jump: timedelta
) -> None:
    station.journal.open_run("e" * 32, make_context())
    opened = station.store.rows("SELECT opened FROM run")[0]["opened"]
    begun = wall_text(clock.time)
    clock.forward(3600)
    clock.time += jump
    report = replace(make_report("e" * 32), started_wall=begun, ended_wall=wall_text(clock.time), duration_ms=3_600_000)
    station.journal.close_run(report, make_context())
    (payload,) = stated(station)
    assert opened <= payload["started"] <= payload["ended"] <= payload["wall"]
    assert payload["duration_ms"] == 3_600_000
    assert payload["wall_src"] == ("floor" if jump <= -DAY else "rtc")


def test_the_source_is_named_and_the_best_one_taken() -> None:
    machine = Machine()
    clock = FlooredClock(machine, TODAY)
    assert clock.moment().wall_src == "rtc"
    machine.forward(10)
    clock.hear(TODAY + timedelta(seconds=12))
    machine.time += 20 * YEAR
    machine.mono_s += 5
    assert (clock.moment().wall, clock.moment().wall_src) == (wall_text(TODAY + timedelta(seconds=17)), "hub")
    machine.src, machine.time = "ntp", TODAY + timedelta(seconds=18)
    assert (clock.moment().wall, clock.moment().wall_src) == (wall_text(TODAY + timedelta(seconds=18)), "ntp")


def test_a_hub_in_the_past_does_not_pull_the_time_back() -> None:
    machine = Machine()
    clock = FlooredClock(machine, TODAY)
    before = clock.moment()
    clock.hear(TODAY - 20 * YEAR)
    assert (clock.moment().wall, clock.moment().wall_src) == (before.wall, "rtc")
    machine.time = BAD[0]
    assert (clock.moment().wall, clock.moment().wall_src) == (before.wall, "floor")


def test_a_bench_without_a_clock_takes_the_time_of_its_hub(
    tmp_path: Path, open_bench_at: Make, state_runs: Make, hub: Any, clock: Machine
) -> None:
    def dated(request: httpx.Request) -> httpx.Response:
        answer: httpx.Response = hub.answer(request)
        answer.headers["Date"] = "Sat, 21 Nov 2026 12:00:00 GMT"
        return answer

    clock.time = BAD[0]
    station = open_bench_at(tmp_path / "state", transport=httpx.MockTransport(dated))
    station.store.note("hub-url", "http://127.0.0.1:9")
    state_runs(station, 1)
    assert drain(station.sync()).state is SyncState.IDLE
    clock.forward(60)
    state_runs(station, 1)
    assert told(station) == [(wall_text(FLOOR), "floor"), ("2026-11-21T12:01:00Z", "hub")]


@pytest.mark.parametrize("header", ["", "yesterday", "Sat, 99 Nov 2026 12:00:00 GMT", "\0", "9" * 400])
def test_a_date_that_is_none_is_not_heard(header: str) -> None:
    assert time_said(header) is None


def test_a_thousand_jumps_never_turn_time_back_nor_lose_a_number() -> None:
    chance = random.Random(2026)
    for _ in range(20):
        machine, seen = Machine(), list[str]()
        clock = FlooredClock(machine, TODAY - DAY)
        for _ in range(50):
            machine.forward(chance.randint(0, 4000))
            machine.time = chance.choice([*BAD, machine.time, machine.time, TODAY + chance.randint(-9, 9) * DAY])
            machine.src = chance.choice(["rtc", "ntp"])
            if chance.random() < 0.2:
                clock.hear(chance.choice([*BAD, TODAY + DAY]))
            seen.append(clock.moment().wall)
        assert all(early <= late for early, late in itertools.pairwise(seen))
        assert min(seen) >= wall_text(TODAY - DAY)


def test_what_a_state_file_says_of_time_is_not_believed_blindly(
    tmp_path: Path, open_bench_at: Make, state_runs: Make
) -> None:
    station = open_bench_at(tmp_path / "state")
    station.store.note("hub-time", "zzzz")
    station.close()
    again = open_bench_at(tmp_path / "state")
    state_runs(again, 1)
    assert told(again) == [(wall_text(TODAY), "rtc")]


def test_the_machine_names_a_time_server_only_where_one_has_set_the_clock(tmp_path: Path) -> None:
    clock = SystemClock(synchronised_file=tmp_path / "synchronized")
    assert clock.moment().wall_src == "rtc"
    (tmp_path / "synchronized").touch()
    assert clock.moment().wall_src == "ntp"


def test_a_time_outside_its_bracket_is_brought_to_its_edge() -> None:
    early, middle, late = "2026-01-01T00:00:00Z", "2026-06-01T00:00:00Z", "2026-12-01T00:00:00Z"
    assert [within(early, text, middle) for text in (early, late, "1970-01-01T00:00:00Z")] == [early, middle, early]
