"""A line to type or scan into: lot, tag, PSID, name, PIN. A hidden one shows how much was typed, never what."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from station_agent.console.frame import Action, Line, Page, Segment, Size, safe, told
from station_agent.console.scan import Scan
from station_agent.console.scans import NOT_HERE, refuse
from station_agent.console.screen import Screen
from station_agent.console.session import ConsoleSession
from station_agent.language import Voice, mark
from station_agent.scanner.codes import Kind

LONGEST: Final = 200
OVERFULL: Final = mark("More than {most} characters: was something scanned twice? It is not taken; Enter clears it.")
NOT_TAKEN: Final = mark("Too long: nothing was taken. Type or scan it again.")
NAMED: Final = mark("{name}:")


def typed_line(voice: Voice, name: str, text: str, columns: int) -> Line:
    """Draw what was typed behind its name; of a long text the end."""
    room = max(8, columns - len(name) - 8)
    shown = safe(text)[-room:]
    return (
        Segment(f" {voice.say(NAMED, name=name)} ", "strong"),
        Segment(f" {shown}", "chosen"),
        Segment("█", "chosen"),
        Segment(" ", "chosen"),
    )


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is asked for: title, name of the line, hints, how many characters are shown before dots, what is no answer.

    `refuses` are kinds of codes that are not taken for the text although somebody scanned them.
    """

    title: str
    name: str
    hints: tuple[str, ...]
    open: int = LONGEST
    refuses: frozenset[Kind] = frozenset()


class Entry(Screen):
    """Asks for one line. `check` gives what is wrong with the text so far, or ""; `then` takes it."""

    typing = True

    def __init__(
        self,
        console: ConsoleSession,
        wanted: Wanted,
        then: Callable[[str], None],
        check: Callable[[str], str] = lambda _text: "",
    ) -> None:
        super().__init__(console)
        self._wanted, self._then, self._check = wanted, then, check
        self.typed = ""
        self.over = False  # more was typed than is taken

    def page(self, size: Size) -> Page:
        """Draw it."""
        return self.console.framed(self.say(self._wanted.title), self.body(size), self.actions())

    def body(self, size: Size) -> tuple[Line, ...]:
        """Draw the hints, the line, and what is wrong with it so far."""
        shown = self.typed[: self._wanted.open] + "•" * len(self.typed[self._wanted.open :])
        hints = [line for hint in self._wanted.hints for line in (*told(self.say(hint), size.columns), ())]
        problem = self.say(OVERFULL, most=LONGEST) if self.over else self._check(self.typed)
        wrong = told(problem, size.columns, "warn") if problem else []
        return (
            (),
            *hints,
            typed_line(self.console.voice, self.say(self._wanted.name), shown, size.columns),
            (),
            *wrong,
        )

    def actions(self) -> tuple[Action, ...]:
        """Enter and Escape; F1 helps, since letters are text here."""
        keys = ("enter", mark("take it"), "Enter"), ("escape", mark("leave it"), "Esc"), ("f1", mark("help"), "F1")
        return tuple(Action(key, self.say(words), self.say(name)) for key, words, name in keys)

    def press(self, key: str) -> None:
        """Take letters; Enter hands the text over."""
        if key == "enter" and self.over:
            self.typed, self.over = "", False
            self.console.tell(NOT_TAKEN)
        elif key == "enter":
            text, self.typed = self.typed, ""
            self.console.leave(self)
            self._then(text.strip())
        elif key == "escape":
            self.typed = ""
            self.console.leave(self)
        elif key == "backspace":
            self.typed, self.over = self.typed[:-1], False
        elif key == "space" or (len(key) == 1 and key.isprintable()):
            self.over = self.over or len(self.typed) >= LONGEST
            self.typed = (self.typed + (" " if key == "space" else key))[:LONGEST]

    def scan(self, scan: Scan) -> None:
        """Take a code for the text that is asked for, unless it is plainly something else."""
        if scan.damaged or (scan.code is not None and scan.code.kind in self._wanted.refuses):
            self.typed, self.over = "", False
            refuse(self.console, scan, NOT_HERE)
            return
        text = f"{self.typed}{scan.text}" if scan.typed else scan.text
        self.typed, self.over = text[:LONGEST], self.over or len(text) > LONGEST
        self.press("enter")
