"""Where a machine should go: each rule of the shipped policy, its bound, and the reason that it tells."""

from typing import Any

import pytest

from diagnostics.grading import MalformedGradePolicy, grade_report, orientation_lines, read_grade_policy
from diagnostics.grading.policy import DEFAULT_POLICY


def proposal(report: Any, year: int | None = 2026) -> tuple[str, tuple[str, ...]]:
    given = grade_report(report, year=year).orientation
    return given.to, orientation_lines(given.to_document())[1]


def aged(report: Any, year: Any) -> Any:
    report["machine"]["year"] = year
    return report


def test_a_good_machine_is_for_reuse_because_of_its_letter(graded_report: Any) -> None:
    assert proposal(graded_report()) == ("reuse", ("grade A, one of A, B, C",))


@pytest.mark.parametrize(("made", "to"), [(2017, "reuse"), (2016, "reuse"), (2015, "weee")])
def test_more_than_ten_years_is_recycling_and_ten_is_not(graded_report: Any, made: int, to: str) -> None:
    assert proposal(aged(graded_report(), made))[0] == to
    assert proposal(aged(graded_report(), {"year": made, "source": "serial"}))[0] == to


@pytest.mark.parametrize("made", [None, "2001", True, 1066, 2099, {"year": "old"}, []])
def test_an_age_that_is_not_known_sends_nothing_to_recycling_and_is_named(graded_report: Any, made: Any) -> None:
    given = grade_report(aged(graded_report(), made), year=2026).orientation
    assert (given.to, given.unknown) == ("reuse", ("age",))


@pytest.mark.parametrize("unsure", [{"meaning": "not-before"}, {"doubt": True}])
def test_a_year_that_is_only_a_bound_or_in_doubt_sends_nothing_to_recycling(graded_report: Any, unsure: Any) -> None:
    given = grade_report(aged(graded_report(), {"year": 2009, "source": "processor", **unsure}), year=2026).orientation
    assert (given.to, given.unknown) == ("reuse", ("age",))


def test_a_machine_that_does_not_work_is_for_parts_and_a_damaged_one_for_recycling(graded_report: Any) -> None:
    broken = {"keyboard": ("fail", "")}
    assert proposal(graded_report(**broken)) == ("parts", ("function F0, where F0 or lower leads here",))
    assert proposal(graded_report(**broken, casing=("pass", "C2")))[0] == "parts"
    assert proposal(graded_report(**broken, casing=("pass", "C1")))[0] == "weee"


def test_a_locked_machine_is_for_parts(graded_report: Any) -> None:
    assert proposal(graded_report(locks=("fail", ""))) == ("parts", ("the machine is locked",))


def test_a_worn_battery_or_an_open_defect_is_repaired_and_reused(graded_report: Any) -> None:
    assert proposal(graded_report(300))[0] == "reuse"
    assert proposal(graded_report(wifi=("fail", ""))) == (
        "reuse",
        ("grade D, one of D", "function F3, where at least F3 is wanted"),
    )
    assert proposal(graded_report(casing=("pass", "C1")))[0] == "parts"


@pytest.mark.parametrize("chosen", ["reuse", "parts", "weee", "waste", "moon"])
def test_a_persons_choice_at_triage_comes_first(graded_report: Any, chosen: str) -> None:
    report = graded_report()
    report["checks"].append({"id": "triage", "role": "triage", "result": "pass", "value": chosen})
    to, reasons = proposal(report)
    assert to == (chosen if chosen in ("parts", "weee", "waste") else "reuse")
    assert (reasons == ("a person chose so at triage",)) == (chosen in ("parts", "weee", "waste"))


def test_what_is_not_tested_gets_no_proposal_and_names_what_is_missing(graded_report: Any) -> None:
    given = grade_report(graded_report(casing=("not-tested", ""))).orientation
    assert (given.to, given.unknown) == ("", ("age", "casing"))


@pytest.mark.parametrize("change", [('to = "waste"', 'to = "sea"'), ("locked = true", "locked = 1"),
                                    ('triage = "waste"', 'mood = "bad"'), ("locked = true", "")])  # fmt: skip
def test_an_orientation_that_cannot_be_meant_is_refused(change: tuple[str, str]) -> None:
    text = DEFAULT_POLICY.read_text("utf-8")
    assert change[0] in text
    with pytest.raises(MalformedGradePolicy):
        read_grade_policy(text.replace(*change).encode())
