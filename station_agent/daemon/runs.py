"""The runs of this process: a session to which drives are added, and the end of each beside the others.

At its end a drive is asked once more for its health in a thread of its own; when it does not answer in time its
statement is made without. The foreman alone calls this.
"""

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

from erasure.events import Ended, Event, WorkerLost
from erasure.report import ErasureReport
from station_agent.board import Line, LineState
from station_agent.daemon.tiles import Kept
from station_agent.outbox import Outbox
from station_agent.wipe import Session, with_readers

AFTER_S: Final = 45.0  # how long a drive may take to tell its health after the erase
FINAL: Final = ("confirmed", "refused", "conflict")


@dataclass(slots=True)
class Runs:
    """What runs, what ended, and where its statements are."""

    session: Session
    outbox: Outbox
    post: Callable[[Callable[[], None], str], None]
    now: Callable[[], float]
    _ending: dict[str, tuple[float, ErasureReport]] = field(default_factory=dict)
    _unwritten: dict[str, ErasureReport] = field(default_factory=dict)
    _kept: dict[str, Kept] = field(default_factory=dict)

    @property
    def busy(self) -> bool:
        """Say whether a worker may say something."""
        return any(line.run_id not in self._ending for line in self.session.board.running)

    @property
    def under_way(self) -> frozenset[str]:
        """Give the ids of the runs that are not over, or whose end waits for the medium."""
        return frozenset((*(line.run_id for line in self.session.board.running), *self._unwritten))

    def line(self, run_id: str) -> Line | None:
        """Give the line of a run of this process."""
        return self.session.board.lines.get(run_id)

    def method(self, run_id: str) -> str:
        """Give the method of a run."""
        context = self.session.contexts.get(run_id)
        return "" if context is None else context.method

    def end(self, report: ErasureReport) -> None:
        """Take what ended: ask the drive beside everything else, then state it."""
        self._ending[report.run_id] = (self.now() + AFTER_S, report)
        threading.Thread(target=self._complete, args=(report,), name="after", daemon=True).start()

    @property
    def ending(self) -> tuple[str, ...]:
        """Give the runs that ended, and whose drive is asked once more."""
        return tuple(self._ending)

    def overdue(self, run_id: str, *, at_once: bool = False) -> None:
        """State a run that ended and whose drive did not answer in time, or `at_once`."""
        until, report = self._ending[run_id]
        if at_once or self.now() >= until:
            self._finish(run_id, with_readers(report, self.session.contexts[run_id]))

    def mind(self, event: Event) -> None:
        """See to it that a run whose worker is gone does not pass for one at work, whatever went wrong with its end."""
        line = self.line(event.run_id)
        if line is None or line.over or event.run_id in self._ending or not isinstance(event, Ended | WorkerLost):
            return
        line.state = LineState.INTERRUPTED

    def kept(self, line: Line) -> Kept:
        """Say where the statement of a closed run is, as far as it was looked up."""
        return self._kept.get(line.statement_id, "queued") if line.statement_id else ""

    def look_up(self) -> None:
        """Look up where the statements are that the hub has not answered for. Raises `StoreError`."""
        for line in self.session.board.lines.values():
            if line.statement_id and self._kept.get(line.statement_id) not in FINAL:
                state = self.outbox.state_of(line.statement_id)
                self._kept[line.statement_id] = "queued" if state is None else state.value

    def forget(self, present: frozenset[str]) -> None:
        """Forget runs that are over and whose drive left; the journal keeps them."""
        board = self.session.board
        kept = present | self._unwritten.keys()
        over = [line for line in board.lines.values() if line.over and line.run_id not in kept]
        for line in over:
            del board.lines[line.run_id]
            self.session.contexts.pop(line.run_id, None)
            self._kept.pop(line.statement_id, None)

    def not_begun(self, run_id: str) -> bool:
        """Say whether a run was put down and never begun."""
        line = self.line(run_id)
        return line is None or line.state is LineState.NOT_BEGUN

    def _complete(self, report: ErasureReport) -> None:
        completed = self.session.complete(report)
        self.post(lambda: self._finish(report.run_id, completed), report.run_id)

    def _finish(self, run_id: str, report: ErasureReport) -> None:
        if self._ending.pop(run_id, None) is None:
            return
        line = self.session.board.lines[run_id]
        try:
            self.session.close(report, complete=False)
        finally:
            if not line.over:
                line.state = LineState.UNSTATED
        if line.unwritten:
            self._unwritten[run_id] = report

    def state_again(self) -> None:
        """State what ended while the medium could not be written; what fails again waits on."""
        for run_id, report in tuple(self._unwritten.items()):
            line = self.session.board.lines[run_id]
            self.session.close(report, complete=False)
            if line.state is not LineState.UNSTATED or not line.unwritten:
                del self._unwritten[run_id]
