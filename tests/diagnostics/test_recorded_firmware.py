"""Every recorded firmware text goes through the real readers and comes out as it went in. Shows paths only."""

import csv
import os
import shutil
import subprocess
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from diagnostics import smbios
from diagnostics.identity import read_identity
from diagnostics.machine import read_machine
from diagnostics.memory import read_memory
from diagnostics.placeholders import is_placeholder, is_placeholder_uuid
from diagnostics.processor import from_firmware
from tests.diagnostics import dmidecode_text, smbios_tables

CHECKOUT = Path(__file__).resolve().parents[2]
RECORDINGS = Path(os.environ.get("ETABLI_SHARED", CHECKOUT.parent / "shared")) / "hardware-data"
INDEX = RECORDINGS / "INDEX.tsv"
needs_recordings = pytest.mark.skipif(not INDEX.is_file(), reason="recorded hardware data is not present")
Row = dict[str, Any]


def recorded() -> list[tuple[str, str]]:
    """Path and tag of every text of dmidecode: whole ones, and those that one team cut in parts."""
    if not INDEX.is_file():
        return []
    with INDEX.open(encoding="utf-8", newline="") as handle:
        entries = list(csv.DictReader(handle, delimiter="\t", quoting=csv.QUOTE_NONE))
    whole = [(one["path"], one["tag"]) for one in entries if one["path"].startswith("linuxhw-dmi/")]
    cut = ("/baseboard.txt", "/chassis.txt", "/connector.txt")
    return whole + [(one["path"], "") for one in entries if one["path"].endswith(cut)]


def text_of(path: str) -> str:
    return (RECORDINGS / path).read_text(encoding="utf-8", errors="replace")


def machine_of(text: str, root: Path) -> tuple[list[Row], Path]:
    """The rows of a text, and the root of a machine whose firmware holds them."""
    rows = dmidecode_text.rows(text)
    place = root / "sys/firmware/dmi/tables/DMI"
    place.parent.mkdir(parents=True)
    place.write_bytes(smbios_tables.table(rows))
    return rows, root


def of_type(rows: list[Row], kind: int) -> list[Row]:
    return [row for row in rows if row["type"] == kind]


def differing(told: dict[str, Any], read: dict[str, Any]) -> list[str]:
    """Names of the fields that differ, never their values."""
    return [name for name in told if told[name] != read[name]]


@needs_recordings
def test_the_recordings_are_all_there() -> None:
    assert Counter(path.split("/")[0] for path, _ in recorded())["linuxhw-dmi"] == 97


@needs_recordings
@pytest.mark.parametrize(("path", "tag"), recorded())
def test_a_recorded_machine_is_read_as_its_text_says(path: str, tag: str, tmp_path: Path) -> None:
    rows, root = machine_of(text_of(path), tmp_path)
    table = (root / "sys/firmware/dmi/tables/DMI").read_bytes()
    assert len(list(smbios.structures(table))) == len(rows), "structures were lost"
    assert differing(told_memory(rows), read_of_memory(table)) == []
    assert differing(told_identity(rows), read_of_identity(root)) == []
    assert read_machine(root).to_document()["memory"]["bytes"] == (told_memory(rows)["bytes"] or 0)
    if "bios-admin-password" in tag:
        assert "lock.password-administrator" in codes(root)
    if "bios-power-on-password" in tag:
        assert "lock.password-power-on" in codes(root)
    if tag == "placeholder-identity":
        assert placeholders_of(rows)
    if tag == "battery-two":
        assert len(smbios.portable_batteries(table)) == len(of_type(rows, 22)) >= 2
    if tag == "battery-no-design-capacity":
        assert None in [battery.design_mwh for battery in smbios.portable_batteries(table)]


def codes(root: Path) -> list[str]:
    return [finding.code for finding in read_machine(root).locks.findings]


def placeholders_of(rows: list[Row]) -> bool:
    """Whether the system, its board or its chassis shows something that stands for nothing."""
    members = [row[name] for row in rows if row["type"] in (1, 2, 3) for name in ("product", "serial", "maker")]
    return any(is_placeholder(word) for word in members if word)


