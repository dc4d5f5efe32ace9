"""A read-back in two lanes finds what one lane finds, and no two threads share the working memory of a pattern."""

import threading
from dataclasses import replace
from typing import Any

import pytest

from erasure.buffers import CHUNK
from erasure.keystream import Keystream
from erasure.outcome import LbaRange, VerdictWord
from erasure.pattern import Zeros
from erasure.simulated import Fault, FaultKind, SimulatedBlockDrive
from tests.erasure.simulated_bench import Bench

PER_CHUNK = CHUNK // 512
PIECES = 9
SIZE = PIECES * CHUNK + 512
BOTH = pytest.mark.parametrize("method", ["overwrite.keystream", "overwrite.zeros"])


@pytest.fixture
def two_lanes(large_bench: Bench, monkeypatch: pytest.MonkeyPatch) -> Bench:
    monkeypatch.setattr(SimulatedBlockDrive, "abreast", 2)
    return replace(large_bench, drive=replace(large_bench.drive, size_bytes=SIZE))


def ranges(found: tuple[LbaRange, ...]) -> list[tuple[int, int]]:
    return [(item.first, item.count) for item in found]


@BOTH
def test_a_faultless_drive_is_erased(two_lanes: Bench, method: str) -> None:
    report = replace(two_lanes, method=method).erase()
    assert report.verdict is VerdictWord.ERASED
    assert report.verification.sectors == SIZE // 512


def test_what_differs_in_either_lane_is_listed_exactly(two_lanes: Bench) -> None:
    places = [(number * PER_CHUNK + 10 * number, 1 + number) for number in range(PIECES)] + [(SIZE // 512 - 1, 1)]
    report = two_lanes.with_faults(*(Fault(FaultKind.STALE_READS, *place) for place in places)).erase()
    assert report.verdict is VerdictWord.FAILED
    assert ranges(report.bad.mismatch) == places
    assert (report.verification.nonmatching, report.verification.unreadable) == (sum(n for _, n in places), 0)


def test_what_cannot_be_read_in_one_lane_and_differs_in_the_other_is_told_apart(two_lanes: Bench) -> None:
    dark, stale = (PER_CHUNK + 5, 2), (2 * PER_CHUNK + 7, 3)
    report = two_lanes.with_faults(Fault(FaultKind.BAD_READ, *dark), Fault(FaultKind.STALE_READS, *stale)).erase()
    assert report.verdict is VerdictWord.FAILED
    assert (ranges(report.bad.read), ranges(report.bad.mismatch)) == ([dark], [stale])
    assert report.verification.sectors == SIZE // 512 - 2


def test_a_drive_that_leaves_in_the_middle_of_a_read_back_is_lost_from_where_nobody_looked(two_lanes: Bench) -> None:
    report = two_lanes.with_faults(Fault(FaultKind.VANISH, after_bytes=SIZE, after_read_bytes=4 * CHUNK)).erase()
    assert report.verdict is VerdictWord.FAILED
    (lost,) = ranges(report.bad.read)
    assert sum(lost) == SIZE // 512
    assert report.verification.sectors == lost[0]


@BOTH
def test_each_pattern_compares_for_one_thread_only(
    two_lanes: Bench, method: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What a pattern is compared with lies in its own memory: two threads in it would compare with each other's."""
    users: dict[int, set[int]] = {}
    kept: list[Any] = []
    for kind in (Keystream, Zeros):

        def noting(pattern: Any, buffer: memoryview, offset: int, matches: Any = kind.matches) -> bool:
            kept.append(pattern)  # no other one may get its number
            users.setdefault(id(pattern), set()).add(threading.get_ident())
            return bool(matches(pattern, buffer, offset))

        monkeypatch.setattr(kind, "matches", noting)
    assert replace(two_lanes, method=method).erase().verdict is VerdictWord.ERASED
    assert len(users) == 2
    assert all(len(threads) == 1 for threads in users.values())
    assert len(set().union(*users.values())) == 2
