"""A run, seen from outside: what is on the drive afterwards, what the report says, what the journal holds."""

import hashlib
import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from erasure.buffers import PIECE
from erasure.clearance import Confirmation, authorize
from erasure.errors import ClearanceError, IdentityChanged, JournalError, RunInterrupted
from erasure.events import Progress
from erasure.hidden import AreaState, HiddenAreas
from erasure.journal import EntryKind
from erasure.outcome import Level, Reason, ReasonCode, VerdictWord
from erasure.report import ErasureReport
from erasure.run import run
from erasure.simulated import Contents, Fault, FaultKind
from tests.erasure.simulated_bench import Bench

BOTH = pytest.mark.parametrize("method", ["overwrite.keystream", "overwrite.zeros"])
UNKNOWN = HiddenAreas(AreaState.UNKNOWN, AreaState.UNKNOWN, AreaState.UNKNOWN, None)


def codes(report: ErasureReport) -> list[ReasonCode]:
    return [reason.code for reason in report.reasons]


def after_writes(count: int) -> Callable[[], bool]:
    """A stop request that comes when `count` requests have been asked for."""
    asked = iter(range(10_000))
    return lambda: next(asked) >= count


@BOTH
@pytest.mark.parametrize("sector", [512, 4096])
@pytest.mark.parametrize("size", [4096, 300 * 1024, (4 << 20) - 4096, (4 << 20) + 4096, (9 << 20) + 3 * 4096])
def test_a_healthy_drive_ends_erased_whatever_its_size(bench: Bench, method: str, sector: int, size: int) -> None:
    drive = replace(bench.drive, size_bytes=size, logical_sector=sector, physical_sector=4096)
    healthy = replace(bench, drive=drive, method=method)
    report = healthy.erase()
    assert report.verdict is VerdictWord.ERASED, report.reasons
    assert report.level is Level.CLEAR
    assert report.reasons == report.exceptions == ()
    assert report.verification.sectors == size // sector
    assert report.verification.nonmatching == report.verification.unreadable == 0
    assert healthy.old_sectors() == []


@BOTH
@pytest.mark.parametrize("contents", list(Contents))
def test_what_was_on_the_drive_makes_no_difference(bench: Bench, method: str, contents: Contents) -> None:
    healthy = replace(bench, drive=replace(bench.drive, contents=contents), method=method)
    assert healthy.erase().verdict is VerdictWord.ERASED
    assert healthy.old_sectors() == []


def test_a_drive_of_one_sector_is_erased(zeros_bench: Bench) -> None:
    tiny = replace(zeros_bench, drive=replace(zeros_bench.drive, size_bytes=512, contents=Contents.PATTERN))
    assert tiny.erase().verdict is VerdictWord.ERASED
    assert tiny.content() == bytes(512)


def test_the_phases_are_those_that_were_issued(zeros_bench: Bench) -> None:
    report = zeros_bench.erase()
    assert [phase.op for phase in report.phases] == ["probe", "write", "verify"]
    assert [phase.bytes for phase in report.phases[1:]] == [zeros_bench.drive.size_bytes] * 2
    assert all(0 <= phase.start_ms <= phase.end_ms <= report.duration_ms for phase in report.phases)


def test_the_intent_is_durable_before_the_first_byte_is_written(bench: Bench) -> None:
    untouched = bench.content()
    seen = []
    bench.journal.watching = lambda entry: seen.append((entry.kind, bench.content() == untouched))
    bench.erase()
    assert seen[0] == (EntryKind.INTENT, True)
    assert seen[-1] == (EntryKind.VERIFIED, False)


def test_the_intent_names_the_drive_the_key_and_the_boot(bench: Bench) -> None:
    bench.erase()
    intent = bench.journal.entries[0].data
    assert intent["identity"]["serial"] == "DEMO-0001"
    assert intent["size_bytes"] == bench.drive.size_bytes
    assert intent["method"] == "overwrite.keystream"
    assert intent["boot_id"] == "boot-1"
    assert len(bytes.fromhex(intent["key"])) == 32


def test_the_evidence_has_the_hash_of_the_key_and_never_the_key(bench: Bench) -> None:
    report = bench.erase()
    key = bench.journal.entries[0].data["key"]
    evidence = json.dumps(report.evidence)
    assert key not in evidence
    assert hashlib.sha256(bytes.fromhex(key)).hexdigest() in evidence
    assert report.verification.key_sha256 == hashlib.sha256(bytes.fromhex(key)).hexdigest()


