"""Guided checks: which are asked, which answers are refused, what is still open."""

from pathlib import Path

import pytest

from diagnostics.checks import (
    CheckOutcome,
    CheckResult,
    GuidedCheck,
    accept,
    answer,
    checklist,
    checklist_version,
    found_devices,
    results_from,
    without_result,
)
from diagnostics.errors import CheckRefused, PolicyError
from diagnostics.machine import read_machine

CHASSIS = ("laptop", "desktop", "all-in-one", "tablet", "server")


def the(check: str, chassis: str = "laptop") -> GuidedCheck:
    return next(entry for entry in checklist(chassis) if entry.id == check)


@pytest.mark.parametrize("chassis", CHASSIS)
def test_every_chassis_is_asked_for_locks_parts_looks_and_software(chassis: str) -> None:
    roles = [entry.role for entry in checklist(chassis)]
    assert [roles.count(role) for role in ("locks", "parts", "looks", "software")] == [1, 1, 1, 1]
    assert any(entry.key for entry in checklist(chassis))


def test_a_desktop_is_not_asked_for_its_lid_and_a_laptop_is() -> None:
    assert "hinge-lid" in {entry.id for entry in checklist("laptop")}
    assert "hinge-lid" not in {entry.id for entry in checklist("desktop")}


def test_an_unknown_chassis_gets_the_list_of_a_laptop() -> None:
    assert checklist("") == checklist("laptop")


def test_a_check_without_an_answer_is_not_tested_and_named() -> None:
    answers = answer("desktop", [CheckResult("audio", CheckOutcome.PASS)])
    assert "audio" not in without_result(answers)
    assert set(without_result(answers)) == {entry.id for entry in checklist("desktop")} - {
        "audio",
        "triage",
        "drive-self-test",
        "drive-read",
    }


def test_the_last_answer_counts_and_the_earlier_ones_are_counted() -> None:
    results = [CheckResult("wifi", CheckOutcome.FAIL), CheckResult("wifi", CheckOutcome.PASS)]
    (row,) = [row for row in answer("laptop", results) if row.check.id == "wifi"]
    assert (row.result.outcome, row.attempts) == (CheckOutcome.PASS, 2)


@pytest.mark.parametrize("reason", ["", "because"])
def test_not_applicable_needs_a_reason_from_the_list(reason: str) -> None:
    with pytest.raises(CheckRefused, match="reasons"):
        accept(the("fingerprint"), CheckResult("fingerprint", CheckOutcome.NOT_APPLICABLE, reason=reason))


def test_not_applicable_is_refused_where_the_machine_has_such_a_device(fixtures_folder: Path) -> None:
    found = found_devices(read_machine(fixtures_folder / "machines/demo-laptop"), batteries=1)
    assert found == {"camera", "panel", "wifi", "bluetooth", "ethernet", "battery"}
    absent = CheckResult("camera", CheckOutcome.NOT_APPLICABLE, reason="not-fitted")
    with pytest.raises(CheckRefused, match="has such a device"):
        accept(the("camera"), absent, found)
    assert accept(the("camera"), absent, found - {"camera"}) is absent


@pytest.mark.parametrize("value", ["", "good", "C", "C10", "D4"])
def test_the_looks_are_one_of_c0_to_c9(value: str) -> None:
    with pytest.raises(CheckRefused, match="C0 to C9"):
        accept(the("casing"), CheckResult("casing", CheckOutcome.PASS, value=value))


def test_answers_of_a_bench_file_are_read_and_an_unknown_result_is_refused() -> None:
    (row,) = results_from([{"id": "camera", "result": "na", "reason": "not-fitted", "operator": "A. Demo"}])
    assert (row.outcome, row.reason, row.operator) == (CheckOutcome.NOT_APPLICABLE, "not-fitted", "A. Demo")
    with pytest.raises(CheckRefused, match="unknown result"):
        results_from([{"id": "camera", "result": "perhaps"}])


def test_a_malformed_checklist_is_refused(tmp_path: Path) -> None:
    twice = '[[checks]]\nid = "a"\nchassis = ["laptop"]\nrole = "function"\nkey = true\nseconds = 1\n' * 2
    short = '[[checks]]\nid = "a"\n'
    for name, text in {"broken": "= ", "short": f"version = 1\n{short}", "twice": f"version = 1\n{twice}"}.items():
        path = tmp_path / f"{name}.toml"
        path.write_text(text, encoding="utf-8")
        with pytest.raises(PolicyError, match=name):
            checklist("laptop", path)
    (tmp_path / "none.toml").write_text("checks = []", encoding="utf-8")
    with pytest.raises(PolicyError, match="no version"):
        checklist_version(tmp_path / "none.toml")
