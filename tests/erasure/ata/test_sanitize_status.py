"""The answer of SANITIZE STATUS EXT, state by state."""

import pytest

from erasure.ata.sanitize_status import read
from erasure.ata.sense import AtaReply, decode
from erasure.ata.taskfile import SANITIZE_STATUS
from erasure.sanitizing import SanitizeState
from tests.erasure.ata.scripted import aborted, check, descriptor, good


@pytest.mark.parametrize(
    ("count", "state", "frozen", "antifrozen"),
    [
        (0x0000, SanitizeState.IDLE, False, False),
        (0x1000, SanitizeState.IDLE, False, True),
        (0x2000, SanitizeState.FROZEN, True, False),
        (0x4000, SanitizeState.RUNNING, False, False),
        (0x8000, SanitizeState.SUCCEEDED, False, False),
        (0xA000, SanitizeState.SUCCEEDED, True, False),
        (0xC000, SanitizeState.RUNNING, False, False),
        (0x00FF, SanitizeState.IDLE, False, False),
    ],
)
def test_the_state_stands_in_the_upper_half_of_count(
    count: int,
    state: SanitizeState,
    frozen: bool,  # noqa: FBT001
    antifrozen: bool,  # noqa: FBT001
) -> None:
    found = read(decode(good(count, 0xFFFF), SANITIZE_STATUS))
    assert (found.report.state, found.frozen, found.antifrozen) == (state, frozen, antifrozen)


def test_progress_is_counted_in_65536ths_and_only_while_it_runs() -> None:
    assert read(decode(good(0x4000, 0x123456), SANITIZE_STATUS)).report.progress == 0x3456
    assert read(decode(good(0x8000, 0x123456), SANITIZE_STATUS)).report.progress is None


@pytest.mark.parametrize(
    ("reason", "state"),
    [
        (0, SanitizeState.UNKNOWN),
        (1, SanitizeState.FAILED),
        (2, SanitizeState.UNKNOWN),
        (3, SanitizeState.FROZEN),
        (4, SanitizeState.UNKNOWN),
        (5, SanitizeState.UNKNOWN),
        (255, SanitizeState.UNKNOWN),
    ],
)
def test_an_abort_says_why(reason: int, state: SanitizeState) -> None:
    wire = descriptor(error=4, status=0x51, lba=reason, count=0x8000, key=0xB)
    assert read(decode(check(wire), SANITIZE_STATUS)).report.state is state
    assert read(decode(aborted(reason), SANITIZE_STATUS)).report.state is state


def test_nothing_is_unknown() -> None:
    assert read(AtaReply()).report.state is SanitizeState.UNKNOWN


def test_the_raw_words_are_kept() -> None:
    report = read(decode(good(0x4001, 0x28F), SANITIZE_STATUS)).report
    assert report.detail == "STATUS 50h ERROR 00h COUNT 4001h LBA 00000000028fh"
    assert bytes.fromhex(report.raw) == descriptor(count=0x4001, lba=0x28F)
