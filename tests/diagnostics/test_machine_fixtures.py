"""Whole machines, each with one oddity: what is read from them is what their report says."""

import json
import tomllib
from pathlib import Path
from typing import Any

import pytest

from diagnostics.battery import read_batteries
from diagnostics.identity import MachineIdentity, with_repeats
from diagnostics.machine import read_machine
from tests.diagnostics.machine_trees import FAKE_KEY, materialise

FOLDER = Path(__file__).resolve().parents[2] / "hardware-fixtures/machines"
MACHINES = sorted(path.parent for path in FOLDER.glob("*/machine.toml"))
ENOUGH = 12
Document = dict[str, Any]


def by_name(folder: Path) -> str:
    return folder.name


def toml(path: Path) -> Document:
    return tomllib.loads(path.read_text(encoding="utf-8"))


def sister_of(folder: Path) -> list[MachineIdentity]:
    sister = toml(folder / "machine.toml").get("sister")
    return [MachineIdentity("", "", sister["serial"], sister["uuid"], "", "dmi", "A", ())] if sister else []


def report_of(folder: Path, tmp_path: Path) -> Document:
    """The document of a machine, its batteries beside it, its identity held against its sister's."""
    root = materialise(folder, tmp_path)
    machine = read_machine(root)
    identity = with_repeats(machine.identity, sister_of(folder)).to_document()
    batteries = [battery.to_document() for battery in read_batteries(root)]
    return {**machine.to_document(), "identity": identity, "batteries": batteries}


def member(document: Any, dotted: str) -> Any:
    """The member of a document by its dotted name; a number is a place in a list. Null is "none", as TOML has none."""
    for part in dotted.split("."):
        document = document[int(part)] if isinstance(document, list) else document[part]
    return "none" if document is None else document


def test_there_are_enough_machines_and_each_is_odd_in_its_own_way() -> None:
    descriptions = {toml(folder / "machine.toml")["description"] for folder in MACHINES}
    assert len(descriptions) == len(MACHINES) >= ENOUGH


@pytest.mark.parametrize("folder", MACHINES, ids=by_name)
def test_a_machine_is_read_as_its_report_says(folder: Path, tmp_path: Path) -> None:
    expected, document = toml(folder / "report.toml"), report_of(folder, tmp_path)
    read = {dotted: member(document, dotted) for dotted in expected["report"]}
    assert read == expected["report"]
    assert document["notes"] == expected["notes"]
    assert [finding["code"] for finding in document["locks"]["findings"]] == expected["locks"]


@pytest.mark.parametrize("folder", MACHINES, ids=by_name)
def test_what_is_read_from_a_machine_is_plain_json_and_the_same_twice(folder: Path, tmp_path: Path) -> None:
    document = report_of(folder, tmp_path)
    assert json.loads(json.dumps(document)) == document == report_of(folder, tmp_path)


@pytest.mark.parametrize("folder", MACHINES, ids=by_name)
def test_no_report_of_a_machine_holds_a_windows_key(folder: Path, tmp_path: Path) -> None:
    written = json.dumps(report_of(folder, tmp_path))
    assert FAKE_KEY not in written
    assert FAKE_KEY[:5] not in written
    assert FAKE_KEY not in (folder / "machine.toml").read_text("utf-8")


@pytest.mark.parametrize("folder", MACHINES, ids=by_name)
def test_the_identities_of_machines_are_invented(folder: Path) -> None:
    words = toml(folder / "machine.toml").get("dmi", {})
    serial = words.get("product_serial", "DEMO-")
    assert serial.startswith(("DEMO-", "To Be Filled")) or "DM" in serial
    assert words.get("product_uuid", "de00").find("de00") >= 0 or folder.name == "placeholder-identity"
