"""Tells that a drive is at work during a command that blocks for hours and says nothing itself."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from erasure.clock import Clock

EVERY_S = 1.0
ALMOST = 99  # percent: only the end of the command is its end


@contextmanager
def telling(
    progress: Callable[[str, int, int], None], clock: Clock, size: int, phase: str, seconds: int | None
) -> Iterator[None]:
    """Report `phase` every second while the block runs: the part of `size` bytes that its estimate makes likely."""
    over = threading.Event()
    begun = clock.monotonic_ns()

    def tell() -> None:
        while not over.wait(EVERY_S):
            percent = (clock.monotonic_ns() - begun) // 10_000_000 // seconds if seconds else 0
            progress(phase, size * min(percent, ALMOST) // 100, 0)

    thread = threading.Thread(target=tell, name="busy", daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()
