"""Every vice of a drive: the verdict is never ERASED, the reasons are right, and so is every LBA."""

from dataclasses import replace

import pytest

from erasure.buffers import CHUNK, PIECE
from erasure.outcome import LbaRange, Level, ReasonCode, VerdictWord
from erasure.report import ErasureReport
from erasure.simulated import Contents, Fault, FaultKind
from tests.erasure.simulated_bench import Bench

BOTH = pytest.mark.parametrize("method", ["overwrite.keystream", "overwrite.zeros"])
PLACES = pytest.mark.parametrize("lba", [0, 1, 127, 128, 300, 599, 600])  # 600 is the last one
LAST = 600


def ranges(found: tuple[LbaRange, ...]) -> list[tuple[int, int]]:
    return [(item.first, item.count) for item in found]


def codes(report: ErasureReport) -> set[ReasonCode]:
    return {reason.code for reason in report.reasons}


def assert_failed(report: ErasureReport) -> None:
    assert report.verdict is VerdictWord.FAILED
    assert report.level is Level.NONE
    assert report.reasons


@BOTH
@PLACES
def test_a_sector_that_cannot_be_written_is_listed_and_the_rest_is_erased(bench: Bench, method: str, lba: int) -> None:
    faulty = replace(bench.with_faults(Fault(FaultKind.BAD_WRITE, lba, 1)), method=method)
    report = faulty.erase()
    assert_failed(report)
    assert ReasonCode.WRITE_ERROR in codes(report)
    assert ranges(report.bad.write) == [(lba, 1)]
    assert set(faulty.old_sectors()) <= {(lba, 1)}


