"""Hardware fixtures: they keep to their schema, agree with each other, and name nothing that exists."""

import csv
import json
import tomllib
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from diagnostics.checks import checklist
from diagnostics.diagnosis import diagnose
from diagnostics.health import assess_document

CHECKOUT = Path(__file__).resolve().parents[2]
FOLDER = CHECKOUT / "hardware-fixtures"
BENCHES = sorted(FOLDER.glob("benches/*.toml"))
DRIVES = sorted(FOLDER.glob("drives/*/drive.toml"))
EXPECTED = sorted(FOLDER.glob("drives/*/expected.toml"))
MACHINES = sorted(FOLDER.glob("machines/*/machine.toml"))
REPORTS = sorted(FOLDER.glob("machines/*/report.toml"))
FAULT_KINDS = 13


def toml(path: Path) -> dict[str, Any]:
    return tomllib.loads(path.read_text(encoding="utf-8"))


def schema(part: str = "") -> dict[str, Any]:
    whole: dict[str, Any] = json.loads((FOLDER / "bench.schema.json").read_text(encoding="utf-8"))
    return {"$ref": f"#/$defs/{part}", "$defs": whole["$defs"]} if part else whole


def drives_of(bench: str) -> list[dict[str, Any]]:
    """The drives of a bench with their fixtures merged in."""
    merged = []
    for drive in toml(FOLDER / "benches" / f"{bench}.toml")["drives"]:
        below = toml(FOLDER / drive["fixture"] / "drive.toml") if "fixture" in drive else {}
        merged.append({**below, **drive})
    return merged


def donors_list(lot: str) -> list[dict[str, str]]:
    with (FOLDER / "benches" / f"demo-lot-{lot}.csv").open(encoding="utf-8", newline="") as handle:
        return list(csv.DictReader(handle, delimiter=";"))


def test_there_is_a_schema_and_it_is_one() -> None:
    jsonschema.Draft202012Validator.check_schema(schema())


@pytest.mark.parametrize(
    ("path", "part"),
    [
        *((path, "") for path in BENCHES),
        *((path, "driveFixture") for path in DRIVES),
        *((path, "expectedFixture") for path in EXPECTED),
        *((path, "machineFixture") for path in MACHINES),
        *((path, "machineReport") for path in REPORTS),
    ],
    ids=lambda value: value.relative_to(FOLDER).as_posix() if isinstance(value, Path) else value or "bench",
)
def test_every_file_keeps_to_the_schema(path: Path, part: str) -> None:
    jsonschema.Draft202012Validator(schema(part)).validate(toml(path))


def test_every_toml_file_below_the_folder_is_checked() -> None:
    assert {*BENCHES, *DRIVES, *EXPECTED, *MACHINES, *REPORTS} == set(FOLDER.rglob("*.toml"))


@pytest.mark.parametrize(
    "wrong",
    [
        {"name": "sda"},
        {"name": "sda", "fixture": "drives/x", "serial": "S3YJNX0K"},
        {"name": "sda", "fixture": "../x"},
        {"name": "sda", "fixture": "drives/x", "faults": [{"kind": "bad-read"}]},
        {"name": "sda", "fixture": "drives/x", "colour": "red"},
    ],
)
def test_the_schema_refuses_a_drive_that_is_wrong(wrong: dict[str, Any]) -> None:
    bench = {"schema": "etabli.bench-file/1", "name": "x", "drives": [wrong]}
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.Draft202012Validator(schema()).validate(bench)


def test_an_absent_device_needs_a_reason() -> None:
    bench = {"schema": "etabli.bench-file/1", "name": "x", "drives": [], "checks": [{"id": "camera", "result": "na"}]}
    with pytest.raises(jsonschema.ValidationError, match="reason"):
        jsonschema.Draft202012Validator(schema()).validate(bench)


