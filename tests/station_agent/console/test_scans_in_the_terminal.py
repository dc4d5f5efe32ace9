"""Scans as they reach the terminal: a burst of letters is one code and no keys; so is what a device brings."""

import asyncio

import pytest
from textual.events import Key

from station_agent.console.console import Console
from station_agent.console.day import GB, PaperBench, empty, ready
from station_agent.console.detail import Detail
from station_agent.console.screen_app import BenchApp, take_code
from station_agent.console.wall_screen import Wall
from station_agent.errors import StationError
from station_agent.scanner.device import NOT_GRABBED, Learnt, Scanner, Trouble
from station_agent.scanner.listening import Listening, Told
from tests.station_agent.console.test_day_by_keys import SMALL, at, press, two_drives
from tests.station_agent.console.test_scans import erasures
from tests.station_agent.scanner.strokes import START
from tests.station_agent.scanner.test_device import LATER, US, WEDGE
from tests.station_agent.scanner.test_device import Bench as Nodes
from tests.station_agent.scanner.test_device import code as code_events


class Keys:
    """A terminal whose keys come at times of the test."""

    def __init__(self, console: Console) -> None:
        self.now = 50.0
        self.app = BenchApp(console, now=lambda: self.now)

    def send(self, keys: list[str], step: float) -> None:
        for key in keys:
            self.now += step
            event = Key(key, key if len(key) == 1 else None)
            event.time = self.now
            self.app.on_key(event)

    def rest(self) -> None:
        self.now += 1
        self.app.settle(self.now)


def run(console: Console, *bursts: tuple[list[str], float]) -> str:
    """Send keys to a Textual application without a terminal; each burst is followed by a rest."""

    async def seen() -> str:
        keys = Keys(console)
        async with keys.app.run_test(size=(SMALL.columns, SMALL.rows)):
            for sent, step in bursts:
                keys.send(sent, step)
                keys.rest()
            return "\n".join(keys.app.sheet.render_line(row).text.rstrip() for row in range(SMALL.rows))

    return asyncio.run(seen())


FAST, SLOW = 0.004, 0.12


def test_a_burst_in_the_terminal_jumps_and_no_letter_of_it_is_a_key() -> None:
    paper = PaperBench(empty(2))
    paper.plug(ready(1, "WDC A", "XXSPXIXQ1", 500 * GB))
    console = at(paper)
    assert "serial XXSPXIXQ1" in run(console, ([*"XXSPXIXQ1", "enter"], FAST))
    assert isinstance(console.screen, Detail)
    assert paper.orders == []


def test_the_same_letters_by_hand_are_keys() -> None:
    console = at(two_drives())
    assert "Stop every run" in run(console, (["X"], SLOW))


def test_a_burst_in_the_terminal_confirms_a_drive_and_starts_nothing_by_its_enter() -> None:
    paper = two_drives()
    console = at(paper)
    shown = run(console, (["space", "p", "S"], SLOW), ([*"SER-AAAA", "enter"], FAST))
    assert "All are confirmed" in shown
    assert erasures(paper) == []


def test_a_code_without_enter_presses_nothing_on_the_wall_and_is_told() -> None:
    paper = two_drives()
    console = at(paper)
    assert "A code without its end was read" in run(console, ([*"XSPX1"], FAST))
    assert isinstance(console.screen, Wall)
    assert paper.orders == []


def test_what_the_scanner_of_the_bench_brings_is_taken_like_a_burst() -> None:
    bench_of_nodes, time = Nodes(), [START]
    thread = Listening(Scanner(bench_of_nodes.listed, bench_of_nodes.open, US), lambda _: None, lambda: time[0])
    thread.turn()
    console = at(two_drives())
    app = BenchApp(console, listening=thread)
    bench_of_nodes.send(WEDGE, code_events("SER-BBBB"))
    time[0] = LATER
    thread.turn()

    async def seen() -> str:
        async with app.run_test(size=(SMALL.columns, SMALL.rows)):
            app.look()
            return "\n".join(app.sheet.render_line(row).text for row in range(SMALL.rows))

    assert "serial SER-BBBB" in asyncio.run(seen())


@pytest.mark.parametrize(
    ("news", "answer"),
    [
        (Learnt(US), "This is the scanner of the bench from now on: DEMO Scanner, set to the keyboard us."),
        (Trouble(NOT_GRABBED), "The scanner is used by another program"),
        (StationError("The stick is full."), "The stick is full."),
    ],
)
def test_news_of_the_scanner_are_told(news: Told, answer: str) -> None:
    console = at(two_drives())
    take_code(console, news)
    assert answer in " ".join(press(console).split())
