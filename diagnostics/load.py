"""A load for the discharge measurement: every core hashes, in threads of this process, until the block is left.

Hashing a large buffer releases the interpreter, so that one thread fills one core. It writes nothing and starts nothing
outside this process; the memory that it takes is one small buffer.
"""

import hashlib
import threading
from types import TracebackType
from typing import Self

_BUFFER = bytes(1 << 20)


class HashingLoad:
    """`with HashingLoad(cores):` keeps that many cores busy."""

    def __init__(self, threads: int) -> None:
        """Prepare `threads` threads, at least one."""
        self._ended = threading.Event()
        self._threads = [threading.Thread(target=self._work, daemon=True) for _ in range(max(1, threads))]

    def __enter__(self) -> Self:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._ended.set()
        for thread in self._threads:
            thread.join()

    @property
    def running(self) -> int:
        """Return how many threads are at work."""
        return sum(thread.is_alive() for thread in self._threads)

    def _work(self) -> None:
        while not self._ended.is_set():
            hashlib.sha256(_BUFFER).digest()
