"""One session of erasing: the engine's supervisor runs the drives; this journals, states, shows, stops in good order.

Nothing here waits for the network; nothing is begun that could not be stated at its end. A line turns to its verdict
only after the verdict, the signed statement and the outbox row are durable in one transaction. A worker that dies
leaves its run open, never closed.
"""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final, Protocol

from certificates.errors import CertificateError
from erasure.clearance import Confirmation, authorize
from erasure.drive import BlockDevice
from erasure.errors import ErasureError, PowerCycleRequired
from erasure.events import Ended, Event, Notice, Progress, WorkerLost
from erasure.journal import EntryKind
from erasure.outcome import LbaRange, Reason, ReasonCode
from erasure.passes import NO_SECRETS, Secrets
from erasure.plan import ErasurePlan, Refusal
from erasure.report import ErasureReport
from erasure.resume import ResumePoint
from erasure.supervisor import WorkOrder
from station_agent.assemble import CLAIMS, without_disagreement
from station_agent.board import Board, Line, LineState
from station_agent.clock import Clock
from station_agent.errors import StationError, StoreBroken, UnstatableError
from station_agent.health_readers import difference_words
from station_agent.journal import BenchJournal, OpenRun
from station_agent.language import mark
from station_agent.live import Display
from station_agent.planning import Surveyed, sighted_facts
from station_agent.policies import policy_digest
from station_agent.reconcile import refused_report
from station_agent.run_context import RunContext
from station_agent.signing import RandomBytes
from station_agent.smart_delta import delta, health_after, numbers

TURN_S: Final = 0.25
STOP_PATIENCE_S: Final = 20.0
REHEARSED: Final = (Reason(ReasonCode.OPERATOR, "rehearsal"),)


def never() -> bool:
    """Go on: nobody asks to stop."""
    return False


def without_smart(_device: BlockDevice) -> dict[str, Any] | None:
    """Ask no drive."""
    return None


class Crew(Protocol):
    """What a session asks of `erasure.supervisor.Supervisor`."""

    def start(self, order: WorkOrder) -> str:
        """Start one worker; give its run id."""
        ...

    def poll(self, timeout: float) -> list[Event]:
        """Give what happened within `timeout` seconds."""
        ...

    def stop(self, run_id: str) -> None:
        """Ask one worker to flush, checkpoint and leave its run open."""
        ...


@dataclass(frozen=True, slots=True)
class Task:
    """One drive of a session. `resume` is the interrupted run of this very drive."""

    surveyed: Surveyed
    confirmation: Confirmation | None  # None: refused, so nothing to confirm
    lot: str
    asset: str
    resume: OpenRun | None = None
    secrets: Secrets = field(default=NO_SECRETS, repr=False)  # never kept
    operator: str = ""  # who confirmed this drive; "" for the one of the session


