"""The grade policy at its bounds: each input moves the letter, and a missing one gives none and names its check."""

import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from diagnostics.grading import (
    GradeInputs,
    MalformedGradePolicy,
    grade,
    grade_report,
    inputs_of,
    load_grade_policy,
)

Document = dict[str, Any]
Make = Callable[..., Any]


def inputs(
    function: int = 5,
    looks: int = 5,
    battery: int | None = 800,
    parts: tuple[str, ...] = (),
    *,
    has_battery: bool = True,
) -> GradeInputs:
    return GradeInputs(has_battery, function, looks, battery, parts)


@pytest.mark.parametrize(
    ("function", "looks", "battery", "parts", "letter"),
    [
        (5, 5, 800, (), "A"), (6, 9, 1000, (), "A"), (5, 5, 799, (), "B"), (5, 4, 800, (), "B"), (5, 4, 750, (), "B"),
        (5, 4, 749, (), "C"), (5, 3, 650, (), "C"), (5, 3, 649, (), "D"), (5, 2, 800, (), "D"), (4, 9, 1000, (), "D"),
        (0, 1, 0, (), "D"), (5, 5, 800, ("camera",), "C"), (5, 5, 800, ("camera", "wifi-card"), "C"),
        (5, 5, 800, ("charger",), "D"), (5, 5, 800, ("an unlisted thing",), "D"),
    ],
)  # fmt: skip
def test_bounds_are_inclusive(function: int, looks: int, battery: Any, parts: tuple[str, ...], letter: str) -> None:
    assert grade(inputs(function, looks, battery, parts)).letter == letter


def test_a_machine_without_a_battery_is_not_judged_by_one() -> None:
    assert grade(inputs(battery=None, has_battery=False)).letter == "A"


def test_the_reason_tells_what_kept_the_machine_from_the_letter_above() -> None:
    (reason,) = grade(inputs(battery=799)).reasons
    assert reason.code == "grade.battery"
    assert reason.values == {"value": "79 %", "wanted": "80 %", "letter": "A"}


def test_the_best_letter_says_that_everything_is_met() -> None:
    assert [reason.code for reason in grade(inputs()).reasons] == ["grade.met"]


def test_a_grade_keeps_name_version_and_hash_of_its_policy() -> None:
    document, policy = grade(inputs()).to_document(), load_grade_policy()
    assert (document["policy"], document["policy_version"]) == ("etabli-example", 2)
    assert document["policy_sha256"] == policy.sha256
    assert len(policy.sha256) == 64


def test_a_report_in_which_all_is_known_and_good_earns_an_a(graded_report: Make) -> None:
    result = grade_report(graded_report())
    assert (result.letter, result.inputs.function, result.inputs.looks) == ("A", 5, 6)


@pytest.mark.parametrize("name", ["casing", "parts", "locks", "software", "wifi", "keyboard"])
def test_a_missing_check_gives_no_letter_and_is_named(graded_report: Make, name: str) -> None:
    result = grade_report(graded_report(**{name: ("not-tested", "")}))
    assert (result.letter, result.inputs.missing) == ("", (name,))
    assert [dict(reason.values) for reason in result.reasons] == [{"check": name}]


@pytest.mark.parametrize(
    "report", [{}, {"checks": None, "machine": 7, "batteries": "x"}, {"checks": [None, {"id": "x"}]}]
)
def test_a_report_that_says_nothing_gets_no_letter_and_never_raises(report: Any) -> None:
    assert grade_report(report).letter == ""


def test_looks_that_were_not_assessed_are_missing(graded_report: Make) -> None:
    assert inputs_of(graded_report(casing=("pass", "C0"))).missing == ("casing",)


@pytest.mark.parametrize(
    ("answers", "function"),
    [
        ({}, 5),
        ({"software": ("fail", "")}, 4),
        ({"software": ("na", "")}, 4),
        ({"wifi": ("na", "")}, 5),
        ({"wifi": ("fail", "")}, 3),
        ({"keyboard": ("fail", "")}, 0),
        ({"keyboard": ("fail", ""), "wifi": ("not-tested", "")}, 0),
        ({"wifi": ("fail", ""), "camera": ("not-tested", "")}, None),
    ],
)
def test_the_function_level_follows_from_the_checks(graded_report: Make, answers: Document, function: int) -> None:
    assert inputs_of(graded_report(**answers)).function == function


