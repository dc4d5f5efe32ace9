"""24 real block devices under one supervisor: one worker that hangs and one drive that is dead delay no other.

Order of events, never times: what ends, ends while the other still hangs.
"""

import os
import secrets
import signal
import time
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from erasure.clearance import Confirmation, authorize
from erasure.events import Ended, Event, Progress, WorkerLost
from erasure.facts import read_facts
from erasure.interlocks import KernelExaminer
from erasure.inventory import sight
from erasure.journal import EntryKind, JournalEntry
from erasure.kernel_view import KernelView
from erasure.outcome import ReasonCode, VerdictWord
from erasure.plan import Refusal, plan
from erasure.policy import load_policy
from erasure.supervisor import Supervisor, WorkOrder
from erasure.transport.linux_block import LinuxOpener
from tests.kernel.failing import FailingDisk, failing_disk
from tests.kernel.loops import Loop, attached, fill_random

pytestmark = [pytest.mark.kernel, pytest.mark.world, pytest.mark.timeout(400)]

MIB = 1 << 20
SIZE = 16 * MIB + 3 * 512
DRIVES = 24
SECONDS = 300.0
COURSE = [EntryKind.INTENT, EntryKind.WRITTEN, EntryKind.VERIFIED]


@dataclass
class Book:
    """The journal of all runs, in the order in which it became durable."""

    entries: list[JournalEntry] = field(default_factory=list)

    def record(self, entry: JournalEntry) -> None:
        self.entries.append(entry)

    def course(self, run_id: str) -> list[EntryKind]:
        """Return the steps of one run that every run must take."""
        return [entry.kind for entry in self.entries if entry.run_id == run_id and entry.kind in COURSE]


@dataclass
class Floor:
    """Loop devices, the supervisor over them, and everything that it told, in order."""

    loops: list[Loop]
    book: Book
    supervisor: Supervisor
    told: list[Event] = field(default_factory=list)

    def start(self, loop: Loop) -> str:
        """Plan, clear and start one drive; return its run."""
        device, examine = sight(KernelView(), loop.node), KernelExaminer(allow_loop=True)
        with LinuxOpener()(device) as port:
            facts, blocks = read_facts(port), examine(device)
        planned = plan(facts, blocks, load_policy("zeros"))
        assert not isinstance(planned, Refusal), planned.reasons
        person = Confirmation("tests", facts.device.identity.serial)
        run_id = secrets.token_hex(16)
        clearance = authorize(facts, planned, blocks, person)
        order = WorkOrder.from_clearance(clearance, person, run_id=run_id, allow_loop=True)
        return self.supervisor.start(order)

    def serve_until(self, ended: set[str]) -> None:
        """Serve the workers until all of `ended` have an end."""
        limit = time.monotonic() + SECONDS
        while not ended <= self.ends().keys():
            assert time.monotonic() < limit, f"open: {ended - self.ends().keys()}"
            self.told += self.supervisor.poll(0.2)

    def serve_until_at_work(self, run_id: str) -> None:
        """Serve the workers until this one has begun to write."""
        limit = time.monotonic() + SECONDS
        while not any(isinstance(event, Progress) and event.run_id == run_id for event in self.told):
            assert time.monotonic() < limit, "it never began"
            self.told += self.supervisor.poll(0.2)

    def ends(self) -> dict[str, Ended | WorkerLost]:
        """Return how each run ended, so far."""
        return {event.run_id: event for event in self.told if isinstance(event, Ended | WorkerLost)}

    def verdict(self, run_id: str) -> VerdictWord:
        """Return the verdict of a run that ended with a report."""
        event = self.ends()[run_id]
        assert isinstance(event, Ended), event
        return event.report.verdict


@pytest.fixture
def floor(tmp_path: Path, udevd: None) -> Iterator[Floor]:
    with ExitStack() as stack:
        loops = []
        for number in range(DRIVES):
            image = tmp_path / f"drive{number}.img"
            fill_random(image, SIZE, b"drive %d" % number)
            loops.append(stack.enter_context(attached(image)))
        book = Book()
        supervisor = Supervisor(book, opener=LinuxOpener(), examine=KernelExaminer(allow_loop=True))
        stack.callback(supervisor.close)
        yield Floor(loops, book, supervisor)


def only_zeros(loop: Loop) -> bool:
    os.sync()
    return not any(loop.image.read_bytes())


def test_every_drive_of_24_is_erased_each_in_the_order_of_its_own_journal(floor: Floor) -> None:
    runs = {floor.start(loop): loop for loop in floor.loops}
    floor.serve_until(set(runs))
    for run_id, loop in runs.items():
        assert floor.verdict(run_id) is VerdictWord.ERASED
        assert floor.book.course(run_id) == COURSE
        assert only_zeros(loop)


def test_a_worker_that_hangs_delays_no_other_and_is_erased_once_it_goes_on(floor: Floor) -> None:
    hung = floor.start(floor.loops[0])
    floor.serve_until_at_work(hung)
    pid = floor.supervisor.pid(hung)
    os.kill(pid, signal.SIGSTOP)
    try:
        others = {floor.start(loop): loop for loop in floor.loops[1:]}
        floor.serve_until(set(others))
        assert hung in floor.supervisor.running
        assert hung not in floor.ends()
        assert EntryKind.VERIFIED not in floor.book.course(hung)
    finally:
        os.kill(pid, signal.SIGCONT)
    assert {floor.verdict(run_id) for run_id in others} == {VerdictWord.ERASED}
    assert all(only_zeros(loop) for loop in others.values())
    floor.serve_until({hung})
    assert floor.verdict(hung) is VerdictWord.ERASED
    assert only_zeros(floor.loops[0])


@pytest.fixture
def failing(tmp_path: Path, udevd: None) -> Iterator[tuple[FailingDisk, Loop]]:
    """A drive that works, until it is told to fail or to hang."""
    fill_random(tmp_path / "backing", SIZE, b"failing drive")
    with failing_disk(tmp_path / "backing", tmp_path) as disk, attached(disk.image) as loop:
        yield disk, loop
        disk.fail()


def test_a_drive_that_hangs_in_the_kernel_delays_no_other(floor: Floor, failing: tuple[FailingDisk, Loop]) -> None:
    disk, loop = failing
    disk.fail(hang=["write"])
    hung = floor.start(loop)
    floor.serve_until_at_work(hung)
    others = {floor.start(other): other for other in floor.loops[1:]}
    try:
        floor.serve_until(set(others))
        assert hung in floor.supervisor.running
        assert floor.book.course(hung) == [EntryKind.INTENT]
    finally:
        disk.fail()
    assert {floor.verdict(run_id) for run_id in others} == {VerdictWord.ERASED}
    floor.serve_until({hung})
    assert floor.verdict(hung) is VerdictWord.ERASED


def test_a_dead_drive_fails_alone_and_delays_no_other(floor: Floor, failing: tuple[FailingDisk, Loop]) -> None:
    disk, loop = failing
    disk.fail(dead=True)
    dead = floor.start(loop)
    others = {floor.start(other): other for other in floor.loops[1:]}
    floor.serve_until({dead, *others})
    assert {floor.verdict(run_id) for run_id in others} == {VerdictWord.ERASED}
    assert all(only_zeros(other) for other in others.values())
    event = floor.ends()[dead]
    assert isinstance(event, Ended)
    assert event.report.verdict is VerdictWord.FAILED
    assert ReasonCode.WRITE_ERROR in {reason.code for reason in event.report.reasons}
