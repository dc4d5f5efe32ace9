"""`etabli-station log`: an alarm is told in both languages with what to do, and ended by a person with a word."""

import json
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from hub.live.beats import read, take_in
from station_agent.control.view import BenchView
from station_agent.heartbeat import document
from station_agent.records import FILE
from station_agent.store import Store
from station_agent.sync import SyncState, drain
from tests.station_agent.observer.log_hub import LogHub, leaf

URL = "http://127.0.0.1:9"
Run = Callable[..., tuple[int, str, str]]
Make = Callable[..., Any]


@pytest.fixture
def alarmed(tmp_path: Path, open_bench_at: Make, state_runs: Make) -> Path:
    """Give the state of a bench whose hub has changed its history."""
    hub = LogHub()
    hub.grow(5)
    station = open_bench_at(tmp_path / "state", transport=hub.transport())
    station.store.note("hub-url", URL)
    state_runs(station, 1)
    drain(station.sync())
    hub.log.leaves[3] = leaf("edited")
    state_runs(station, 1)
    assert drain(station.sync()).state is SyncState.ALARM
    assert station.observer().state == "alarm.fork"
    station.close()
    return tmp_path / "state"


def test_an_alarm_is_told_in_the_language_of_the_person_with_what_to_do(alarmed: Path, run: Run) -> None:
    status, out, _ = run("log", "show", "--lang", "en")
    assert (status, "another history" in out, "log resume --by NAME" in out) == (20, True, True)
    assert str(alarmed / "log-alarms" / "1-fork") in out
    status, out, _ = run("log", "show", "--lang", "fr")
    assert (status, "une autre histoire" in out, "Rien n'est perdu" in out) == (20, True, True)
    status, out, _ = run("log", "show", "--json")
    told = json.loads(out)
    assert (told["schema"], told["alarms"][0]["code"], told["logs"][0]["size"]) == ("etabli.log/1", "fork", 5)
    _, _, err = run("sync")
    assert "ALARM" in err, "every command that sends says it"


def test_an_alarm_is_shown_while_the_daemon_works_with_the_state(alarmed: Path, run: Run) -> None:
    with Store(alarmed):
        status, out, err = run("log", "show", "--lang", "en")
    assert (status, "another history" in out, err) == (20, True, "")


def test_records_of_an_older_version_have_seen_no_log(alarmed: Path, run: Run) -> None:
    with sqlite3.connect(alarmed / FILE) as connection:
        connection.executescript("DROP TABLE log_shard; DROP TABLE log_alarm; PRAGMA user_version=1")
    status, out, _ = run("log", "show", "--lang", "en")
    assert (status, "No log of the hub was seen yet" in out) == (0, True)
    with Store(alarmed) as store:
        assert store.rows("SELECT * FROM log_alarm") == []


def test_an_alarm_ends_by_a_name_and_a_word_and_both_are_kept(alarmed: Path, run: Run) -> None:
    assert alarmed.exists()
    assert run("log", "resume", "--by", " ", "--word", "x")[0] == 2
    assert run("log", "show")[0] == 20
    status, out, _ = run("log", "resume", "--by", "Nadia", "--word", "old backup put right")
    assert (status, "has to show" in out) == (0, True)
    status, out, _ = run("log", "show")
    assert (status, "by Nadia (old backup put right)" in out) == (0, True)
    assert "nothing was changed" in run("log", "resume", "--by", "x", "--word", "y")[1]


@pytest.mark.parametrize("state", ["", "none", "seen", "unproved", "alarm.fork"])
def test_the_heartbeat_says_how_the_bench_sees_the_log(state: str) -> None:
    view = BenchView(revision=1, name="Banc", mode="bays", tiles=(), version="0.1.0", log=state)
    assert read(take_in(document(view))).log == state
