"""What every screen of the console shares: the bench as it was last seen, what was chosen, said and opened. No screen.

`console` gives it its screens. Keys are "up", "down", "left", "right", "enter", "space", "escape", "backspace", "f1",
"f2", or one printed letter.
Orders go to the bench and are judged there; a picture that comes later shows what became of them.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final, Protocol, TypeVar

from station_agent.console.checks_session import CheckSession
from station_agent.console.desk import Desk, Errands
from station_agent.console.frame import Action, Line, Page, Size, fit, words
from station_agent.console.order import Order
from station_agent.console.scan import Scan
from station_agent.console.signals import Signal, Turns
from station_agent.console.signs import counts, outbox_words, phrase, wrong
from station_agent.control.view import BenchView, Phrase, Tile
from station_agent.errors import StationError
from station_agent.language import Voice, mark, visible

T = TypeVar("T")
NAME_SHOWN: Final = 16  # characters; what was cut ends in a visible dot
LOST: Final = mark(
    "The bench does not answer: what is shown is old. Its erasures do not need this console; if its service itself has "
    "stopped, start it again (`etabli-station serve`): they are then shown as interrupted."
)
NOBODY: Final = mark("nobody signed in")
LOT: Final = mark("lot {lot}")
NO_LOT: Final = mark("no lot")
MUTED: Final = mark("sound off")
NO_VIEW: Final = mark("The bench has not answered yet ...")
WAITS: Final = mark("The bench is at it: please wait.")


class OpenScreen(Protocol):
    """A screen as the session knows it (`screen` has the real ones)."""

    typing: bool  # letters are text
    raw: bool  # takes every key at once, also those of the console
    lively: bool  # changes by itself, several times a second

    @property
    def commands(self) -> frozenset[str]:
        """Keys that a code of the sheet may press here, besides the usual."""
        ...

    def page(self, size: Size) -> Page:
        """Draw the screen."""
        ...

    def press(self, key: str) -> None:
        """Take a key."""
        ...

    def command(self, key: str) -> None:
        """Take the key of a code of the sheet."""
        ...

    def scan(self, scan: Scan) -> None:
        """Take a code."""
        ...

    def tick(self) -> None:
        """Let time pass."""
        ...


@dataclass(slots=True)
class ConsoleSession(ABC):
    """A session. `clock` says the hour to show; `now` counts seconds; `voices` has every language."""

    desk: Desk
    errands: Errands
    voices: tuple[Voice, ...]
    clock: Callable[[], str]
    now: Callable[[], float]
    signal: Signal
    lang: str = "fr"
    size: Size = field(default_factory=Size)
    view: BenchView | None = None
    chosen: set[str] = field(default_factory=set)  # keys of drives
    place: int = 0  # of the tile under the cursor
    said: Phrase | None = None  # the last answer to an order
    lost: Phrase | None = None  # why the picture is old
    big: bool = False
    over: bool = False
    begun: bool = False  # the state at start was shown
    flash: Turns | None = None
    opening: Callable[[str, str], CheckSession] | None = None  # opens the checks: tag, operator; raises `StationError`
    checks: CheckSession | None = None  # of this machine, once they were opened
    lot_before: tuple[str, str] | None = None  # the lot before the last scan of one, and the lot that was scanned
    stack: list[OpenScreen] = field(default_factory=list)
    _flash_until: float = 0.0
    _start_until: float = 0.0

    @property
    def voice(self) -> Voice:
        """The language of the moment."""
        return next(voice for voice in self.voices if voice.lang == self.lang)

    @property
    def screen(self) -> OpenScreen:
        """The screen that is open."""
        return self.stack[-1]

    @property
    def tile(self) -> Tile | None:
        """The tile under the cursor."""
        tiles = () if self.view is None else self.view.tiles
        return tiles[min(self.place, len(tiles) - 1)] if tiles else None

    def tile_of(self, key: str) -> Tile | None:
        """Give the tile of a drive; None when it is not here any more."""
        return next((tile for tile in (self.view.tiles if self.view else ()) if tile.drive == key), None)

    @abstractmethod
    def show_plan(self, made: Order) -> None:
        """Open the plan of an order."""

    @abstractmethod
    def help(self) -> None:
        """Open the help, or close it."""

    def lose(self, error: StationError) -> None:
        """Note that the bench does not answer."""
        self.lost = wrong(error)

    def open(self, screen: OpenScreen) -> None:
        """Open a screen above the others."""
        self.stack.append(screen)

    def leave(self, screen: OpenScreen) -> None:
        """Close a screen and what lies above it; the wall stays."""
        if screen in self.stack and self.stack.index(screen) > 0:
            del self.stack[self.stack.index(screen) :]

    def home(self) -> None:
        """Go back to the wall."""
        del self.stack[1:]

    def order(
        self, call: Callable[[], T], then: Callable[[T], None], wrong_too: Callable[[], None] | None = None
    ) -> None:
        """Hand an order to the bench, one at a time; a refusal is said on every screen."""
        if self.errands.busy:
            self.tell(WAITS)
            return
        self.tell(WAITS)

        def answered(answer: T) -> None:
            self.said = None
            then(answer)

        def refused(error: StationError) -> None:
            self.said = wrong(error)
            if wrong_too is not None:
                wrong_too()

        self.errands.send(call, answered, refused)

    def tell(self, message: str, **facts: str | int) -> None:
        """Say something below the screen until the next key."""
        self.said = Phrase(message=message, facts=facts)

    def press(self, key: str) -> None:
        """Take one key. A flash goes with any key, which does nothing else, unless it is a letter of what is typed."""
        if self.screen.raw:
            self.flash = None
            self.screen.press(key)
            return
        if self.flash is not None:
            self.flash = None
            if not self.screen.typing or key in ("enter", "escape"):
                return
        if not self.errands.busy:
            self.said = None
        letters = self.screen.typing
        if key == "f2" or (key == "L" and not letters):
            self._next_language()
        elif key == "f1" or (key in ("h", "?") and not letters):
            self.help()
        else:
            self.screen.press(key)

    def _next_language(self) -> None:
        codes = [voice.lang for voice in self.voices]
        self.lang = codes[(codes.index(self.lang) + 1) % len(codes)]

    def framed(
        self, title: str, body: tuple[Line, ...], actions: tuple[Action, ...], status: Line | None = None
    ) -> Page:
        """Put head and foot around a body."""
        return Page(title, self._right(), self.status() if status is None else status, body, actions, self.notice())

    def _right(self) -> str:
        view = self.view
        if view is None:
            return self.clock()
        told = [visible_name(view.operator) or self.voice.say(NOBODY)]
        told.append(self.voice.say(LOT, lot=visible_name(view.lot)) if view.lot else self.voice.say(NO_LOT))
        told += [visible_name(view.asset)] if view.asset else []
        told += [self.voice.say(MUTED)] if self.signal.muted else []
        return " · ".join([*told, self.clock()])

    def status(self) -> Line:
        """Say where the statements are, and what is to be looked at first."""
        if self.view is None:
            return words(f" {self.voice.say(NO_VIEW)}", "warn")
        right = counts(self.view)
        room = self.size.columns - len(right) - 2
        left = f" {outbox_words(self.voice, self.view.outbox)}"
        left = left if len(left) <= room else f" {outbox_words(self.voice, self.view.outbox, short=True)}"
        return (*words(fit(left, room), "dim"), *words(f" {right}", "strong"))

    def close(self) -> None:
        """End what this console alone has begun: long tests of the checks."""
        if self.checks is not None:
            self.checks.desk.close()

    def notice(self, *, urgent: bool = False) -> str:
        """Say the most urgent thing: the bench is gone, the last answer, why nothing begins, what all should know."""
        if self.lost is not None:
            return self.voice.say(LOST)
        if self.said is not None:
            return phrase(self.voice, self.said)
        if self.view is None or urgent:
            return ""
        waiting = [*([self.view.stops_new] if self.view.stops_new else []), *self.view.notices]
        if not waiting:
            return ""
        more = f" (+{len(waiting) - 1}: o)" if len(waiting) > 1 else ""
        return fit(phrase(self.voice, waiting[0]), 2 * (self.size.columns - 4) - len(more)).rstrip() + more


def visible_name(text: str) -> str:
    """Cut a code or a pseudonym to what a title has room for."""
    plain = visible(text)
    return plain if len(plain) <= NAME_SHOWN else plain[: NAME_SHOWN - 1] + "."
