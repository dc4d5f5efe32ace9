"""The PSID on the label of a self-encrypting drive: 32 letters and figures that open a locked drive by erasing it.

What is wrong with one is said by place and count, never by showing it (TCG Opal: it is printed, and only there).
"""

import re
from dataclasses import dataclass, field
from typing import Final

LENGTH: Final = 32
LETTERS: Final = frozenset("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ")
DOUBTFUL: Final = frozenset("O0I1")
FOREIGN: Final = re.compile(r"[\s-]")


@dataclass(frozen=True, slots=True)
class Psid:
    """A text that can be a PSID. `doubtful`: places (from 1) of O, 0, I and 1, where a person who typed may err."""

    text: str = field(repr=False)
    doubtful: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class NoPsid:
    """A text that cannot be one: how many characters it has, and the places (from 1) of those that cannot be in it."""

    length: int
    wrong: tuple[int, ...]


def psid_of(text: str) -> Psid | NoPsid:
    """Read a PSID as typed or scanned, without its blanks and hyphens, in capitals."""
    plain = FOREIGN.sub("", text).upper()
    wrong = tuple(place for place, letter in enumerate(plain, 1) if letter not in LETTERS)
    if wrong or len(plain) != LENGTH:
        return NoPsid(len(plain), wrong)
    return Psid(plain, tuple(place for place, letter in enumerate(plain, 1) if letter in DOUBTFUL))
