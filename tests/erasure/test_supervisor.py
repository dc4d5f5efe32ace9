"""Workers and their supervisor, with real processes: crashes, stops, orphans, and several drives at once."""

import os
import secrets
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from multiprocessing import forkserver
from pathlib import Path
from typing import Any

import pytest

from erasure.clearance import Confirmation, authorize
from erasure.errors import ClearanceError, DeviceBusy, JournalError, WorkerNotStarted
from erasure.events import Ended, Event, Notice, Progress, WorkerLost
from erasure.journal import EntryKind, JournalEntry
from erasure.outcome import ReasonCode, VerdictWord
from erasure.plan import ErasurePlan
from erasure.resume import ResumePoint
from erasure.simulated import Fault, FaultKind, SimulatedDrive, SimulatedExaminer, SimulatedOpener
from erasure.simulated.contents import prepare_backing
from erasure.simulated.port import backing_path
from erasure.supervisor import Supervisor, WorkOrder
from tests.erasure.heeding import heeds_ctrl_c
from tests.erasure.simulated_bench import Bench, MemoryJournal

pytestmark = [pytest.mark.world, pytest.mark.timeout(120)]

MIB = 1 << 20


class Workshop:
    """Simulated drives under a supervisor."""

    def __init__(
        self,
        folder: Path,
        journal: MemoryJournal,
        plan_of: Callable[..., ErasurePlan],
        drives: tuple[SimulatedDrive, ...],
    ) -> None:
        self.folder, self.journal, self.plan_of, self.drives = folder, journal, plan_of, drives
        self.opener = SimulatedOpener(drives, folder)
        self.waiting: list[Event] = []
        self.supervisor = Supervisor(journal, opener=self.opener, examine=SimulatedExaminer(drives))

    def order(
        self,
        drive: SimulatedDrive,
        *,
        resume: ResumePoint | None = None,
        serial: str | None = None,
        run_id: str | None = None,
    ) -> WorkOrder:
        with self.opener(drive.sighting()) as port:
            plan = self.plan_of(port)
        confirmation = Confirmation("Camille", drive.serial)
        clearance = authorize(plan.facts, plan, (), confirmation)
        typed = confirmation if serial is None else Confirmation("Camille", serial)
        name = run_id or (resume.run_id if resume else secrets.token_hex(16))
        return WorkOrder.from_clearance(clearance, typed, run_id=name, resume=resume)

    def until(self, kinds: Any, seconds: float = 40.0) -> tuple[Any, list[Event]]:
        """Poll until an event of one of `kinds` comes; return it and everything before."""
        deadline, seen = time.monotonic() + seconds, []
        while time.monotonic() < deadline:
            self.waiting += self.supervisor.poll(0.0 if self.waiting else 0.2)
            while self.waiting:
                event = self.waiting.pop(0)
                seen.append(event)
                if isinstance(event, kinds):
                    return event, seen  # what came with it waits for the next question
        raise AssertionError(f"nothing of {kinds} in {seconds} s, but {seen}")

    def entries(self, run_id: str) -> list[JournalEntry]:
        return [entry for entry in self.journal.entries if entry.run_id == run_id]

    def content(self, drive: SimulatedDrive) -> bytes:
        return backing_path(self.folder, drive.name).read_bytes()

    def pid(self, run_id: str) -> int:
        return self.supervisor._workers[run_id].process.pid


@pytest.fixture
def workshop_of(tmp_path: Path, bench: Bench) -> Iterator[Callable[..., Workshop]]:
    made = []

    def make(*drives: SimulatedDrive):
        for drive in drives:
            prepare_backing(drive, backing_path(tmp_path, drive.name))
        workshop = Workshop(tmp_path, bench.journal, bench.plan_for, drives)
        made.append(workshop)
        return workshop

    yield make
    for workshop in made:
        workshop.supervisor.close()


def slow_drive(name: str = "sda", number: int = 0) -> SimulatedDrive:
    """8 MiB and a sector at 4 MiB/s: about four seconds for both passes."""
    return SimulatedDrive(
        name, 8 * MIB + 512, serial=f"DEMO-{name}", wwn="5000000000000001", bytes_per_second=4 * MIB, number=number
    )


def fast_drive(name: str, number: int) -> SimulatedDrive:
    return SimulatedDrive(name, MIB + 512, serial=f"DEMO-{name}", number=number)


