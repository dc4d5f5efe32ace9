"""Whether a drive that came back still holds what its last run left, told by a few places of it: cheap, and no proof.

Only of an overwrite, whose every byte is known from the run's own journal. Places that hold something else show that
it was written to since; places that do not show nothing about the others.
"""

from collections.abc import Sequence
from typing import Final

from erasure.buffers import aligned
from erasure.errors import DeviceError
from erasure.journal import EntryKind, JournalEntry
from erasure.keystream import Keystream
from erasure.methods.overwriting import ZEROS
from erasure.pattern import Pattern, Zeros
from erasure.transport.ports import BlockPort

PIECE: Final = 4096  # bytes
PLACES: Final = 64  # spread over the drive; and its first and last 64 KiB, where tables and labels are
EDGE: Final = 64 << 10


def left_by(method: str, entries: Sequence[JournalEntry]) -> Pattern | None:
    """Give what an overwrite left on the whole drive; None for another method, or where the journal does not tell."""
    if method == ZEROS.id:
        return Zeros()
    keys = [entry.data.get("key") for entry in entries if entry.kind is EntryKind.INTENT]
    if method != "overwrite.keystream" or not keys or not isinstance(keys[-1], str):
        return None
    try:
        return Keystream(bytes.fromhex(keys[-1]))
    except ValueError:
        return None


def changed_since(port: BlockPort, pattern: Pattern) -> bool | None:
    """Say whether a place of the drive holds something else; None when it cannot be read."""
    try:
        size = port.size_bytes()
        if size < PIECE or size % 16:
            return None
        return not all(_holds(port, pattern, place, length) for place, length in places(size))
    except (OSError, DeviceError):
        return None


def places(size: int) -> list[tuple[int, int]]:
    """Give offsets and lengths in bytes of what is looked at: both ends, and pieces spread in between."""
    edge = min(EDGE, size // PIECE * PIECE)
    step = max(PIECE, size // PLACES // PIECE * PIECE)
    spread = [(at, PIECE) for at in range(0, size - PIECE + 1, step)]
    return [(0, edge), ((size - edge) // PIECE * PIECE, edge), *spread]


def _holds(port: BlockPort, pattern: Pattern, offset: int, length: int) -> bool:
    buffer = aligned(length)
    got = port.pread_into(buffer, offset)
    if got != length:
        raise OSError(f"{got} of {length} bytes at {offset}")
    return pattern.matches(buffer, offset)
