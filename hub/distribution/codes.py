"""Codes that people read out and type: random, with a character that catches a wrong or a swapped one. Pure.

31 symbols without I, L, O, Q and U; the check is a weighted sum modulo 31, a prime: every single wrong symbol and every
two that changed places give another sum. A code says nothing about anybody.
"""

import re
from collections.abc import Callable

from hub.errors import BadInput

ALPHABET = "0123456789ABCDEFGHJKMNPRSTVWXYZ"
PRESCRIPTION, RECEIPT = "P1", "D1"
GROUPS = {PRESCRIPTION: 2, RECEIPT: 3}  # groups of four symbols: 39 and 59 bits
GROUP = 4
_READ_AS = str.maketrans({"O": "0", "Q": "0", "I": "1", "L": "1"})
_WORD = re.compile(rf"[{ALPHABET}]+")
LONGEST = 40  # characters that are looked at


def make(prefix: str, below: Callable[[int], int]) -> str:
    """A new code. `below(n)` draws a whole number from 0 to n - 1."""
    return _written(prefix, "".join(ALPHABET[below(len(ALPHABET))] for _ in range(GROUP * GROUPS[prefix])))


def looks_like(prefix: str, text: str) -> bool:
    """Whether a text begins as a code of this sort does: a wrong one is then a mistake in typing."""
    return _plain(text).startswith(prefix)


def read(prefix: str, text: str) -> str:
    """The code as it is written. Raises BadInput where it is none, or where its check does not hold."""
    plain = _plain(text)
    body = plain.removeprefix(prefix)
    whole = GROUP * GROUPS[prefix] + 1
    if not plain.startswith(prefix) or len(body) != whole or _WORD.fullmatch(body) is None:
        raise BadInput(f"this is no such code: it begins with {prefix}", "code")
    if _check(body[:-1]) != body[-1]:
        raise BadInput("a character of this code is wrong: read it again", "code")
    return _written(prefix, body[:-1])


def _written(prefix: str, body: str) -> str:
    groups = [body[at : at + GROUP] for at in range(0, len(body), GROUP)]
    return "-".join((prefix, *groups)) + _check(body)


def _check(body: str) -> str:
    return ALPHABET[sum(at * ALPHABET.index(symbol) for at, symbol in enumerate(body, 1)) % len(ALPHABET)]


def _plain(text: str) -> str:
    return "".join(text[:LONGEST].split()).replace("-", "").upper().translate(_READ_AS)
