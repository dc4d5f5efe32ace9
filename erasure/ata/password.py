"""Passwords of the ATA security feature set, and the 512-byte block that carries one. Pure (drives, 3.5).

The password that this program sets is published, on purpose: it guards nothing, and whoever finds a drive that an
interrupted erase left locked can open it.
"""

from dataclasses import dataclass

LENGTH = 32  # bytes
BLOCK = 512
ENHANCED = 1 << 1  # byte 0, ERASE UNIT


@dataclass(frozen=True, slots=True)
class KnownPassword:
    """A password that is no secret, under a name that can be printed."""

    name: str
    text: str  # ASCII, 32 characters at most; the rest of the field is NUL

    @property
    def field(self) -> bytes:
        """The 32 bytes. Raises ValueError for what does not fit."""
        raw = self.text.encode("ascii")
        if len(raw) > LENGTH:
            raise ValueError("a password has 32 characters at most")
        return raw.ljust(LENGTH, b"\0")


PUBLISHED = KnownPassword("etabli", "ETABLI-ERASE-NO-SECRET")
LITERAL_NULL = KnownPassword("hdparm-null-text", "NULL")  # what hdparm before 9.51 made of the word NULL
EMPTY = KnownPassword("empty", "")  # what it makes of it since
KNOWN = (PUBLISHED, LITERAL_NULL, EMPTY)


def block(password: KnownPassword, *, enhanced: bool = False) -> bytes:
    """Make the data of a security command: user password, level high, and for an erase the kind of it."""
    head = bytes((ENHANCED if enhanced else 0, 0))
    return (head + password.field).ljust(BLOCK, b"\0")