def test_bursts_of_sectors_that_cannot_be_written_are_listed_exactly(large_bench: Bench) -> None:
    bursts = [
        (0, 3),
        (PIECE // 512 - 1, 2),
        (20_000, 100),
        (40_962, 1),
    ]  # the second lies across two pieces, the last at the end
    report = large_bench.with_faults(*(Fault(FaultKind.BAD_WRITE, *burst) for burst in bursts)).erase()
    assert_failed(report)
    assert ranges(report.bad.write) == bursts
    assert ranges(report.bad.mismatch) == bursts
    write = next(phase for phase in report.phases if phase.op == "write")
    assert write.errors == 106
    assert write.bytes == large_bench.drive.size_bytes - 106 * 512


@BOTH
@PLACES
def test_a_sector_that_cannot_be_read_back_is_listed(bench: Bench, method: str, lba: int) -> None:
    report = replace(bench.with_faults(Fault(FaultKind.BAD_READ, lba, 1)), method=method).erase()
    assert_failed(report)
    assert codes(report) == {ReasonCode.READ_ERROR}
    assert ranges(report.bad.read) == [(lba, 1)]
    assert report.verification.unreadable == 1
    assert report.verification.sectors == LAST


@pytest.mark.parametrize("bus", ["ata", "scsi", "nvme", "usb"])
def test_every_kind_of_read_error_counts(bench: Bench, bus: str) -> None:
    """SCSI and NVMe answer ENODATA where ATA answers EIO."""
    faulty = bench.with_faults(Fault(FaultKind.BAD_READ, 5, 2))
    report = replace(faulty, drive=replace(faulty.drive, bus=bus)).erase()
    assert ranges(report.bad.read) == [(5, 2)]
    assert_failed(report)


@PLACES
def test_a_drive_that_lies_about_success_is_not_certified(bench: Bench, lba: int) -> None:
    faulty = bench.with_faults(Fault(FaultKind.DROP_WRITES, lba, 1))
    report = faulty.erase()
    assert_failed(report)
    assert codes(report) == {ReasonCode.MISMATCH}
    assert ranges(report.bad.mismatch) == [(lba, 1)] == faulty.old_sectors()


def test_zeros_do_not_hide_a_drive_that_drops_writes(bench: Bench) -> None:
    """Where the old content is not zero the read-back shows it, wherever the probe did not look."""
    marked = replace(bench, method="overwrite.zeros", drive=replace(bench.drive, contents=Contents.PATTERN))
    for lba in range(0, LAST + 1, 50):
        marked.backing.unlink()
        report = marked.with_faults(Fault(FaultKind.DROP_WRITES, lba, 1)).erase()
        assert_failed(report)
        assert ReasonCode.MISMATCH in codes(report)


def test_a_blank_drive_that_drops_every_write_fails_the_address_probe(zeros_bench: Bench) -> None:
    """It reads as zeros before and after: only the marks show that nothing is ever stored."""
    blank = replace(zeros_bench, drive=replace(zeros_bench.drive, contents=Contents.ZEROS))
    report = blank.with_faults(Fault(FaultKind.DROP_WRITES)).erase()
    assert_failed(report)
    assert codes(report) == {ReasonCode.MISMATCH}
    assert "LBA 0 " in report.reasons[0].detail


def test_writes_that_are_dropped_later_are_found(large_bench: Bench) -> None:
    report = large_bench.with_faults(Fault(FaultKind.DROP_WRITES, after_bytes=8 << 20)).erase()
    assert_failed(report)
    assert report.bad.mismatch[0].first == (8 << 20) // 512
    assert report.bad.mismatch[-1].first + report.bad.mismatch[-1].count == large_bench.drive.size_bytes // 512


@BOTH
@pytest.mark.parametrize("real", [512, 1024, 64 * 512, 100 * 512, 128 * 512, 333 * 512, 599 * 512, 600 * 512])
def test_a_fake_capacity_that_wraps_around_is_found(bench: Bench, method: str, real: int) -> None:
    faulty = replace(bench.with_faults(Fault(FaultKind.WRAP, real_bytes=real)), method=method)
    assert faulty.backing.stat().st_size == real
    report = faulty.erase()
    assert_failed(report)
    assert codes(report) & {ReasonCode.SIZE, ReasonCode.MISMATCH}


@pytest.mark.parametrize("real", range(601 * 256, 601 * 512, 17 * 512))
def test_a_wrap_around_at_any_address_is_found_under_zeros(zeros_bench: Bench, real: int) -> None:
    real -= real % 512
    report = zeros_bench.with_faults(Fault(FaultKind.WRAP, real_bytes=real)).erase()
    assert_failed(report)


def test_the_address_probe_names_the_two_addresses_that_are_one(zeros_bench: Bench) -> None:
    report = zeros_bench.with_faults(Fault(FaultKind.WRAP, real_bytes=256 * 512)).erase()
    assert ReasonCode.SIZE in codes(report)
    assert "holds the mark of LBA" in report.reasons[0].detail
    assert [phase.op for phase in report.phases] == ["probe"]


@PLACES
def test_a_drive_that_reads_old_contents_after_taking_a_write_is_found(bench: Bench, lba: int) -> None:
    report = bench.with_faults(Fault(FaultKind.STALE_READS, lba, 1)).erase()
    assert_failed(report)
    assert codes(report) == {ReasonCode.MISMATCH}
    assert ranges(report.bad.mismatch) == [(lba, 1)]


@BOTH
@pytest.mark.parametrize("after", [0, 1, 100 * 1024, 300 * 1024])
def test_a_drive_that_vanishes_is_lost_and_not_erased(bench: Bench, method: str, after: int) -> None:
    faulty = replace(bench.with_faults(Fault(FaultKind.VANISH, after_bytes=max(after, 1))), method=method)
    report = faulty.erase()
    assert_failed(report)
    assert codes(report) & {ReasonCode.DEVICE_LOST}
    assert report.identity_after is None


def test_a_drive_that_vanishes_while_it_is_read_back_is_lost(large_bench: Bench) -> None:
    report = large_bench.with_faults(Fault(FaultKind.VANISH, after_read_bytes=8 << 20)).erase()
    assert_failed(report)
    assert ReasonCode.DEVICE_LOST in codes(report)
    first = report.bad.read[0].first
    assert first * 512 >= 8 << 20
    assert ranges(report.bad.read) == [(first, large_bench.drive.size_bytes // 512 - first)]
    assert report.verification.sectors == first


def test_what_was_not_flushed_before_a_drive_was_lost_counts_as_unwritten(large_bench: Bench) -> None:
    report = large_bench.with_faults(Fault(FaultKind.VANISH, after_bytes=12 << 20)).erase()
    assert ranges(report.bad.write) == [(0, large_bench.drive.size_bytes // 512)]
    assert [phase.op for phase in report.phases] == ["write"]


@BOTH
@pytest.mark.parametrize("sectors", [1, 3, 8, 127])
def test_short_transfers_still_cover_every_byte(bench: Bench, method: str, sectors: int) -> None:
    faulty = replace(bench.with_faults(Fault(FaultKind.SHORT_IO, count=sectors)), method=method)
    report = faulty.erase()
    assert report.verdict is VerdictWord.ERASED, report.reasons
    assert faulty.old_sectors() == []


def test_short_transfers_take_no_longer_than_whole_ones(large_bench: Bench) -> None:
    paced = replace(large_bench, drive=replace(large_bench.drive, bytes_per_second=1 << 20))
    report = paced.with_faults(Fault(FaultKind.SHORT_IO, count=1024)).erase()
    assert report.verdict is VerdictWord.ERASED
    assert 40_000 < report.duration_ms < 45_000  # 20 MiB written, 20 MiB read, at 1 MiB/s


@BOTH
def test_interrupted_requests_are_repeated_and_every_byte_is_covered(bench: Bench, method: str) -> None:
    faulty = replace(bench.with_faults(Fault(FaultKind.INTERRUPTED_IO)), method=method)
    assert faulty.erase().verdict is VerdictWord.ERASED
    assert faulty.old_sectors() == []


@BOTH
def test_a_slow_drive_is_erased_all_the_same(bench: Bench, method: str) -> None:
    faulty = replace(bench.with_faults(Fault(FaultKind.SLOW, 10, 2, seconds=30.0)), method=method)
    report = faulty.erase()
    assert report.verdict is VerdictWord.ERASED
    assert report.duration_ms > 60_000


@pytest.mark.parametrize("real", [512, 299 * 1024, 400 * 1024])
def test_a_size_that_changes_during_the_run_is_a_failure(bench: Bench, real: int) -> None:
    report = bench.with_faults(Fault(FaultKind.WRONG_SIZE, real_bytes=real, after_bytes=1)).erase()
    assert_failed(report)
    assert ReasonCode.SIZE in codes(report)


def test_a_size_that_changes_during_the_read_back_is_a_failure(bench: Bench) -> None:
    fault = Fault(FaultKind.WRONG_SIZE, real_bytes=299 * 1024, after_read_bytes=1)
    assert ReasonCode.SIZE in codes(bench.with_faults(fault).erase())


@BOTH
def test_a_flush_that_fails_is_final(bench: Bench, method: str) -> None:
    """The second flush would claim success: it is never asked for, and nothing is verified."""
    faulty = replace(bench.with_faults(Fault(FaultKind.BAD_FLUSH)), method=method)
    report = faulty.erase()
    assert_failed(report)
    assert ReasonCode.WRITE_ERROR in codes(report)
    assert "flush failed with EIO" in report.reasons[0].detail
    assert "verify" not in [phase.op for phase in report.phases]


def test_a_flush_is_asked_for_once_and_not_again_after_a_failure(bench: Bench) -> None:
    with bench.with_faults(Fault(FaultKind.BAD_FLUSH)).open() as port:
        flushes = []
        flush = port.flush
        port.flush = lambda: (flushes.append(1), flush())
        bench.erase(port=port)
    assert len(flushes) == 1


def test_a_flush_failure_survives_in_the_journal(bench: Bench) -> None:
    """Whoever takes the run up again learns of it: the verdict stays FAILED."""
    bench.with_faults(Fault(FaultKind.BAD_FLUSH)).erase()
    point = bench.resume_point()
    assert [reason.code for reason in point.failures] == [ReasonCode.WRITE_ERROR]
    assert_failed(bench.erase(resume=point))


@BOTH
def test_another_serial_number_at_the_end_is_a_failure(bench: Bench, method: str) -> None:
    faulty = replace(bench.with_faults(Fault(FaultKind.RENAMED, after_read_bytes=200 * 1024)), method=method)
    report = faulty.erase()
    assert_failed(report)
    assert codes(report) == {ReasonCode.IDENTITY}
    assert report.identity_after.serial == "DEMO-0001-OTHER"


@BOTH
def test_after_a_power_loss_the_run_is_taken_up_from_what_was_flushed(large_bench: Bench, method: str) -> None:
    """Everything since the last flush is gone with the power; the checkpoint was only made after the flush."""
    cut = replace(large_bench.with_faults(Fault(FaultKind.POWER_LOSS, after_bytes=14 << 20)), method=method)
    cut.clock.step_ns = 1_000_000_000  # a checkpoint every few chunks
    assert ReasonCode.DEVICE_LOST in codes(cut.erase())
    del cut.journal.entries[-1]  # the bench lost its power too, before it could note the end of the pass
    point = cut.resume_point()
    assert 0 < point.offset <= 14 << 20
    repaired = cut.with_faults()
    report = repaired.erase(resume=point)
    assert report.verdict is VerdictWord.ERASED, report.reasons
    assert repaired.old_sectors() == []


def test_a_drive_full_of_bad_sectors_is_given_up_and_all_that_is_left_is_listed(
    large_bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("erasure.overwrite.BAD_LIMIT", 200)
    report = large_bench.with_faults(Fault(FaultKind.BAD_WRITE, 1000, 30_000)).erase()
    assert_failed(report)
    assert "gave up" in report.reasons[0].detail
    assert "verify" not in [phase.op for phase in report.phases]


def test_a_read_back_full_of_bad_sectors_is_given_up_and_all_that_is_left_is_listed(
    large_bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("erasure.verification.UNREADABLE_LIMIT", 200)
    report = large_bench.with_faults(Fault(FaultKind.BAD_READ, 1000, 1000)).erase()
    assert_failed(report)
    total = large_bench.drive.size_bytes // 512
    chunk = CHUNK // 512
    assert ranges(report.bad.read) == [(1000, 1000), (chunk, total - chunk)]


@pytest.mark.parametrize("lba", [0, LAST])
def test_a_sample_always_looks_at_both_ends(bench: Bench, lba: int) -> None:
    sampled = replace(bench, verification="sample", sample_sectors=5)
    report = sampled.with_faults(Fault(FaultKind.DROP_WRITES, lba, 1)).erase()
    assert_failed(report)
    assert ranges(report.bad.mismatch) == [(lba, 1)]


def test_a_sample_lists_what_cannot_be_read(bench: Bench) -> None:
    sampled = replace(bench, verification="sample", sample_sectors=601)
    report = sampled.with_faults(Fault(FaultKind.BAD_READ, 17, 1)).erase()
    assert_failed(report)
    assert ranges(report.bad.read) == [(17, 1)]