def test_several_drives_are_erased_side_by_side(workshop_of: Callable[..., Workshop]) -> None:
    drives = [fast_drive(f"sd{letter}", number) for number, letter in enumerate("abc")]
    workshop = workshop_of(*drives)
    runs = {workshop.supervisor.start(workshop.order(drive)): drive for drive in drives}
    reports = {}
    while len(reports) < 3:
        ended, _ = workshop.until(Ended)
        reports[ended.run_id] = ended.report
    for run_id, drive in runs.items():
        assert reports[run_id].verdict is VerdictWord.ERASED
        assert reports[run_id].facts.device.identity.serial == drive.serial
        kinds = [entry.kind for entry in workshop.entries(run_id)]
        assert kinds[0] is EntryKind.INTENT
        assert kinds[-1] is EntryKind.VERIFIED
        assert b"donor" not in workshop.content(drive)


def test_a_killed_worker_is_lost_and_its_run_is_taken_up_again(workshop_of: Callable[..., Workshop]) -> None:
    drive = slow_drive()
    workshop = workshop_of(drive)
    run_id = workshop.supervisor.start(workshop.order(drive))
    workshop.until(Progress)
    while not any(entry.kind is EntryKind.INTENT for entry in workshop.entries(run_id)):
        workshop.supervisor.poll(0.1)
    os.kill(workshop.pid(run_id), signal.SIGKILL)
    lost, seen = workshop.until(WorkerLost)
    assert lost.run_id == run_id
    assert "signal 9" in lost.detail
    assert not any(isinstance(event, Ended) for event in seen)
    assert workshop.supervisor.running == ()

    point = ResumePoint.from_entries(workshop.entries(run_id))
    workshop.supervisor.start(workshop.order(drive, resume=point))
    ended, _ = workshop.until(Ended)
    assert ended.report.verdict is VerdictWord.ERASED
    assert ended.report.resumed == 1
    assert ended.report.verification.sectors == drive.size_bytes // 512
    assert b"donor" not in workshop.content(drive)


def test_a_stopped_worker_flushes_checkpoints_and_leaves_its_run_open(workshop_of: Callable[..., Workshop]) -> None:
    drive = slow_drive()
    workshop = workshop_of(drive)
    run_id = workshop.supervisor.start(workshop.order(drive))
    workshop.until(Progress)
    while not any(entry.kind is EntryKind.INTENT for entry in workshop.entries(run_id)):
        workshop.supervisor.poll(0.1)
    workshop.supervisor.stop(run_id)
    lost, seen = workshop.until(WorkerLost)
    assert [event.code for event in seen if isinstance(event, Notice)] == ["interrupted"]
    assert "stopped on request" in lost.detail
    last = workshop.entries(run_id)[-1]
    assert last.kind is EntryKind.CHECKPOINT
    assert 0 <= last.data["offset"] < drive.size_bytes


def test_sigterm_leaves_the_run_open_too(workshop_of: Callable[..., Workshop]) -> None:
    drive = slow_drive()
    workshop = workshop_of(drive)
    run_id = workshop.supervisor.start(workshop.order(drive))
    workshop.until(Progress)
    os.kill(workshop.pid(run_id), signal.SIGTERM)
    lost, _ = workshop.until(WorkerLost)
    assert "stopped on request" in lost.detail


ORPHAN = """
import os, sys, secrets, pathlib
sys.path.insert(0, os.getcwd())
from erasure.simulated import Fault, FaultKind, SimulatedDrive, SimulatedOpener, SimulatedExaminer
from erasure.supervisor import Supervisor, WorkOrder
from erasure.clearance import Confirmation
from erasure.facts import read_facts
from erasure.outcome import Level
from erasure.plan import ErasurePlan
from erasure.policy import Policy

class Journal:
    def record(self, entry):
        print(entry.kind, flush=True)

if __name__ == "__main__":
    folder = pathlib.Path(sys.argv[1])
    drive = SimulatedDrive("sda", 64 << 20, serial="DEMO-sda", bytes_per_second=4 << 20)
    opener = SimulatedOpener((drive,), folder)
    with opener(drive.sighting()) as port:
        facts = read_facts(port)
    policy = Policy("test", 1, ("overwrite.zeros",), "full", 0)
    plan = ErasurePlan(facts, policy, "overwrite.keystream", 1, Level.CLEAR, "full", 0, (), ())
    supervisor = Supervisor(Journal(), opener=opener, examine=SimulatedExaminer((drive,)))
    run_id = supervisor.start(WorkOrder(secrets.token_hex(16), facts.device, plan, Confirmation("C", "DEMO-sda")))
    print("pid", supervisor._workers[run_id].process.pid, flush=True)
    while True:
        supervisor.poll(0.2)
"""


