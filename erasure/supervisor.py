"""One process per drive, and the supervisor that starts them, answers their journal requests and collects their events.

A drive that hangs, a worker that crashes or is killed, stops no other drive. The supervisor never opens a drive itself.
`poll` has to be called again and again: workers wait for it while their entries become durable.
"""

import multiprocessing
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from multiprocessing import forkserver, resource_tracker
from multiprocessing.connection import Connection, wait
from multiprocessing.context import ForkServerContext, ForkServerProcess
from typing import Any

from erasure.clock import Clock, SystemClock
from erasure.errors import DeviceBusy, ErasureError, WorkerNotStarted
from erasure.events import Ended, Event, Notice, Progress, WorkerLost
from erasure.journal import Journal, JournalEntry, record_each
from erasure.orders import Durable, Examiner, FromWorker, NotDurable, RecordRequest, StillOpen, StopRequest, WorkOrder
from erasure.resume import ResumePoint
from erasure.slowness import Siblings
from erasure.transport.ports import PortOpener
from erasure.worker import TERMINAL_SIGNALS, work

__all__ = ["Examiner", "ResumePoint", "Supervisor", "WorkOrder", "warm_up"]

SILENCE_SECONDS = 120.0  # a drive may try a bad sector for half a minute
PATIENCE_SECONDS = 10.0  # for workers that were asked to stop, before they are killed