def test_a_locked_machine_gets_no_letter(graded_report: Make) -> None:
    result = grade_report(graded_report(locks=("fail", "")))
    assert (result.letter, [reason.code for reason in result.reasons]) == ("", ["grade.locked"])


@pytest.mark.parametrize(
    ("result", "value", "expected"),
    [
        ("pass", "", ()),
        ("pass", "camera, keys", ("camera", "keys")),
        ("fail", "charger", ("charger",)),
        ("fail", "", None),
    ],
)
def test_missing_parts_are_a_list_and_failing_without_naming_one_is_no_answer(
    graded_report: Make, result: str, value: str, expected: Any
) -> None:
    assert inputs_of(graded_report(parts=(result, value))).missing_parts == expected


@pytest.mark.parametrize(
    ("battery", "state", "answer", "expected"),
    [
        (840, "ok", ("not-tested", ""), 840),
        (1000, "suspect", ("not-tested", ""), None),
        (1000, "suspect", ("pass", ""), 1000),
        (1000, "ok", ("fail", ""), 0),
        (None, "ok", ("not-tested", ""), None),
        (None, "ok", ("na", ""), 0),
        (0, "absent", ("not-tested", ""), 0),
        (None, "unknown", ("pass", ""), None),
    ],
)
def test_a_doubtful_battery_counts_only_after_a_person_confirmed_it(
    graded_report: Make, battery: Any, state: str, answer: Any, expected: Any
) -> None:
    assert inputs_of(graded_report(battery, state=state, battery_check=answer)).battery_permille == expected


def test_of_two_batteries_the_worse_counts_and_an_unknown_one_is_missing(graded_report: Make) -> None:
    report = graded_report()
    report["batteries"] = [{"state": "ok", "health_permille": 900}, {"state": "ok", "health_permille": 640}]
    assert inputs_of(report).battery_permille == 640
    report["batteries"].append({"state": "unknown", "health_permille": None})
    assert inputs_of(report).missing == ("battery",)


def test_an_unknown_chassis_is_judged_as_strictly_as_a_laptop(graded_report: Make) -> None:
    assert inputs_of(graded_report(None, chassis="")).missing == ("battery",)
    assert inputs_of(graded_report(None, chassis="desktop")).missing == ()


@pytest.mark.parametrize("text", ["", 'name = "x"', 'name = "x"\nversion = 1\nparts = []\nletters = []'])
def test_a_malformed_policy_is_refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / "malformed-policy.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(MalformedGradePolicy, match="malformed-policy"):
        load_grade_policy(path)


@pytest.mark.parametrize("change", [('"any"', '"some"'), ('letter = "B"', 'letter = "A"')])
def test_a_policy_that_contradicts_itself_is_refused(tmp_path: Path, change: tuple[str, str]) -> None:
    from diagnostics.grading import DEFAULT_POLICY

    path = tmp_path / "policy.toml"
    path.write_text(DEFAULT_POLICY.read_text("utf-8").replace(*change), encoding="utf-8")
    with pytest.raises(MalformedGradePolicy):
        load_grade_policy(path)


def test_a_site_can_have_its_own_policy(tmp_path: Path) -> None:
    from diagnostics.grading import DEFAULT_POLICY

    stricter = DEFAULT_POLICY.read_text("utf-8").replace("battery_permille = 800", "battery_permille = 900")
    path = tmp_path / "site.toml"
    path.write_text(stricter, encoding="utf-8")
    assert grade(inputs(battery=899), load_grade_policy(path)).letter == "B"


@pytest.mark.world
def test_the_hub_can_import_grading_without_the_rest_of_the_library() -> None:
    program = (
        "import sys, diagnostics.grading; print([name for name in sys.modules if name.startswith('diagnostics.')])"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, timeout=60)
    loaded = set(re.findall(r"diagnostics\.(\w+)", done.stdout))
    words = {"wording", "machine_wording", "measured_wording"}  # sentences, and no import of their own
    assert loaded == {"grading"} | words
