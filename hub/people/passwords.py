"""Passwords: argon2id with the OWASP parameters, at most four computed at once.

Nothing here stores anything. A flood of sign-ins waits in line instead of eating the memory of the machine.
"""

import unicodedata
from threading import BoundedSemaphore

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from hub.errors import BadInput

AT_ONCE = 4
MINIMUM = 8
MAXIMUM = 1024
COMMON = frozenset(
    {
        *("12345678", "123456789", "1234567890", "11111111", "00000000", "password", "password1", "motdepasse"),
        *("azertyuiop", "qwertyuiop", "azerty123", "qwerty123", "iloveyou", "sunshine", "princess", "football"),
        *("baseball", "doudou13", "soleil13", "bonjour1", "changeme", "administrateur"),
    }
)

_hasher = PasswordHasher(time_cost=2, memory_cost=19456, parallelism=1)
_slots = BoundedSemaphore(AT_ONCE)


def _normal(password: str) -> str:
    return unicodedata.normalize("NFC", password)


def check_strength(password: str) -> None:
    """Raise BadInput for a password that is too short, too long or among the most common."""
    if len(password) < MINIMUM:
        raise BadInput(f"a password needs at least {MINIMUM} characters (15 or more are better)", "password-short")
    if len(password) > MAXIMUM:
        raise BadInput(f"a password has at most {MAXIMUM} characters", "password-long")
    if password.lower() in COMMON:
        raise BadInput("this password is among the most common ones", "password-common")


def hash_password(password: str) -> str:
    """The argon2id string of a new password. Raises BadInput for a weak one."""
    check_strength(password)
    with _slots:
        return _hasher.hash(_normal(password))


def matches(stored: str, password: str) -> bool:
    """Whether the password belongs to the stored string."""
    if len(password) > MAXIMUM:
        return False
    with _slots:
        try:
            return _hasher.verify(stored, _normal(password))
        except (VerificationError, InvalidHashError):
            return False


def decoy() -> str:
    """A well-formed string that belongs to nobody, so that an unknown account takes as long as a known one."""
    return "$argon2id$v=19$m=19456,t=2,p=1$c29tZXNhbHRzb21lc2FsdA$qv/WPuPmbtR7VdUeY0Bp4iZGxBCTwHh8QzMWiYcUmxA"
