"""Worker processes of the long tests: each tells through a pipe what it did; all of them end when the test ends.

Processes, because Python threads would share one core. They are started afresh (spawn): a fork of a console with its
threads may hang. A worker that dies is an answer of its own, never a pass.
"""

import multiprocessing
import signal
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from multiprocessing.connection import Connection, wait
from types import TracebackType
from typing import Any, Protocol, Self

END_PATIENCE_S = 2.0


@contextmanager
def _deaf_to_interrupts() -> Iterator[None]:
    """Start processes that never hear a Ctrl-C, which a terminal sends to all: whoever started them ends them."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, (signal.SIGINT,))  # a new program inherits what is blocked
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


class Team(Protocol):
    """Workers that tell; a test may put a list of messages in their place."""

    def told(self, timeout_s: float) -> Iterable[tuple[int, Any]]:
        """Return (number of the worker, message) of those who spoke within `timeout_s`."""

    @property
    def lost(self) -> tuple[int, ...]:
        """Numbers of the workers that ended without being asked and without an error of their own."""

    @property
    def silent(self) -> bool:
        """True when every worker has ended."""


class Crew:
    """Real worker processes; `work(sender, *arguments)` must be importable. Leaving the block ends them."""

    def __init__(self, work: Callable[..., None], arguments: Iterable[tuple[Any, ...]]) -> None:
        context = multiprocessing.get_context("spawn")
        self._ears: dict[Connection, int] = {}
        self._workers = []
        for number, given in enumerate(arguments):
            ear, mouth = context.Pipe(duplex=False)
            worker = context.Process(target=work, args=(mouth, *given), daemon=True)
            with _deaf_to_interrupts():
                worker.start()
            mouth.close()
            self._ears[ear] = number
            self._workers.append(worker)

    def told(self, timeout_s: float) -> Iterable[tuple[int, Any]]:
        """Collect what the workers said; an ear that is closed is put away."""
        heard = []
        for ear in wait(list(self._ears), timeout_s):
            assert isinstance(ear, Connection)
            try:
                heard.append((self._ears[ear], ear.recv()))
            except (EOFError, OSError):
                del self._ears[ear]
                ear.close()
        return heard

    @property
    def lost(self) -> tuple[int, ...]:
        """Workers that ended by a signal or an error: out of memory, a broken core."""
        return tuple(number for number, worker in enumerate(self._workers) if worker.exitcode not in (None, 0))

    @property
    def silent(self) -> bool:
        """True when no worker can speak any more."""
        return not self._ears

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for worker in self._workers:
            worker.terminate()
        for worker in self._workers:
            worker.join(END_PATIENCE_S)
            if worker.is_alive():
                worker.kill()
                worker.join()
        for ear in self._ears:
            ear.close()
