"""A drive that erases itself is given up late, but it is given up."""

import pytest

from erasure.stall import LEAST_S, SILENT_S, SLACK_S, StallWatch, pace_of
from tests.erasure.simulated_bench import FakeClock

GB = 10**9


def watch(expected_s: int | None, size: int = 500 * GB, faster: int = 1) -> tuple[StallWatch, FakeClock]:
    clock = FakeClock(step_ns=0)
    return StallWatch(clock, expected_s, size, faster), clock


def test_a_drive_that_moves_within_its_estimate_is_left_alone() -> None:
    seen, clock = watch(7_200)
    for done in range(0, 65_536, 512):
        assert seen.verdict(done) == ""
        clock.sleep(7_200 / 128)


@pytest.mark.parametrize(("expected_s", "patience"), [(2, LEAST_S), (None, 762), (12 * 3600 * 24, 31_640)])
def test_without_any_progress_the_patience_ends(expected_s: int | None, patience: int) -> None:
    seen, clock = watch(expected_s)
    assert seen.verdict(655) == ""
    clock.sleep(patience - 1)
    assert seen.verdict(655) == ""
    clock.sleep(3)
    assert "at 655 of 65536" in seen.verdict(655)


def test_a_drive_of_many_hours_may_tell_whole_percents() -> None:
    seen, clock = watch(None, 18_000 * GB)
    for percent in range(100):
        for _ in range(108):  # ten seconds between two questions: 30 hours in all
            assert seen.verdict(percent * 65_536 // 100) == ""
            clock.sleep(10)


def test_a_drive_that_tells_no_progress_has_longer() -> None:
    seen, clock = watch(None)
    clock.sleep(SILENT_S - 1)
    assert seen.verdict(None) == ""
    clock.sleep(3)
    assert "an unknown part" in seen.verdict(None)


def test_progress_that_never_ends_ends_at_the_deadline() -> None:
    seen, clock = watch(600)
    for done in range(SLACK_S + 3 * 600):
        assert seen.verdict(done) == ""
        clock.sleep(1)
    clock.sleep(2)
    assert "still at work after" in seen.verdict(1)


def test_a_simulated_drive_lives_faster() -> None:
    seen, clock = watch(2, faster=pace_of(simulated=True))
    seen.verdict(655)
    clock.sleep(LEAST_S / 60 + 2)
    assert seen.verdict(655) != ""
    assert pace_of(simulated=False) == 1
