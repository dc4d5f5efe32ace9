"""Looking at a drive in several lanes: each reads its pieces and judges them; the answers come in the drive's order.

While one lane compares, another waits for the drive: the drive always has a request, and no buffer changes hands. A
lane that has something to show keeps its buffer still until it was looked at. No lane outlives the `with` block.
"""

import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from queue import Empty, Queue
from types import TracebackType
from typing import Generic, Self, TypeVar

from erasure.buffers import CHUNK, aligned

WAIT_SECONDS = 0.5  # with a Queue: a SimpleQueue forgets its limit where a signal outlasts it
LEAD = 2  # pieces that a lane may be ahead of the one that is asked for

Found = TypeVar("Found")
Look = Callable[[memoryview, int], Found | None]


@dataclass(frozen=True, slots=True)
class Looked(Generic[Found]):
    """One piece of the drive: its bytes, its offset, and what the lane found wrong; None when nothing is."""

    buffer: memoryview  # as it was read only while `found` is not None, and until the next piece is asked for
    offset: int
    found: Found | None


@dataclass(frozen=True, slots=True)
class Lane(Generic[Found]):
    """One thread with one buffer: what it does, what it has, and what lets it go on."""

    number: int
    look: Look[Found]
    ready: "Queue[Looked[Found] | Exception]" = field(default_factory=Queue)
    leave: "Queue[bool]" = field(default_factory=Queue)  # True for each piece it may read, False: enough
    returned: "Queue[bool]" = field(default_factory=Queue)  # the buffer that was shown; False: enough


class Abreast(Generic[Found]):
    """Runs `looks[i](buffer, offset)` on a thread of its own for every n-th piece of the bytes from 0 to `end`."""

    def __init__(
        self, looks: Sequence[Look[Found]], end: int, waiting: Callable[[], None], *, length: int = CHUNK
    ) -> None:
        self._lanes = tuple(Lane(number, look) for number, look in enumerate(looks))
        self._threads: list[threading.Thread] = []
        self._end, self._length, self._waiting = end, min(length, max(end, 1)), waiting
        self._enough = threading.Event()

    def __enter__(self) -> Self:
        buffers = [aligned(self._length) for _ in self._lanes]
        for lane, buffer in zip(self._lanes, buffers, strict=True):
            for _ in range(LEAD):
                lane.leave.put(True)
            self._threads.append(threading.Thread(target=self._work, args=(lane, buffer), daemon=True))
        for thread in self._threads:
            thread.start()
        return self

    def __iter__(self) -> Iterator[Looked[Found]]:
        """Give every piece in order. Raises what a lane raised, at its place.

        `waiting` is called now and then while a piece takes its time; what it raises ends the work.
        """
        for offset in range(0, self._end, self._length):
            lane = self._lanes[offset // self._length % len(self._lanes)]
            answer = self._answer(lane)
            if isinstance(answer, Exception):
                raise answer
            yield answer
            if answer.found is not None:
                lane.returned.put(True)
            lane.leave.put(True)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._enough.set()
        for lane in self._lanes:
            lane.leave.put(False)
            lane.returned.put(False)
        for thread in self._threads:
            thread.join()

    def _answer(self, lane: Lane[Found]) -> Looked[Found] | Exception:
        while True:
            try:
                return lane.ready.get(timeout=WAIT_SECONDS)
            except Empty:
                self._waiting()

    def _work(self, lane: Lane[Found], buffer: memoryview) -> None:
        for offset in range(lane.number * self._length, self._end, len(self._lanes) * self._length):
            if not lane.leave.get() or self._enough.is_set():
                return
            piece = buffer[: min(self._length, self._end - offset)]
            try:
                found = lane.look(piece, offset)
            except Exception as error:  # noqa: BLE001 - carried over to the thread that waits, and raised there
                lane.ready.put(error)
                return
            lane.ready.put(Looked(piece, offset, found))
            if found is not None and not lane.returned.get():
                return
