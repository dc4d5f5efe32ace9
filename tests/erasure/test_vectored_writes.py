"""The zero pass in large requests of one repeated buffer: the same drive afterwards, whatever such a request does."""

import errno
import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import pytest

from erasure.buffers import REPEATED, VECTOR
from erasure.errors import RunInterrupted
from erasure.outcome import ReasonCode, VerdictWord
from erasure.overwrite import LONG_NS, SHORT_NS, fitting
from erasure.simulated import Contents, Fault, FaultKind, SimulatedBlockDrive
from tests.erasure.simulated_bench import Bench

MIB = 1 << 20
SIZE = 40 * MIB + 3 * 512


@dataclass
class Watched:
    """What was asked of a drive, and what happens to its vectored writes."""

    refuse: Callable[[int, int], int | None] = lambda _number, _length: None  # bytes that are taken instead of all
    vectors: list[tuple[int, int]] = field(default_factory=list)  # (offset, length)
    singles: list[tuple[int, int]] = field(default_factory=list)


def port_of(bench: Bench, watched: Watched) -> Any:
    class Port(SimulatedBlockDrive):
        def pwrite(self, buffer: memoryview, offset: int) -> int:
            watched.singles.append((offset, len(buffer)))
            return super().pwrite(buffer, offset)

        def pwritev(self, buffers: Sequence[memoryview], offset: int) -> int:
            length = sum(len(buffer) for buffer in buffers)
            watched.vectors.append((offset, length))
            taken = watched.refuse(len(watched.vectors), length)
            if taken is not None and taken < 0:
                raise OSError(-taken, os.strerror(-taken))
            data = b"".join(buffers)[:taken]
            return SimulatedBlockDrive.pwrite(self, memoryview(data), offset) if data else 0

    return Port(bench.drive, bench.backing, bench.clock)


@pytest.fixture
def zeros(large_bench: Bench) -> Bench:
    return replace(large_bench, method="overwrite.zeros", drive=replace(large_bench.drive, size_bytes=SIZE))


def test_requests_grow_to_sixteen_buffers_and_reach_every_sector(zeros: Bench) -> None:
    watched = Watched()
    report = zeros.erase(port=port_of(zeros, watched))
    assert report.verdict is VerdictWord.ERASED
    assert max(length for _, length in watched.vectors) == VECTOR * REPEATED
    assert next(phase for phase in report.phases if phase.op == "write").bytes == SIZE
    assert not any(zeros.content())


@pytest.mark.parametrize("taken", [0, 512, REPEATED - 512, REPEATED, REPEATED + 512, 2 * REPEATED - 1, 2 * REPEATED])
def test_a_short_request_is_completed_from_its_last_whole_buffer_on(zeros: Bench, taken: int) -> None:
    watched = Watched(lambda number, length: min(taken, length) if number == 2 else None)
    report = zeros.erase(port=port_of(zeros, watched))
    assert report.verdict is VerdictWord.ERASED
    assert next(phase for phase in report.phases if phase.op == "write").bytes == SIZE
    start, length = watched.vectors[1]
    assert any(
        offset == start + min(taken, length) // REPEATED * REPEATED
        for offset, _ in [*watched.singles, *watched.vectors]
    )
    assert not any(zeros.content())


@pytest.mark.parametrize("code", [errno.EIO, errno.EINTR, errno.EAGAIN, errno.EINVAL, errno.ENOMEM, errno.EOPNOTSUPP])
def test_a_request_that_fails_is_made_again_in_single_buffers(zeros: Bench, code: int) -> None:
    watched = Watched(lambda number, _length: -code if number == 2 else None)
    report = zeros.erase(port=port_of(zeros, watched))
    assert report.verdict is VerdictWord.ERASED
    start, length = watched.vectors[1]
    singly = [offset for offset, size in watched.singles if size == REPEATED]
    assert set(range(start, start + length, REPEATED)) <= set(singly)
    assert not any(zeros.content())


def test_a_drive_that_never_takes_a_large_request_is_erased_in_small_ones(zeros: Bench) -> None:
    watched = Watched(lambda _number, _length: -errno.EINVAL)
    assert zeros.erase(port=port_of(zeros, watched)).verdict is VerdictWord.ERASED
    assert not any(zeros.content())


@pytest.mark.parametrize("lba", [2 * MIB // 512, 30_000, 60_000, SIZE // 512 - 2])
def test_a_bad_sector_within_a_large_request_is_listed_alone(zeros: Bench, lba: int) -> None:
    report = zeros.with_faults(Fault(FaultKind.BAD_WRITE, lba, 1)).erase()
    assert report.verdict is VerdictWord.FAILED
    assert [(item.first, item.count) for item in report.bad.write] == [(lba, 1)]
    assert {reason.code for reason in report.reasons} >= {ReasonCode.WRITE_ERROR}
    assert next(phase for phase in report.phases if phase.op == "write").bytes == SIZE - 512


def test_writes_that_are_dropped_inside_a_large_request_are_found(zeros: Bench) -> None:
    full = replace(zeros, drive=replace(zeros.drive, contents=Contents.RANDOM))
    report = full.with_faults(Fault(FaultKind.DROP_WRITES, 50_000, 1)).erase()
    assert report.verdict is VerdictWord.FAILED
    assert [(item.first, item.count) for item in report.bad.mismatch] == [(50_000, 1)]


def test_a_stop_is_obeyed_between_two_large_requests(zeros: Bench) -> None:
    watched = Watched()
    with pytest.raises(RunInterrupted):
        zeros.erase(port=port_of(zeros, watched), stop=lambda: len(watched.vectors) == 2)
    reached = sum(watched.vectors[1])
    assert zeros.resume_point().offset == reached
    assert zeros.content()[reached : reached + MIB] != bytes(MIB)


@pytest.mark.parametrize(
    ("repeats", "elapsed", "following"),
    [
        (1, SHORT_NS - 1, 2),
        (VECTOR, 0, VECTOR),
        (8, SHORT_NS, 8),
        (8, LONG_NS, 8),
        (8, LONG_NS + 1, 4),
        (1, 90 * LONG_NS, 1),
    ],
)
def test_requests_fit_the_drive_so_that_a_stop_never_waits_long(repeats: int, elapsed: int, following: int) -> None:
    assert fitting(repeats, elapsed) == following


def test_a_slow_drive_gets_small_requests(zeros: Bench) -> None:
    watched = Watched()
    slow = replace(zeros, drive=replace(zeros.drive, bytes_per_second=2 * MIB))
    assert slow.erase(port=port_of(slow, watched)).verdict is VerdictWord.ERASED
    assert max((length for _, length in watched.vectors), default=0) <= 2 * MIB