@dataclass(slots=True)
class Session:
    """Runs tasks to their end. `stated` is called after every durable statement (to wake the sync)."""

    crew: Crew
    journal: BenchJournal
    clock: Clock
    operator: str
    machine_of: Callable[[Task], dict[str, object] | None]
    random_bytes: RandomBytes
    stated: Callable[[], None]
    allow_loop: bool = False
    smart: Callable[[BlockDevice], dict[str, Any] | None] = without_smart
    stop_asked: Callable[[], bool] = never
    ended: Callable[[ErasureReport], None] | None = None  # takes what ended, to `complete` and `close` it later
    board: Board = field(default_factory=Board)
    contexts: dict[str, RunContext] = field(default_factory=dict)

    def begin(self, tasks: Sequence[Task]) -> None:
        """Journal and start every task; a refused drive gets its NOT_ERASED statement at once. Others may run already.

        Raises UnstatableError before anything was done, StationError later: drives that were not begun then, or because
        a stop was asked, are on the board as such.
        """
        lines = [self._put_down(task) for task in tasks]
        for task, line in zip(tasks, lines, strict=True):
            if self.stop_asked():
                return
            line.state = LineState.WAITING
            try:
                self._begin_one(task, line)
            except StationError as error:
                line.state, line.detail = LineState.NOT_BEGUN, str(error)
                raise

    def run(self, display: Display) -> None:
        """Follow the events until nothing runs, or until a stop is asked: call `interrupt` then."""
        while self.board.running and not self.stop_asked():
            self.turn(TURN_S)
            display.refresh()

    def interrupt(self, display: Display, *, patience_s: float = STOP_PATIENCE_S) -> None:
        """Stop every worker in good order; their runs stay open and can be taken up again."""
        for line in self.board.running:
            self.crew.stop(line.run_id)
        until = time.monotonic() + patience_s
        while self.board.running and time.monotonic() < until:
            self.turn(TURN_S)
            display.refresh()
        for line in self.board.running:
            line.state = LineState.INTERRUPTED

    def turn(self, timeout_s: float) -> None:
        """Take what happens within `timeout_s` seconds; entries of workers become durable meanwhile."""
        for event in self.crew.poll(timeout_s):
            self.take(event)

    def _put_down(self, task: Task) -> Line:
        """Give the task its run id and its line, and make sure that its statement can be made. Raises StationError."""
        goes_on = task.resume is not None and isinstance(task.surveyed.outcome, ErasurePlan)
        run_id = task.resume.run_id if task.resume and goes_on else self.random_bytes(16).hex()
        context = task.resume.context if task.resume and goes_on else self._context(task, task.surveyed.outcome)
        try:
            self.journal.rehearse(refused_report(run_id, context, REHEARSED, self.clock), context)
        except CertificateError as error:
            raise UnstatableError(
                mark("Nothing was erased: no statement can carry what was given ({detail})."), detail=error
            ) from error
        self.contexts[run_id] = context
        return self.board.add(Line(run_id, task.surveyed.device, LineState.NOT_BEGUN, resumed=goes_on))

    def _begin_one(self, task: Task, line: Line) -> None:
        outcome = task.surveyed.outcome
        if not line.resumed:
            self.journal.open_run(line.run_id, self.contexts[line.run_id])
        if isinstance(outcome, Refusal):
            context = self.contexts[line.run_id]
            self.close(refused_report(line.run_id, context, outcome.reasons, self.clock))
        else:
            self._start(task, outcome, line)

    def _start(self, task: Task, plan: ErasurePlan, line: Line) -> None:
        assert task.confirmation is not None
        try:
            resume = ResumePoint.from_entries(task.resume.entries) if task.resume else None
            clearance = authorize(plan.facts, plan, (), task.confirmation)
            self.crew.start(
                WorkOrder.from_clearance(
                    clearance,
                    task.confirmation,
                    run_id=line.run_id,
                    allow_loop=self.allow_loop,
                    resume=resume,
                    secrets=task.secrets,
                )
            )
        except ErasureError as error:
            line.state, line.detail = LineState.INTERRUPTED, str(error)

    def _context(self, task: Task, outcome: ErasurePlan | Refusal) -> RunContext:
        planned = outcome if isinstance(outcome, ErasurePlan) else None
        return RunContext(
            facts=outcome.facts or sighted_facts(task.surveyed.device),
            method=planned.method if planned else "",
            method_version=planned.method_version if planned else 0,
            policy=planned.policy.name if planned else "",
            lot=task.lot,
            asset=task.asset,
            operator=task.operator or self.operator,
            machine=self.machine_of(task),
            second=task.surveyed.second,
            policy_sha256=policy_digest(planned.policy) if planned else "",
            smart=task.surveyed.smart,
            readers=readers_member(task.surveyed),
            others=[
                {"method": other.method, "code": str(other.reason.code), "detail": other.reason.detail}
                for other in outcome.inapplicable
            ],
        )

    def take(self, event: Event) -> None:
        """Show what a worker said, and state what it ended. Raises `StationError`."""
        line = self.board.lines.get(event.run_id)
        if line is None:
            return
        match event:
            case Progress():
                line.show(event)
            case Notice():
                line.detail, line.notice = f"{event.code} {event.detail}".strip(), event.code
                line.silent = line.silent or event.code == "silent"
            case Ended():
                if self.ended is None:
                    self.close(event.report)
                else:
                    self.ended(event.report)
            case WorkerLost():
                waits = line.notice == PowerCycleRequired.code or self._waits_for_power(line)
                line.state, line.detail = LineState.POWER_CYCLE if waits else LineState.INTERRUPTED, event.detail

    def _waits_for_power(self, line: Line) -> bool:
        """Say whether the drive of an open run has still to be switched off and on."""
        try:
            entries = self.journal.entries(line.run_id) if line.resumed else ()
        except StationError:
            return False  # the record cannot be read: the run is open, which is said
        return bool(entries) and entries[-1].kind is EntryKind.POWER_CYCLE

    def complete(self, report: ErasureReport) -> ErasureReport:
        """Add how the two readers compare and what changed in the SMART numbers. Asks the drive, and may take long."""
        context = self.contexts[report.run_id]
        return self._with_smart(with_readers(report, context), context)

    def close(self, report: ErasureReport, *, complete: bool = True) -> None:
        """Make verdict, statement and outbox row durable, then show them; else the run stays open and says why.

        `complete` asks the drive first; without it the report is taken as it is.
        """
        line, context = self.board.lines[report.run_id], self.contexts[report.run_id]
        try:
            report = self.complete(report) if complete else report
            signed = self.journal.close_run(report, context)
        except (StationError, CertificateError) as error:
            line.state, line.detail = LineState.UNSTATED, str(error)
            line.unwritten = isinstance(error, StoreBroken)
            return
        settle(line, without_disagreement(report, context), signed.id)
        self.stated()

    def _with_smart(self, report: ErasureReport, context: RunContext) -> ErasureReport:
        """Add what changed in the SMART numbers; a drive that may still erase itself, or be dead, is not asked."""
        over = report.verdict in CLAIMS or report.method_achieved.startswith("overwrite.")
        if not over or report.identity_after is None:
            return report
        document = self.smart(report.facts.device)
        overwritten = report.method_achieved.startswith("overwrite.") and report.verdict in CLAIMS
        told = delta(context.smart, numbers(document)) | {"health": health_after(document, overwritten=overwritten)}
        return replace(report, evidence=(*report.evidence, {"what": "smart", "data": told}))


