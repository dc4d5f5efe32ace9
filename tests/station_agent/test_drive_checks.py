"""Self-tests and reading speed in the checks: beside others, never under an erase, nothing passed that broke off."""

import threading
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from diagnostics.checks import CheckOutcome, CheckResult, accept, checklist, results_from
from diagnostics.errors import CheckRefused, NotResponding
from diagnostics.self_test import SelfTestKind, SelfTestOutcome, SelfTestResult
from diagnostics.stress.course import Course, Ending
from diagnostics.stress.drive_reading import BLOCK, DriveSpeed
from station_agent.checks import pictures
from station_agent.checks.answers import Answers
from station_agent.checks.desk import BROKEN_OFF, HOW, LIST, STILL, Desk
from station_agent.checks.drive_jobs import of_speed, read_drives, try_drives
from station_agent.checks.drives_at_hand import ASK_EVERY_S, DriveAtHand, patiently, watched
from station_agent.checks.kept import KeptAnswers
from station_agent.checks.measured import measured_members
from station_agent.checks.pages import page_of
from station_agent.checks.speed_graph import graph
from station_agent.language import voice

WHEN = "2026-11-22T06:00:00Z"
FAULT = 7_654_321


def drive(outcome: str = "passed", *, erasing: bool = False, speed: DriveSpeed | None = None) -> DriveAtHand:
    block = FAULT if outcome == "failed" else None
    result = SelfTestResult(SelfTestKind.SHORT, SelfTestOutcome(outcome), 95, first_error_lba=block)
    read = speed or at_speed((200_000, 150_000, 100_000))
    return DriveAtHand("DEMO", "S-0001", lambda: erasing, lambda _course, _told: result, lambda _course: read)


def at_speed(
    points: tuple[int, ...], ending: Ending = Ending.DONE, bad: tuple[int, ...] = (), slow: tuple[int, ...] = ()
) -> DriveSpeed:
    size = len(points) * BLOCK
    return DriveSpeed(ending, 9, size, size, 1, 1, 1, 9, len(slow), bad, slow, points)


def session(folder: Path, *drives: DriveAtHand) -> Desk:
    answers = Answers("laptop", frozenset(), KeptAnswers(folder, "m"), lambda: WHEN, "op-1")
    return Desk(answers, replace(pictures._means(), root=folder, drives=lambda: drives))


def done(desk: Desk, check: str) -> Desk:
    desk.place = next(place for place, entry in enumerate(desk.answers.checks) if entry.id == check)
    desk.state = LIST
    desk.press("enter")
    desk.press("enter")
    desk.jobs[check].wait(5)
    desk.tick()
    return desk


def test_self_tests_and_speeds_reach_the_report_through_the_kept_answers(tmp_path: Path) -> None:
    desk = session(tmp_path, drive("failed"))
    for check, key in (("drive-self-test", "f"), ("drive-read", "p")):
        done(desk, check).press(key)
    members = measured_members(KeptAnswers(tmp_path, "m").read())
    assert members["self_tests"] == [
        {
            "drive": {"model": "DEMO", "serial": "S-0001"},
            "kind": "short",
            "started": WHEN,
            "ended": WHEN,
            "minutes": 2,
            "outcome": "failed",
            "first_error_lba": FAULT,
        }
    ]
    (row,) = members["read_benchmark"]
    assert (row["unit"], row["points"], row["min"], row["median"], row["max"], row["aborted"]) == (
        "MB/s", [200, 150, 100], 100, 150, 200, False,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("drives", "proposal", "rows"),
    [
        ((drive("passed"), drive("passed")), CheckOutcome.PASS, 2),
        ((drive("passed"), drive("failed")), CheckOutcome.FAIL, 2),
        ((drive("passed"), drive("unknown")), None, 2),
        ((drive("passed"), drive("passed", erasing=True)), None, 1),  # one of the two told nothing
        ((drive("passed", erasing=True),), None, 0),
        ((), None, 0),
    ],
)
def test_passed_needs_every_drive_and_a_drive_under_erasure_is_left_alone(
    drives: tuple[DriveAtHand, ...], proposal: CheckOutcome | None, rows: int
) -> None:
    found = try_drives(drives, lambda: WHEN, Course(60))
    assert (found.proposal, len(found.evidence.get("self_tests", ()))) == (proposal, rows)
    read = read_drives(drives, Course(60))
    assert len(read.evidence.get("read_benchmark", ())) == rows
    assert bool(found.notice) == bool(read.notice) == (not rows)
    assert (read.proposal is CheckOutcome.PASS) == (rows == len(drives) > 0)


def test_a_drive_that_cannot_be_asked_is_said_and_passes_nothing() -> None:
    def refused(*_: object) -> SelfTestResult:
        raise NotResponding("smartctl did not answer")

    dying = replace(drive(), test=refused, read=refused)  # type: ignore[arg-type]
    found = try_drives([dying], lambda: WHEN, Course(60))
    assert (found.facts[0][1], found.proposal) == ("refused", None)
    assert found.evidence["self_tests"][0]["detail"] == "smartctl did not answer"
    read = read_drives([dying], Course(60))
    assert (read.facts[0][1], read.proposal, bool(read.notice)) == ("refused", None, True)


