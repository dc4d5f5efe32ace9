"""A drive that comes while it erases itself has no capacity for the kernel: it is followed, measured, then judged."""

import random
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest

from erasure.clearance import Confirmation, authorize
from erasure.errors import CapacityUnread, DeviceError, ErasureError, IdentityChanged, JournalError, RunInterrupted
from erasure.facts import read_facts
from erasure.journal import EntryKind
from erasure.measuring import read_measured
from erasure.outcome import ReasonCode, VerdictWord
from erasure.plan import ErasurePlan, Refusal, plan
from erasure.policy import load_policy
from erasure.report import ErasureReport
from erasure.resume import MEASURED, ResumePoint
from erasure.run import never, run
from erasure.simulated import SimulatedBench, SimulatedBlockDrive, load_bench
from erasure.simulated.scsi_drive import ScsiDrive
from tests.erasure.simulated_bench import PERSON, RUN_ID, FakeClock, MemoryJournal

SIZE = 8392704
FILE = """
schema = "etabli.bench-file/1"
name = "sas"
[[drives]]
name = "sda"
bus = "scsi"
model = "DEMO SAS SSD"
serial = "DEMO-FW-0031"
wwn = "500000000000051f"
size_bytes = {size}
logical_sector = 512
rotational = false
{more}
"""
OWN = "[drives.scsi]\ncrypto = false\noverwrite = false\nseconds = 60\n"
FOREIGN = OWN + 'sanitizing = "block"\n'


@dataclass
class Bay:
    """One SAS drive, and a bench that may be started again and again on it."""

    bench: SimulatedBench
    clock: FakeClock = field(default_factory=FakeClock)
    journal: MemoryJournal = field(default_factory=MemoryJournal)
    between: Callable[[], None] = lambda: None  # happens between the plan and the run

    def open(self) -> SimulatedBlockDrive:
        return SimulatedBlockDrive(self.bench.drives[0], self.bench.backing("sda"), self.clock)

    def plug_again(self) -> None:
        """Take its power away and give it back."""
        drive = self.bench.drives[0]
        self.bench = replace(self.bench, drives=(replace(drive, power=drive.power + 1),))

    def pass_by(self, seconds: float) -> None:
        self.clock.sleep(seconds)

    @property
    def method(self) -> str:
        return str(self.journal.entries[0].data["method"]) if self.journal.entries else ""

    def plan(self, port: SimulatedBlockDrive) -> ErasurePlan | Refusal:
        return plan(read_measured(port), (), load_policy("purge-preferred"), resuming=self.method)

    def erase(self, stop: Callable[[], bool] = never) -> ErasureReport:
        with self.open() as port:
            planned = self.plan(port)
            assert isinstance(planned, ErasurePlan), planned
            self.between()
            facts = planned.facts
            return run(
                port,
                authorize(facts, planned, (), Confirmation(PERSON, facts.device.identity.serial)),
                self.journal,
                run_id=RUN_ID,
                clock=self.clock,
                random_bytes=random.Random(1).randbytes,
                report=lambda event: None,
                resume=ResumePoint.from_entries(self.journal.entries) if self.journal.entries else None,
                stop=stop,
            )

    def erase_until_observed(self, times: int = 1) -> None:
        with pytest.raises(RunInterrupted):
            self.erase(lambda: self.journal.kinds().count("OBSERVED") >= times)

    def begun_and_plugged_again(self) -> None:
        """Begin a sanitize of this bench, and lose the power while it runs."""
        self.erase_until_observed()
        self.plug_again()

    def shelf(self, **values: Any) -> None:
        with self.open() as port:
            port.state.inside.models[0].shelf.put(**values)  # type: ignore[attr-defined]

    def measured(self) -> list[dict[str, Any]]:
        return [entry.data for entry in self.journal.entries if entry.data.get("state") == MEASURED]


Make = Callable[[str], Bay]


@pytest.fixture
def bay(tmp_path: Path) -> Make:
    """Give a bay with the drive of a firmware table."""

    def make(more: str) -> Bay:
        file = tmp_path / "sas.toml"
        file.write_text(FILE.format(size=SIZE, more=more))
        return Bay(load_bench(file, tmp_path / "work"))

    return make