def told_memory(rows: list[Row]) -> dict[str, Any]:
    other = {row["handle"] for row in of_type(rows, 16) if row["use"] != 3}
    slots = [row for row in of_type(rows, 17) if row["array"] not in other]
    sizes = [row["size_kib"] for row in slots if row["size_kib"] != 0]
    known = bool(sizes) and None not in sizes
    return {
        "modules": len(sizes),
        "empty": len(slots) - len(sizes),
        "bytes": sum(size << 10 for size in sizes) if known else None,
        "speeds": [row["speed"] or None for row in slots if row["size_kib"] != 0],
    }


def read_of_memory(table: bytes) -> dict[str, Any]:
    read = read_memory(table)
    speeds = [module.speed for module in read.modules]
    return {"modules": len(read.modules), "empty": len(read.empty), "bytes": read.size_bytes, "speeds": speeds}


def told_identity(rows: list[Row]) -> dict[str, Any]:
    system, chips = next(iter(of_type(rows, 1)), {}), of_type(rows, 4)
    serial, uuid = str(system.get("serial", "")).strip(), str(system.get("uuid", "")).strip()
    certain = (not is_placeholder(serial)) + (not is_placeholder_uuid(uuid))
    fitted = [row for row in chips if row["populated"]] or chips
    return {"grade": "CBA"[certain], "cores": sum(min(row["cores"], 65535) for row in fitted), "chips": len(fitted)}


def read_of_identity(root: Path) -> dict[str, Any]:
    chip = from_firmware((root / "sys/firmware/dmi/tables/DMI").read_bytes())
    return {"grade": read_identity(root).grade, "cores": chip.cores, "chips": chip.packages}


@needs_recordings
def test_recorded_laptops_and_desktops_have_a_chassis_a_name_and_mostly_a_year(tmp_path: Path) -> None:
    nameless, undated, kinds = [], [], Counter[str]()
    ordinary = [entry for entry in recorded() if entry[1] in ("laptop-ordinary", "desktop-ordinary", "apple")]
    for number, (path, _) in enumerate(ordinary):
        rows, root = machine_of(text_of(path), tmp_path / str(number))
        machine = read_machine(root)
        kinds[machine.identity.chassis] += 1
        nameless += [path] if not machine.chip.name and any(row["version"] for row in of_type(rows, 4)) else []
        undated += [] if machine.year.year else [path]
    assert kinds["laptop"] + kinds["tablet"] >= 20
    assert kinds["desktop"] >= 10
    assert (nameless, undated) == ([], [])


@pytest.mark.world
@pytest.mark.skipif(shutil.which("dmidecode") is None, reason="dmidecode is not installed")
def test_a_third_party_reads_the_tables_of_the_tests_as_they_were_meant(tmp_path: Path) -> None:
    module = {"type": 17, "array": 16, "slot": "DIMM A", "kind": "DDR4", "form": "SODIMM", "speed": 2400}
    battery = {"type": 22, "name": "DB-55", "chemistry": "Lithium Ion", "design_mwh": 55000, "sbds_made": "2014-2-11"}
    meant: list[Row] = [
        {"type": 0, "vendor": "DEMO", "version": "1", "date": "03/21/2014"},
        {
            "type": 1,
            "maker": "DEMO",
            "product": "Book",
            "serial": "DEMO-1",
            "uuid": "4a1f0c2e-0000-4000-8000-de0000000001",
        },
        {"type": 3, "kind": 10},
        {"type": 4, "version": "DEMO CPU", "cores": 4, "threads": 8},
        {"type": 16, "handle": 16, "slots": 2, "maximum_gib": 32},
        {**module, "size_kib": 8 << 20, "running": 2133, "part": "P-1"},
        {**module, "size_kib": 64 << 20},
        {"type": 24, "administrator": "Enabled", "power_on": "Disabled"},
        battery,
    ]
    packed = smbios_tables.table(meant)
    dump = tmp_path / "dump"
    dump.write_bytes(smbios_tables.entry_point(len(packed)) + packed)
    said = subprocess.run(
        ["dmidecode", "--from-dump", str(dump)], check=True, capture_output=True, text=True, timeout=20
    ).stdout
    read = dmidecode_text.rows(said)
    assert [row["type"] for row in read] == [row["type"] for row in meant]
    unlike = [(row["type"], name) for row, back in zip(meant, read, strict=True) for name in row if name != "handle"
              and row[name] != back.get(name) and name not in ("sbds_made", "uuid", "kind")]  # fmt: skip
    assert unlike == []
    assert (read[1]["uuid"], read[2]["kind"], read[8]["sbds_made"]) == (meant[1]["uuid"], 10, "2014-02-11")