def test_a_worker_without_its_supervisor_stops_writing(tmp_path: Path) -> None:
    """The supervisor is killed: the worker sees the closed pipe before its next write, and ends."""
    script = tmp_path / "orphan.py"
    script.write_text(ORPHAN)
    with subprocess.Popen([sys.executable, str(script), str(tmp_path)], stdout=subprocess.PIPE, text=True) as parent:
        worker = 0
        for line in parent.stdout:
            if line.startswith("pid"):
                worker = int(line.split()[1])
            if line.startswith("INTENT"):
                break
        time.sleep(1.0)
        parent.kill()
    deadline = time.monotonic() + 10
    while is_alive(worker) and time.monotonic() < deadline:
        time.sleep(0.1)
    assert not is_alive(worker)
    content = (tmp_path / "sda.img").read_bytes()
    assert b"donor" in content[32 << 20 :]  # far behind the point that it had reached
    assert b"donor" not in content[: 1 << 20]  # it had begun


def is_alive(pid: int) -> bool:
    try:
        with Path(f"/proc/{pid}/stat").open(encoding="ascii") as file:
            return file.read().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def test_a_clearance_makes_one_order_only(workshop_of: Callable[..., Workshop]) -> None:
    drive = fast_drive("sda", 0)
    workshop = workshop_of(drive)
    with workshop.opener(drive.sighting()) as port:
        plan = workshop.plan_of(port)
    confirmation = Confirmation("Camille", drive.serial)
    clearance = authorize(plan.facts, plan, (), confirmation)
    order = WorkOrder.from_clearance(clearance, confirmation, run_id=secrets.token_hex(16))
    assert order.plan is plan
    with pytest.raises(ClearanceError):
        WorkOrder.from_clearance(clearance, confirmation, run_id=secrets.token_hex(16))


def test_an_order_with_the_wrong_serial_erases_nothing(workshop_of: Callable[..., Workshop]) -> None:
    drive = fast_drive("sda", 0)
    workshop = workshop_of(drive)
    before = workshop.content(drive)
    workshop.supervisor.start(workshop.order(drive, serial="DEMO-sd"))
    ended, _ = workshop.until(Ended)
    assert ended.report.verdict is VerdictWord.NOT_ERASED
    assert [reason.code for reason in ended.report.reasons] == [ReasonCode.OPERATOR]
    assert workshop.content(drive) == before
    assert workshop.journal.entries == []


def test_interlocks_are_asked_again_under_the_exclusive_open(workshop_of: Callable[..., Workshop]) -> None:
    drive = fast_drive("sda", 0)
    workshop = workshop_of(drive)
    order = workshop.order(drive)
    locked = replace(drive, read_only=True)
    workshop.supervisor = Supervisor(workshop.journal, opener=workshop.opener, examine=SimulatedExaminer((locked,)))
    workshop.supervisor.start(order)
    ended, _ = workshop.until(Ended)
    assert ended.report.verdict is VerdictWord.NOT_ERASED
    assert [reason.code for reason in ended.report.reasons] == [ReasonCode.READ_ONLY]
    assert b"donor" in workshop.content(drive)
    workshop.supervisor.close()


def test_a_drive_that_somebody_holds_is_not_erased(workshop_of: Callable[..., Workshop]) -> None:
    drive = fast_drive("sda", 0)
    workshop = workshop_of(drive)
    order = workshop.order(drive)
    with workshop.opener(drive.sighting()):
        workshop.supervisor.start(order)
        ended, _ = workshop.until(Ended)
    assert ended.report.verdict is VerdictWord.NOT_ERASED
    assert [reason.code for reason in ended.report.reasons] == [ReasonCode.IN_USE]


def test_one_drive_has_one_worker(workshop_of: Callable[..., Workshop]) -> None:
    drive = slow_drive()
    workshop = workshop_of(drive)
    first, second = workshop.order(drive), workshop.order(drive)
    workshop.supervisor.start(first)
    with pytest.raises(DeviceBusy):
        workshop.supervisor.start(second)


def test_a_journal_that_fails_at_the_intent_leaves_the_drive_untouched(workshop_of: Callable[..., Workshop]) -> None:
    drive = fast_drive("sda", 0)
    workshop = workshop_of(drive)
    before = workshop.content(drive)
    workshop.journal.fails_at = EntryKind.INTENT
    workshop.supervisor.start(workshop.order(drive))
    lost, seen = workshop.until((WorkerLost, Ended))
    assert isinstance(lost, WorkerLost)
    assert "journal's disk is full" in lost.detail
    assert JournalError.code in [event.code for event in seen if isinstance(event, Notice)]
    assert workshop.content(drive) == before


