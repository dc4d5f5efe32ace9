"""How far a simulated erase really reaches, and how it proceeds in time. No command set is known here.

The media of a drive (one for each namespace or partition) are one row of bytes; an erase walks along it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from erasure.simulated.firmware import Firmware, Vice

WHOLE = 65_536  # progress is counted in these
HALFWAY = WHOLE // 2
STUCK_AT = 655
GRAIN = 4096  # bytes: an erase stops between two of these


class Surface(Protocol):
    """What an erase needs of a medium, or of a part of one (`firmware.Medium` says more)."""

    def native_bytes(self) -> int:
        """Length."""
        ...

    def wipe(self, first: int, end: int, fill: bytes) -> None:
        """Set some bytes to the pattern."""
        ...

    def scramble(self, first: int, end: int) -> None:
        """Make some bytes unintelligible."""
        ...


@dataclass(frozen=True, slots=True)
class Deed:
    """What is left where the erase has been: `fill` over and over, or nonsense when it is empty."""

    fill: bytes = b""


def erase_part(media: Sequence[Surface], deed: Deed, before: int, after: int, vices: Firmware) -> None:
    """Erase `media` from `before` to `after` (of 65536) of the way, as far as the vices let it."""
    if Vice.LIES in vices:
        return
    first, end = place(media, before), place(media, after)
    if Vice.HALF in vices:
        end = min(end, sum(medium.native_bytes() for medium in media) // 2)
    if Vice.ONE_NAMESPACE in vices:
        end = min(end, media[0].native_bytes())
    start = 0
    for medium in media:
        size = medium.native_bytes()
        left, right = max(first - start, 0), min(end - start, size)
        if left < right:
            treat(medium, left, right, deed)
        start += size


def place(media: Sequence[Surface], progress: int) -> int:
    """Byte up to which an erase has come; the end is exact."""
    total = sum(medium.native_bytes() for medium in media)
    return total if progress >= WHOLE else total * progress // WHOLE // GRAIN * GRAIN


def treat(medium: Surface, first: int, end: int, deed: Deed) -> None:
    """Do the deed to some bytes."""
    if deed.fill:
        medium.wipe(first, end, deed.fill)
    else:
        medium.scramble(first, end)


@dataclass(frozen=True, slots=True)
class Pace:
    """Where an erase of `seconds` is, from where it was: both ends in 65536ths and nanoseconds."""

    seconds: float

    def advance(self, done: int, at_ns: int, now_ns: int) -> tuple[int, int]:
        """Return the progress now and the moment that it stands for.

        A clock that went back is another one, after a power cycle: nothing was done meanwhile.
        """
        if now_ns < at_ns:
            return done, now_ns
        step_ns = int(self.seconds * 1e9) // WHOLE
        if step_ns == 0:
            return WHOLE, now_ns
        steps = (now_ns - at_ns) // step_ns
        return min(WHOLE, done + steps), at_ns + steps * step_ns


def absence(vices: Firmware) -> Vice:
    """Why the drive has left: without power it comes back by itself, from the bus only by a power cycle."""
    return Vice.POWER_LOSS if Vice.POWER_LOSS in vices else Vice.VANISHES
