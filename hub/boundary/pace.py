"""The pace at which one address may use what needs no account: a bucket of tokens per address, in memory.

It protects the hub from floods and the certificates from guessing; it decides nothing about who somebody is.
"""

import ipaddress
from collections.abc import Callable
from threading import Lock

from hub.errors import Throttled

BURST = 60.0  # tokens of a fresh address; a look-up costs one
PER_SECOND = 1.0
LOG_BURST, LOG_RATE = 1000.0, 50.0  # tokens of who reads the log: tiles are many, small and cheap
UPLOAD = 6.0  # tokens that one uploaded file costs
MOST = 10_000  # addresses that are remembered


class Pace:
    """Buckets by address; `monotonic` gives seconds. `burst` tokens are in a fresh one, `rate` come each second."""

    def __init__(self, monotonic: Callable[[], float], burst: float = BURST, rate: float = PER_SECOND) -> None:
        self._monotonic, self._burst, self._rate = monotonic, burst, rate
        self._buckets: dict[str, tuple[float, float]] = {}
        self._lock = Lock()

    def take(self, address: str, cost: float = 1.0) -> None:
        """Take tokens of an address. Raises Throttled with the seconds to wait when there are too few."""
        place, now = network(address), self._monotonic()
        with self._lock:
            left, then = self._buckets.get(place, (self._burst, now))
            left = min(self._burst, left + (now - then) * self._rate)
            if left >= cost:
                self._buckets[place] = (left - cost, now)
                self._forget(now)
                return
        wait = int((cost - left) / self._rate) + 1
        raise Throttled(f"too many attempts: try again in {wait} s", wait)

    def _forget(self, now: float) -> None:
        if len(self._buckets) <= MOST:
            return
        whole, rate = self._burst, self._rate
        full = [place for place, (left, then) in self._buckets.items() if left + (now - then) * rate >= whole]
        for place in full or list(self._buckets)[: MOST // 2]:
            del self._buckets[place]


def network(address: str) -> str:
    """The address, or its /64 network for IPv6: one subscriber has a whole one."""
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return address[:64]
    return str(ipaddress.ip_network((found, 64), strict=False)) if found.version == 6 else str(found)  # noqa: PLR2004
