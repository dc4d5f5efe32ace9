"""Line mode of the checks, for serial lines, braille and scripts: same words and keys, no cursor moves, no colours.

One line of input is one key, or its name; an empty line is Enter. A page is printed when it changed.
"""

import select
import time
from collections.abc import Callable
from typing import Final, TextIO

from station_agent.checks.desk import LIVE, OVER, TYPED, Desk
from station_agent.checks.page import Page, rows
from station_agent.language import say_aloud

RULED: Final = frozenset("─═█░ ")
NAMES: Final = {"": "enter", "enter": "enter", "space": "space", "esc": "escape", "escape": "escape"}
NAMES_OF_ARROWS: Final = ("up", "down", "left", "right", "backspace")
LOOK_EVERY_S: Final = 0.1


def text_of(page: Page) -> tuple[str, ...]:
    """Give the lines of a page without rules, bars and blank lines."""
    lines = ("".join(segment.text for segment in row).rstrip() for row in rows(page))
    return tuple(line for line in lines if line and not set(line) <= RULED)


def key_of(line: str) -> str:
    """Give the key that a line of input means."""
    word = line.strip().lower()
    if word in NAMES:
        return NAMES[word]
    return word if len(word) == 1 or word in NAMES_OF_ARROWS else word[:1]


def run_plain(desk: Desk, page: Callable[[], Page], source: TextIO) -> None:
    """Ask until the person leaves or the input ends."""
    shown: tuple[str, ...] = ()
    while desk.state != OVER:
        desk.tick()
        lines = text_of(page())
        if lines != shown and (desk.state != LIVE or not shown):
            for line in lines:
                say_aloud(line)
            shown = lines
        if desk.state == LIVE and not _ready(source):
            time.sleep(LOOK_EVERY_S)
            continue
        line = source.readline()
        if not line:
            return
        typed = desk.state in TYPED
        for key in line.rstrip("\n") if typed else [key_of(line)]:
            desk.press("space" if key == " " else key)
        if typed:
            desk.press("enter")


def _ready(source: TextIO) -> bool:
    try:
        return bool(select.select([source], [], [], 0)[0])
    except (OSError, ValueError):  # no descriptor: a text in a test is always ready
        return True