def test_a_journal_that_cannot_hold_the_intent_leaves_the_drive_untouched(bench: Bench) -> None:
    untouched = bench.content()
    bench.journal.fails_at = EntryKind.INTENT
    with pytest.raises(JournalError):
        bench.erase()
    assert bench.content() == untouched


def test_a_journal_that_fails_later_leaves_the_run_without_a_verdict(zeros_bench: Bench) -> None:
    zeros_bench.journal.fails_at = EntryKind.CHECKPOINT
    with pytest.raises(JournalError):
        zeros_bench.erase()
    assert zeros_bench.journal.kinds() == ["INTENT"]


def test_no_run_without_an_unused_clearance(bench: Bench) -> None:
    with bench.open() as port:
        plan = bench.plan_for(port)
        clearance = authorize(plan.facts, plan, (), Confirmation("Camille", "DEMO-0001"))
        clearance.consume()
        with pytest.raises(ClearanceError):
            run(
                port,
                clearance,
                bench.journal,
                run_id="0" * 32,
                clock=bench.clock,
                random_bytes=bytes,
                report=bench.events.append,
            )
    assert b"donor" in bench.content()


def test_a_drive_whose_hidden_areas_are_unknown_ends_with_exceptions(bench: Bench) -> None:
    unknown = replace(bench, drive=replace(bench.drive, hidden=UNKNOWN))
    report = unknown.erase()
    assert report.verdict is VerdictWord.ERASED_WITH_EXCEPTIONS
    assert [reason.code for reason in report.exceptions] == [ReasonCode.HIDDEN_AREA]
    assert report.level is Level.CLEAR


def test_a_native_capacity_beyond_the_visible_one_is_an_exception(bench: Bench) -> None:
    areas = HiddenAreas(AreaState.NONE, AreaState.NONE, AreaState.NONE, bench.drive.size_bytes + 512)
    report = replace(bench, drive=replace(bench.drive, hidden=areas)).erase()
    assert report.verdict is VerdictWord.ERASED_WITH_EXCEPTIONS


def test_an_exception_of_the_plan_is_an_exception_of_the_report(bench: Bench) -> None:
    reason = Reason(ReasonCode.HIDDEN_AREA, "boot partitions of the card")
    with bench.open() as port:
        plan = bench.plan_for(port, (reason,))
    report = bench.erase(planned=plan)
    assert report.verdict is VerdictWord.ERASED_WITH_EXCEPTIONS
    assert report.exceptions == (reason,)


@pytest.mark.parametrize(
    "change", [{"serial": "DEMO-0009"}, {"wwn": "5000000000000009"}, {"model": "DEMO OTHER"}, {"number": 7}]
)
def test_another_drive_than_the_planned_one_is_not_touched(bench: Bench, change: dict[str, Any]) -> None:
    with bench.open() as port:
        plan = bench.plan_for(port)
    other = replace(bench, drive=replace(bench.drive, **change))
    untouched = other.content()
    report = other.erase(planned=plan)
    assert report.verdict is VerdictWord.NOT_ERASED
    assert codes(report) == [ReasonCode.IDENTITY]
    assert report.method_achieved == ""
    assert other.content() == untouched
    assert other.journal.entries == []


def test_a_drive_of_another_size_than_planned_is_not_touched(bench: Bench) -> None:
    with bench.open() as port:
        plan = bench.plan_for(port)
    report = bench.with_faults(Fault(FaultKind.WRONG_SIZE, real_bytes=200 * 1024)).erase(planned=plan)
    assert report.verdict is VerdictWord.NOT_ERASED
    assert codes(report) == [ReasonCode.IDENTITY]
    assert b"donor" in bench.content()


def test_a_read_only_drive_is_not_erased(bench: Bench) -> None:
    report = replace(bench, drive=replace(bench.drive, read_only=True)).erase()
    assert report.verdict is VerdictWord.NOT_ERASED
    assert codes(report) == [ReasonCode.READ_ONLY]


def test_progress_goes_through_the_phases_and_ends_at_the_size(large_bench: Bench) -> None:
    replace(large_bench, method="overwrite.zeros").erase()
    told = [event for event in large_bench.events if isinstance(event, Progress)]
    phases = list(dict.fromkeys(event.phase for event in told))
    assert phases == ["prepare", "probe", "write", "verify"]
    for phase in ("write", "verify"):
        assert [event.done_bytes for event in told if event.phase == phase][-1] == large_bench.drive.size_bytes


