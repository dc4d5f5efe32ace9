"""How often a pass makes itself durable and tells where it is."""

from dataclasses import dataclass

from erasure.clock import Clock

CHECKPOINT_NS = 2_000_000_000
CHECKPOINT_BYTES = 4 << 30  # only the fastest drives write this much within the time


@dataclass(slots=True)
class Cadence:
    """Due after two seconds or 4 GiB, whichever comes first, then again."""

    clock: Clock
    offset: int
    _since_ns: int = -1

    def due(self, offset: int) -> bool:
        """Say whether a checkpoint at byte `offset` is due, and begin the next interval if so."""
        now = self.clock.monotonic_ns()
        if self._since_ns < 0:
            self._since_ns = now
        if now - self._since_ns < CHECKPOINT_NS and offset - self.offset < CHECKPOINT_BYTES:
            return False
        self._since_ns, self.offset = now, offset
        return True
