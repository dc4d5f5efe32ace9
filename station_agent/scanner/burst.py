"""Tells a scanner from a person by its speed, and gives a code whole or not at all.

A scanner presses and lets go one key after the other, each within `LIMIT_NS` of the last, and ends with Enter. What is
slower is typing and nobody's business here. What is as fast as a scanner and not in order (a key that repeats or stays
down, two keys at once, a clock that steps back, lost events, no Enter) is `Torn`: a person is told to scan again, and
nothing of it is delivered. A scanner that hesitates in the middle leaves a tail that looks like a code: after anything
that did not end with Enter, a code begins only after `QUIET_NS` without a key.

Pure: events come as (time_ns, code, value) of linux/input.h, one `Burst` for each keyboard.
"""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from station_agent.scanner.keycodes import Stroke

LIMIT_NS: Final = 30_000_000  # from one event to the next, and for each key on the average
QUIET_NS: Final = 250_000_000  # after something unfinished
LEAST: Final = 4  # strokes: two fingers and Enter can be that fast by accident
MOST: Final = 128  # strokes: more than any code that is known here
SHIFTS: Final = frozenset({42, 54})
ALTGR: Final = 100
OTHER_MODIFIERS: Final = frozenset({29, 56, 97, 125, 126})  # Ctrl, left Alt, Super: control characters, Alt + figures
ENTERS: Final = frozenset({28, 96})
RELEASED, PRESSED = 0, 1
Event = tuple[int, int, int]


class Tear(StrEnum):
    """Why a burst is no whole code."""

    NO_ENTER = "no-enter"
    MIXED = "mixed"
    LOST = "lost"
    CONTROL = "control"
    LONG = "long"


@dataclass(frozen=True, slots=True)
class Scan:
    """A whole code, as strokes."""

    strokes: tuple[Stroke, ...] = field(repr=False)  # a PSID or a badge may be in it


@dataclass(frozen=True, slots=True)
class Torn:
    """Something as fast as a scanner that is no whole code."""

    why: Tear


Delivery = Scan | Torn


class Burst:
    """What one keyboard sends, from `since` (ns) on. Feed it every key event, and let it look at the time."""

    def __init__(self, since: int) -> None:
        self._last = since
        self._began = since
        self._presses = 0
        self._strokes: list[Stroke] = []
        self._down: set[int] = set()
        self._tear: Tear | None = Tear.LOST  # the first code may have begun before anybody listened

    @property
    def idle(self) -> bool:
        """True when no key is down and nothing was begun: the moment to grab the device, no key sticks then."""
        return not self._down and not self._strokes

    def feed(self, event: Event) -> Delivery | None:
        """Take one key event; give what ended with it. None while nothing ended, and for typing."""
        at, code, value = event
        ended = self._wait(at)
        self._last = at
        if value == RELEASED and code in self._down:
            self._down.discard(code)
        elif value == RELEASED:
            self._spoil(Tear.LOST)  # it was pressed before anybody listened
        elif value != PRESSED or code in self._down:
            self._spoil(Tear.MIXED)
        else:
            return self._press(at, code) or ended
        return ended

    def look(self, at: int) -> Delivery | None:
        """Say what the silence up to `at` (ns) ended: a fast burst without Enter is `Torn`, typing is None."""
        return self._break_off() if at - self._last >= LIMIT_NS else None

    def lose(self) -> Delivery | None:
        """Take note that events were lost (SYN_DROPPED): nothing begun is whole, nor what follows at once."""
        begun = bool(self._strokes)
        self._strokes.clear()
        self._down.clear()
        self._tear = Tear.LOST
        return Torn(Tear.LOST) if begun else None

    def _wait(self, at: int) -> Delivery | None:
        """Judge the time before an event: too late for a scanner, or long enough for a new code."""
        gap = at - self._last
        if gap < 0:
            self._spoil(Tear.LOST)  # the clock went back: nothing can be said about the speed
        if gap < LIMIT_NS:
            return None
        ended = self._break_off()
        if self._down:
            self._tear = Tear.MIXED  # a finger rests on a key: what comes now is not a scanner alone
        elif gap >= QUIET_NS:
            self._tear = None
        return ended

    def _break_off(self) -> Torn | None:
        begun, why = len(self._strokes), self._tear or Tear.NO_ENTER
        if begun:
            self._tear = Tear.LOST  # its tail may follow
        self._strokes.clear()
        return Torn(why) if begun >= LEAST else None

    def _press(self, at: int, code: int) -> Delivery | None:
        if self._down if code in ENTERS else self._down - SHIFTS - {ALTGR}:
            self._spoil(Tear.MIXED)  # two keys at once; or Shift was never let go: its end is missing
        if not self._strokes:
            self._began, self._presses = at, 0
        self._presses += 1
        shift, altgr = bool(self._down & SHIFTS), ALTGR in self._down
        self._down.add(code)
        if code in ENTERS:
            return self._end(at)
        if code in OTHER_MODIFIERS:
            self._spoil(Tear.CONTROL)
        elif code not in SHIFTS and code != ALTGR:
            self._write(Stroke(code, shift, altgr))
        return None

    def _write(self, stroke: Stroke) -> None:
        if len(self._strokes) >= MOST:
            self._spoil(Tear.LONG)
        else:
            self._strokes.append(stroke)

    def _end(self, at: int) -> Delivery | None:
        strokes, tear = tuple(self._strokes), self._tear
        self._strokes.clear()
        self._tear = None
        if len(strokes) < LEAST or at - self._began >= LIMIT_NS * self._presses:
            return None
        return Scan(strokes) if tear is None else Torn(tear)

    def _spoil(self, tear: Tear) -> None:
        self._tear = self._tear or tear
