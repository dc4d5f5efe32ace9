"""The site's grade policy: what each letter wants, which part stops use, where a machine should go. Data, never code.

A policy is named by name, version and the SHA-256 of its bytes; all three stand beside every letter. One with a word
that the law bans is refused, so that no letter can be called « comme neuf ».
"""

import functools
import hashlib
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from diagnostics.grading.banned import banned_words

ROOM = Path(__file__).resolve().parent.parent
DEFAULT_POLICY = ROOM / "grade_policy.toml"
LARGEST = 64 * 1024  # bytes of a policy file
OUTCOMES = ("reuse", "parts", "weee", "waste")
PARTS_WANTED = ("none", "usable", "any")
CONDITIONS: Mapping[str, type | tuple[type, ...]] = {
    "triage": str,
    "letters": list,
    "locked": bool,
    "function_at_most": int,
    "function_at_least": int,
    "looks_at_most": int,
    "battery_below_permille": int,
    "age_over_years": int,
}
_MOST = {"function": 6, "looks": 9, "battery_permille": 1000}
_LONGEST = {"name": 64, "letter": 16}
_IN_TOML = re.compile(r"\((at line \d+, column \d+)\)$")  # as the reader of TOML ends its complaints


class MalformedGradePolicy(Exception):
    """A policy cannot be used; the message names the file and the entry."""

    code = "policy"


@dataclass(frozen=True, slots=True)
class Letter:
    """What a letter wants. Bounds are inclusive; battery in permille; `missing_parts` is none, usable or any."""

    letter: str
    function: int
    looks: int
    battery_permille: int
    missing_parts: str


@dataclass(frozen=True, slots=True)
class Destination:
    """A rule of orientation to one of `OUTCOMES`. Every condition must hold; the first rule that holds decides."""

    to: str
    conditions: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class GradePolicy:
    """A site's policy. `sha256` is of its file; `stops_use` says of a part whether nothing works without it."""

    name: str
    version: int
    sha256: str
    letters: tuple[Letter, ...]
    stops_use: Mapping[str, bool]
    destinations: tuple[Destination, ...] = ()


@functools.cache
def load_grade_policy(path: Path = DEFAULT_POLICY) -> GradePolicy:
    """Read a policy file. Raises MalformedGradePolicy."""
    return read_grade_policy(path.read_bytes(), path.name)


def read_grade_policy(data: bytes, place: str = "policy") -> GradePolicy:
    """Read the bytes of a policy; `place` names them in an error. Raises MalformedGradePolicy."""
    raw = policy_table(data, place)
    try:
        letters = tuple(Letter(**row) for row in raw["letters"])
        parts = {str(row["id"]): bool(row["stops_use"]) for row in raw["parts"]}
        going = tuple(_destination(row) for row in raw.get("orientations", ()))
        policy = GradePolicy(
            raw["name"], raw["version"], hashlib.sha256(data).hexdigest(), letters, parts, going
        )  # fmt: skip
    except KeyError as error:
        raise MalformedGradePolicy(f"{place}: {error} is missing") from error
    except (TypeError, ValueError, AttributeError) as error:
        raise MalformedGradePolicy(f"{place}: {error!r}") from error
    for problem in _problems(policy):
        raise MalformedGradePolicy(f"{place}: {problem}")
    return policy


def _where(error: Exception) -> str:
    place = _IN_TOML.search(str(error))
    return f" {place[1]}" if place else ""


def policy_table(data: bytes, place: str) -> dict[str, Any]:
    """Decode the TOML of any policy and judge what all have in common. Raises MalformedGradePolicy."""
    if len(data) > LARGEST:
        raise MalformedGradePolicy(f"{place}: {len(data)} bytes, at most {LARGEST}")
    try:
        text = data.decode("utf-8")
        raw = tomllib.loads(text)
    except UnicodeDecodeError as error:
        raise MalformedGradePolicy(f"{place}: no text in UTF-8") from error
    except (ValueError, RecursionError) as error:
        raise MalformedGradePolicy(f"{place}: no TOML{_where(error)}") from error
    if found := banned_words(str(raw)):
        raise MalformedGradePolicy(f"{place}: the law bans the word {found[0]!r}")
    name, version = raw.get("name"), raw.get("version")
    if not isinstance(name, str) or not 1 <= len(name) <= _LONGEST["name"] or not name.isprintable():
        raise MalformedGradePolicy(f"{place}: name is a text of 1 to {_LONGEST['name']} characters")
    if not isinstance(version, int) or isinstance(version, bool) or not 0 <= version < 2**31:
        raise MalformedGradePolicy(f"{place}: version is a whole number")
    return raw


def _destination(row: Mapping[str, Any]) -> Destination:
    conditions = {name: value for name, value in row.items() if name != "to"}
    for name, value in conditions.items():
        wanted = CONDITIONS[name]
        if not isinstance(value, wanted) or (wanted is int and isinstance(value, bool)):
            raise TypeError(f"orientation {name}")
    if row["to"] not in OUTCOMES or not conditions:
        raise ValueError(f"an orientation leads to one of {', '.join(OUTCOMES)}, under a condition")
    return Destination(row["to"], conditions)


def _is_letter(value: Any) -> bool:
    if not isinstance(value, str) or not value.strip() or len(value) > _LONGEST["letter"]:
        return False
    return value.isprintable() and value != "none"


def _problems(policy: GradePolicy) -> list[str]:
    letters = policy.letters
    found = []
    if not letters or any(letter.missing_parts not in PARTS_WANTED for letter in letters):
        found.append(f"missing_parts is one of {', '.join(PARTS_WANTED)}")
    if len({letter.letter for letter in letters}) != len(letters):
        found.append("a letter stands twice")
    for letter in letters:
        if not _is_letter(letter.letter):
            found.append(f"{letter.letter!r} is no letter: a text of 1 to {_LONGEST['letter']} characters")
        for name, most in _MOST.items():
            value = getattr(letter, name)
            if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value <= most:
                found.append(f"{name} of {letter.letter} is a whole number from 0 to {most}")
    return found
