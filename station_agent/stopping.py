"""How a person or the system asks a wipe to stop: SIGINT, SIGTERM and SIGHUP are noted, and never break into anything.

An exception out of a signal handler could strike between the end of a run and its statement, or in the middle of a
message of a worker. So nothing is raised: whoever works looks at `asked` between two steps.
"""

import atexit
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Final

SIGNALS: Final = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class Stop:
    """Whether somebody asked to stop."""

    def __init__(self) -> None:
        self._asked = False

    def asked(self) -> bool:
        """Say whether somebody asked."""
        return self._asked

    def note(self, _number: int = 0, _frame: FrameType | None = None) -> None:
        """Note that somebody asked: a signal handler."""
        self._asked = True


@contextmanager
def stop_on_signals() -> Iterator[Stop]:
    """Turn the signals into a question while the block runs. For the main thread.

    When the program ends after that, a late Ctrl-C no longer changes its exit status.
    """
    stop = Stop()
    atexit.register(signal.signal, signal.SIGINT, signal.SIG_IGN)
    before = {number: signal.signal(number, stop.note) for number in SIGNALS}
    try:
        yield stop
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
