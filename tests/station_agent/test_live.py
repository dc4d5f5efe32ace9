"""What the board says of a drive that erases itself: its own count and what is left, never a rate of bytes."""

from collections.abc import Callable
from typing import Any

import pytest

from erasure.events import Progress
from station_agent.board import Line, LineState
from station_agent.language import voice
from station_agent.live import plain_line, progress_words
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
