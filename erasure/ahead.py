"""Work ahead: a thread prepares the next buffers (cipher) while the current one is written.

A ring of buffers and two queues. The thread ends when its work is done, when it fails, or when nobody wants
more; it never outlives the `with` block.
"""

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from queue import Empty, Queue
from types import TracebackType
from typing import Generic, Self, TypeVar

from erasure.buffers import PIECE, PIECES, aligned_ring

WAIT_SECONDS = 0.5  # with a Queue: a SimpleQueue forgets its limit where a signal outlasts it

Result = TypeVar("Result")


@dataclass(frozen=True, slots=True)
class Prepared(Generic[Result]):
    """One buffer of the ring, the part of it in use, its byte offset on the drive, and what `prepare` gave."""

    offset: int
    ring_buffer: memoryview
    buffer: memoryview
    result: Result


def pieces(first: int, end: int, length: int = PIECE) -> Iterator[tuple[int, int]]:
    """Cut the bytes from `first` to `end` into (offset, length), the last as short as it has to be."""
    for offset in range(first, end, length):
        yield offset, min(length, end - offset)


class Ahead(Generic[Result]):
    """Runs `prepare(buffer, offset)` on a thread for every piece between bytes `first` and `end`, in order."""

    def __init__(
        self,
        prepare: Callable[[memoryview, int], Result],
        first: int,
        end: int,
        waiting: Callable[[], None] = lambda: None,
        *,
        length: int = PIECE,
        ring: int = PIECES,
    ) -> None:
        self._prepare = prepare
        self._waiting = waiting
        self._first, self._end = first, end
        self._length, self._ring = min(length, max(end - first, 1)), ring
        self._free: Queue[memoryview | None] = Queue()
        self._ready: Queue[Prepared[Result] | Exception | None] = Queue()
        self._thread = threading.Thread(target=self._work, name="ahead", daemon=True)

    def __enter__(self) -> Self:
        for buffer in aligned_ring(self._ring, self._length):
            self._free.put(buffer)
        self._thread.start()
        return self

    def __iter__(self) -> Iterator[Prepared[Result]]:
        """Give the pieces in order; a buffer is reused once the next is asked for. Raises what `prepare` raised.

        `waiting` is called now and then while a piece takes its time; what it raises ends the work.
        """
        for (piece,) in self.groups(1):
            yield piece

    def groups(self, most: int) -> Iterator[list[Prepared[Result]]]:
        """Give the pieces in order, together what is ready at once, at most `most`; otherwise as iterating does."""
        while True:
            items = [self._next()]
            items += [self._ready.get() for _ in range(min(most - 1, self._ready.qsize()))]
            group = [item for item in items if isinstance(item, Prepared)]
            if group:
                yield group
            for piece in group:
                self._free.put(piece.ring_buffer)
            if isinstance(items[-1], Exception):
                raise items[-1]
            if items[-1] is None:
                return

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._free.put(None)
        self._thread.join()

    def _next(self) -> Prepared[Result] | Exception | None:
        while True:
            try:
                return self._ready.get(timeout=WAIT_SECONDS)
            except Empty:
                self._waiting()

    def _work(self) -> None:
        for offset, length in pieces(self._first, self._end, self._length):
            ring_buffer = self._free.get()
            if ring_buffer is None:
                return
            used = ring_buffer[:length]
            try:
                result = self._prepare(used, offset)
            except Exception as error:  # noqa: BLE001 - carried over to the thread that waits, and raised there
                self._ready.put(error)
                return
            self._ready.put(Prepared(offset, ring_buffer, used, result))
        self._ready.put(None)
