"""`erase --json`: one object a line while it happens, the outcome last; nothing that a reader does stops an erase."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from erasure.drive import BlockDevice
from erasure.events import Notice, Progress
from station_agent.board import Board, Line, LineState
from station_agent.event_lines import EVERY_S, SCHEMA, EventLines
from tests.station_agent.conftest import StandingClock

Run = Callable[..., tuple[int, str, str]]
CHECKOUT = Path(__file__).resolve().parents[2]
ID = "ab" * 16


class Desk:
    """A board with one drive, and what is told of it."""

    def __init__(self, device: BlockDevice) -> None:
        self.told: list[dict[str, Any]] = []
        self.seconds = 100.0
        self.line = Line(ID, device)
        self.events = EventLines(self.say, StandingClock(), lambda: self.seconds, Board({ID: self.line}))

    def say(self, line: str) -> None:
        assert "\n" not in line
        self.told.append(json.loads(line))

    def after(self, seconds: float, phase: str, done: int, elapsed: int | None = None) -> list[str]:
        """Let time pass and work be done; name the events that this made."""
        self.seconds += seconds
        self.line.show(Progress(ID, phase, done, 1000, 10, None, 0, elapsed))
        before = len(self.told)
        self.events.refresh()
        return [one["event"] for one in self.told[before:]]


@pytest.fixture
def desk(make_facts: Any) -> Desk:
    return Desk(make_facts().device)


def test_progress_is_told_at_most_once_a_second_and_phases_at_once(desk: Desk) -> None:
    desk.events.refresh()
    assert desk.told == [], "nothing has happened yet"
    assert desk.after(0, "write", 10) == ["started", "phase", "progress"]
    assert desk.after(EVERY_S / 2, "write", 20) == []
    assert desk.after(EVERY_S / 2, "write", 30) == ["progress"]
    assert desk.after(EVERY_S * 5, "write", 30) == [], "it came no further"
    assert desk.after(0.1, "verify", 0) == ["phase", "progress"]
    assert desk.after(0.1, "verify", 500) == []
    assert {(one["schema"], one["wall"], one["serial"]) for one in desk.told} == {
        (SCHEMA, "2026-11-21T10:00:00Z", desk.line.device.identity.serial)
    }


def test_a_command_that_tells_nothing_is_told_by_its_time(desk: Desk) -> None:
    assert desk.after(0, "command", 0, 0) == ["started", "phase", "progress"]
    assert desk.after(EVERY_S, "command", 0, 1) == ["progress"]
    assert (desk.told[-1]["done_bytes"], desk.told[-1]["elapsed_s"]) == (0, 1)


def test_phases_that_nobody_saw_go_by_are_told_all_the_same(desk: Desk) -> None:
    for phase in ("prepare", "write"):
        desk.line.show(Progress(ID, phase, 1000, 1000, 10, None, 0))
    assert desk.after(0, "verify", 0) == ["started", "phase", "phase", "phase", "progress"]


def test_an_end_is_told_once_with_verdict_and_statement(desk: Desk) -> None:
    desk.after(0, "write", 10)
    desk.line.state, desk.line.verdict, desk.line.statement_id = LineState.CLOSED, "FAILED", "cd" * 32
    desk.line.reasons = (("STUCK", "no progress"),)
    with desk.events:
        desk.events.refresh()
    assert [one["event"] for one in desk.told].count("ended") == 1
    ended = desk.told[-1]
    assert (ended["verdict"], ended["statement"], ended["exit_status"]) == ("FAILED", "cd" * 32, 20)
    assert ended["reasons"] == [{"code": "STUCK", "detail": "no progress"}]


def test_a_notice_of_the_engine_is_told_once(desk: Desk) -> None:
    desk.after(0, "write", 10)
    notice = Notice(ID, "hot", "61 degrees")
    desk.line.notice, desk.line.detail = notice.code, notice.detail
    assert desk.after(0, "write", 10) == ["notice"]
    assert desk.after(0, "write", 10) == []


def lines_of(out: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in out.splitlines()]


@pytest.mark.world
def test_an_erase_is_followed_from_its_plan_to_its_statement(run: Run, bench_file: Path) -> None:
    serials = ("DEMO-good", "DEMO-shut")
    status, out, _ = run("erase", "good", "shut", "--confirm", *serials, "--bench", bench_file, "--events")
    *events, outcome = lines_of(out)
    assert (status, outcome["schema"]) == (30, "etabli.erase/1")
    assert {one["schema"] for one in events} == {SCHEMA}
    of = {serial: [one for one in events if one["serial"] == serial] for serial in serials}
    kinds = [one["event"] for one in of["DEMO-good"]]
    assert (kinds[:3], kinds[-1]) == (["planned", "started", "phase"], "ended")
    assert of["DEMO-good"][0]["method"] == "overwrite.keystream"
    assert [one["phase"] for one in of["DEMO-good"] if one["event"] == "phase"][-2:] == ["write", "verify"]
    assert [one["event"] for one in of["DEMO-shut"]] == ["planned", "ended"]
    assert (of["DEMO-shut"][0]["method"], of["DEMO-shut"][0]["reasons"][0]["code"]) == (None, "READ_ONLY")
    ends = {one["serial"]: (one["run_id"], one["verdict"], one["statement"]) for one in events if "verdict" in one}
    assert ends == {one["serial"]: (one["run_id"], one["verdict"], one["statement"]) for one in outcome["drives"]}


@pytest.mark.world
@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("good", "--confirm", "DEMO-bad"), "confirmation"),
        (("nothing", "--confirm", "x"), "usage"),
        (("good", "--confirm", "DEMO-good", "--lot", "\x01"), "unstatable"),
        (("good", "--no-such-option"), "usage"),
    ],
)
def test_what_fails_ends_with_an_error_on_a_line_of_its_own(
    run: Run, bench_file: Path, words: tuple[str, ...], code: str
) -> None:
    status, out, _ = run("erase", *words, "--bench", bench_file, "--events")
    *events, error = lines_of(out)
    assert (error["schema"], error["error"]["code"]) == ("etabli.error/1", code)
    assert {one["schema"] for one in events} <= {SCHEMA}
    assert status != 0


@pytest.mark.world
def test_a_reader_that_leaves_does_not_stop_the_erase(run: Run, bench_file: Path, tmp_path: Path) -> None:
    words = ("erase", "good", "--confirm", "DEMO-good", "--bench", str(bench_file), "--events")
    environment = {**os.environ, "ETABLI_STATE": str(tmp_path / "state"), "ETABLI_LANG": "en"}
    command = [sys.executable, "-m", "station_agent", *words]
    with subprocess.Popen(command, cwd=CHECKOUT, env=environment, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert json.loads(process.stdout.readline())["event"] == "planned"
        process.stdout.close()
        assert process.wait(timeout=120) == 0
    (row,) = json.loads(run("outbox", "--json")[1])["statements"]
    assert json.loads(run("report", row["id"], "--json")[1])["statement"]["result"]["verdict"] == "ERASED"
