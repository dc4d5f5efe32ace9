"""How each guided check is done, in both languages: a data file, so that a workshop can say it in its own words."""

import functools
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from diagnostics.errors import PolicyError

INSTRUCTIONS = Path(__file__).with_name("instructions.toml")
LONGEST = 72  # characters of a line on a screen of 80 columns
MOST_LINES = 3
WAYS = ("live", "look", "ask")


@dataclass(frozen=True, slots=True)
class Instruction:
    """What to do, line by line, when the answer is "pass", and whether the bench watches (`live`), reads or asks."""

    way: str
    lines: tuple[str, ...]
    passed: str


@functools.cache
def instruction(check_id: str, lang: str, path: Path = INSTRUCTIONS) -> Instruction:
    """Return how a check is done, in "fr" or "en". Raises PolicyError where the file does not say it."""
    row = _book(path).get(check_id)
    if not isinstance(row, Mapping):
        raise PolicyError(f"{path.name} does not tell how to do {check_id}")
    way, lines, passed = row.get("way"), row.get(lang), row.get(f"ok_{lang}")
    if (
        way not in WAYS
        or not isinstance(lines, list)
        or not 0 < len(lines) <= MOST_LINES
        or not isinstance(passed, str)
    ):
        raise PolicyError(f"{path.name} is malformed at {check_id} ({lang})")
    if any(not isinstance(line, str) or len(line) > LONGEST for line in [*lines, passed]):
        raise PolicyError(f"{path.name}: a line of {check_id} ({lang}) is longer than {LONGEST} characters")
    return Instruction(way, tuple(lines), passed)


@functools.cache
def _book(path: Path) -> Mapping[str, object]:
    try:
        book = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise PolicyError(f"{path.name} is malformed: {error}") from error
    if not isinstance(book.get("version"), int):
        raise PolicyError(f"{path.name} has no version")
    return book
