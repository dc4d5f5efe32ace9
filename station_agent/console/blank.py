"""Whole screens: the word that flashes when a drive is over, and the blank screen that still shows the state.

The blank screen moves its few words from time to time, so that nothing burns in.
"""

from typing import Final

from station_agent.console.blocks import block_lines
from station_agent.console.frame import Line, Page, Segment, Size, safe, words
from station_agent.console.screen import Screen
from station_agent.console.signals import Turns
from station_agent.console.signs import SIGNS, counts, percent
from station_agent.control.view import TileState
from station_agent.language import Voice, mark

DONE: Final = mark("DONE")
FAILED: Final = mark("LOOK HERE")
SLOTS: Final = mark("slot: {slots}")
ANY_KEY: Final = mark("any key: back to the bench")
QUIET: Final = mark("nothing runs")
MOVE_S: Final = 8
STEPS: Final = (1, 5)  # rows and columns of a move: every place is visited


def flash_page(voice: Voice, happened: Turns, size: Size) -> Page:
    """Fill the screen with one word and the slots that it is about."""
    style = "red" if happened.failed else "green"
    word = voice.say(FAILED if happened.failed else DONE)
    sign = "[KO]" if happened.failed else "[OK]"
    slots = ", ".join(happened.failed or happened.done)
    drawn = [*block_lines(word), "", f"{sign} {word}", voice.say(SLOTS, slots=slots)]
    if happened.failed and happened.done:
        drawn.append(f"[OK] {voice.say(SLOTS, slots=', '.join(happened.done))}")
    above = max(0, (size.rows - len(drawn)) // 2)
    lines = ["", *[""] * (above - 1), *drawn, *[""] * size.rows][: size.rows]
    width = max(len(line) for line in drawn)
    left = max(0, (size.columns - width) // 2)
    filled = (words(f"{' ' * left}{safe(line)}".ljust(size.columns)[: size.columns], style) for line in lines)
    return Page("", body=tuple(filled), whole=True)


class Blank(Screen):
    """A dark screen with how many run, failed and wait; any key comes back."""

    def page(self, size: Size) -> Page:
        """Draw the state at a place that changes every few seconds."""
        drawn = self._state()
        turn = int(self.console.now() // MOVE_S)
        high = max(1, size.rows - len(drawn))
        wide = max(1, size.columns - max(sum(len(one.text) for one in line) for line in drawn))
        above, left = turn * STEPS[0] % high, turn * STEPS[1] % wide
        lines: list[Line] = [()] * above
        lines += [(Segment(" " * left), *line) for line in drawn]
        return Page("", body=tuple(lines), whole=True)

    def _state(self) -> list[Line]:
        view = self.console.view
        if view is None:
            return [words("..", "dim")]
        lines = [words(f"{view.name}  {self.console.clock()}", "dim")]
        for tile in view.tiles:
            if tile.state is TileState.RUNNING and tile.run is not None and len(lines) < MOST:
                far = percent(tile.run)
                lines.append(words(f"{tile.slot} {SIGNS[tile.state].sign} {'' if far is None else f'{far} %'}", "head"))
        told = counts(view) or self.say(QUIET)
        return [*lines, words(told, "strong"), words(self.say(ANY_KEY), "faint")]

    def press(self, key: str) -> None:  # noqa: ARG002  any key
        """Come back, whatever was pressed."""
        self.console.leave(self)


MOST: Final = 10  # lines of drives on a dark screen
