"""Tells that a drive is at work during a command that blocks for hours and says nothing itself.

Never makes a share up: only the time that has gone and the time that the drive said beforehand are told.
"""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from erasure.clock import Clock

EVERY_S = 1.0
SECOND_NS = 1_000_000_000


@contextmanager
def telling(
    at_work: Callable[[str, int, int | None], None],
    clock: Clock,
    phase: str,
    seconds: int | None,
    every_s: float = EVERY_S,
) -> Iterator[None]:
    """Report `phase` every second while the block runs: the seconds that have gone, and those that are expected."""
    over = threading.Event()
    begun = clock.monotonic_ns()

    def tell() -> None:
        while not over.wait(every_s):
            at_work(phase, (clock.monotonic_ns() - begun) // SECOND_NS, seconds)

    thread = threading.Thread(target=tell, name="busy", daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()
