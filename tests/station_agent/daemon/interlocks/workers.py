"""The crew of the interlock orders: the real worker's erase, in this process, when the order says so.

Opening, examining, clearing, writing and reading back are the product's; only the process and its pipe are not there.
"""

import contextlib
from collections.abc import Callable
from dataclasses import dataclass, field

from erasure.drive import BlockDevice
from erasure.errors import DeviceBusy, ErasureError
from erasure.events import Ended, Event, Notice, WorkerLost
from erasure.journal import Journal, JournalEntry
from erasure.orders import Examiner, WorkOrder
from erasure.outcome import Reason
from erasure.worker import Wire, erase
from tests.erasure.simulated_bench import FakeClock
from tests.station_agent.daemon.interlocks.hall import Hall
from tests.station_agent.daemon.interlocks.judge import Judge
from tests.station_agent.daemon.interlocks.ports import HallOpener


class Killed(BaseException):
    """The daemon and its workers are gone, in the middle of whatever they did."""


class Hand(Wire):
    """The worker's wire without a pipe."""

    def __init__(self, journal: Journal, told: Callable[[object], None], stopped: Callable[[], bool]) -> None:
        self._journal, self._told, self._stopped = journal, told, stopped
        self.begun = False

    def stop(self) -> bool:
        return self._stopped()

    def tell(self, message: object) -> None:
        self._told(message)

    def record(self, entry: JournalEntry) -> None:
        self._journal.record(entry)
        self.begun = True


class NoJournal:
    """Keeps nothing: for orders that never came through the desk."""

    def record(self, entry: JournalEntry) -> None:
        pass


@dataclass
class Crew:
    """Keeps the orders until somebody lets a worker begin."""

    hall: Hall
    judge: Judge
    examine: Examiner
    journal: Journal
    waiting: list[WorkOrder] = field(default_factory=list)
    stopped: set[str] = field(default_factory=set)
    at_work: str = ""
    _events: list[Event] = field(default_factory=list)

    def start(self, order: WorkOrder) -> str:
        if any(order.device.path == other.device.path for other in self.waiting):
            raise DeviceBusy(order.device.path)
        self.waiting.append(order)
        return order.run_id

    def poll(self, _timeout: float) -> list[Event]:
        events, self._events = self._events, []
        return events

    def stop(self, run_id: str) -> None:
        self.stopped.add(run_id)

    def close(self) -> list[Event]:
        return []

    def work(self, order: WorkOrder, journal: Journal | None = None) -> str:
        """Let a worker carry out an order; give the verdict, "" for a run that stays open."""
        hand = Hand(journal or self.journal, self._take, lambda: order.run_id in self.stopped)
        self.at_work = order.run_id
        try:
            with self.judge.working(order.run_id):
                report = erase(order, hand, HallOpener(self.hall), self._examined, FakeClock())
        except ErasureError as error:
            self._events += [Notice(order.run_id, error.code, str(error)), WorkerLost(order.run_id, str(error))]
            return ""
        finally:
            self.at_work = ""
            self.hall.silence()
            with contextlib.suppress(ValueError):
                self.waiting.remove(order)
        self.judge.heard(report)
        self._events.append(Ended(order.run_id, report))
        return str(report.verdict)

    def _examined(self, device: BlockDevice) -> tuple[Reason, ...]:
        self.judge.asked(self.hall.under(device.name))
        return self.examine(device)

    def _take(self, message: object) -> None:
        if isinstance(message, Event):
            self._events.append(message)
