"""A drive that falls behind its own course, or its siblings, is told once; ordinary unevenness is not."""

from collections.abc import Iterable

import pytest

from erasure.events import Event, Notice
from erasure.progress import ProgressTeller
from erasure.slowness import OwnCourse, Siblings
from tests.erasure.simulated_bench import FakeClock

MB = 1_000_000
SECOND = 1_000_000_000


def course(rates: Iterable[int], phase: str = "write") -> list[tuple[int, str]]:
    """Tell one rate a second; return (second, what was said)."""
    own = OwnCourse()
    said = [(second, own.slow(phase, rate, (1 + second) * SECOND)) for second, rate in enumerate(rates)]
    return [(second, text) for second, text in said if text]


def test_a_fall_below_a_quarter_of_its_own_rate_is_told_once() -> None:
    assert course([200 * MB] * 90 + [49 * MB] * 90) == [(90, f"{49 * MB} bytes/s in phase write, {200 * MB} before")]


@pytest.mark.parametrize("later", [50, 100, 400])
def test_a_fall_that_inner_tracks_explain_is_not_told(later: int) -> None:
    assert course([200 * MB] * 90 + [later * MB] * 90) == []


def test_nothing_is_concluded_from_less_than_a_minute() -> None:
    assert course([200 * MB] * 30 + [10 * MB] * 29) == []


def test_a_drive_that_was_slow_from_the_start_is_not_slow_against_itself() -> None:
    assert course([MB] * 600) == []


def test_a_phase_is_compared_with_itself_alone() -> None:
    own = OwnCourse()
    for second in range(90):
        own.slow("write", 400 * MB, (1 + second) * SECOND)
    assert [own.slow("verify", 50 * MB, (91 + second) * SECOND) for second in range(90)] == [""] * 90


def test_a_run_that_becomes_slow_says_so_beside_its_progress() -> None:
    clock, events, done = FakeClock(step_ns=0), list[Event](), 0
    teller = ProgressTeller("run", 100_000 * MB, clock, events.append, {"write": 1, "verify": 0})
    for second in range(200):
        clock.ns += SECOND
        done += 200 * MB if second < 100 else 20 * MB
        teller.tell("write", done, 0)
    (notice,) = [event for event in events if isinstance(event, Notice)]
    assert (notice.run_id, notice.code) == ("run", "slow")
    assert "before" in notice.detail


def test_a_pause_is_no_slowness() -> None:
    clock, events, done = FakeClock(step_ns=0), list[Event](), 0
    teller = ProgressTeller("run", 100_000 * MB, clock, events.append, {"write": 1})
    for second in range(200):
        clock.ns += SECOND
        if second == 100:
            teller.notice("hot", "61 C")
            clock.ns += 600 * SECOND
            teller.notice("cooled", "55 C")
        done += 200 * MB
        teller.tell("write", done, 0)
    assert [event.code for event in events if isinstance(event, Notice)] == ["hot", "cooled"]


def side_by_side(rates: dict[str, int], model: str = "WD40", seconds: int = 60) -> list[tuple[int, str]]:
    """Let drives of one model work side by side; return (second, run) of everything that was said."""
    family = Siblings()
    said = []
    for second in range(seconds):
        for run, rate in rates.items():
            if family.slow(run, model, "write", rate, float(second)):
                said.append((second, run))
    return said


def test_a_drive_under_a_third_of_its_siblings_is_told_once() -> None:
    assert side_by_side({"a": 180 * MB, "b": 50 * MB, "c": 170 * MB, "d": 160 * MB}) == [(30, "b")]


def test_siblings_of_uneven_pace_are_not_told() -> None:
    assert side_by_side({"a": 180 * MB, "b": 70 * MB, "c": 170 * MB}) == []


def test_a_drive_of_another_model_is_no_sibling() -> None:
    family = Siblings()
    for second in range(60):
        assert family.slow("a", "SSD", "write", 500 * MB, float(second)) == ""
        assert family.slow("b", "USB", "write", 5 * MB, float(second)) == ""


def test_drives_without_a_model_are_no_siblings() -> None:
    assert side_by_side({"a": 500 * MB, "b": 5 * MB}, model="") == []


def test_a_sibling_at_other_work_or_gone_or_ended_is_not_compared() -> None:
    family = Siblings()
    for second in range(60):
        family.slow("verifying", "WD40", "verify", 200 * MB, float(second))
        family.slow("ended", "WD40", "write", 200 * MB, float(second))
        family.slow("gone", "WD40", "write", 200 * MB, float(min(second, 20)))
    family.forget("ended")
    for second in range(60):
        assert family.slow("b", "WD40", "write", 10 * MB, 40.0 + second) == ""


def test_nothing_is_said_of_the_first_seconds() -> None:
    assert side_by_side({"a": 180 * MB, "b": MB}, seconds=30) == []
