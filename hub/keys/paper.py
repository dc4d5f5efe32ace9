"""A root key on paper: 32 bytes as four lines of digits, each with its own check, and as a code to scan. Pure.

A line is `1  a1b2c3d4 e5f60718  9f3c`: its number, 16 hexadecimal digits, and the first 4 digits of SHA-256 over
`etabli-paper-key/1`, `real` or `rehearsal`, the number and the digits. A key of a rehearsal reads as no real one.
"""

import hashlib
import re
from collections.abc import Sequence
from typing import Final

from certificates.keys import SigningKey
from hub.errors import BadInput

LINES: Final = 4
DIGITS: Final = 16
_NAME: Final = "etabli-paper-key/1"
_LINE: Final = re.compile(r"([1-4])([0-9a-f]{16})([0-9a-f]{4})", re.ASCII)


def lines_of(seed: bytes, *, rehearsal: bool) -> tuple[str, ...]:
    """The four lines of a seed of 32 bytes."""
    digits = seed.hex()
    parts = [digits[place : place + DIGITS] for place in range(0, len(digits), DIGITS)]
    return tuple(
        f"{number}  {part[:8]} {part[8:]}  {_check(number, part, rehearsal=rehearsal)}"
        for number, part in enumerate(parts, 1)
    )


def code_of(seed: bytes, *, rehearsal: bool) -> str:
    """What the square code on the sheet holds: the four lines without blanks."""
    return "\n".join("".join(line.split()) for line in lines_of(seed, rehearsal=rehearsal))


def read_line(number: int, typed: str, *, rehearsal: bool) -> str:
    """The 16 digits of one line as it was typed, blanks and capitals aside; BadInput names the line."""
    found = _LINE.fullmatch("".join(typed.split()).lower())
    if found is None or int(found[1]) != number:
        raise BadInput(f"line {number} of the paper key: its number, 16 digits and 4 more, as on the sheet")
    if found[3] != _check(number, found[2], rehearsal=rehearsal):
        if found[3] == _check(number, found[2], rehearsal=not rehearsal):
            raise BadInput("this is a key of a rehearsal: it signs nothing real, nor a real one in a rehearsal")
        raise BadInput(f"line {number} of the paper key: one of its digits is wrong")
    return found[2]


def read_key(typed: Sequence[str], *, rehearsal: bool) -> SigningKey:
    """The key of four typed or scanned lines. Raises BadInput."""
    if len(typed) != LINES:
        raise BadInput(f"a paper key has {LINES} lines")
    digits = "".join(read_line(number, line, rehearsal=rehearsal) for number, line in enumerate(typed, 1))
    return SigningKey.from_seed(bytes.fromhex(digits), demo=rehearsal)


def _check(number: int, digits: str, *, rehearsal: bool) -> str:
    sort = "rehearsal" if rehearsal else "real"
    return hashlib.sha256(f"{_NAME} {sort} {number} {digits}".encode()).hexdigest()[:4]
