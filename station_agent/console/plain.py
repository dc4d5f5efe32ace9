"""The bench line by line, for braille, serial lines and scripts: the same actions, no cursor moves, no colours.

A line is a command; what changed is printed as a line of its own. A PIN or a PSID is asked for on the next line.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Final, TypeVar

from station_agent.checks.plain_console import CheckLines
from station_agent.console.checks_session import CheckSession
from station_agent.console.desk import AtOnce, Desk
from station_agent.console.order import Order
from station_agent.console.plain_words import GONE, NAMES, change_line, own_name
from station_agent.console.session import LOST
from station_agent.console.signs import phrase, wrong
from station_agent.control.view import BenchView, Tile, TileState
from station_agent.errors import StationError
from station_agent.language import Voice, mark, visible

T = TypeVar("T")
NO_COMMAND: Final = mark("There is no command {word}. `help` lists them.")
NO_SLOT: Final = mark("There is no drive in slot {slot}. `status` lists them.")
WHICH: Final = mark("Name the slots, as in `{command} 1 3`.")
AMBIGUOUS_SLOT: Final = mark("Two slots have the name {slot}: name the drive by its serial number.")
BACK_AT_BENCH: Final = mark("Back at the bench: the answers are kept. `help` lists the commands.")
BACK_AGAIN: Final = mark("The bench answers again.")


@dataclass(slots=True)
class Plain:
    """One session in lines. `say` prints one line."""

    desk: Desk
    voices: tuple[Voice, ...]
    say: Callable[[str], None]
    commands: "dict[str, Callable[[Plain, list[str]], None]]"
    scanned: "Callable[[Plain, str], bool]"  # takes a line that is a code
    lang: str = "fr"
    view: BenchView | None = None
    order: Order | None = None
    over: bool = False
    waits: bool = False  # for the end of every run before the next command
    secret: Callable[[str], None] | None = field(default=None, repr=False)  # takes the next line: a PIN or a PSID
    lost: bool = False
    opening: Callable[[str, str], CheckSession] | None = None  # opens the checks: tag, operator; raises `StationError`
    session: CheckSession | None = None  # of the checks, once they were opened
    checks: CheckLines | None = None  # every line is theirs until the person leaves them
    awaited: set[str] = field(default_factory=set)  # runs that were begun and not seen yet

    @property
    def busy(self) -> bool:
        """Whether a run is under way, or was begun and is not seen yet."""
        return bool(self.awaited) or (self.view is not None and any_runs(self.view))

    @property
    def voice(self) -> Voice:
        """The language of the moment."""
        return next(voice for voice in self.voices if voice.lang == self.lang)

    def tell(self, message: str, **facts: Any) -> None:
        """Print a sentence."""
        self.say(self.voice.say(message, **facts))

    def see(self, view: BenchView) -> None:
        """Take a new picture and print what changed: one line for each slot, and notices that are new."""
        before = self.view
        if before is not None and not self.lost and view.revision < before.revision:
            return  # an older one that was under way
        self.view = view
        if self.lost:
            self.lost = False
            self.tell(BACK_AGAIN)
        if before is None:
            for said in view.found_at_start:
                self.say(phrase(self.voice, said))
            return
        old = {(tile.slot, tile.drive): tile for tile in before.tiles}
        for tile in view.tiles:
            left = next((one for one in before.tiles if one.slot == tile.slot and one.drive is not None), None)
            if left is not None and tile.drive is None:
                self.tell(GONE, slot=tile.slot)
            line = change_line(self.voice, old.get((tile.slot, tile.drive)), tile)
            if line:
                self.say(line)
        for notice in (*view.notices, *([view.stops_new] if view.stops_new else [])):
            if notice not in (*before.notices, before.stops_new):
                self.say(f"! {phrase(self.voice, notice)}")
        self.awaited -= {tile.run.run_id for tile in view.tiles if tile.run is not None}
        self.waits = self.waits and self.busy

    def lose(self, error: StationError) -> None:
        """Say once that the bench does not answer, and why."""
        if not self.lost:
            self.lost = True
            self.tell(LOST)
            self.say(phrase(self.voice, wrong(error)))

    def tick(self) -> None:
        """Let time pass for a check that is open."""
        if self.checks is not None:
            self.checks.show()

    def take(self, line: str) -> None:
        """Do what a line says."""
        if self.checks is not None:
            take_check_line(self, self.checks, line)
            return
        if self.secret is not None:
            then, self.secret = self.secret, None
            then(line.strip())
            return
        words = line.split()
        if not words:
            return
        name = NAMES.get(words[0].lower().lstrip("/"))
        if name is None and not self.scanned(self, line):
            self.tell(NO_COMMAND, word=visible(words[0])[:40])
        elif name is not None:
            self.commands[name](self, words[1:])

    def ask(self, call: Callable[[], T], then: Callable[[T], None]) -> None:
        """Hand an order in; say a refusal, and take the newest picture."""
        AtOnce().send(call, then, lambda error: self.say(phrase(self.voice, wrong(error))))
        AtOnce().send(self.desk.bench, self.see, self.lose)

    def told(self, answer: Any) -> None:
        """Print what the bench said about an order."""
        self.say(phrase(self.voice, answer.what))

    def tiles(self, command: str, names: list[str], wanted: frozenset[TileState] | None = None) -> list[Tile]:
        """Find the drives of slots or serials; `all` are those in the states that are wanted. Says what is missing."""
        here = [tile for tile in (self.view.tiles if self.view else ()) if tile.drive is not None]
        if not names:
            self.tell(WHICH, command=own_name(command, self.lang))
            return []
        if every(names):
            return [tile for tile in here if wanted is None or tile.state in wanted]
        found = []
        for name in names:
            meant = [tile for tile in here if tile.serial == name] or [tile for tile in here if tile.slot == name]
            if len(meant) != 1:
                self.tell(AMBIGUOUS_SLOT if meant else NO_SLOT, slot=visible(name)[:40])
                return []
            found += meant
        return found


def every(names: list[str]) -> bool:
    """Say whether all drives are meant."""
    return [name.lower() for name in names] in (["all"], ["tout"], ["tous"])


def take_check_line(plain: Plain, checks: CheckLines, line: str) -> None:
    """Give a line to the check that is open; who leaves the checks is back at the bench."""
    AtOnce().send(lambda: checks.take(line, plain.voice), lambda _: None, lambda error: plain.say(told(plain, error)))
    if checks.over:
        plain.checks = None
        plain.tell(BACK_AT_BENCH)


def told(plain: Plain, error: StationError) -> str:
    """Say what went wrong."""
    return phrase(plain.voice, wrong(error))


def any_runs(view: BenchView) -> bool:
    """Say whether a run is under way."""
    return any(tile.state is TileState.RUNNING for tile in view.tiles)
