"""The terminal of the day: it reads what stands there, says what is missing, and draws it with its colours."""

import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from station_agent.checks.screen_console import PAPER
from tests.day import terminal
from tests.day.picture import cells_of, index, svg_of_screen
from tests.day.terminal import Amiss, Terminal, plain

ORANGE = "\x1b[1m\x1b[38;2;230;159;0mÉtabli\x1b[0m ▶A1 \x1b[7mhere\x1b[0m"


@pytest.fixture
def shell() -> Iterator[Terminal]:
    with tempfile.TemporaryDirectory(prefix="tty") as folder:
        env = {"PATH": os.environ["PATH"], "PS1": "bench$ ", "LC_ALL": "C.UTF-8"}
        made = Terminal(Path(folder), ("sh", "-i"), env, 80, 25)
        made.open()
        yield made
        made.close()


@pytest.mark.world
def test_what_is_typed_is_read_and_what_does_not_come_is_told_with_the_screen(
    shell: Terminal, monkeypatch: pytest.MonkeyPatch
) -> None:
    shell.until("bench$")
    shell.type("echo one  two")
    shell.press("Enter", "$ echo one two one two bench$")
    monkeypatch.setattr(terminal, "PATIENCE_S", 0.0)
    with pytest.raises(Amiss, match=r"(?s)three.*one two"):
        shell.until("three", patience_s=0.0)
    with pytest.raises(Amiss, match="did not bring"):
        shell.press("x", "three")


def test_words_are_compared_without_blanks_and_in_the_glyphs_of_a_console() -> None:
    assert plain("réglé\u00a0: a\n b") == plain("réglé : a b") == "réglé:ab"


def test_a_screen_is_drawn_row_by_row_with_its_colours() -> None:
    rows = cells_of(f"{ORANGE}\n", 30, 2)
    assert ["".join(text for text, _ in row) for row in rows] == ["Établi ▶A1 here".ljust(30), " " * 30]
    first, _, here, _ = rows[0]
    assert (str(first[1].color.name), first[1].bold) == ("#e69f00", True)  # type: ignore[union-attr]
    assert str(here[1].color.name) == PAPER  # type: ignore[union-attr]
    drawn = svg_of_screen(ORANGE, "a <name>", 30, 2)
    assert "<title>a &lt;name&gt;</title>" in drawn
    assert 'fill="#e69f00" font-weight="bold"' in drawn


def test_the_page_shows_every_picture_with_what_it_shows(tmp_path: Path) -> None:
    page = index(tmp_path, "A day", [("01-a.svg", "it <began>"), ("02-b.svg", "it ended")]).read_text("utf-8")
    assert page.index("01-a.svg") < page.index("1. it &lt;began&gt;") < page.index("02-b.svg")
