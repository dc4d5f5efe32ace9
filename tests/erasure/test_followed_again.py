"""A sanitize that a real command set started is followed by the next start of the bench, while it still runs."""

import random
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest

from erasure.clearance import Confirmation, authorize
from erasure.errors import JournalError, PowerCycleRequired, RunInterrupted
from erasure.facts import read_facts
from erasure.journal import EntryKind
from erasure.outcome import BadRanges, ReasonCode, VerdictWord
from erasure.plan import ErasurePlan, plan
from erasure.policy import load_policy
from erasure.report import ErasureReport
from erasure.resume import ResumePoint
from erasure.run import never, run
from erasure.simulated import Fault, FaultKind, SimulatedBench, SimulatedBlockDrive, load_bench
from tests.erasure.simulated_bench import PERSON, RUN_ID, FakeClock, MemoryJournal

ALONE = """
schema = "etabli.bench-file/1"
name = "alone"
[[drives]]
name = "drive"
fixture = "drives/{}"
"""


@dataclass
class Starts:
    """One drive of the collection, and a bench that may be started again and again on it."""

    bench: SimulatedBench
    clock: FakeClock = field(default_factory=FakeClock)
    journal: MemoryJournal = field(default_factory=MemoryJournal)

    def erase(self, stop: Callable[[], bool] = never, *, resuming: str = "") -> ErasureReport:
        device = self.bench.devices[0]
        with ExitStack() as held:
            port = held.enter_context(self.open(device.name))
            facts = read_facts(port)
            planned = plan(facts, (), load_policy("purge-preferred"), resuming=resuming)
            assert isinstance(planned, ErasurePlan), planned
            return run(
                port,
                authorize(facts, planned, (), Confirmation(PERSON, facts.device.identity.serial)),
                self.journal,
                run_id=RUN_ID,
                clock=self.clock,
                random_bytes=random.Random(1).randbytes,
                report=lambda event: None,
                resume=ResumePoint.from_entries(self.journal.entries) if resuming else None,
                stop=stop,
                companions=tuple(held.enter_context(self.open(other.name)) for other in port.companions()),
            )

    def backing(self, number: int) -> Path:
        """The medium of one disk of the drive."""
        return self.bench.backing(self.bench.devices[number].name)

    def open(self, name: str) -> SimulatedBlockDrive:
        return SimulatedBlockDrive(self.bench.drive(name), self.bench.backing(name), self.clock)

    def commands(self) -> int:
        return self.journal.kinds().count("COMMANDED")


@pytest.fixture
def starts(request: pytest.FixtureRequest, tmp_path: Path) -> Starts:
    """A bench with the drive of the test's parameter, which does not wait for the wall clock."""
    file = tmp_path / "alone.toml"
    file.write_text(ALONE.format(request.param))
    bench = load_bench(file, tmp_path / "work")
    return Starts(replace(bench, drives=tuple(replace(drive, bytes_per_second=0) for drive in bench.drives)))


DRIVES = [
    "ata-ssd-sanitize",
    "ata-hdd-sanitize-overwrite",
    "nvme-sanitize-all",
    "nvme-rejects-preq",
    "sas-ssd-sanitize",
]


@pytest.mark.parametrize("starts", DRIVES, indirect=True)
def test_a_bench_that_starts_again_follows_what_runs_and_sends_nothing_twice(starts: Starts) -> None:
    with pytest.raises(RunInterrupted):
        starts.erase(lambda: "OBSERVED" in starts.journal.kinds())
    method = str(starts.journal.entries[0].data["method"])
    before = starts.commands()
    with pytest.raises(RunInterrupted):
        starts.erase(lambda: starts.journal.kinds().count("OBSERVED") > 1, resuming=method)
    assert starts.commands() == before
    report = starts.erase(resuming=method)
    assert report.verdict in (VerdictWord.ERASED, VerdictWord.ERASED_WITH_EXCEPTIONS)
    steps = len(starts.journal.entries[0].data["before"])
    assert starts.commands() == before + steps
    assert starts.journal.kinds().count("STEPPED") == steps


@pytest.mark.parametrize("starts", ["nvme-sanitizing-already"], indirect=True)
def test_a_sanitize_of_others_is_only_followed_by_every_start(starts: Starts) -> None:
    with pytest.raises(RunInterrupted):
        starts.erase(lambda: "OBSERVED" in starts.journal.kinds())
    report = starts.erase(resuming=str(starts.journal.entries[0].data["method"]))
    assert report.verdict is VerdictWord.ERASED_WITH_EXCEPTIONS
    assert starts.commands() == 0


@pytest.mark.parametrize("starts", ["nvme-one-namespace-eraser"], indirect=True)
def test_survivors_on_another_namespace_are_not_forgotten(starts: Starts) -> None:
    first = starts.erase()
    assert {reason.code for reason in first.reasons} == {ReasonCode.CANARY_SURVIVED}
    assert first.bad.mismatch == ()
    other = starts.backing(1)
    other.write_bytes(bytes(other.stat().st_size))  # before the verdict was closed: that is not this erase
    report = starts.erase(resuming=first.method_requested)
    assert (report.verdict, report.reasons) == (VerdictWord.FAILED, first.reasons)


@pytest.mark.parametrize("starts", ["nvme-two-namespaces"], indirect=True)
def test_what_cannot_be_read_on_another_namespace_is_not_laid_at_the_door_of_the_drive(starts: Starts) -> None:
    blind = replace(starts.bench.drives[1], faults=(Fault(FaultKind.BAD_READ, after_read_bytes=1 << 20),))
    starts.bench = replace(starts.bench, drives=(starts.bench.drives[0], blind))
    report = starts.erase()
    assert (report.verdict, report.bad) == (VerdictWord.FAILED, BadRanges())
    assert [reason.code for reason in report.reasons] == [ReasonCode.READ_ERROR]
    assert blind.name in report.reasons[0].detail


@pytest.mark.parametrize("starts", ["ata-hdd-hpa", "ata-hdd-dco"], indirect=True)
def test_a_drive_whose_hidden_area_went_before_that_was_noted_is_still_the_same(starts: Starts) -> None:
    starts.journal.fails_at = EntryKind.RESTORED
    with pytest.raises(JournalError):
        starts.erase()
    starts.journal.fails_at = None
    method = str(starts.journal.entries[0].data["method"])
    drives = tuple(replace(drive, power=drive.power + 1, number=drive.number + 10) for drive in starts.bench.drives)
    starts.bench = replace(starts.bench, drives=drives)
    for _ in range(3):
        try:
            report = starts.erase(resuming=method)
        except PowerCycleRequired:
            again = tuple(replace(one, power=one.power + 1, number=one.number + 10) for one in starts.bench.drives)
            starts.bench = replace(starts.bench, drives=again)
        else:
            break
    assert report.verdict is VerdictWord.ERASED
    assert report.facts.size_bytes > int(starts.journal.entries[0].data["size_bytes"])
