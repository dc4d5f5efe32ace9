"""What an overwritten drive must hold: a value for every byte of it, known in advance.

Never judged by statistics: a pattern is compared byte by byte (drives reference, section 7).
"""

from typing import Protocol, Self

from erasure.buffers import aligned
from erasure.transport.memory import equal

_PERIOD = 4096


class Pattern(Protocol):
    """The expected content of a whole drive. Offsets in bytes, multiples of 16."""

    @property
    def name(self) -> str:
        """Name in statements: "zeros", "aes-256-ctr"."""
        ...

    @property
    def key_sha256(self) -> str:
        """SHA-256 of the key in hex, "" for a pattern without one."""
        ...

    @property
    def constant(self) -> bool:
        """Say whether every sector holds the same, so that one filled buffer serves for all."""
        ...

    def fill(self, buffer: memoryview, offset: int) -> None:
        """Put what belongs at byte `offset` of the drive into the whole `buffer`."""
        ...

    def matches(self, buffer: memoryview, offset: int) -> bool:
        """Say whether the whole `buffer` holds exactly what belongs at byte `offset`; one thread at a time."""
        ...

    def another(self) -> Self:
        """Give the same pattern with working memory of its own, for another thread."""
        ...


class Zeros:
    """Every byte is zero."""

    name = "zeros"
    key_sha256 = ""
    constant = True

    def __init__(self) -> None:
        self._zeros = aligned(_PERIOD)

    def fill(self, buffer: memoryview, offset: int) -> None:  # noqa: ARG002
        """Put zeros into `buffer`, wherever it belongs."""
        for start in range(0, len(buffer), _PERIOD):
            piece = buffer[start : start + _PERIOD]
            piece[:] = self._zeros[: len(piece)]

    def matches(self, buffer: memoryview, offset: int) -> bool:  # noqa: ARG002
        """Compare the first bytes with zero, and every other byte with the one a period before it."""
        head = min(_PERIOD, len(buffer))
        if not equal(buffer, 0, self._zeros, 0, head):
            return False
        return equal(buffer, 0, buffer, head, len(buffer) - head)

    def another(self) -> Self:
        """Give the same pattern for another thread."""
        return type(self)()
