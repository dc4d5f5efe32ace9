"""One session at the bench: which screen is open, what each key does on the wall, what was chosen. Knows no terminal.

Keys are "up", "down", "left", "right", "enter", "space", "escape", "backspace", "f1", "f2", or one printed letter.
Orders go to the bench and are judged there; a picture that comes later shows what became of them.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final, TypeVar

from station_agent.console.blank import flash_page
from station_agent.console.desk import Desk, Errands
from station_agent.console.frame import Action, Line, Page, Size, fit, words
from station_agent.console.frame import lay_out as lay_rows
from station_agent.console.help import Help
from station_agent.console.lists import Found
from station_agent.console.order import Order
from station_agent.console.plan_screen import PlanScreen
from station_agent.console.scans import read_scan, take_scan
from station_agent.console.screen import WAITS, Screen
from station_agent.console.signals import Signal, Turns, turns
from station_agent.console.signs import counts, outbox_words, phrase, wrong
from station_agent.console.wall_screen import Wall
from station_agent.control.view import BenchView, Phrase, Tile
from station_agent.errors import StationError
from station_agent.language import Voice, mark, visible

T = TypeVar("T")
FLASH_S: Final = 2.0
NAME_SHOWN: Final = 16  # characters; what was cut ends in a visible dot
START_S: Final = 20.0  # then the wall comes by itself
LOST: Final = mark(
    "The bench does not answer: what is shown is old. Its erasures do not need this console; if its service itself has "
    "stopped, start it again (`etabli-station serve`): they are then shown as interrupted."
)
NOBODY: Final = mark("nobody signed in")
LOT: Final = mark("lot {lot}")
NO_LOT: Final = mark("no lot")
MUTED: Final = mark("sound off")
NO_VIEW: Final = mark("The bench has not answered yet ...")


@dataclass(slots=True)
class Console:
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
    lot_before: tuple[str, str] | None = None  # the lot before the last scan of one, and the lot that was scanned
    stack: list[Screen] = field(default_factory=list)
    _flash_until: float = 0.0
    _start_until: float = 0.0

    def __post_init__(self) -> None:
        """Stand at the wall."""
        self.stack.append(Wall(self))

    @property
    def voice(self) -> Voice:
        """The language of the moment."""
        return next(voice for voice in self.voices if voice.lang == self.lang)

    @property
    def screen(self) -> Screen:
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

    def see(self, view: BenchView) -> None:
        """Take a new picture: forget what left, and call people when a drive is over."""
        if self.view is not None and self.lost is None and view.revision < self.view.revision:
            return  # an older one that was under way
        happened = turns(self.view, view)
        self.view, self.lost = view, None
        self.chosen &= {tile.drive for tile in view.tiles if tile.drive is not None}
        if not self.begun:
            self.begun = True
            self._show_start(view)
        if happened.over:
            self.flash, self._flash_until = happened, self.now() + FLASH_S
            self.signal.call(happened)

    def _show_start(self, view: BenchView) -> None:
        if view.found_at_start:
            self.open(Found(self))
            self._start_until = self.now() + START_S

    def lose(self, error: StationError) -> None:
        """Note that the bench does not answer."""
        self.lost = wrong(error)

    def open(self, screen: Screen) -> None:
        """Open a screen above the others."""
        self.stack.append(screen)

    def show_plan(self, made: Order) -> None:
        """Open the plan of an order, on its first drive that can be erased."""
        self.open(PlanScreen(self, made))

    def leave(self, screen: Screen) -> None:
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

    def tick(self) -> None:
        """Let time pass: answers come, a flash ends."""
        self.errands.tick()
        if self.flash is not None and self.now() >= self._flash_until:
            self.flash = None
        if isinstance(self.screen, Found) and self.now() >= self._start_until:
            self.home()

    def press(self, key: str) -> None:
        """Take one key. A flash goes with any key, which does nothing else, unless it is a letter of what is typed."""
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
            self._help()
        else:
            self.screen.press(key)

    def scan(self, text: str, *, typed: bool = False) -> None:
        """Take a whole code; a flash goes, since who scans is here. `typed`: it came as letters of the terminal."""
        self.flash = None
        if not self.errands.busy:
            self.said = None
        take_scan(self, read_scan(self.view, text, typed=typed))

    def _next_language(self) -> None:
        codes = [voice.lang for voice in self.voices]
        self.lang = codes[(codes.index(self.lang) + 1) % len(codes)]

    def _help(self) -> None:
        if isinstance(self.screen, Help):
            self.leave(self.screen)
        else:
            self.open(Help(self))

    def rows(self) -> tuple[Line, ...]:
        """Give every row of the terminal."""
        if self.flash is not None:
            return lay_rows(flash_page(self.voice, self.flash, self.size), self.size)
        return lay_rows(self.screen.page(self.size), self.size)

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

    def notice(self) -> str:
        """Say the most urgent thing: the bench is gone, the last answer, why nothing begins, what all should know."""
        if self.lost is not None:
            return self.voice.say(LOST)
        if self.said is not None:
            return phrase(self.voice, self.said)
        if self.view is None:
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