def readers_member(drive: Surveyed) -> dict[str, Any]:
    """Give how the two readers of the health compare, and whether a person decided; empty where they were not asked."""
    if drive.readers is None:
        return {}
    words = difference_words(drive.readers, drive.serial) if drive.readers.blocks_certificate else ""
    return {**drive.readers.to_document(), "label_read": drive.label_read, "words": words}


def with_readers(report: ErasureReport, context: RunContext) -> ErasureReport:
    """Keep in the evidence how the two readers compare."""
    if not context.readers:
        return report
    return replace(report, evidence=(*report.evidence, {"what": "readers", "data": context.readers}))


def settle(line: Line, report: ErasureReport, statement_id: str) -> None:
    """Show a closed run on its line."""
    line.state = LineState.CLOSED
    if not line.device.size_bytes:  # it came while it erased itself: its capacity could be read since
        line.device = report.facts.device
    line.verdict = str(report.verdict)
    line.method, line.level = report.method_achieved, str(report.level)
    line.reasons = _pairs(report.reasons)
    line.exceptions = _pairs(report.exceptions)
    line.ranges = {
        "write": _ranges(report.bad.write),
        "read": _ranges(report.bad.read),
        "mismatch": _ranges(report.bad.mismatch),
    }
    line.statement_id = statement_id


def _pairs(reasons: Sequence[Reason]) -> tuple[tuple[str, str], ...]:
    return tuple((str(reason.code), reason.detail) for reason in reasons)


def _ranges(ranges: Sequence[LbaRange]) -> tuple[tuple[int, int], ...]:
    return tuple((r.first, r.count) for r in ranges)