@pytest.fixture
def blind(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """A kernel that does not look again."""

    def refuse(_port: SimulatedBlockDrive) -> None:
        raise PermissionError

    monkeypatch.setattr(SimulatedBlockDrive, "look_again", refuse)
    return monkeypatch


def test_the_kernel_shows_no_capacity_of_a_drive_that_comes_at_work_until_it_looks_again(bay: Make) -> None:
    at = bay(OWN)
    assert at.bench.devices[0].size_bytes == SIZE
    at.begun_and_plugged_again()
    assert at.bench.devices[0].size_bytes == 0
    with at.open() as port:
        port.look_again()
        assert (port.size_bytes(), read_facts(port).unmeasured) == (0, True)
        at.pass_by(60)
        assert (read_facts(port).size_bytes, read_facts(port).unmeasured) == (0, False)
        port.look_again()
        assert port.size_bytes() == port.sighting().size_bytes == SIZE
    assert at.bench.devices[0].size_bytes == SIZE


def test_a_drive_that_is_plugged_again_at_rest_has_its_capacity(bay: Make) -> None:
    at = bay(OWN)
    at.begun_and_plugged_again()
    at.pass_by(60)
    with at.open() as port:
        read_facts(port)
    at.plug_again()
    assert at.bench.devices[0].size_bytes == SIZE


def test_our_own_sanitize_is_followed_measured_and_proven_by_its_marks(bay: Make) -> None:
    at = bay(OWN)
    at.begun_and_plugged_again()
    report = at.erase()
    assert (report.verdict, report.exceptions) == (VerdictWord.ERASED, ())  # its capacity was given back before
    assert (report.facts.size_bytes, report.verification.mode) == (SIZE, "canaries")
    assert report.verification.sectors > 0
    assert at.journal.kinds().count("COMMANDED") == 1 + at.journal.kinds().count("RESTORED")
    assert at.measured() == [{"method": at.method, "state": MEASURED, "size_bytes": SIZE, "logical_sector": 512}]


def test_the_marks_of_a_drive_that_lies_are_found_also_when_it_was_plugged_again(bay: Make) -> None:
    at = bay('vices = ["lies"]\n' + OWN)
    at.begun_and_plugged_again()
    report = at.erase()
    assert (report.verdict, report.reasons[0].code) == (VerdictWord.FAILED, ReasonCode.CANARY_SURVIVED)


def test_a_command_whose_fate_was_unknown_counts_once_the_drive_was_seen_at_work(bay: Make) -> None:
    at = bay(OWN)
    at.erase_until_observed()
    keep = [one for one in at.journal.entries if one.kind not in (EntryKind.ACCEPTED, EntryKind.OBSERVED)]
    at.journal.entries[:] = keep
    at.plug_again()
    commanded = at.journal.kinds().count("COMMANDED")
    assert at.erase().verdict is VerdictWord.ERASED
    assert at.journal.kinds().count("COMMANDED") == commanded


def test_a_sanitize_of_others_is_followed_and_never_claimed_as_ours(bay: Make) -> None:
    at = bay(FOREIGN)
    assert at.bench.devices[0].size_bytes == 0
    report = at.erase()
    assert report.verdict is VerdictWord.ERASED_WITH_EXCEPTIONS
    assert ReasonCode.NO_CANARIES in {reason.code for reason in report.exceptions}
    assert (report.facts.size_bytes, report.method_achieved) == (SIZE, "scsi.sanitize.block")
    assert "COMMANDED" not in at.journal.kinds()
    assert at.journal.entries[0].data["adopt"] is True


@pytest.mark.parametrize("meanwhile", [0, 60], ids=["still at work", "ended meanwhile"])
def test_a_sanitize_of_others_that_was_followed_is_found_again(bay: Make, meanwhile: int) -> None:
    at = bay(FOREIGN)
    at.erase_until_observed()
    assert at.journal.entries[0].data["size_bytes"] == 0
    at.pass_by(meanwhile)
    report = at.erase()
    assert (report.verdict, report.facts.size_bytes) == (VerdictWord.ERASED_WITH_EXCEPTIONS, SIZE)
    assert "COMMANDED" not in at.journal.kinds()


def test_what_a_drive_showed_once_it_was_measured_holds_for_the_rest_of_the_run(bay: Make) -> None:
    at = bay(FOREIGN)
    at.journal.fails_at = EntryKind.WRITTEN
    with pytest.raises(JournalError):
        at.erase()
    point = ResumePoint.from_entries(at.journal.entries)
    assert (point.size_bytes, point.sizes) == (SIZE, range(SIZE, SIZE + 1))
    at.shelf(blocks=SIZE // 512 - 8)
    with pytest.raises(IdentityChanged, match="size was"):
        at.erase()


def test_nobody_guesses_which_of_several_sanitizes_runs(bay: Make) -> None:
    at = bay("[drives.scsi]\nseconds = 60\nsanitizing = 'crypto'\n")
    with at.open() as port:
        refused = at.plan(port)
    assert isinstance(refused, Refusal)
    assert [(one.code, one.detail) for one in refused.reasons] == [
        (ReasonCode.IN_USE, "a sanitize that was started elsewhere is running, 0 % done: wait for its end")
    ]


def test_a_kernel_that_does_not_look_again_leaves_the_run_open(bay: Make, blind: pytest.MonkeyPatch) -> None:
    at = bay(OWN)
    at.begun_and_plugged_again()
    with pytest.raises(CapacityUnread, match=f"the kernel shows 0 bytes, the drive has {SIZE}; the run stays open"):
        at.erase()
    assert not {"WRITTEN", "VERIFIED", "CLOSED"} & set(at.journal.kinds())
    blind.undo()
    assert at.erase().verdict is VerdictWord.ERASED


@pytest.mark.parametrize("missing", [8, -8], ids=["less than the drive has", "more than the drive has"])
def test_there_is_no_verdict_while_kernel_and_drive_tell_two_sizes(
    bay: Make, monkeypatch: pytest.MonkeyPatch, missing: int
) -> None:
    at = bay(FOREIGN)
    monkeypatch.setattr(ScsiDrive, "kernel_bytes", lambda drive: _shown(drive, missing))
    with pytest.raises(CapacityUnread, match=f"the kernel shows {SIZE - missing * 512} bytes, the drive has {SIZE}"):
        at.erase()
    assert "WRITTEN" not in at.journal.kinds()


def _shown(drive: ScsiDrive, missing: int) -> int:
    return 0 if drive.shelf.get("unread") else SIZE - missing * 512


def test_a_drive_of_another_size_than_the_run_began_with_is_left_alone(bay: Make) -> None:
    at = bay(OWN)
    at.begun_and_plugged_again()
    at.shelf(blocks=SIZE // 512 - 8)
    with pytest.raises(IdentityChanged, match="the run stays open, it is not taken up again on this drive: size was"):
        at.erase()
    assert "WRITTEN" not in at.journal.kinds()


@pytest.mark.parametrize("vice", ["fails", "stuck"])
def test_a_sanitize_that_does_not_end_well_leaves_a_run_without_capacity_open(bay: Make, vice: str) -> None:
    at = bay(f'vices = ["{vice}"]\n' + FOREIGN)
    with pytest.raises(DeviceError, match="the kernel shows no capacity of the drive"):
        at.erase()
    assert "WRITTEN" not in at.journal.kinds()


def test_a_sanitize_that_ends_between_plan_and_run_is_still_followed(bay: Make) -> None:
    at = bay(FOREIGN)
    at.between = lambda: at.pass_by(60)
    assert at.erase().verdict is VerdictWord.ERASED_WITH_EXCEPTIONS
    assert "COMMANDED" not in at.journal.kinds()


def test_a_stop_while_the_kernel_shows_nothing_leaves_the_run_open(bay: Make, blind: pytest.MonkeyPatch) -> None:
    at = bay(FOREIGN)
    at.between = lambda: at.pass_by(60)
    with pytest.raises(RunInterrupted, match="while the kernel does not show the capacity"):
        at.erase(lambda: True)


def test_a_drive_that_leaves_while_it_is_followed_leaves_the_run_open(bay: Make) -> None:
    at = bay('vices = ["vanishes"]\n' + FOREIGN)
    with pytest.raises(ErasureError, match="the run stays open"):
        at.erase()
    assert "WRITTEN" not in at.journal.kinds()


def test_a_drive_at_rest_without_capacity_is_measured_before_it_is_planned(bay: Make) -> None:
    at = bay("[drives.scsi]\nseconds = 60\nsanitizing = 'block'\n")
    at.shelf()
    at.pass_by(60)
    with at.open() as port:
        assert read_facts(port).size_bytes == 0
        made = at.plan(port)
    assert isinstance(made, ErasurePlan)
    assert (made.facts.size_bytes, made.facts.device.size_bytes, made.adopt) == (SIZE, SIZE, False)


def test_a_dead_drive_without_capacity_is_refused(bay: Make, blind: pytest.MonkeyPatch) -> None:
    at = bay(FOREIGN)
    at.shelf()
    at.pass_by(60)
    with at.open() as port:
        refused = at.plan(port)
    assert isinstance(refused, Refusal)
    assert ReasonCode.SIZE in {reason.code for reason in refused.reasons}
