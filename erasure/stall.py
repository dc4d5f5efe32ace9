"""When a drive that erases itself has to be given up: no progress, or far beyond its own estimate.

Drives were seen at 655 of 65536 for a week (drives, section 5.1). Giving up says UNCONFIRMED, never more: the drive may
still be at it, and nothing else is sent to it.
"""

from dataclasses import dataclass, field

from erasure.clock import Clock

SECOND_NS = 1_000_000_000
LEAST_S = 600  # without any progress
SILENT_S = 7_200  # of a drive that tells no progress at all
SLACK_S = 3_600  # beyond three times the estimate
SLOWEST = 20_000_000  # bytes per second, when the drive gives no estimate
STEPS = 2_000  # of 65536: how much of its own pace a drive may rest; some tell whole percents, and take thrice as long
SIMULATED = 60  # a simulated drive lives that much faster


def pace_of(*, simulated: bool) -> int:
    """Say how much faster than real time a drive lives."""
    return SIMULATED if simulated else 1


@dataclass(slots=True)
class StallWatch:
    """Follows one erase. `expected_s` is the drive's own estimate in seconds, `size` its bytes."""

    clock: Clock
    expected_s: int | None
    size: int
    faster: int = 1
    _since_ns: int = field(init=False)
    _moved_ns: int = field(init=False)
    _done: int | None = field(init=False, default=None)

    def __post_init__(self) -> None:
        """Start the watch."""
        self._since_ns = self._moved_ns = self.clock.monotonic_ns()

    def verdict(self, done: int | None) -> str:
        """Say why the drive is stuck, "" while it may be working. `done` of 65536, None when it does not say."""
        now = self.clock.monotonic_ns()
        if done != self._done:
            self._done, self._moved_ns = done, now
        still, total = (now - self._moved_ns) // SECOND_NS, (now - self._since_ns) // SECOND_NS
        if still > self._patience() // self.faster:
            return f"no progress for {still} s at {done if done is not None else 'an unknown part'} of 65536"
        if total > self._deadline() // self.faster:
            return f"still at work after {total} s, at {done if done is not None else 'an unknown part'} of 65536"
        return ""

    def _patience(self) -> int:
        if self._done is None:
            return max(SILENT_S, 3 * (self.expected_s or 0))
        return max(LEAST_S, STEPS * (self.expected_s or self.size // SLOWEST) // 65_536)

    def _deadline(self) -> int:
        return SLACK_S + 3 * (self.expected_s or self.size // SLOWEST)
