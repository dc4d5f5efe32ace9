"""A signal whose handler takes longer than a wait has left: what waits with a limit has to notice the end of it.

`queue.SimpleQueue.get(timeout=...)` of CPython does not: it would wait for ever (seen in 3.11).
"""

import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

WAIT_S = 1.0  # what a test lets be waited: long enough for the signal to come within it on a busy machine
SOON_S, LONG_S, LATE_S = 0.02, 1.2, 15.0


@contextmanager
def long_signal(rescue: Callable[[], None]) -> Iterator[list[str]]:
    """Send one soon; `rescue` is called much later, so that a test that waits for ever fails. Gives what happened."""
    told = list[str]()

    def handler(_number: int, _frame: FrameType | None) -> None:
        time.sleep(LONG_S)
        told.append("signal")

    def late() -> None:
        told.append("late")
        rescue()

    before = signal.signal(signal.SIGUSR1, handler)
    here, timers = threading.get_ident(), (threading.Timer(LATE_S, late),)
    timers = (*timers, threading.Timer(SOON_S, lambda: signal.pthread_kill(here, signal.SIGUSR1)))
    for timer in timers:
        timer.start()
    try:
        yield told
    finally:
        for timer in timers:
            timer.cancel()
            timer.join()
        signal.signal(signal.SIGUSR1, before)
