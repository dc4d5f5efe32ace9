"""A blocking lock that was read, and a battery that gave way under load, outweigh whatever a person ticked."""

from typing import Any

import pytest

from diagnostics.grading import explanation, grade_report
from diagnostics.locks import DriveLock, lock_by_security


def found(report: Any, weight: str) -> Any:
    report["machine"]["locks"] = {"findings": [{"code": "lock.absolute", "weight": weight, "values": {}}]}
    return report


def test_a_blocking_lock_that_was_read_outweighs_a_person_who_saw_none(graded_report: Any) -> None:
    given = grade_report(found(graded_report(), "blocks"))
    assert (given.letter, given.orientation.to) == ("", "parts")
    told = "Locks: Failed (a lock that blocks reuse was found: it stands first in the report)"
    assert told in explanation(given.to_document())


def test_a_lock_that_was_read_needs_no_answer_of_a_person(graded_report: Any) -> None:
    given = grade_report(found(graded_report(locks=("not-tested", "")), "blocks"))
    assert (given.inputs.locked, given.inputs.missing) == (True, ())


@pytest.mark.parametrize("weight", ["look", "ask", "info", None, 7])
def test_a_finding_of_less_weight_leaves_the_answer_of_the_person(graded_report: Any, weight: Any) -> None:
    assert grade_report(found(graded_report(), weight)).letter == "A"
    assert grade_report(found(graded_report(locks=("not-tested", "")), weight)).inputs.missing == ("locks",)


@pytest.mark.parametrize("answer", ["pass", "not-tested", "na"])
def test_a_battery_that_gave_way_counts_as_none_whatever_it_says_of_itself(graded_report: Any, answer: str) -> None:
    report = graded_report(990, battery_check=(answer, "")) | {"battery_discharge": [{"outcome": "gives-way"}]}
    given = grade_report(report)
    assert (given.letter, given.inputs.battery_permille) == ("D", 0)
    assert "Battery: 0 % (measured under load: the battery gave way)" in explanation(given.to_document())


def test_a_gauge_that_stood_still_waits_for_a_person(graded_report: Any) -> None:
    measured = {"battery_discharge": [{"outcome": "holds"}, {"outcome": "gauge-stuck"}]}
    assert grade_report(graded_report(900) | measured).inputs.missing == ("battery",)
    assert grade_report(graded_report(900, battery_check=("pass", "")) | measured).letter == "A"


def test_a_measurement_within_the_check_counts_too(graded_report: Any) -> None:
    report = graded_report(990, battery_check=("pass", ""))
    next(row for row in report["checks"] if row["id"] == "battery")["evidence"] = {"outcome": "gives-way"}
    assert grade_report(report).inputs.battery_permille == 0


@pytest.mark.parametrize("nonsense", [None, 7, "x", [7], [{"outcome": 7}], {"outcome": "gives-way"}])
def test_what_is_no_measurement_changes_nothing(graded_report: Any, nonsense: Any) -> None:
    assert grade_report(graded_report(900) | {"battery_discharge": nonsense}).letter == "A"


@pytest.mark.parametrize(
    ("words", "state"),
    [
        ("Disabled, NOT FROZEN [SEC1]", "none"),
        ("ENABLED, PW level HIGH, not locked, frozen [SEC6]", "password-set"),
        ("ENABLED, PW level MAX, **LOCKED** [SEC4]", "locked"),
    ],
)
def test_the_password_of_a_drive_is_read_out_of_smartctls_words(words: str, state: str) -> None:
    assert lock_by_security("DEMO-1", words) == DriveLock("DEMO-1", "ata", state)


@pytest.mark.parametrize("words", ["", "Unavailable", "Feature Set not supported", "\0"])
def test_words_that_tell_of_no_password_tell_of_no_lock(words: str) -> None:
    assert lock_by_security("DEMO-1", words) is None
