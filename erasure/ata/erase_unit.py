"""One SECURITY ERASE UNIT: how long it may take, how it is sent, and how the drive looks afterwards (drives, 3.5).

ERASE PREPARE and ERASE UNIT go out on the same port with nothing between them. The call blocks until the drive is
done; nothing is retried.
"""

from dataclasses import dataclass

from erasure.ata.identify import Identify
from erasure.ata.passthrough import START_MS, ask_whatever_comes
from erasure.ata.password import PUBLISHED, block
from erasure.ata.pin import identify_now
from erasure.ata.sense import UNIT_ATTENTION, AtaReply, Fate
from erasure.ata.taskfile import SECURITY_ERASE_PREPARE, SECURITY_ERASE_UNIT
from erasure.ata.unlock import identify_patiently
from erasure.transport.ports import ScsiPort

MARGIN_SECONDS = 30 * 60
LEAST_SECONDS = 2 * 3600
SLOWEST = 30_000_000  # bytes per second, where the drive does not say how long it takes
LONGEST_MS = 0xFFFF_FFFF  # SG_IO keeps the timeout in 32 bits


@dataclass(frozen=True, slots=True)
class Attempt:
    """What was sent, and what came back. Not `sent`: the drive was not even ready to be erased."""

    sent: bool
    reply: AtaReply


@dataclass(frozen=True, slots=True)
class Afterwards:
    """The drive right after an attempt. `reset`: it was reset meanwhile, so nothing it did is proven."""

    found: Identify | None
    reset: bool


def timeout_ms(minutes: int | None, capacity: int) -> int:
    """Choose a timeout in ms from the drive's own estimate, or from `capacity` bytes where it gives none. Pure."""
    estimate = capacity // SLOWEST if minutes is None else minutes * 60
    return min(max(estimate + MARGIN_SECONDS, LEAST_SECONDS) * 1000, LONGEST_MS)


def erase_unit(port: ScsiPort, *, enhanced: bool, timeout_ms: int) -> Attempt:
    """Send ERASE PREPARE, and ERASE UNIT directly after it. Raises OSError when the drive left."""
    ready = ask_whatever_comes(port, SECURITY_ERASE_PREPARE, timeout_ms=START_MS)
    if ready.fate is not Fate.GOOD:
        return Attempt(sent=False, reply=ready)
    data = block(PUBLISHED, enhanced=enhanced)
    return Attempt(sent=True, reply=ask_whatever_comes(port, SECURITY_ERASE_UNIT, timeout_ms=timeout_ms, data_out=data))


def look_after(port: ScsiPort) -> Afterwards:
    """Identify the drive; a reset that it reports first is noted. Raises OSError."""
    found, reply = identify_now(port)
    return Afterwards(identify_patiently(port) if reply.key == UNIT_ATTENTION else found, reply.was_reset)
