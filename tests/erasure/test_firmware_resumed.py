"""What a drive that erases itself was, and what was put on it, holds over every interruption, or nothing is claimed."""

from dataclasses import replace
from typing import Any

import pytest

from erasure.ata.clip import Restored
from erasure.errors import DeviceError, JournalError, RunInterrupted
from erasure.journal import EntryKind
from erasure.methods import MethodKind, Working
from erasure.outcome import ReasonCode, VerdictWord
from erasure.simulated import Fault, FaultKind
from tests.erasure.firmware_bench import FATE_UNKNOWN, FirmwareBench, finished, full_of_files
from tests.erasure.simulated_bench import Bench

NATIVE = 400 * 1024


def codes(report: Any) -> set[ReasonCode]:
    return {reason.code for reason in report.reasons}


def grown(bench: Bench) -> Bench:
    """The same drive, switched off and on: its whole native capacity shows."""
    with bench.backing.open("r+b") as medium:
        medium.truncate(NATIVE)
    return replace(bench, drive=replace(bench.drive, size_bytes=NATIVE, number=3))


@pytest.fixture
def removing(monkeypatch: pytest.MonkeyPatch) -> None:
    """The drive says that it removed its hidden area, and shows it only after some later power cycle."""
    said = Restored(("HPA",), (), power_cycle=False, native_bytes=NATIVE)
    monkeypatch.setattr("erasure.course.restore", lambda ports, facts: said)
    monkeypatch.setattr("erasure.course.POWER_CYCLES", 0)


def interrupted_before(kind: EntryKind, firmware: FirmwareBench, planned: Any) -> None:
    firmware.bench.journal.fails_at = kind
    with pytest.raises(JournalError):
        firmware.erase(planned=planned)
    firmware.bench.journal.fails_at = None


@pytest.mark.usefixtures("removing")
@pytest.mark.parametrize("kind", [EntryKind.WRITTEN, EntryKind.VERIFIED])
def test_canaries_are_not_looked_for_on_a_drive_that_has_grown_since(firmware: FirmwareBench, kind: EntryKind) -> None:
    with firmware.bench.open() as port:
        planned = replace(firmware.bench.plan_for(port), restore=True)
    if kind is EntryKind.VERIFIED:
        firmware.bench = replace(firmware.bench)
        with pytest.raises(RunInterrupted):
            firmware.erase(planned=planned, stop=lambda: "WRITTEN" in firmware.kinds())
    else:
        interrupted_before(kind, firmware, planned)
    firmware.bench = grown(firmware.bench)
    report = firmware.again()
    assert report.verdict is VerdictWord.FAILED
    assert codes(report) == {ReasonCode.SIZE}
    assert "were marked" in report.reasons[0].detail


@pytest.mark.usefixtures("removing")
def test_an_overwrite_covers_what_it_wrote_and_not_what_the_drive_has_now(bench: Bench) -> None:
    bench = replace(bench, method="overwrite.zeros")  # what was hidden shows zeros, and was never written
    with bench.open() as port:
        planned = replace(bench.plan_for(port), restore=True)
    with pytest.raises(RunInterrupted):
        bench.erase(planned=planned, stop=lambda: "WRITTEN" in bench.journal.kinds())
    report = grown(bench).erase(resume=bench.resume_point())
    assert report.verdict is VerdictWord.FAILED
    assert any("known to be written" in reason.detail for reason in report.reasons)


def test_a_drive_that_answers_to_another_name_after_a_step_is_not_erased_further(firmware: FirmwareBench) -> None:
    crypto = replace(firmware.drive, id="test.sanitize.crypto", fill=b"\x5a\xa5", answers=[finished()])
    firmware.know(firmware.drive, crypto)
    with firmware.bench.open() as port:
        planned = replace(firmware.bench.plan_for(port), before=(crypto.id,))
        state = port.state
        port.state.drive = replace(port.state.drive)
        crypto.on_command = lambda ports: setattr(
            state, "drive", replace(state.drive, faults=(Fault(FaultKind.RENAMED),))
        )
        report = None
        from erasure.clearance import Confirmation, authorize
        from erasure.run import run
        from tests.erasure.simulated_bench import PERSON, RUN_ID

        confirmed = Confirmation(PERSON, planned.facts.device.identity.serial)
        report = run(
            port,
            authorize(planned.facts, planned, (), confirmed),
            firmware.bench.journal,
            run_id=RUN_ID,
            clock=firmware.bench.clock,
            random_bytes=lambda count: bytes(range(count)),
            report=lambda event: None,
        )
    assert report.verdict is VerdictWord.FAILED
    assert codes(report) == {ReasonCode.IDENTITY}
    assert firmware.drive.commands == 0


def test_canaries_that_did_not_stand_are_an_exception_by_name(firmware: FirmwareBench) -> None:
    full_of_files(firmware, Fault(FaultKind.DROP_WRITES, first_lba=300, count=301))
    report = firmware.erase()
    assert report.verdict is VerdictWord.ERASED_WITH_EXCEPTIONS
    assert {reason.code for reason in report.exceptions} == {ReasonCode.NO_CANARIES}


