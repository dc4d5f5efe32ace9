"""The foreman: the one thread that owns store, drives, plans and workers. It opens no drive and waits for none.

Everything reaches it as a call in its inbox: changes of the watch, answers of drives, orders of people. What it knows
it publishes as one picture. At its start it says what the last process left; it resumes nothing by itself, except that
a drive which is still at the sanitize of our own open run is followed: nothing is sent to it for that.
"""

import queue
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from functools import partial
from math import inf
from typing import Final, TypeVar

from erasure.drive import BlockDevice
from erasure.events import Event
from station_agent.board import LineState
from station_agent.closed_runs import ClosedRun, closed_runs_in
from station_agent.control.view import OutboxView, Phrase
from station_agent.daemon.bulletin import Bulletin
from station_agent.daemon.by_the_hub import hub_lots, hub_phrases
from station_agent.daemon.drives import Drives, Seen
from station_agent.daemon.means import Means
from station_agent.daemon.mishaps import Mishaps
from station_agent.daemon.notes import LOST, Notes
from station_agent.daemon.phrases import error_phrase, found_phrases, phrase
from station_agent.daemon.picture import bench_view, outbox_view
from station_agent.daemon.plan_book import PlanBook
from station_agent.daemon.questions import question_about
from station_agent.daemon.reading import Look, Question, Readings, look
from station_agent.daemon.runs import Runs
from station_agent.daemon.unattended import adopt, auto_start, count_down
from station_agent.errors import StationError
from station_agent.journal import OpenRun
from station_agent.language import mark
from station_agent.outbox import OutboxState
from station_agent.reconcile import reconcile
from station_agent.sync import SyncState, SyncStep
from station_agent.watch import Appeared, Change
from station_agent.wipe import STOP_PATIENCE_S, Session, Task

T = TypeVar("T")
IDLE_S: Final = 0.5
AT_WORK_S: Final = 0.1  # between two looks into the inbox while workers are served
PUBLISH_S: Final = 0.2
LOOK_UP_S: Final = 1.0
BUSY_S: Final = 2.0  # to the second look at a drive that is in use: a worker of a daemon that died may still hold it
LONGEST_S: Final = 60.0
LEAST_FREE: Final = 32 << 20  # bytes: below that no run begins, so that those that run can be stated
FULL: Final = mark(
    "Nearly no room is left for the records of this bench ({n} MB): no new erase begins. Make room in {folder}."
)


