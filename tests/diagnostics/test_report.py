"""One diagnosis of the demo machine, from its tree to its letter."""

import json
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from diagnostics.checks import CheckOutcome, CheckResult, results_from
from diagnostics.diagnosis import diagnose
from diagnostics.errors import CheckRefused
from diagnostics.grading import grade_report

Document = dict[str, Any]
Make = Callable[..., Any]


def demo_checks(folder: Path) -> tuple[CheckResult, ...]:
    return results_from(tomllib.loads((folder / "benches/demo.toml").read_text("utf-8"))["checks"])


def without_floats(value: object) -> bool:
    if isinstance(value, dict):
        return all(isinstance(key, str) and without_floats(part) for key, part in value.items())
    if isinstance(value, list):
        return all(without_floats(part) for part in value)
    return value is None or isinstance(value, str | int)


def test_the_demo_laptop_is_graded_b_for_its_looks(fixtures_folder: Path, demo_drives: dict[str, Document]) -> None:
    laptop = fixtures_folder / "machines/demo-laptop"
    report = diagnose(laptop, [demo_drives["nvme-512"]], demo_checks(fixtures_folder))
    assert (report.grade.letter, [reason.code for reason in report.grade.reasons]) == ("B", ["grade.looks"])
    assert [str(drive.verdict) for drive in report.drives] == ["ok"]


def test_a_report_is_plain_json_without_floats_and_grades_again_to_the_same_letter(
    fixtures_folder: Path, demo_drives: dict[str, Document]
) -> None:
    report = diagnose(fixtures_folder / "machines/demo-laptop", demo_drives.values(), demo_checks(fixtures_folder))
    document = report.to_document()
    assert without_floats(document)
    assert set(document) == {"machine", "drives", "batteries", "checks", "untested", "checklist", "locks", "grade"}
    assert grade_report(json.loads(json.dumps(document))).to_document() == document["grade"]


def test_the_demo_drives_are_triaged_as_their_stories_say(demo_drives: dict[str, Document], tmp_path: Path) -> None:
    report = diagnose(tmp_path, demo_drives.values())
    told = dict(zip(demo_drives, (str(drive.verdict) for drive in report.drives), strict=True))
    assert told == {
        "nvme-512": "ok",
        "sata-hdd-160": "ok",
        "sata-hdd-320-bad-sectors": "review",
        "sata-hdd-500": "ok",
        "sata-ssd-120-drops-writes": "ok",
        "sata-ssd-240": "review",
        "usb-stick-64": "unknown",
    }


def test_a_machine_that_nobody_checked_is_not_graded_and_everything_open_is_named(fixtures_folder: Path) -> None:
    report = diagnose(fixtures_folder / "machines/demo-laptop")
    assert report.grade.letter == ""
    assert {"casing", "keyboard", "software"} <= set(report.grade.inputs.missing)
    assert "battery" not in report.to_document()["untested"]


def test_a_battery_that_the_bench_read_well_needs_no_person_and_a_doubtful_one_does(battery_tree: Make) -> None:
    sound = diagnose(battery_tree(), chassis="laptop")
    assert "battery" not in sound.grade.inputs.missing
    doubtful = diagnose(battery_tree("BAT1", energy_full_design=654_000_000), chassis="laptop")
    assert "battery" in doubtful.grade.inputs.missing


def test_a_person_can_correct_the_chassis_for_the_checklist(tmp_path: Path) -> None:
    ids = [row.check.id for row in diagnose(tmp_path, chassis="desktop").checks]
    assert "hinge-lid" not in ids
    assert "video-out" in ids


def test_a_camera_that_the_machine_has_cannot_be_declared_absent(fixtures_folder: Path) -> None:
    absent = CheckResult("camera", CheckOutcome.NOT_APPLICABLE, reason="not-fitted")
    with pytest.raises(CheckRefused, match="camera"):
        diagnose(fixtures_folder / "machines/demo-laptop", (), [absent])