@pytest.mark.parametrize(
    "path", [path for path in DRIVES if "smartctl" in toml(path)], ids=lambda path: path.parent.name
)
def test_a_drives_health_document_tells_of_the_same_drive(path: Path) -> None:
    drive = toml(path)
    identity = assess_document(json.loads((path.parent / drive["smartctl"]).read_text("utf-8"))).identity
    told = (identity.model, identity.serial, identity.wwn, identity.size_bytes, identity.logical_sector)
    assert told == tuple(drive[key] for key in ("model", "serial", "wwn", "size_bytes", "logical_sector"))


@pytest.mark.parametrize("bench", [path.stem for path in BENCHES])
def test_names_serials_and_world_wide_names_of_a_bench_are_unique_and_sizes_are_whole_sectors(bench: str) -> None:
    drives = drives_of(bench)
    for key in ("name", "serial", "wwn"):
        given = [drive[key] for drive in drives if drive.get(key)]
        assert len(set(given)) == len(given), key
    assert [drive["size_bytes"] % drive["logical_sector"] for drive in drives] == [0] * len(drives)


def test_the_demo_has_six_drives_that_differ_and_some_end_in_the_middle_of_a_buffer() -> None:
    drives = drives_of("demo")
    assert len({(drive["bus"], drive["model"]) for drive in drives}) == len(drives) == 6
    assert sum(bool(drive["size_bytes"] % (4 << 20)) for drive in drives) >= 3
    assert {fault["kind"] for drive in drives for fault in drive.get("faults", ())} == {
        "bad-read",
        "bad-write",
        "drop-writes",
    }


def test_the_demo_lasts_about_twenty_seconds_for_every_drive() -> None:
    seconds = [2 * drive["size_bytes"] / drive["bytes_per_second"] for drive in drives_of("demo")]
    assert all(14 <= duration <= 21 for duration in seconds)


def test_the_two_donors_lists_share_the_drives_of_the_demo_between_them() -> None:
    listed = [entry["drive_serial"] for lot in "ab" for entry in donors_list(lot)]
    assert sorted(listed) == sorted(drive["serial"] for drive in drives_of("demo"))


def test_the_demo_laptop_is_on_the_first_donors_list_with_its_drive_and_its_tag() -> None:
    bench = toml(FOLDER / "benches/demo.toml")
    machine = diagnose(FOLDER / bench["machine"]["fixture"]).machine
    entry = next(entry for entry in donors_list("a") if entry["asset"] == bench["machine"]["asset"])
    assert (entry["serial"], entry["drive_serial"]) == (machine.identity.serial, machine.storage[0].serial)
    assert (entry["maker"], entry["model"]) == (machine.identity.maker, machine.identity.model)


@pytest.mark.parametrize("lot", ["a", "b"])
def test_a_donors_list_has_the_promised_columns(lot: str) -> None:
    assert list(donors_list(lot)[0]) == ["kind", "maker", "model", "serial", "asset", "drive_serial"]


def test_the_checks_of_the_demo_are_checks_of_a_laptop() -> None:
    known = {check.id for check in checklist("laptop")}
    assert {entry["id"] for entry in toml(FOLDER / "benches/demo.toml")["checks"]} <= known


def test_the_fault_bench_has_one_drive_for_every_kind_of_fault() -> None:
    kinds = [fault["kind"] for drive in drives_of("faults") for fault in drive["faults"]]
    assert sorted(kinds) == sorted(schema()["$defs"]["fault"]["properties"]["kind"]["enum"])
    assert len(kinds) == FAULT_KINDS


def test_the_single_bench_is_one_faultless_drive_of_32_mib() -> None:
    (drive,) = drives_of("single")
    assert (drive["size_bytes"], drive.get("faults", [])) == (32 << 20, [])


def test_every_identity_is_invented() -> None:
    for path in FOLDER.rglob("*"):
        if path.name in {"serial", "product_serial", "board_serial", "chassis_serial", "serial_number"}:
            assert path.read_text("utf-8").startswith("DEMO-"), path
        if path.name == "smartctl.json":
            assert json.loads(path.read_text("utf-8"))["serial_number"].startswith("DEMO-"), path