@BOTH
@pytest.mark.parametrize("writes", [0, 1, 3, 5])
def test_a_stopped_run_has_no_verdict_and_is_taken_up_from_its_checkpoint(
    large_bench: Bench, method: str, writes: int
) -> None:
    stopped = replace(large_bench, method=method)
    with pytest.raises(RunInterrupted):
        stopped.erase(stop=after_writes(writes))
    assert stopped.journal.kinds()[0] == "INTENT"
    point = stopped.resume_point()
    report = stopped.erase(resume=point)
    assert report.verdict is VerdictWord.ERASED, report.reasons
    assert report.resumed == 1
    assert "RESUMED" in stopped.journal.kinds()
    assert stopped.old_sectors() == []


def test_a_run_taken_up_again_continues_under_the_same_key_and_does_not_begin_anew(large_bench: Bench) -> None:
    with pytest.raises(RunInterrupted):
        large_bench.erase(stop=after_writes(3))
    point = large_bench.resume_point()
    assert 0 < point.offset < large_bench.drive.size_bytes
    assert point.offset % PIECE == 0
    large_bench.seed = 99  # other random bytes now
    report = large_bench.erase(resume=point)
    assert report.phases[0].bytes == large_bench.drive.size_bytes - point.offset
    assert report.verification.sectors == large_bench.drive.size_bytes // 512
    assert large_bench.old_sectors() == []


@BOTH
def test_a_run_taken_up_after_its_write_pass_is_only_verified_and_from_the_start(bench: Bench, method: str) -> None:
    done = replace(bench, method=method)
    done.journal.fails_at = EntryKind.VERIFIED
    with pytest.raises(JournalError):
        done.erase()
    done.journal.fails_at = None
    report = done.erase(resume=done.resume_point())
    assert [phase.op for phase in report.phases] == ["verify"]
    assert report.verdict is VerdictWord.ERASED


def test_a_sector_changed_between_two_parts_of_a_run_is_found(bench: Bench) -> None:
    bench.journal.fails_at = EntryKind.VERIFIED
    with pytest.raises(JournalError):
        bench.erase()
    bench.journal.fails_at = None
    with bench.backing.open("r+b") as file:
        file.seek(7 * 512)
        file.write(b"x")
    report = bench.erase(resume=bench.resume_point())
    assert report.verdict is VerdictWord.FAILED
    assert [(item.first, item.count) for item in report.bad.mismatch] == [(7, 1)]


def test_a_run_is_never_taken_up_on_another_drive(large_bench: Bench) -> None:
    with pytest.raises(RunInterrupted):
        large_bench.erase(stop=after_writes(2))
    point = large_bench.resume_point()
    other = replace(large_bench, drive=replace(large_bench.drive, serial="DEMO-9999"))
    untouched = other.content()
    with pytest.raises(IdentityChanged):
        other.erase(resume=point)
    assert other.content() == untouched
    assert large_bench.journal.kinds()[-1] == "CHECKPOINT"


def test_a_run_may_be_taken_up_under_another_disk_sequence_number(large_bench: Bench) -> None:
    with pytest.raises(RunInterrupted):
        large_bench.erase(stop=after_writes(2))
    replugged = replace(large_bench, drive=replace(large_bench.drive, number=5))
    assert replugged.erase(resume=large_bench.resume_point()).verdict is VerdictWord.ERASED


@pytest.mark.parametrize(("draws", "compared"), [(40, range(40, 43)), (10_000, range(601, 602))])
def test_a_sample_compares_single_sectors_from_a_printed_seed(bench: Bench, draws: int, compared: range) -> None:
    sampled = replace(bench, verification="sample", sample_sectors=draws)
    report = sampled.erase()
    assert report.verdict is VerdictWord.ERASED
    assert report.verification.mode == "sample"
    assert report.verification.sectors in compared
    assert len(bytes.fromhex(report.verification.seed)) == 8


def test_a_report_holds_plain_types_only(bench: Bench) -> None:
    report = bench.erase()
    assert json.loads(json.dumps(report.evidence)) == list(report.evidence)
    assert [item["what"] for item in report.evidence][:2] == ["facts", "INTENT"]
    assert report.simulated is True