def test_marks_that_stand_the_second_time_are_looked_for_instead_of_what_they_covered(firmware: FirmwareBench) -> None:
    full_of_files(firmware, Fault(FaultKind.DROP_WRITES))
    firmware.bench.journal.fails_at = EntryKind.COMMANDED
    with pytest.raises(JournalError):
        firmware.erase()
    firmware.bench.journal.fails_at = None
    firmware.bench = firmware.bench.with_faults()
    report = firmware.again()
    assert (report.verdict, report.exceptions) == (VerdictWord.ERASED, ())
    planted = [entry.data for entry in firmware.bench.journal.entries if entry.kind is EntryKind.PLANTED]
    assert [one["bare"][0][1:] for one in planted] == [[planted[0]["lost"]] * 2, [0, 0]]
    assert report.verification.sectors == planted[1]["planted"] + len(planted[1]["fingerprints"])


def test_how_much_of_a_disk_took_no_marks_outlives_an_interruption(firmware: FirmwareBench) -> None:
    firmware.bench = firmware.bench.with_faults(Fault(FaultKind.DROP_WRITES, first_lba=300))
    firmware.bench.backing.write_bytes(bytes(firmware.bench.drive.size_bytes))
    with pytest.raises(RunInterrupted):
        firmware.erase(stop=lambda: firmware.drive.asked > 0)
    report = firmware.again()
    assert (report.verdict, codes(report)) == (VerdictWord.UNCONFIRMED, {ReasonCode.NO_CANARIES})


def test_a_followed_erase_is_followed_again_and_never_started(firmware: FirmwareBench) -> None:
    firmware.drive.answers = [Working(100), Working(200), finished()]
    with firmware.bench.open() as port:
        planned = replace(firmware.bench.plan_for(port), adopt=True)
    with pytest.raises(RunInterrupted):
        firmware.erase(planned=planned, stop=lambda: firmware.drive.asked > 0)
    report = firmware.again()
    assert (report.verdict, firmware.drive.commands) == (VerdictWord.ERASED_WITH_EXCEPTIONS, 0)
    assert [reason.code for reason in report.exceptions] == [ReasonCode.NO_CANARIES]


def test_the_first_step_that_is_under_way_is_followed_and_not_forgotten(firmware: FirmwareBench) -> None:
    crypto = replace(firmware.drive, id="test.sanitize.crypto", answers=[Working(1), Working(2), finished()])
    firmware.know(firmware.drive, crypto)
    with firmware.bench.open() as port:
        planned = replace(firmware.bench.plan_for(port), before=(crypto.id,))
    with pytest.raises(RunInterrupted):
        firmware.erase(planned=planned, stop=lambda: crypto.asked > 0)
    report = firmware.again()  # the plan of a drive at work names no steps
    assert report.verdict is VerdictWord.ERASED
    assert (crypto.commands, firmware.drive.commands) == (1, 1)
    assert "STEPPED" in firmware.kinds()


def test_a_drive_that_leaves_while_canaries_are_planted_leaves_the_run_open(firmware: FirmwareBench) -> None:
    firmware.bench = firmware.bench.with_faults(Fault(FaultKind.VANISH, after_bytes=1 << 12))
    with pytest.raises(DeviceError, match="stays open"):
        firmware.erase()
    assert firmware.drive.commands == 0


def test_a_drive_that_leaves_at_the_end_leaves_the_run_open(firmware: FirmwareBench) -> None:
    firmware.bench = firmware.bench.with_faults(Fault(FaultKind.VANISH, after_read_bytes=1 << 18))
    firmware.drive.on_command = lambda ports: None
    with pytest.raises(DeviceError, match="stays open"):
        firmware.erase()


def test_a_bench_that_is_asked_to_stop_does_so_within_a_second(
    firmware: FirmwareBench, monkeypatch: pytest.MonkeyPatch
) -> None:
    slept: list[float] = []
    monkeypatch.setattr(firmware.bench.clock, "sleep", slept.append)
    firmware.drive.answers = [Working(100)]
    with pytest.raises(RunInterrupted):
        firmware.erase(stop=lambda: len(slept) > 100)
    assert set(slept) == {1.0}
    assert len(slept) == 101
    assert firmware.drive.asked < 70  # and the drive is not asked more often for it


@pytest.mark.parametrize(
    ("announces", "word", "code"),
    [
        (True, VerdictWord.UNCONFIRMED, ReasonCode.STATUS_UNREADABLE),
        (False, VerdictWord.FAILED, ReasonCode.LOCKED),
    ],
)
def test_a_recovery_whose_fate_is_unknown_is_unconfirmed(
    firmware: FirmwareBench, *, announces: bool, word: VerdictWord, code: ReasonCode
) -> None:
    opening = replace(
        firmware.drive, id="test.revert", kind=MethodKind.RECOVERY, fate=FATE_UNKNOWN, announces=announces
    )
    firmware.know(firmware.drive, opening)
    with firmware.bench.open() as port:
        planned = replace(firmware.bench.plan_for(port), before=(opening.id,))
    report = firmware.erase(planned=planned)
    assert (report.verdict, codes(report)) == (word, {code})
    assert firmware.drive.commands == 0
