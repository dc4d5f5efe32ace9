"""Every bound of the shipped policy: at it, just below and just above; and the explanation that names them."""

from typing import Any

import pytest

from diagnostics.grading import GradeInputs, explanation, grade, grade_report, load_grade_policy

LETTERS = load_grade_policy().letters
BOUNDS = [
    (letter.letter, name, bound, step)
    for letter in LETTERS[:3]
    for name, bound, step in (
        ("function", letter.function, 1),
        ("looks", letter.looks, 1),
        ("battery", letter.battery_permille, 1),
    )
]


def reached(letter: str, name: str, value: int) -> bool:
    """Whether a machine that has just what the letter wants, but for one input, reaches it or better."""
    wanted = next(one for one in LETTERS if one.letter == letter)
    facts = {"function": wanted.function, "looks": wanted.looks, "battery": wanted.battery_permille, name: value}
    given = grade(GradeInputs(True, facts["function"], facts["looks"], facts["battery"], ())).letter
    return given <= letter


@pytest.mark.parametrize(("letter", "name", "bound", "step"), BOUNDS)
def test_a_bound_is_reached_at_it_and_above_it_and_missed_below_it(
    letter: str, name: str, bound: int, step: int
) -> None:
    assert [reached(letter, name, value) for value in (bound - step, bound, bound + step)] == [False, True, True]


@pytest.mark.parametrize("permille", [799, 649, 749])
def test_a_battery_just_below_a_bound_never_reads_as_the_bound(permille: int) -> None:
    (reason,) = grade(GradeInputs(True, 5, 9, permille, ())).reasons
    assert reason.values["value"] != reason.values["wanted"]


def test_the_explanation_names_every_input_with_its_source_and_every_rule_that_was_laid_on(graded_report: Any) -> None:
    report = graded_report(790, casing=("pass", "C4"), parts=("pass", "camera"))
    next(row for row in report["checks"] if row["id"] == "casing")["operator"] = "p-lou"
    report["batteries"][0]["name"] = "BAT0"
    document = grade_report(report, year=2026).to_document()
    lines = explanation(document)
    assert lines[:5] == (
        "Function: F5 (every function passed or does not apply)",
        "Looks: C4 (answer to “Casing and looks” by p-lou)",
        "Battery: 79 % (read by the bench from BAT0)",
        "Missing parts: camera (answer to “Missing parts”)",
        "Locks: Passed (answer to “No lock: BIOS password, remote lock, account of the former owner”)",
    )
    assert "A wants looks C5 or better; they are C4: not met" in lines
    assert "B wants no missing part; missing: camera: not met" in lines
    assert "C wants a battery of 65 % or more; it is at 79 %: met" in lines
    assert lines[-1] == "For reuse: grade C, one of A, B, C"
    assert document["letter"] == "C"
    assert {row["letter"] for row in document["rules"]} == {"A", "B", "C"}


def test_the_explanation_of_a_failed_function_names_the_check_and_who_answered(graded_report: Any) -> None:
    report = graded_report(wifi=("fail", ""))
    next(row for row in report["checks"] if row["id"] == "wifi")["operator"] = "p-lou"
    assert "Function: F3 (not passed: Wi-Fi)" in explanation(grade_report(report).to_document())


@pytest.mark.parametrize(
    "document",
    [
        {},
        {"inputs": [None, 7, {"input": [], "names": "x", "source": 3}], "rules": [{"held": "yes"}, "x"]},
        {"reasons": [{"code": "grade.of-tomorrow", "values": {"value": "a rule"}}, {"code": "grade.looks"}]},
        {"orientation": {"to": "moon", "reasons": [{"code": "orientation.letters"}]}},
    ],
)
def test_an_explanation_of_anything_is_words_and_never_an_exception(document: Any) -> None:
    assert all(isinstance(line, str) and line for line in explanation(document))


def test_an_old_grade_without_rules_is_explained_by_its_reasons() -> None:
    document = {"letter": "B", "reasons": [{"code": "grade.battery", "values": {"value": "77 %"}}]}
    assert explanation(document)[0] == "Battery at 77 % is below ?, wanted for ?"
