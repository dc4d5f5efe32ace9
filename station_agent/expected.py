"""How long an erase will take, told before it begins: a guess for the person at the bench, never for proof. Pure.

An erase by the drive itself takes what the drive says, if it says anything. An overwrite takes its passes at a rate:
that of drives of this model which run now, else one that is usual for its kind, and never more than its link carries.
"""

from collections.abc import Sequence
from typing import Final

from erasure.drive import DriveFacts
from erasure.methods import method_named
from erasure.methods.protocol import MethodKind
from station_agent.links import Link

ROTATING: Final = 120_000_000  # bytes per second over the whole surface
FLASH: Final = 350_000_000
NVME: Final = 1_000_000_000
CARD: Final = 20_000_000  # cards and sticks
UNKNOWN: Final = 80_000_000


def expected_seconds(
    method: str, facts: DriveFacts, *, verification: str, links: Sequence[Link] = (), measured: Sequence[int] = ()
) -> int | None:
    """Give the seconds that a method will take on this drive; None where nobody can say."""
    row = method_named(method)
    if row.kind is not MethodKind.OVERWRITE:
        return row.expected_seconds(facts) if row.kind is MethodKind.FIRMWARE else None
    passes = 2 if verification == "full" else 1
    return -(-facts.size_bytes * passes // rate_of(facts, links, measured)) if facts.size_bytes > 0 else None


def rate_of(facts: DriveFacts, links: Sequence[Link] = (), measured: Sequence[int] = ()) -> int:
    """Give the rate to be expected, in bytes per second, 1 at least."""
    real = sorted(rate for rate in measured if rate > 0)
    usual = real[len(real) // 2] if real else usual_rate(facts)
    return max(1, min([usual, *(link.bytes_per_second for link in links)]))


def usual_rate(facts: DriveFacts) -> int:
    """Give the rate that is usual for a drive of its kind."""
    bus = facts.device.identity.bus
    if bus == "mmc" or (facts.removable and facts.rotational is False):
        return CARD
    if bus == "nvme":
        return NVME
    if facts.rotational is None:
        return UNKNOWN
    return ROTATING if facts.rotational else FLASH
