"""What keeps a running erase from being faster, as far as it can be told: heat, the hub, the bus, or the drive. Pure.

A hint for the person at the bench (another port, another hub, a fan), never part of a verdict. A link counts as full
from three quarters of what it can carry on; where the way to the drive is not known, only heat and slowness are told.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal

from station_agent.links import Link

Limit = Literal["", "device", "hub", "bus", "heat"]
FULL: Final = 0.75
HOT: Final = "hot"
SLOW: Final = frozenset({"slow", "slow-sibling"})


@dataclass(frozen=True, slots=True)
class Pace:
    """One run. `rate` in bytes per second; `hottest` is a limit in degrees Celsius; `notice` the engine's last word."""

    rate: int
    links: tuple[Link, ...] = ()
    celsius: int | None = None
    hottest: int | None = None
    notice: str = ""


def limit_of(own: Pace, others: Sequence[Pace] = ()) -> Limit:
    """Say what limits a run, beside the other runs of the bench; "" where nobody can tell."""
    too_warm = own.celsius is not None and own.hottest is not None and own.celsius >= own.hottest
    if own.notice == HOT or too_warm:
        return "heat"
    if own.rate <= 0:
        return ""
    if any(_full_of_many(link, own, others) for link in own.links[1:]):
        return "hub"
    if any(own.rate >= FULL * link.bytes_per_second for link in own.links):
        return "bus"
    return "device" if own.links or own.notice in SLOW else ""


def _full_of_many(link: Link, own: Pace, others: Sequence[Pace]) -> bool:
    """Say whether several drives fill this link together."""
    beside = [other.rate for other in others if other.rate > 0 and link.name in {one.name for one in other.links}]
    return bool(beside) and own.rate + sum(beside) >= FULL * link.bytes_per_second
