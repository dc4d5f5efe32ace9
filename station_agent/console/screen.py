"""What all screens of the console share: a page, keys, and the console that they belong to."""

from collections.abc import Callable
from typing import ClassVar, Final

from station_agent.console.frame import Action, Line, Page, Size, window
from station_agent.console.scan import Scan
from station_agent.console.session import ConsoleSession
from station_agent.language import mark

BACK: Final = mark("back")
HELP: Final = mark("help")
UP_DOWN: Final = mark("move")


class Screen:
    """One screen. `typing` screens take every letter as text."""

    title: ClassVar[str] = ""
    typing: bool = False
    raw: bool = False  # takes every key at once, also those of the console
    lively: bool = False  # changes by itself, several times a second
    commands: ClassVar[frozenset[str]] = frozenset()  # keys that a code of the sheet may press here, besides the usual

    def __init__(self, console: ConsoleSession) -> None:
        self.console = console

    def say(self, sentence: str, **facts: object) -> str:
        """Say a sentence in the language of the moment."""
        return self.console.voice.say(sentence, **facts)

    def page(self, size: Size) -> Page:
        """Draw the screen."""
        return self.console.framed(self.say(self.title), self.body(size), self.actions())

    def body(self, size: Size) -> tuple[Line, ...]:  # noqa: ARG002  a screen that draws its whole page has none
        """Give the lines between head and foot."""
        return ()

    def actions(self) -> tuple[Action, ...]:
        """Name the keys of this screen."""
        return (Action("escape", self.say(BACK), self.say("Esc")), Action("h", self.say(HELP)))

    def press(self, key: str) -> None:
        """Take a key; Escape leaves the screen."""
        if key in ("escape", "q"):
            self.console.leave(self)

    def tick(self) -> None:
        """Let time pass."""

    def command(self, key: str) -> None:
        """Take the key of a code of the sheet."""
        self.console.press(key)

    def scan(self, scan: Scan) -> None:
        """Take a code: as the wall does, which is open then; nothing of this screen is done."""
        self.console.home()
        self.console.screen.scan(scan)


class Scroll(Screen):
    """A screen longer than the console."""

    def __init__(self, console: ConsoleSession) -> None:
        super().__init__(console)
        self.first = 0
        self.room = 1

    def lines(self, size: Size) -> list[Line]:  # noqa: ARG002  nothing to show by itself
        """Give all lines."""
        return []

    def body(self, size: Size) -> tuple[Line, ...]:
        """Show the part that fits."""
        self.room = size.body - 1  # the last row is left to a notice of two rows
        shown, self.first = window(self.lines(size), self.first, self.room)
        return tuple(shown)

    def actions(self) -> tuple[Action, ...]:
        """Add the arrows."""
        return (Action("up", self.say(UP_DOWN), "↑ ↓"), *super().actions())

    def press(self, key: str) -> None:
        """Scroll, or leave."""
        steps = {"up": -1, "down": 1, "pageup": -self.room, "pagedown": self.room, "space": self.room}
        steps |= {"home": -(1 << 20), "end": 1 << 20}
        if key in steps:
            self.first = max(0, self.first + steps[key])
        else:
            super().press(key)


class Question(Screen):
    """Asks before something is done: Enter does it, Escape leaves it."""

    def __init__(self, console: ConsoleSession, title: str, lines: Callable[[Size], list[Line]],
                 do: str, then: Callable[[], None]) -> None:  # fmt: skip
        super().__init__(console)
        self._title, self._lines, self._do, self._then = title, lines, do, then

    def page(self, size: Size) -> Page:
        """Draw the question."""
        return self.console.framed(self.say(self._title), tuple(self._lines(size)), self.actions())

    def actions(self) -> tuple[Action, ...]:
        """Offer to do it first."""
        return (Action("enter", self.say(self._do), self.say("Enter")), *super().actions())

    def press(self, key: str) -> None:
        """Do it, or leave."""
        if key == "enter":
            self.console.leave(self)
            self._then()
        else:
            super().press(key)
