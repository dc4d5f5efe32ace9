"""Keeps signals away from the one call that may destroy: interrupted in it, nobody could say what the drive was told.

signal(7): a blocking call that a handler interrupts ends in EINTR, and for SG_IO and its like the command may have gone
out or not. Held back are the signals of this thread only, for that one call; they arrive right after it, so that a
request to stop is honoured then. SIGKILL cannot be held back, and what a fault of this very process raises is not.
"""

import signal
from collections.abc import Iterator
from contextlib import contextmanager

FAULTS = frozenset({signal.SIGSEGV, signal.SIGBUS, signal.SIGFPE, signal.SIGILL, signal.SIGTRAP, signal.SIGSYS})


@contextmanager
def undisturbed() -> Iterator[None]:
    """Hold back every signal that can be held back until the block is left, whatever happens in it."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, signal.valid_signals() - FAULTS)
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