def small_context() -> ForkServerContext:
    """Give a fork server that has loaded what every worker needs, once for all, and nothing else."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["erasure.preloaded"])
    return context


@contextmanager
def signals_held_back() -> Iterator[None]:
    """Start processes that get SIGINT and SIGHUP only once they listen: a worker unblocks them itself.

    Ctrl-C goes to all processes of a terminal, also to a worker that is being born and would die of it.
    """
    resource_tracker.ensure_running()  # it unblocks the signals when it starts, so it has to start before
    before = signal.pthread_sigmask(signal.SIG_BLOCK, TERMINAL_SIGNALS)
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def warm_up() -> None:
    """Start the fork server already: it loads what workers need while this process reads and a person confirms.

    Where the system gives no process now, the first start of a worker tries again and says so.
    """
    small_context()
    with suppress(OSError), signals_held_back():
        forkserver.ensure_running()


@dataclass(slots=True)
class _Worker:
    order: WorkOrder
    process: ForkServerProcess
    link: "Connection[Any, Any]"
    heard: float  # when it last said anything
    silent: bool = False
    ended: bool = False


class Supervisor:
    """Runs orders in worker processes. Used by one thread.

    `journal` is asked in the thread that calls `poll`. `opener`, `examine` and `clock` are picklable: they go to the
    workers. A run ends with `Ended`, or with `WorkerLost` when it stays open.
    """

    def __init__(self, journal: Journal, *, opener: PortOpener, examine: Examiner, clock: Clock | None = None) -> None:
        self._journal = journal
        self._opener, self._examine, self._clock = opener, examine, clock or SystemClock()
        self._context = small_context()
        self._workers: dict[str, _Worker] = {}
        self._waiting: list[tuple[_Worker, JournalEntry]] = []  # workers that wait for an entry to become durable
        self._siblings = Siblings()

    @property
    def running(self) -> tuple[str, ...]:
        """The run ids that have a worker."""
        return tuple(self._workers)

    def pid(self, run_id: str) -> int:
        """Process id of the worker of a run. Raises KeyError when it has none."""
        return self._workers[run_id].process.pid or 0

    def start(self, order: WorkOrder) -> str:
        """Start a worker for `order`; return its run id.

        Raises DeviceBusy when a worker has this drive already, WorkerNotStarted when the system gives no process.
        """
        for worker in self._workers.values():
            if worker.order.device.path == order.device.path:
                raise DeviceBusy(order.device.path, (f"run {worker.order.run_id}",))
        if order.run_id in self._workers:
            raise ErasureError(f"run {order.run_id} is under way")
        ours, theirs = self._context.Pipe()
        process = self._context.Process(
            target=work,
            args=(order, theirs, self._opener, self._examine, self._clock),
            name=f"etabli {order.device.name}",
            daemon=True,
        )
        try:
            with signals_held_back():
                process.start()
        except (OSError, EOFError) as error:  # the fork server died; the next start brings up another
            ours.close()  # a worker that came to life all the same finds nobody who makes its INTENT durable
            raise WorkerNotStarted(f"no worker could be started for {order.device.path}: {error!r}") from error
        finally:
            theirs.close()
        self._workers[order.run_id] = _Worker(order, process, ours, time.monotonic())
        return order.run_id

    def poll(self, timeout: float) -> list[Event]:
        """Serve the workers until there are events, at most `timeout` seconds; return them."""
        deadline = time.monotonic() + timeout
        events: list[Event] = []
        while True:
            left = max(0.0, deadline - time.monotonic())
            if not self._workers:
                time.sleep(left)
                return events
            ready = wait([worker.link for worker in self._workers.values()], left)
            for worker in [worker for worker in self._workers.values() if worker.link in ready]:
                events += self._serve(worker)
            events += [*self._make_durable(), *self._silent_workers()]
            if events or time.monotonic() >= deadline:
                return events

    def stop(self, run_id: str) -> None:
        """Ask a worker to flush, checkpoint and end; its run stays open. An unknown run is already over."""
        worker = self._workers.get(run_id)
        if worker is not None:
            try:
                worker.link.send(StopRequest())
            except OSError:
                return  # it is dead: the next poll will say so

    def close(self) -> list[Event]:
        """Stop every worker, give them time to end properly, kill the rest; return the last events."""
        events: list[Event] = []
        for run_id in self.running:
            self.stop(run_id)
        deadline = time.monotonic() + PATIENCE_SECONDS
        while self._workers and time.monotonic() < deadline:
            events += self.poll(min(0.2, max(0.0, deadline - time.monotonic())))
        for worker in list(self._workers.values()):
            worker.process.kill()
            events += self._dismiss(worker, "killed: it did not stop when asked")
        return events

    def _serve(self, worker: _Worker) -> list[Event]:
        """Take every message that waits; a closed pipe is the end of the worker."""
        events: list[Event] = []
        try:
            while worker.link.poll(0):
                message = worker.link.recv()
                worker.heard, worker.silent = time.monotonic(), False
                events += self._answer(worker, message)
        except (EOFError, OSError):
            events += self._dismiss(worker, "")
        return events

    def _silent_workers(self) -> list[Event]:
        """Say once of each worker that it has fallen silent: its drive may hang, and nothing here can tell."""
        events: list[Event] = []
        for worker in self._workers.values():
            if not worker.silent and time.monotonic() - worker.heard > SILENCE_SECONDS:
                worker.silent = True
                detail = f"nothing heard of {worker.order.device.path} for {SILENCE_SECONDS:.0f} s"
                events.append(Notice(worker.order.run_id, "silent", detail))
        return events

    def _answer(self, worker: _Worker, message: FromWorker) -> list[Event]:
        if isinstance(message, RecordRequest):
            self._waiting.append((worker, message.entry))
            return []
        if isinstance(message, StillOpen):
            worker.ended = True
            return [Notice(message.run_id, message.code, message.detail), WorkerLost(message.run_id, message.detail)]
        worker.ended = worker.ended or isinstance(message, Ended)
        if isinstance(message, Progress):
            return [message, *self._slow_sibling(worker, message)]
        return [message]

    def _slow_sibling(self, worker: _Worker, now: Progress) -> list[Event]:
        """Say once of a worker that drives of the same model are much faster at the same work."""
        model = worker.order.device.identity.model
        detail = self._siblings.slow(now.run_id, model, now.phase, now.rate, worker.heard)
        return [Notice(now.run_id, "slow-sibling", detail)] if detail else []

    def _make_durable(self) -> list[Event]:
        """Make durable what workers wait for, with one commit for all of them, and tell each whether it is."""
        waiting, self._waiting = self._waiting, []
        faults = record_each(self._journal, [entry for _, entry in waiting])
        events: list[Event] = []
        for (worker, _), fault in zip(waiting, faults, strict=True):
            with suppress(OSError):  # it is dead, or dismissed: its entry is kept all the same, the next poll says so
                worker.link.send(Durable() if fault is None else NotDurable(str(fault)))
            if fault is not None:
                events.append(Notice(worker.order.run_id, fault.code, str(fault)))
        return events

    def _dismiss(self, worker: _Worker, detail: str) -> list[Event]:
        """Forget a worker that has ended; without a last word its run is lost, and open."""
        del self._workers[worker.order.run_id]
        self._siblings.forget(worker.order.run_id)
        worker.link.close()
        worker.process.join(PATIENCE_SECONDS if not detail else 1.0)
        if worker.ended:
            return []
        code = worker.process.exitcode
        told = detail or (f"killed by signal {-code}" if code is not None and code < 0 else f"ended with code {code}")
        return [WorkerLost(worker.order.run_id, f"worker of {worker.order.device.path} {told}")]
