"""What the board says of a drive that erases itself: its own count and what is left, never a rate of bytes."""

from collections.abc import Callable
from typing import Any

import pytest

from erasure.events import Progress
from station_agent.board import Board, Line, LineState
from station_agent.language import voice
from station_agent.live import PlainLines, plain_line, progress_words, table
from station_agent.words import PHASES

EN, FR = voice("en", {}), voice("fr", {})


def test_an_erase_by_the_drive_itself_shows_its_count_and_what_is_left(make_facts: Callable[..., Any]) -> None:
    line = Line("1" * 32, make_facts().device)
    line.show(Progress(line.run_id, "command", 50, 100, 7_000_000, 90, 0))
    assert line.state is LineState.RUNNING
    assert plain_line(EN, line).endswith("erasing  50 %  1:30 left")
    assert progress_words(FR, line, wide=False).endswith("50 %  reste 1:30")
    assert "MB/s" not in plain_line(EN, line) + progress_words(EN, line, wide=True)


def test_every_phase_of_a_firmware_run_has_its_word_in_both_languages() -> None:
    for phase in ("prepare", "restore", "plant", "command", "look", "probe", "write", "verify"):
        assert FR.say(PHASES[phase]) != PHASES[phase]


@pytest.mark.parametrize(
    ("code", "english", "french"),
    [("hot", "PAUSED: too warm", "EN PAUSE\u00a0: trop chaud"), ("slow", "slower than it was", "plus lent qu'avant")],
)
def test_what_the_engine_noticed_is_said_beside_the_phase(
    make_facts: Callable[..., Any], code: str, english: str, french: str
) -> None:
    line = Line("1" * 32, make_facts().device, notice=code)
    line.show(Progress(line.run_id, "write", 50, 100, 7_000_000, 90, 0))
    assert english in plain_line(EN, line)
    assert french in progress_words(FR, line, wide=False)
    line.notice = "cooled"
    assert english not in plain_line(EN, line)


def at_work(line: Line, elapsed: int, expected: int | None) -> Line:
    left = None if expected is None else max(0, expected - elapsed)
    line.show(Progress(line.run_id, "command", 0, 100, 0, left, 0, elapsed, expected))
    return line


def test_a_command_that_blocks_shows_time_and_never_a_share(make_facts: Callable[..., Any]) -> None:
    line = at_work(Line("1" * 32, make_facts().device), 180, 720)
    assert plain_line(EN, line).endswith("erasing  the drive reports no progress; expected 12:00, 3:00 gone")
    assert progress_words(EN, line, wide=False) == "erasing      3:00 of about 12:00"
    assert "%" not in plain_line(FR, line) + progress_words(FR, line, wide=True)
    assert plain_line(EN, at_work(line, 180, None)).endswith("the drive reports no progress and no time; 3:00 gone")
    line.show(Progress(line.run_id, "look", 50, 100, 0, None, 0))
    assert "50 %" in plain_line(EN, line), "what can be counted is counted again"


def test_what_ctrl_c_does_meanwhile_is_said_once_and_time_at_every_quarter(make_facts: Callable[..., Any]) -> None:
    board, said = Board(), []
    line = board.add(Line("1" * 32, make_facts().device))
    lines = PlainLines(board, EN, said.append)
    for elapsed in (1, 2, 100, 200, 300, 700, 900, 1100):
        at_work(line, elapsed, 720)
        lines.refresh()
    assert sum("Ctrl-C stops only this bench: the drive goes on" in one for one in said) == 1
    assert [one.split("12:00, ")[1] for one in said if "12:00" in one] == [
        "0:01 gone", "3:20 gone", "11:40 gone", "15:00 gone", "18:20 gone",
    ]  # fmt: skip


def test_the_live_table_says_what_ctrl_c_does_while_a_drive_tells_nothing(make_facts: Callable[..., Any]) -> None:
    board = Board()
    line = board.add(Line("1" * 32, make_facts().device))
    assert table(board, EN).caption is None
    at_work(line, 180, 720)
    assert "its run stays open" in str(table(board, EN).caption).lower()
