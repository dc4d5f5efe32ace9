"""A run, seen from outside: what is on the drive afterwards, what the report says, what the journal holds."""

from erasure.outcome import VerdictWord


def test_a_healthy_drive_ends_erased(bench):
    report = bench.erase()
    assert report.verdict is VerdictWord.ERASED, report.reasons


def test_zeros(zeros_bench):
    report = zeros_bench.erase()
    assert report.verdict is VerdictWord.ERASED, report.reasons
    assert zeros_bench.bytes() == bytes(300 * 1024 + 512)
