"""Shapes: a schema as data. Each shape judges a decoded JSON value and names the member that does not fit.

Closed sets only: an object has exactly the members it names, a member has exactly one type.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, time
from typing import Any, Protocol

from certificates.canonical import MAX_INTEGER
from certificates.errors import SchemaError

WALL_FORM = "%Y-%m-%dT%H:%M:%SZ"
WALL = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z", re.ASCII)
PRINTABLE = re.compile(r"[ -~]*", re.ASCII)
_CONTROL = re.compile(r"[\x00-\x1f]")
_CONTROL_BUT_LINES = re.compile(r"[\x00-\x09\x0b-\x1f]")


class Shape(Protocol):
    """Anything that can judge a value."""

    def check(self, value: Any, path: str) -> None:
        """Raise SchemaError when the value does not fit; `path` names the member."""


@dataclass(frozen=True, slots=True)
class Text:
    """Text of a bounded number of characters, without control characters except line feed when `lines`."""

    limit: int
    least: int = 0
    ascii: bool = False
    lines: bool = False

    def check(self, value: Any, path: str) -> None:
        """Accept text within the limits."""
        if not isinstance(value, str):
            raise SchemaError(path, "text expected")
        if not self.least <= len(value) <= self.limit:
            raise SchemaError(path, f"{len(value)} characters; {self.least} to {self.limit} are allowed")
        if self.ascii:
            if not PRINTABLE.fullmatch(value):
                raise SchemaError(path, "printable ASCII expected (other bytes as visible \\xHH)")
        elif (_CONTROL_BUT_LINES if self.lines else _CONTROL).search(value):
            raise SchemaError(path, "control character")


@dataclass(frozen=True, slots=True)
class Pattern:
    """ASCII text that a regular expression matches as a whole."""

    form: re.Pattern[str]

    def check(self, value: Any, path: str) -> None:
        """Accept matching text."""
        if not isinstance(value, str) or not self.form.fullmatch(value):
            raise SchemaError(path, f"text of the form {self.form.pattern} expected")


@dataclass(frozen=True, slots=True)
class Wall:
    """A date and time in UTC, to the second, that exists in the calendar."""

    def check(self, value: Any, path: str) -> None:
        """Accept "2026-11-21T10:00:00Z"."""
        if not isinstance(value, str) or not WALL.fullmatch(value):
            raise SchemaError(path, "time of the form YYYY-MM-DDTHH:MM:SSZ expected")
        try:
            date(int(value[:4]), int(value[5:7]), int(value[8:10]))  # only asks whether it exists
            time(int(value[11:13]), int(value[14:16]), int(value[17:19]))
        except ValueError as error:
            raise SchemaError(path, "no such date") from error


@dataclass(frozen=True, slots=True)
class Whole:
    """An integer within bounds."""

    least: int = 0
    most: int = MAX_INTEGER

    def check(self, value: Any, path: str) -> None:
        """Accept an integer; True is none."""
        if type(value) is not int:
            raise SchemaError(path, "integer expected")
        if not self.least <= value <= self.most:
            raise SchemaError(path, f"integer from {self.least} to {self.most} expected")


@dataclass(frozen=True, slots=True)
class Flag:
    """True or false."""

    def check(self, value: Any, path: str) -> None:
        """Accept a boolean."""
        if not isinstance(value, bool):
            raise SchemaError(path, "true or false expected")


@dataclass(frozen=True, slots=True)
class Word:
    """One of a closed set of texts or integers."""

    words: tuple[str | int, ...]

    def check(self, value: Any, path: str) -> None:
        """Accept one of the words, of the same type."""
        if not any(type(value) is type(word) and value == word for word in self.words):
            raise SchemaError(path, f"one of {', '.join(map(str, self.words))} expected")


@dataclass(frozen=True, slots=True)
class Maybe:
    """The shape or null."""

    shape: Shape

    def check(self, value: Any, path: str) -> None:
        """Accept null or what the shape accepts."""
        if value is not None:
            self.shape.check(value, path)


@dataclass(frozen=True, slots=True)
class Items:
    """A list of at most `limit` items of one shape; `exactly` fixes the length."""

    shape: Shape
    limit: int
    exactly: int | None = None

    def check(self, value: Any, path: str) -> None:
        """Accept a list whose items fit."""
        if not isinstance(value, list):
            raise SchemaError(path, "list expected")
        if len(value) > self.limit or (self.exactly is not None and len(value) != self.exactly):
            raise SchemaError(path, f"{len(value)} items; {self.exactly or f'at most {self.limit}'} expected")
        for index, item in enumerate(value):
            self.shape.check(item, f"{path}[{index}]")


@dataclass(frozen=True, slots=True)
class Record:
    """An object with exactly these members, and perhaps `optional` ones; `open` allows others of any plain type."""

    members: Mapping[str, Shape]
    open: bool = False
    optional: Mapping[str, Shape] = field(default_factory=dict)

    def check(self, value: Any, path: str) -> None:
        """Accept an object whose members fit; name the first missing or unknown one."""
        if not isinstance(value, dict):
            raise SchemaError(path, "object expected")
        if value.keys() != self.members.keys():
            self._names(value, path)
        for name, shape in self.members.items():
            shape.check(value[name], _join(path, name))
        for name in sorted(self.optional.keys() & value.keys()) if self.optional else ():
            self.optional[name].check(value[name], _join(path, name))

    def _names(self, value: dict[str, Any], path: str) -> None:
        for name in sorted(self.members.keys() - value.keys()):
            raise SchemaError(_join(path, name), "missing")
        for name in sorted(() if self.open else value.keys() - self.members.keys() - self.optional.keys()):
            raise SchemaError(_join(path, name), "unknown member")


@dataclass(frozen=True, slots=True)
class Anything:
    """Any plain JSON value; canonical JSON bounds its types, depth and size."""

    def check(self, value: Any, path: str) -> None:
        """Accept it."""


def _join(path: str, name: str) -> str:
    return f"{path}.{name}" if path else name
