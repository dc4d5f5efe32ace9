"""The keyboard under test: which keys answered, which one sticks, which one chatters, on a drawn layout.

A key sticks when it is still down after `STUCK_US`, or is down before anybody touched it (autorepeat without a press).
It chatters when it closes again within `CHATTER_US` of opening: no finger does that, a worn or wet contact does.
Text is never formed: the answers are key codes, and a record holds only the doubtful ones.
"""

import functools
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from diagnostics import plain
from diagnostics.errors import PolicyError
from diagnostics.guided.input_event import EV_KEY, PRESSED, RELEASED, REPEATED, InputEvent

LAYOUTS = Path(__file__).with_name("layouts.toml")
STUCK_US = 3_000_000
CHATTER_US = 25_000
CHATTERS_THAT_COUNT = 2  # one bounce in a whole test is an accident of the finger


@dataclass(frozen=True, slots=True)
class DrawnKey:
    """A key of a drawing: evdev code, what is printed on it, width in columns."""

    code: int
    label: str
    width: int


@dataclass(frozen=True, slots=True)
class Layout:
    """A drawn keyboard, row by row."""

    name: str
    rows: tuple[tuple[DrawnKey, ...], ...]

    @property
    def codes(self) -> frozenset[int]:
        """Codes of every key that is drawn."""
        return frozenset(key.code for row in self.rows for key in row)

    def label(self, code: int) -> str:
        """What is printed on a key; its number where it is not drawn or has no print."""
        return next((key.label for row in self.rows for key in row if key.code == code and key.label), f"#{code}")


@dataclass(slots=True)
class KeyboardTrial:
    """What the keys have done so far. Feed it events; ask it at any time; `at` is the newest moment, microseconds."""

    layout: Layout
    expected: frozenset[int] = frozenset()
    seen: set[int] = field(default_factory=set)
    down: dict[int, int] = field(default_factory=dict)
    held: set[int] = field(default_factory=set)
    bounces: dict[int, int] = field(default_factory=dict)
    _opened: dict[int, int] = field(default_factory=dict)

    def feed(self, events: Iterable[InputEvent]) -> None:
        """Take events in the order of their time; others than keys are left out."""
        for event in events:
            if event.type == EV_KEY:
                self._key(event)

    def look(self, at: int) -> None:
        """Judge the keys that are down now: time passes also without events."""
        self.held |= {code for code, since in self.down.items() if at - since >= STUCK_US}

    @property
    def wanted(self) -> frozenset[int]:
        """Keys that must answer: the drawn ones, those only that the keyboard claims to have where it tells."""
        return self.layout.codes & self.expected if self.expected else self.layout.codes

    @property
    def missing(self) -> frozenset[int]:
        """Keys that have not answered yet."""
        return self.wanted - self.seen

    @property
    def chattering(self) -> frozenset[int]:
        """Keys that closed again too soon, more than once."""
        return frozenset(code for code, times in self.bounces.items() if times >= CHATTERS_THAT_COUNT)

    @property
    def sound(self) -> bool:
        """True when every wanted key answered and none sticks or chatters."""
        return not (self.missing or self.held or self.chattering)

    def to_evidence(self) -> dict[str, Any]:
        """Return plain types for the record: counts, and the codes of the doubtful keys only."""
        return {
            "layout": self.layout.name,
            "wanted": len(self.wanted),
            "answered": len(self.wanted & self.seen),
            "missing": sorted(self.missing),
            "stuck": sorted(self.held),
            "chattering": sorted(self.chattering),
        }

    def _key(self, event: InputEvent) -> None:
        if event.value == PRESSED:
            opened = self._opened.get(event.code)
            if opened is not None and 0 <= event.at - opened < CHATTER_US:
                self.bounces[event.code] = self.bounces.get(event.code, 0) + 1
            self.down[event.code] = event.at
        elif event.value == REPEATED:
            if event.code not in self.down:
                self.held.add(event.code)  # it was down before the test began
            self.look(event.at)
        elif event.value == RELEASED and event.code in self.down:
            self.look(event.at)
            del self.down[event.code]
            self._opened[event.code] = event.at
            self.seen.add(event.code)


@functools.cache
def layouts(path: Path = LAYOUTS) -> Mapping[str, Layout]:
    """Return the drawn keyboards by name, AZERTY first. Raises PolicyError where the file is malformed."""
    try:
        book = tomllib.loads(path.read_text(encoding="utf-8"))
        return {name: _layout(name, plain.table(table)) for name, table in book.items() if name != "version"}
    except (OSError, KeyError, TypeError, ValueError) as error:
        raise PolicyError(f"{path.name} is malformed: {error!r}") from error


def _layout(name: str, table: Mapping[str, object]) -> Layout:
    rows = table["rows"]
    if not isinstance(rows, list):
        raise TypeError(name)
    drawn = tuple(tuple(DrawnKey(int(code), str(label), int(width)) for code, label, width in row) for row in rows)
    return Layout(name, drawn)
