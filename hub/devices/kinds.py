"""The kinds of devices as data (S1-4): what each is called, and what must be known of its storage. Pure.

Adding a kind is a table in `kinds.toml`; no other room names kinds of its own.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

FILE = Path(__file__).with_name("kinds.toml")
PLACES, SOLDERED, NONE = "places", "soldered", "none"
LONGEST = 16  # characters of a code
IMEI = "imei"


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind: its code, its words, what storage it has, its number ("" or imei), its checklist by hand ("")."""

    code: str
    names: Mapping[str, str]
    words: tuple[str, ...]
    storage: str
    number: str
    by_hand: str


class MalformedKinds(ValueError):
    """A file of kinds that cannot be used; the sentence says which kind and what is wrong."""


def read_kinds(text: str) -> Mapping[str, Kind]:
    """The kinds of a file, in its order. Raises MalformedKinds."""
    try:
        tables = tomllib.loads(text)["kinds"]
        found = {code: _kind(code, one) for code, one in tables.items()}
    except (tomllib.TOMLDecodeError, KeyError, AttributeError, TypeError) as error:
        raise MalformedKinds(f"no file of kinds: {error}") from error
    words = [word for kind in found.values() for word in kind.words]
    if twice := {word for word in words if words.count(word) > 1}:
        raise MalformedKinds(f"two kinds share the words {', '.join(sorted(twice))}")
    return found


@cache
def shipped() -> Mapping[str, Kind]:
    """The kinds that come with this version of the hub."""
    return read_kinds(FILE.read_text(encoding="utf-8"))


def _kind(code: str, one: Mapping[str, object]) -> Kind:
    told = {name: one[name] for name in ("en", "fr", "storage", "number", "by_hand")}
    words = one["words"]
    if not all(isinstance(text, str) for text in told.values()) or not isinstance(words, list):
        raise MalformedKinds(f"{code}: a text is missing")
    if not code.isascii() or not code.isalpha() or len(code) > LONGEST:
        raise MalformedKinds(f"{code}: a code has 1 to {LONGEST} letters")
    if told["storage"] not in {PLACES, SOLDERED, NONE} or told["number"] not in {"", IMEI}:
        raise MalformedKinds(f"{code}: storage is places, soldered or none; number is imei or nothing")
    names = {lang: str(told[lang]) for lang in ("en", "fr")}
    words = tuple(str(word) for word in words)
    return Kind(code, names, words, str(told["storage"]), str(told["number"]), str(told["by_hand"]))