@pytest.mark.parametrize(
    ("speed", "proposal"),
    [
        (at_speed((1000, 1000)), CheckOutcome.PASS),
        (at_speed((1000, 0), bad=(BLOCK,)), CheckOutcome.FAIL),
        (at_speed((1000, 900), slow=(BLOCK,)), None),
        (at_speed((1000,), Ending.ABORTED), None),
        (at_speed((1000,), Ending.TIME_LIMIT), None),
    ],
)
def test_a_reading_speaks_only_for_what_it_saw(speed: DriveSpeed, proposal: CheckOutcome | None) -> None:
    assert read_drives([drive(speed=speed)], Course(60)).proposal is proposal


def test_a_long_test_that_runs_or_was_broken_off_is_never_passed(tmp_path: Path) -> None:
    begun = threading.Event()

    def long(course: Course, _told: object) -> SelfTestResult:
        begun.set()
        patiently(course, 60)
        return SelfTestResult(SelfTestKind.SHORT, SelfTestOutcome.ABORTED, 1)

    desk = session(tmp_path, replace(drive(), test=long))
    desk.place = next(place for place, entry in enumerate(desk.answers.checks) if entry.id == "drive-self-test")
    desk.state = LIST
    for key in ("enter", "enter"):
        desk.press(key)
    assert begun.wait(5)
    desk.press("p")
    assert (desk.notice, desk.answers.given) == (STILL, [])
    assert "break off" in {action.words for action in page_of(desk, voice("en", {}), "").actions}
    desk.press("a")
    desk.jobs["drive-self-test"].wait(5)
    desk.tick()
    desk.press("p")
    assert (desk.state, desk.notice, desk.answers.given) == (HOW, BROKEN_OFF, [])
    desk.press("f")
    assert desk.answers.given[-1].outcome is CheckOutcome.FAIL


def test_a_key_that_comes_before_the_next_look_passes_nothing_that_was_broken_off(tmp_path: Path) -> None:
    """A line of input waits for no tick: the test ended between two looks."""

    def long(course: Course, _told: object) -> SelfTestResult:
        patiently(course, 60)
        return SelfTestResult(SelfTestKind.SHORT, SelfTestOutcome.ABORTED, 1)

    desk = session(tmp_path, replace(drive(), test=long))
    desk.place = next(place for place, entry in enumerate(desk.answers.checks) if entry.id == "drive-self-test")
    desk.state = LIST
    for key in ("enter", "enter", "a"):
        desk.press(key)
    desk.jobs["drive-self-test"].wait(5)
    desk.press("p")
    assert (desk.state, desk.notice, desk.answers.given) == (HOW, BROKEN_OFF, [])


@pytest.mark.parametrize("check", ["memory", "cpu-load", "drive-self-test", "drive-read"])
def test_evidence_of_a_broken_off_test_cannot_stand_under_passed(check: str) -> None:
    entry = next(one for one in checklist("laptop") if one.id == check)
    with pytest.raises(CheckRefused, match="broken off"):
        accept(entry, CheckResult(check, CheckOutcome.PASS, evidence={"ending": "aborted"}))
    whole = CheckResult(check, CheckOutcome.PASS, evidence={"ending": "done"})
    assert accept(entry, whole) is whole


def test_an_erase_that_begins_meanwhile_ends_the_reading_and_is_asked_for_seldom() -> None:
    now, asked = [0.0], list[float]()

    def erasing() -> bool:
        asked.append(now[0])
        return True

    course = watched(Course(600, clock=lambda: now[0]), erasing)
    assert [course.aborted() for _ in range(3)] == [False] * 3
    now[0] = ASK_EVERY_S
    assert (course.aborted(), asked) == (True, [ASK_EVERY_S])


def test_the_picture_marks_slow_and_unreadable_places_with_signs() -> None:
    speed = at_speed((100_000,) * 30 + (0,) + (1_000,) * 2 + (50_000,) * 31, bad=(30 * BLOCK,), slow=(32 * BLOCK,))
    lines = ["".join(segment.text for segment in line) for line in graph(speed, wide=64)]
    assert lines[0].startswith("   100 MB/s │" + "█" * 30 + " ")
    assert lines[-1].partition("└")[2] == "─" * 30 + "X─!" + "─" * 31
    assert graph(at_speed(())) == ()


@pytest.mark.parametrize("points", [(0,), (1,), (10**9,) * 200, (0,) * 128])
def test_any_points_are_drawn_and_told(points: tuple[int, ...]) -> None:
    speed = at_speed(points)
    assert {len(line) for line in graph(speed)} == {3}
    row = of_speed(speed)
    assert len(row["points"]) == len(points)
    assert (row["median"] is None) == (not any(points))


def test_tables_in_evidence_are_kept_to_a_depth() -> None:
    deep: object = "x"
    for _ in range(9):
        deep = {"a": [deep]}
    rows: list[dict[str, object]] = [{"id": "wifi", "result": "pass", "evidence": {"d": deep, "n": None, "f": 1.5}}]
    (result,) = results_from(rows)
    assert (result.evidence["n"], result.evidence["f"]) == (None, "1.5")
    assert str(result.evidence["d"]).startswith("{'a': [{'a': [\"{'a'")


@pytest.mark.parametrize("evidence", [{}, {"self_tests": 7}, {"self_tests": ["x"]}, {"self_tests": []}])
def test_an_answer_that_measured_nothing_takes_no_earlier_measurement_away(evidence: dict[str, object]) -> None:
    row: Callable[[dict[str, object]], CheckResult] = lambda given: CheckResult(  # noqa: E731 - a short name
        "drive-self-test", CheckOutcome.PASS, evidence=given
    )
    assert measured_members([row({"self_tests": [{"kind": "short"}]}), row(evidence)]) == {
        "self_tests": [{"kind": "short"}]
    }
    assert measured_members([row(evidence)]) == {}
