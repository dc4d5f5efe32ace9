"""Lines from a guest or from QEMU, and patience that counts only the time in which this process itself was awake.

Who stops the whole bench for a minute (a debugger, a laptop that sleeps, a measurement beside it) causes no delay.
"""

import socket
import time
from collections.abc import Callable

from tests.virtual_bench.cache import BenchError

RECEIVED_BYTES = 65536
GLANCE_S = 1.0  # the most that one look at a clock or a socket may cost


class Patience:
    """A time limit, spent in glances."""

    def __init__(self, seconds: float, clock: Callable[[], float] = time.monotonic) -> None:
        self.left = seconds
        self._clock = clock
        self._seen = clock()

    def spent(self) -> bool:
        """Say whether the time is over; ask often, for what passes between two questions counts as a glance at most."""
        now = self._clock()
        self.left -= min(now - self._seen, GLANCE_S)
        self._seen = now
        return self.left <= 0


class Lines:
    """The lines that come out of a stream. One that came too late is lost with the rest: whose answer is it?"""

    def __init__(self, stream: socket.socket, speaker: str) -> None:
        self._stream = stream
        self._speaker = speaker
        self._pending = bytearray()
        self._late = False

    def next(self, timeout_s: float) -> bytes:
        """Give the next line, without its end. Raises BenchError."""
        if self._late:
            raise BenchError(f"{self._speaker} did not answer an earlier question")
        patience = Patience(timeout_s)
        while b"\n" not in self._pending:
            self._stream.settimeout(GLANCE_S)
            try:
                received = self._stream.recv(RECEIVED_BYTES)
            except TimeoutError:
                if patience.spent():
                    self._late = True
                    raise BenchError(f"{self._speaker} said nothing for {timeout_s:.0f} s") from None
                continue
            if not received:
                raise BenchError(f"{self._speaker} ended")
            self._pending += received
        line, _, rest = bytes(self._pending).partition(b"\n")
        self._pending[:] = rest
        return line
