"""The guided checks inside the console: opened by `c`, with who and what carried over; the runs go on and are shown."""

import threading
from dataclasses import replace
from pathlib import Path

import pytest

from diagnostics.checks import CheckResult
from station_agent.checks.desk import LIST, LIVE, NOTE, OVER
from station_agent.checks.kept import KeptAnswers
from station_agent.checks.page import is_safe
from station_agent.checks.pictures import _memory
from station_agent.console.checks_screen import Checks
from station_agent.console.checks_session import CheckSession
from station_agent.console.console import Console
from station_agent.console.day import GB, PaperBench, empty, ready
from station_agent.console.frame import Size, text_of
from station_agent.console.plain import Plain
from station_agent.console.plain_commands import COMMANDS
from station_agent.console.plain_scans import take_scanned
from station_agent.console.wall_screen import Wall
from station_agent.control.view import TileState
from station_agent.errors import StationError, StoreBroken
from station_agent.language import voice
from station_agent.scanner.own_codes import Own, own_code
from tests.station_agent.console.test_day_by_keys import at, press, two_drives
from tests.station_agent.test_guided_checks import at as at_check
from tests.station_agent.test_guided_checks import session


class Door:
    """Opens checks whose answers lie in a folder; `asked` keeps for whom."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.asked: list[tuple[str, str]] = []
        self.opened: list[CheckSession] = []

    def __call__(self, asset: str, operator: str) -> CheckSession:
        self.asked.append((asset, operator))
        desk = session(self.folder)
        desk.state, desk.answers.operator = LIST, operator
        self.opened.append(CheckSession(desk, "DEMO Laptop 14", asset))
        return self.opened[-1]


class Full(KeptAnswers):
    """Keeps nothing."""

    def add(self, result: CheckResult) -> None:
        raise StoreBroken("The stick is full.")


@pytest.fixture
def door(tmp_path: Path) -> Door:
    return Door(tmp_path)


def console_of(door: Door, paper: PaperBench | None = None) -> Console:
    console = at(paper or two_drives())
    console.opening = door
    return console


def test_c_opens_the_checks_with_who_works_here_and_q_goes_back_to_the_wall(door: Door) -> None:
    console = console_of(door)
    press(console, "i", *"op-3", "enter")
    assert "DEMO Laptop 14" in press(console, "c")
    assert door.asked == [("", "op-3")]
    press(console, "q")
    assert isinstance(console.screen, Wall)
    press(console, "c", "escape")
    assert isinstance(console.screen, Wall)
    assert len(door.opened) == 1


def test_an_answer_is_durable_and_bears_the_name_of_who_is_signed_in_now(door: Door) -> None:
    console = console_of(door)
    press(console, "c", "q", "i", *"op-7", "enter")
    press(console, "c")
    at_check(door.opened[0].desk, "charger")
    press(console, "p")
    assert [(row.id, row.operator) for row in KeptAnswers(door.folder, "m").read()] == [("charger", "op-7")]


def test_the_tag_of_the_machine_is_carried_over_and_another_one_is_another_machine(door: Door) -> None:
    paper = two_drives()
    paper.view = paper.view.model_copy(update={"mode": "machine", "asset": "PC-1"})
    console = console_of(door, paper)
    press(console, "c", "q")
    paper.view = paper.view.model_copy(update={"asset": "PC-2", "revision": 90})
    console.see(paper.view)
    press(console, "c")
    assert [asset for asset, _ in door.asked] == ["PC-1", "PC-2"]
    assert console.checks is door.opened[1]


def test_the_tag_for_drives_to_come_is_not_the_tag_of_the_bench_machine(door: Door) -> None:
    paper = two_drives()
    paper.view = paper.view.model_copy(update={"asset": "PC-1"})
    press(console_of(door, paper), "c")
    assert door.asked == [("", "")]


def test_the_runs_go_on_and_are_shown_and_their_end_is_called_out(door: Door) -> None:
    paper = two_drives()
    console = console_of(door, paper)
    press(console, "*", "S", "S", *"SER-AAAA", "enter", *"PC-2", "enter", "enter")
    assert paper.view.tiles[0].state is TileState.RUNNING
    press(console, "c")
    console.see(paper.pass_time())
    assert "[▶▶] slot 1 25 %, slot 2 25 %" in press(console)
    for _ in range(4):
        console.see(paper.pass_time())
    assert console.flash is not None
    console.press("x")
    assert console.flash is None
    assert "[OK] 2" in press(console)
    assert isinstance(console.screen, Checks)


def test_a_long_test_goes_on_while_a_person_is_at_the_wall_and_leaving_says_that_it_ends(door: Door) -> None:
    gate = threading.Event()
    console = console_of(door)
    press(console, "c")
    desk = door.opened[0].desk
    desk.means = replace(desk.means, memory=lambda course: (gate.wait(10), _memory(course))[1])
    at_check(desk, "memory").press("enter")
    press(console, "escape", "q")
    assert isinstance(console.screen, Wall)
    assert "it ends with the console" in press(console, "q")
    press(console, "escape", "c")
    assert desk.jobs["memory"].found is None
    gate.set()
    desk.jobs["memory"].wait(10)
    console.close()
    assert "it ends with the console" not in press(console, "q", "q")


def test_a_live_check_gets_every_key_at_once_also_those_of_the_console(door: Door) -> None:
    console = console_of(door)
    press(console, "c")
    desk = at_check(door.opened[0].desk, "display")
    press(console, "enter")
    assert desk.state == LIVE
    assert console.screen.raw
    press(console, "L", "h", "f1")
    assert (console.lang, isinstance(console.screen, Checks)) == ("en", True)
    assert len(console.rows()) == 25


def test_a_note_takes_letters_that_are_keys_elsewhere_and_codes_as_text(door: Door) -> None:
    console = console_of(door)
    press(console, "c")
    desk = at_check(door.opened[0].desk, "charger")
    press(console, "t", *"Lh?")
    assert (desk.state, desk.note) == (NOTE, "Lh?")
    press(console, "escape", "t")
    console.scan("65W-KIT")
    assert desk.note == "65W-KIT"


def test_a_scan_is_no_answer_to_a_check(door: Door) -> None:
    paper = two_drives()
    console = console_of(door, paper)
    press(console, "c")
    desk = at_check(door.opened[0].desk, "charger")
    for code in ("SER-AAAA", own_code(Own.LOT, "DSIT"), "ppppppp"):
        console.scan(code)
    assert "No code is taken here" in press(console)
    assert (desk.answers.given, paper.orders) == ([], [])


def test_a_bench_without_a_machine_and_a_console_without_checks_say_so(door: Door) -> None:
    def refuses(_asset: str, _operator: str) -> CheckSession:
        raise StationError("This bench has no machine to diagnose.")

    console = at(two_drives())
    assert "in another terminal: etabli-station check" in press(console, "c")
    console.opening = refuses
    assert "This bench has no machine to diagnose." in press(console, "c")
    assert isinstance(console.screen, Wall)


def test_an_answer_that_cannot_be_kept_is_said_and_the_console_stays(door: Door) -> None:
    console = console_of(door)
    press(console, "c")
    desk = at_check(door.opened[0].desk, "charger")

    desk.answers.kept = Full(door.folder, "m")
    assert "The stick is full." in press(console, "p")
    assert isinstance(console.screen, Checks)


@pytest.mark.parametrize("lang", ["fr", "en"])
@pytest.mark.parametrize("size", [Size(80, 25), Size(120, 40)], ids=("80x25", "120x40"))
def test_every_check_fits_with_the_runs_above_it(lang: str, size: Size, door: Door) -> None:
    paper = PaperBench(empty(2))
    paper.plug(ready(1, "WDC A", "SER-1", GB))
    console = console_of(door, paper)
    console.lang, console.size = lang, size
    press(console, "*", "S", "S", *"SER-1", "enter", "enter", "c")
    desk = door.opened[0].desk
    for place in range(len(desk.answers.checks)):
        desk.place, desk.state = place, LIST
        press(console, "enter")
        rows = console.rows()
        assert len(rows) == size.rows
        assert any("[▶▶]" in line for line in text_of(rows)[:4])
        for line in rows:
            assert sum(len(segment.text) for segment in line) <= size.columns
            assert all(is_safe(glyph) for segment in line for glyph in segment.text)


def test_the_line_mode_goes_through_the_checks_and_back_to_the_bench(door: Door) -> None:
    said: list[str] = []
    paper = two_drives()
    plain = Plain(paper, (voice("fr", {}), voice("en", {})), said.append, COMMANDS, take_scanned, lang="en",
                  opening=door)  # fmt: skip
    plain.see(paper.view)
    for line in ("sign-in op-3", "1234", "check", "status"):
        plain.take(line)
        plain.tick()
    assert door.asked == [("", "op-3")]
    assert any("“status” changes nothing here" in line for line in said)
    at_check(door.opened[0].desk, "charger")
    plain.tick()
    plain.take("p")
    assert door.opened[0].desk.answers.given[-1].id == "charger"
    door.opened[0].desk.state = LIST
    plain.take("q")
    assert said[-1].startswith("Back at the bench")
    plain.take("status")
    assert any("SER-AAAA" in line for line in said[-4:])
    assert door.opened[0].desk.state == OVER
    plain.take("check")
    assert (len(door.opened), door.opened[0].desk.state) == (1, LIST)
