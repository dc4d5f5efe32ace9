"""Line mode of the checks, for serial lines, braille and scripts: same words and keys, no cursor moves, no colours.

One line of input is one key, or its name; an empty line is Enter. A page is printed when it changed, and a line that
changes nothing is answered: whoever types "plus tard" means no "p", so a word is never taken for its first letter.
"""

import os
import select
import sys
import time
from collections.abc import Callable
from typing import Final, TextIO

from station_agent.checks.desk import LIVE, OVER, TYPED, Desk
from station_agent.checks.page import Page, rows
from station_agent.columns import fitted, width_of
from station_agent.language import Voice, mark, say_aloud

RULED: Final = frozenset("─═█░ ")
NAMES: Final = {"": "enter", "enter": "enter", "space": "space", "esc": "escape", "escape": "escape"}
NAMES_OF_ARROWS: Final = ("up", "down", "left", "right", "backspace")
LOOK_EVERY_S: Final = 0.1
MOST_SHOWN: Final = 20  # letters of a line that is no key
NOTHING_CHANGED: Final = mark("“{typed}” changes nothing here. The keys are named above: one key, then Enter.")


def text_of(page: Page) -> tuple[str, ...]:
    """Give the lines of a page without rules, bars and blank lines."""
    lines = ("".join(segment.text for segment in row).rstrip() for row in rows(page))
    return tuple(line for line in lines if line and not set(line) <= RULED)


def key_of(line: str) -> str:
    """Give the key that a line of input means; "" for a word that names none."""
    word = line.strip().lower()
    if word in NAMES:
        return NAMES[word]
    return word if len(word) == 1 or word in NAMES_OF_ARROWS else ""


class CheckLines:
    """The checks as lines: `say` prints one, `page` draws the desk in the language of the moment."""

    def __init__(self, desk: Desk, page: Callable[[], Page], say: Callable[[str], None]) -> None:
        self._desk, self._page, self._say = desk, page, say
        self._shown: tuple[str, ...] = ()

    @property
    def over(self) -> bool:
        """Whether the person has left."""
        return self._desk.state == OVER

    @property
    def live(self) -> bool:
        """Whether the check that is open changes by itself."""
        return self._desk.state == LIVE

    def show(self) -> None:
        """Let time pass and print the page when it changed; what changes by itself is printed once."""
        self._desk.tick()
        lines = text_of(self._page())
        if lines != self._shown and (not self.live or not self._shown):
            for line in lines:
                self._say(line)
            self._shown = lines

    def take(self, line: str, voice: Voice) -> None:
        """Take a line as a key, or as text where one is asked for; a line that changes nothing is answered."""
        if self._desk.state in TYPED:
            _type(self._desk, line.rstrip("\n"))
        elif not _press(self._desk, key_of(line), self._page):
            typed = "".join(letter for letter in line.strip()[:MOST_SHOWN] if letter.isprintable())
            self._say(voice.say(NOTHING_CHANGED, typed=typed or voice.say("Enter")))


def run_plain(desk: Desk, page: Callable[[], Page], source: TextIO, voice: Voice) -> None:
    """Ask until the person leaves or the input ends."""
    lines = CheckLines(desk, page, lambda line: say_aloud(fitted(line, width_of(sys.stdout, os.environ))))
    while not lines.over:
        lines.show()
        if lines.live and not _ready(source):
            time.sleep(LOOK_EVERY_S)
            continue
        line = source.readline()
        if not line:
            return
        lines.take(line, voice)


def _type(desk: Desk, line: str) -> None:
    for letter in line:
        desk.press("space" if letter == " " else letter)
    desk.press("enter")


def _press(desk: Desk, key: str, page: Callable[[], Page]) -> bool:
    """Press a key, and say whether the person saw something come of it; a trial that runs shows it by itself."""
    before, state = text_of(page()), desk.state
    if key:
        desk.press("space" if key == " " else key)
    return bool(key) and (LIVE in (state, desk.state) or state != desk.state or text_of(page()) != before)


def _ready(source: TextIO) -> bool:
    try:
        return bool(select.select([source], [], [], 0)[0])
    except (OSError, ValueError):  # no descriptor: a text in a test is always ready
        return True