def test_close_ends_every_worker_and_leaves_the_runs_open(workshop_of: Callable[..., Workshop]) -> None:
    drives = [slow_drive("sda", 0), slow_drive("sdb", 1)]
    workshop = workshop_of(*drives)
    for drive in drives:
        workshop.supervisor.start(workshop.order(drive))
    workshop.until(Progress)
    events = workshop.supervisor.close()
    assert len([event for event in events if isinstance(event, WorkerLost)]) == 2
    assert workshop.supervisor.running == ()


def test_a_silent_worker_is_noticed_once_and_left_alone(
    workshop_of: Callable[..., Workshop], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("erasure.supervisor.SILENCE_SECONDS", 1.0)
    drive = replace(fast_drive("sda", 0), faults=(Fault(FaultKind.SLOW, 0, 1, seconds=3.0),))
    workshop = workshop_of(drive)
    workshop.supervisor.start(workshop.order(drive))
    ended, seen = workshop.until(Ended)
    assert ended.report.verdict is VerdictWord.ERASED
    silences = [event for event in seen if isinstance(event, Notice) and event.code == "silent"]
    assert 1 <= len(silences) <= 2  # one for the write, one for the read-back


def test_a_drive_that_cannot_be_opened_is_not_erased(workshop_of: Callable[..., Workshop]) -> None:
    drive = fast_drive("sda", 0)
    workshop = workshop_of(drive)
    order = workshop.order(drive)
    gone = replace(order, device=replace(order.device, path="sim:nowhere"))
    workshop.supervisor.start(gone)
    ended, _ = workshop.until(Ended)
    assert ended.report.verdict is VerdictWord.NOT_ERASED
    assert [reason.code for reason in ended.report.reasons] == [ReasonCode.TRANSPORT]


def test_ctrl_c_while_a_worker_is_born_stops_it_in_good_order(workshop_of: Callable[..., Workshop]) -> None:
    drive = slow_drive()
    workshop = workshop_of(drive)
    run_id = workshop.supervisor.start(workshop.order(drive))
    heeds_ctrl_c(workshop.pid(run_id))
    os.kill(workshop.pid(run_id), signal.SIGINT)
    lost, seen = workshop.until(WorkerLost)
    assert [event.code for event in seen if isinstance(event, Notice)] == ["interrupted"], lost


def test_a_worker_that_cannot_be_started_is_an_error_of_its_drive_alone(
    workshop_of: Callable[..., Workshop], monkeypatch: pytest.MonkeyPatch
) -> None:
    drive = fast_drive("sda", 0)
    workshop = workshop_of(drive)
    order = workshop.order(drive)

    def none_left(_process: object) -> None:
        raise BlockingIOError(11, "Resource temporarily unavailable")

    monkeypatch.setattr(workshop.supervisor._context.Process, "start", none_left)
    with pytest.raises(WorkerNotStarted, match="sim:sda"):
        workshop.supervisor.start(order)
    assert workshop.supervisor.running == ()


def test_a_fork_server_that_dies_in_a_start_costs_that_start_only(workshop_of: Callable[..., Workshop]) -> None:
    drives = tuple(SimulatedDrive(f"sd{n}", MIB, serial=f"FORK-{n}", wwn=f"{n}") for n in range(3))
    shop = workshop_of(*drives)
    shop.supervisor.start(shop.order(drives[0]))
    shop.until(Ended)
    server = forkserver._forkserver._forkserver_pid
    os.kill(server, signal.SIGSTOP)  # it takes the connection and never answers
    killer = threading.Timer(0.3, os.kill, (server, signal.SIGKILL))
    killer.start()
    order = shop.order(drives[1])
    before = shop.content(drives[1])
    with pytest.raises(WorkerNotStarted, match="no worker could be started for sim:sd1"):
        shop.supervisor.start(order)
    killer.join()
    os.waitid(os.P_PID, server, os.WEXITED | os.WNOWAIT)  # wholly dead, and left for the next start to bury
    assert order.run_id not in shop.supervisor.running
    assert (shop.content(drives[1]), shop.entries(order.run_id)) == (before, [])
    shop.supervisor.start(shop.order(drives[2]))
    ended, _ = shop.until(Ended)
    assert ended.report.verdict is VerdictWord.ERASED
