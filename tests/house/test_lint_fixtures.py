"""A bench file that breaks the schema or points at nothing is found."""

import json
from pathlib import Path

import pytest

from tests.lint import fixtures

SCHEMA = {
    "type": "object",
    "required": ["name"],
    "properties": {"name": {"type": "string"}, "drives": {"type": "array"}, "machine": {"type": "object"}},
    "additionalProperties": False,
    "$defs": {
        "driveFixture": {"type": "object", "required": ["bus"]},
        "expectedFixture": {"type": "object", "required": ["plan"]},
        "machineFixture": {"type": "object", "required": ["chassis"]},
        "machineReport": {"type": "object", "required": ["notes"]},
    },
}


@pytest.fixture
def house(tmp_path: Path) -> Path:
    house = tmp_path / "hardware-fixtures"
    for folder in ("benches", "drives/hdd", "machines/laptop"):
        (house / folder).mkdir(parents=True)
    (house / "bench.schema.json").write_text(json.dumps(SCHEMA))
    (house / "drives/hdd/drive.toml").write_text('bus = "ata"\nsmartctl = "smartctl.json"\n')
    (house / "drives/hdd/expected.toml").write_text('plan = "x"\n')
    (house / "drives/hdd/smartctl.json").write_text('{"smartctl": {}}')
    (house / "machines/laptop/machine.toml").write_text('name = "laptop"\nchassis = "laptop"\n')
    (house / "machines/laptop/report.toml").write_text("notes = []\n")
    (house / "benches/demo.toml").write_text('name = "demo"\ndrives = [{name = "sda", fixture = "drives/hdd"}]\n')
    return house


def test_a_sound_house_has_no_problem(house: Path) -> None:
    assert fixtures.problems(house.parent) == []


@pytest.mark.parametrize(
    ("path", "content", "told"),
    [
        ("benches/demo.toml", 'name = "x"\nspeed = 1\n', "Additional properties"),
        ("benches/demo.toml", 'name = "x"\ndrives = [{name = "a", fixture = "drives/none"}]\n', "no folder"),
        ("benches/demo.toml", 'name = "x"\ndrives = [{name = "a"}, {name = "a"}]\n', "two drives are called a"),
        ("benches/demo.toml", 'name = "x"\nmachine = {fixture = "machines/none"}\n', "no folder"),
        ("drives/hdd/drive.toml", 'bus = "ata"\nsmartctl = "lost.json"\n', "no file lost.json"),
        ("drives/hdd/drive.toml", 'bus = "ata"\ntranscript = "lost.jsonl"\n', "no file lost.jsonl"),
        ("drives/hdd/drive.toml", 'bus = "ata"\ntranscript = "smartctl.json"\n', "cannot be replayed: line 1"),
        ("drives/hdd/drive.toml", 'model = "x"\n', "'bus' is a required property"),
        ("drives/hdd/expected.toml", 'facts = "x"\n', "'plan' is a required property"),
        ("machines/laptop/machine.toml", 'name = "laptop"\n', "'chassis' is a required property"),
        (
            "machines/laptop/machine.toml",
            'name = "x"\nchassis = "laptop"\n',
            "its name is not that of its folder, laptop",
        ),
        ("machines/laptop/report.toml", 'facts = "x"\n', "'notes' is a required property"),
    ],
)
def test_a_broken_fixture_is_found(house: Path, path: str, content: str, told: str) -> None:
    (house / path).write_text(content)
    (problem,) = fixtures.problems(house.parent)
    assert problem.startswith(f"hardware-fixtures/{path}: ")
    assert told in problem


def test_a_health_document_of_another_program_is_found(house: Path) -> None:
    (house / "drives/hdd/smartctl.json").write_text('{"nvme": 1}')
    (problem,) = fixtures.problems(house.parent)
    assert "is no document of smartctl --json" in problem


def test_a_drive_of_which_nobody_says_what_must_come_is_found(house: Path) -> None:
    (house / "drives/hdd/expected.toml").unlink()
    (problem,) = fixtures.problems(house.parent)
    assert "expected.toml is missing" in problem


def test_a_machine_of_which_nobody_says_what_must_come_is_found(house: Path) -> None:
    (house / "machines/laptop/report.toml").unlink()
    (problem,) = fixtures.problems(house.parent)
    assert "report.toml is missing" in problem


def test_an_empty_house_is_no_sound_house(house: Path) -> None:
    (house / "benches/demo.toml").unlink()
    assert fixtures.problems(house.parent) == ["hardware-fixtures/benches holds no bench"]


def test_a_house_without_a_schema_is_told(tmp_path: Path) -> None:
    assert fixtures.problems(tmp_path) == ["hardware-fixtures/bench.schema.json is missing"]