class Foreman:
    """Call `start`, then `turn` again and again, then `stop`, all in one thread; `post` and `ask` from any."""

    def __init__(self, means: Means) -> None:
        self.means = means
        self.drives = Drives()
        self.plans = PlanBook(means.random_bytes)
        self.readings = Readings(partial(look, means.bench, means.station.store))
        self.nudge: Callable[[], None] = lambda: None
        self.relink: Callable[[], None] = lambda: None  # the bench was introduced to a hub
        self.last_sync: Callable[[], SyncStep] = lambda: SyncStep(SyncState.IDLE)
        self.mishaps = Mishaps(self)
        self.runs = self._runs()
        self.lot = self.asset = self.operator = ""
        self.notes = Notes(self)
        self.found: tuple[Phrase, ...] = ()
        self.stops_new: Phrase | None = None
        self.outbox = OutboxView()
        self.people_known = False
        self.hub_says: tuple[Phrase, ...] = ()
        self.lots: tuple[str, ...] = ()  # that the hub announced
        self.asleep = False  # the machine is being suspended: nothing begins
        self.errands: list[Callable[[float], bool]] = []  # called every turn until they say that they are done
        self.bulletin = Bulletin(bench_view(self))
        # no SimpleQueue: it forgets its limit where a signal outlasts it
        self._inbox: queue.Queue[tuple[str, Callable[[], None]]] = queue.Queue()
        self._closed: tuple[ClosedRun, ...] | None = None
        self._published = self._looked_up = 0.0
        self._settled = inf  # from then on what comes was plugged in
        self._assigned: object = None  # what the drives here were judged by

    def post(self, call: Callable[[], None], about: str = "") -> None:
        """Have something done by the foreman, soon; `about` is the key of its drive, or the id of its run."""
        self._inbox.put((about, call))

    def ask(self, order: Callable[[], T]) -> "Future[T]":
        """Have an order carried out by the foreman; its answer or its error comes in the future.

        Who does not wait any longer cancels the future: what was not begun then is never done.
        """
        answer: Future[T] = Future()

        def carry_out() -> None:
            if not answer.set_running_or_notify_cancel():
                return
            try:
                answer.set_result(order())
            except Exception as error:  # noqa: BLE001  whoever asked gets it, and judges it
                answer.set_exception(error)

        self.post(carry_out)
        return answer

    def start(self) -> None:
        """Say what the last process left, listen, and show what is plugged in. Raises `StoreError`."""
        open_runs = reconcile(self.means.station.journal)
        counts = self.means.station.outbox.counts()
        kept = counts[OutboxState.REFUSED] + counts[OutboxState.CONFLICT]
        self.notes.recall()
        lost = (phrase(LOST),) if self.notes.lost else ()
        self.found = (*found_phrases(open_runs, counts[OutboxState.QUEUED], kept), *lost)
        for told in self.found:
            self.means.tell.said(told)
        self.means.log("started", open_runs=len(open_runs), queued=counts[OutboxState.QUEUED])
        self._assigned = self.means.assigned()
        self.changed(self.means.watch.start())
        self._settled = self.means.now() + self.means.settle_s
        self.publish()

    def turn(self) -> None:
        """Do what there is to do; at most half a second passes when there is nothing."""
        if self.runs.busy:
            self._serve_workers()
        else:
            self._do_one(IDLE_S)
        while not self._inbox.empty():
            self._do_one(0.0)
        self._tick()

    def stop(self, patience_s: float = STOP_PATIENCE_S) -> None:
        """Stop every worker in good order and state what has ended; what is not over stays open."""
        for run_id in self.runs.under_way:
            self.runs.session.crew.stop(run_id)
        until = self.means.now() + patience_s
        while self.runs.busy and self.means.now() < until:
            self._serve_workers()
        for run_id in self.runs.ending:
            self.mishaps.guard(run_id, partial(self.runs.overdue, run_id, at_once=True))
        for line in self.runs.session.board.running:
            line.state = LineState.INTERRUPTED
        self._tell_endings(self.means.now())
        self.publish()
        self.means.log("stopped", open_runs=len(self.runs.under_way))

    def changed(self, changes: Sequence[Change]) -> None:
        """Take what the watch saw."""
        for change in changes:
            take = self._came if isinstance(change, Appeared) else self._left
            self.mishaps.guard("", partial(take, change.device))

    def open_runs(self) -> tuple[OpenRun, ...]:
        """Give the runs that are open and that no worker of this process has. Raises `StoreError`."""
        under_way = self.runs.under_way
        found = self.means.station.journal.open_runs()
        return tuple(run for run in found if run.destructive and run.run_id not in under_way)

    def closed_runs(self) -> tuple[ClosedRun, ...]:
        """Give the closed runs that told a drive to sanitize itself. Raises `StoreError`."""
        if self._closed is None:
            self._closed = closed_runs_in(self.means.station.store)
        return self._closed

    def read(self, seen: Seen) -> None:
        """Begin to read a drive, unless it is in a worker's hands."""
        if seen.run_id in self.runs.under_way:
            return
        try:
            question = question_about(self, seen, policy="")
        except StationError as error:
            self.stops_new = error_phrase(error)
            return
        self.readings.ask(question, lambda asked, answer: self.post(lambda: self.heard(asked, answer), asked.key))

    def heard(self, question: Question, answer: Look | StationError) -> None:
        """Take what a drive answered."""
        seen = self.drives.by_key.get(question.key)
        if seen is None or seen.run_id in self.runs.under_way:
            return
        seen.looked = self.means.now()
        if isinstance(answer, StationError):
            self.stops_new = error_phrase(answer)
            return
        unmeasured, seen.look = seen.unmeasured, answer
        self.means.tell.read(seen, was_unmeasured=unmeasured)
        self.means.log("read", drive=seen.key, health=answer.health.value, sanitize=seen.sanitize)
        if not adopt(self, seen):
            auto_start(self, seen)

    def begin(self, tasks: Sequence[tuple[Seen, Task]]) -> tuple[str, ...]:
        """Begin runs beside those that run; give their ids. Raises `StationError`; begun runs go on then."""
        session = self.runs.session
        self.means.station.require_fit(len(self.runs.under_way) + len(tasks))
        before = set(session.board.lines)
        try:
            session.begin([task for _, task in tasks])
        finally:
            begun = [(seen, self._run_of(task, before)) for seen, task in tasks]
            for seen, run_id in begun:
                if run_id and not self.runs.not_begun(run_id):
                    seen.run_id, seen.approved = run_id, None
                    self.plans.forget(seen.key)
                    self.means.log("begun", run=run_id, drive=seen.key, method=self.runs.method(run_id))
        return tuple(run_id for _, run_id in begun if run_id)

    def publish(self) -> None:
        """Show the bench as it is."""
        self._published = self.means.now()
        self.bulletin.publish(bench_view(self))

    def _runs(self) -> Runs:
        means = self.means
        session = Session(
            crew=means.crew,
            journal=means.station.journal,
            clock=means.station.clock,
            operator="bench",
            machine_of=self._machine_of,
            random_bytes=means.random_bytes,
            stated=self._stated,
            allow_loop=means.bench.allow_loop,
            smart=means.bench.smart,
        )
        runs = Runs(session, means.station.outbox, self.post, means.now)
        session.ended = runs.end
        return runs

    def _machine_of(self, task: Task) -> dict[str, object] | None:
        mine = self.means.machine_mode or (task.asset and task.asset == self.means.bench.asset)
        return self.means.machine() if mine else None

    def _stated(self) -> None:
        self._closed = None
        self.nudge()

    def _run_of(self, task: Task, before: set[str]) -> str:
        lines = self.runs.session.board.lines
        if task.resume is not None and task.resume.run_id in lines:
            return task.resume.run_id
        mine = [line.run_id for line in lines.values() if line.device.path == task.surveyed.device.path]
        return mine[-1] if mine and mine[-1] not in before else ""

    def _came(self, device: BlockDevice) -> None:
        key = self.drives.key_for(device)
        now = self.means.now()
        seen = Seen(key, device, self.means.slots.put(key, device), now, self.lot, self.asset)
        seen.after_start = now >= self._settled
        self.drives.by_key[key] = seen
        if not seen.after_start:
            self.notes.give_back(seen)
        self.means.tell.came(device)
        self.means.log("came", drive=key, slot=seen.slot, bus=device.identity.bus, bytes=device.size_bytes)
        for one in (seen, *self.drives.twins(device)):
            self.read(one)

    def _left(self, device: BlockDevice) -> None:
        seen = self.drives.of(device)
        if seen is None:
            return
        del self.drives.by_key[seen.key]
        self.means.slots.take(seen.key)
        self.plans.forget(seen.key)
        self.readings.forget(seen.key)
        self.means.tell.left(device)
        self.means.log("left", drive=seen.key, run=seen.run_id)
        for twin in self.drives.twins(device):
            self.read(twin)

    def _do_one(self, wait_s: float) -> None:
        try:
            about, call = self._inbox.get(timeout=wait_s) if wait_s else self._inbox.get_nowait()
        except queue.Empty:
            return
        self.mishaps.guard(about, call)

    def _serve_workers(self) -> None:
        events = self.mishaps.guard("", partial(self.means.crew.poll, AT_WORK_S))
        if events is None:
            self._do_one(IDLE_S)  # no haste: it may come again at once
        for event in events or ():
            self.mishaps.guard(event.run_id, partial(self._serve, event))
            self.runs.mind(event)

    def _serve(self, event: Event) -> None:
        try:
            self.runs.session.take(event)
        except StationError as error:
            self.stops_new = error_phrase(error)
            self.means.log("record-failed", code=error.code)

    def _tick(self) -> None:
        now = self.means.now()
        for step in (self._overdue, self._run_errands, self._read_again, self._look_up, self._tell_endings):
            self.mishaps.guard("", partial(step, now))
        if not self.runs.busy or now - self._published >= PUBLISH_S:
            self.mishaps.guard("", self.publish)

    def _overdue(self, now: float) -> None:
        for run_id in self.runs.ending:
            self.mishaps.guard(run_id, partial(self.runs.overdue, run_id))
        for seen in tuple(self.drives.by_key.values()):
            self.mishaps.guard(seen.key, partial(count_down, self, seen, now))

    def _run_errands(self, now: float) -> None:
        self.errands = [errand for errand in self.errands if self.mishaps.guard("", partial(errand, now)) is False]

    def _read_again(self, now: float) -> None:
        for seen in tuple(self.drives.by_key.values()):
            if now - seen.looked >= self._again_s(seen, now):
                seen.looked = now
                self.mishaps.guard(seen.key, partial(self.read, seen))

    def _again_s(self, seen: Seen, now: float) -> float:
        """Say after how many seconds a drive is read again: one that is in use soon at first, then ever more rarely."""
        if seen.unmeasured or seen.erases_itself:
            return self.means.again_s
        return min(LONGEST_S, max(BUSY_S, (now - seen.came) / 4)) if seen.in_use else inf

    def _look_at_people(self) -> None:
        """Look whether anybody has to sign in, and whether the session of who did stands. Raises `StationError`."""
        people = self.means.operators
        self.people_known = people.known()
        if self.operator and not people.still(self.operator):
            self.operator = ""

    def _look_at_assignments(self) -> None:
        """Tell what the hub says, and judge the drives here anew where it assigned something else. Raises as above."""
        assigned = self.means.assigned()
        self.hub_says = hub_phrases(assigned, self.means.station.clock)
        self.lots = hub_lots(assigned)
        if assigned != self._assigned:
            self._assigned = assigned
            for seen in self.drives.by_key.values():
                if not seen.run_id and seen.look is not None:
                    self.mishaps.guard(seen.key, partial(self.read, seen))

    def _look_at_notes(self) -> None:
        """Keep what changed without an order: a drive left, a lot came by a rule. Raises `StationError`."""
        if self.means.now() >= self._settled:
            self.notes.settle()
        self.notes.keep()

    def _tell_endings(self, _now: float) -> None:
        for line in self.runs.session.board.lines.values():
            self.means.tell.at(line)

    def _look_up(self, now: float) -> None:
        """Look once a second at medium and outbox: whether new runs may begin, and where statements are."""
        if now - self._looked_up < LOOK_UP_S:
            return
        self._looked_up = now
        self.runs.forget(frozenset(seen.run_id for seen in self.drives.by_key.values()))
        free = self.means.free_bytes()
        try:
            self.means.station.chain.require_unlocked()
            self.means.station.store.require_sound()
            self.means.station.journal.write_postponed()
            self.runs.state_again()
            self._look_at_assignments()
            self._look_at_people()
            self._look_at_notes()
            self.runs.look_up()
            self.outbox = outbox_view(self.means.station.outbox.counts(), self.last_sync())
        except StationError as error:
            self.stops_new = error_phrase(error)
        else:
            full = phrase(FULL, n=free >> 20, folder=str(self.means.station.store.folder))
            self.stops_new = full if free < LEAST_FREE else None
        self.means.tell.hub(self.outbox, self.outbox.message)
