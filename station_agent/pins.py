"""PINs of operators: 4 to 12 figures, kept only as argon2id with the parameters of OWASP (19 MiB, 2 passes).

A PIN keeps apart people who share a bench; who can copy the state folder can try them all, so the delay after wrong
ones (`station_agent.sign_in`) and the rights of the folder are what protects it.
"""

import re
from collections.abc import Iterable
from itertools import pairwise
from typing import Final

from station_agent.errors import UsageError
from station_agent.language import mark

PIN: Final = re.compile(r"[0-9]{4,12}", re.ASCII)
PASSES: Final = 2
MEMORY_KIB = 19_456
MOST_KIB: Final = 65_536  # what a string of a hub may ask of the memory of a bench
MOST_PASSES: Final = 8
SHAPE: Final = mark("A PIN has 4 to 12 figures, nothing else. On a French keyboard: the keypad, or with Shift.")
WEAK: Final = mark("This PIN is the first that anybody tries: not all figures the same, and no row such as 1234.")
STEPS: Final = frozenset({-1, 0, 1})


def checked_pin(text: str) -> str:
    """Give a new PIN without outer blanks. Raises `UsageError` for one that is no PIN, or that everybody guesses."""
    pin = text.strip()
    if not PIN.fullmatch(pin):
        raise UsageError(SHAPE)
    steps = {int(after) - int(before) for before, after in pairwise(pin)}
    if len(steps) == 1 and steps <= STEPS:
        raise UsageError(WEAK)
    return pin


def hash_pin(pin: str) -> str:
    """Give the argon2id string of a PIN, with a salt of its own."""
    from argon2 import PasswordHasher  # noqa: PLC0415  only where a PIN is set or asked for

    return PasswordHasher(time_cost=PASSES, memory_cost=MEMORY_KIB, parallelism=1).hash(pin)


def is_pin_of(stored: str, text: str) -> bool:
    """Say whether a text is the PIN of a stored string; False for a string that is none or asks too much."""
    from argon2 import PasswordHasher  # noqa: PLC0415  only where a PIN is set or asked for
    from argon2.exceptions import InvalidHashError, VerificationError  # noqa: PLC0415

    pin = text.strip()
    if not PIN.fullmatch(pin) or not bearable([stored]):
        return False
    try:
        return PasswordHasher().verify(stored, pin)
    except (VerificationError, InvalidHashError):
        return False


def bearable(strings: Iterable[str]) -> bool:
    """Say whether all of these are argon2id strings that a bench can compute."""
    from argon2 import Type, extract_parameters  # noqa: PLC0415  only where a PIN is set or asked for
    from argon2.exceptions import InvalidHashError  # noqa: PLC0415

    try:
        asked = [extract_parameters(text) for text in strings]
    except (InvalidHashError, ValueError):
        return False
    return all(
        one.type is Type.ID and one.memory_cost <= MOST_KIB and one.time_cost <= MOST_PASSES and one.parallelism == 1
        for one in asked
    )
