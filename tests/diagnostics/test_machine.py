"""The reading of a machine: identity and its placeholders, firmware tables, panel, adapters."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from diagnostics import edid, memory, smbios
from diagnostics.machine import read_machine
from diagnostics.placeholders import is_placeholder, is_placeholder_uuid
from tests.diagnostics import smbios_tables

Document = dict[str, Any]
Make = Callable[..., Any]

SOUND_UUID = "4a1f0c2e-0000-4000-8000-de0000000001"


def dmi(**words: str) -> dict[str, str]:
    named = {"sys_vendor": "DEMO", "product_name": "Book 14", "product_serial": "DEMO-77A1", "product_uuid": SOUND_UUID}
    return {f"sys/class/dmi/id/{name}": f"{text}\n" for name, text in {**named, "chassis_type": "10", **words}.items()}


def test_the_demo_laptop_is_read_from_its_tree(fixtures_folder: Path) -> None:
    machine = read_machine(fixtures_folder / "machines/demo-laptop")
    assert (machine.identity.grade, machine.identity.chassis, machine.boot) == ("A", "laptop", "uefi")
    assert (machine.chip.cores, machine.chip.threads, machine.memory_bytes) == (2, 4, 8041244 * 1024)
    assert [adapter.kind for adapter in machine.adapters] == ["ethernet", "wifi", "bluetooth"]
    assert [(panel.width_px, panel.height_px, panel.year) for panel in machine.panels] == [(1920, 1080, 2019)]
    assert (machine.trusted_module.version, machine.cameras) == ("2.0", 1)
    assert [drive.serial for drive in machine.storage] == ["DEMO-NVME-0001"]


def test_an_empty_tree_is_a_machine_that_says_nothing(tmp_path: Path) -> None:
    machine = read_machine(tmp_path)
    assert (machine.identity.grade, machine.identity.serial, machine.memory_bytes) == ("C", "", 0)
    assert (machine.storage, machine.panels, machine.locks.password_set) == ((), (), False)


@pytest.mark.parametrize(
    "word",
    [
        "To Be Filled By O.E.M.", "to be filled by O.E.M", "Default string", "System Serial Number", "Not Specified",
        "None", "", "   ", "0", "0000000000", "xxxxxxxx", "XXXX-XXXX", "........", "123456789", "0123456789",
        "987654321", "1234567890", "N/A", "INVALID", "Chassis Serial Number", "O.E.M.", "Not Applicable",
    ],
)  # fmt: skip
def test_what_the_maker_left_in_place_of_a_serial_is_recognised(word: str) -> None:
    assert is_placeholder(word)


@pytest.mark.parametrize("word", ["DEMO-0001", "PF0A1B2C", "5CG1234XYZ", "12", "4CE0460D0G", "C02DEMO12345"])
def test_a_real_serial_is_left_alone(word: str) -> None:
    assert not is_placeholder(word)


@pytest.mark.parametrize(
    ("uuid", "expected"),
    [
        ("00000000-0000-0000-0000-000000000000", True), ("FFFFFFFF-FFFF-FFFF-FFFF-FFFFFFFFFFFF", True), ("", True),
        ("1234", True), ("03000200-0400-0500-0006-000700080009", True), ("00020003-0004-0005-0006-000700080009", True),
        (SOUND_UUID, False),
    ],
)  # fmt: skip
def test_uuids_that_many_boards_share_are_recognised(uuid: str, expected: Any) -> None:
    assert is_placeholder_uuid(uuid) is expected


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ({}, "A"),
        ({"product_serial": "Default string"}, "B"),
        ({"product_uuid": "03000200-0400-0500-0006-000700080009"}, "B"),
        ({"product_serial": "To be filled by O.E.M.", "product_uuid": ""}, "C"),
    ],
)
def test_placeholders_lower_the_grade_of_the_identity(tree: Make, words: Any, expected: Any) -> None:
    assert read_machine(tree(dmi(**words))).identity.grade == expected


def test_a_placeholder_is_dropped_from_the_identity_and_kept_as_a_note(tree: Make) -> None:
    identity = read_machine(tree(dmi(product_serial="Default string"))).identity
    assert (identity.serial, identity.placeholders) == ("", (("serial", "Default string"),))


def test_a_lenovo_is_called_by_the_name_that_people_know(tree: Make) -> None:
    words = {"sys_vendor": "LENOVO", "product_name": "20DEMO01", "product_version": "ThinkDemo T1"}
    assert read_machine(tree(dmi(**words))).identity.model == "ThinkDemo T1 (20DEMO01)"


@pytest.mark.parametrize(
    ("number", "chassis"),
    [
        (9, "laptop"),
        (10, "laptop"),
        (138, "laptop"),
        (3, "desktop"),
        (35, "desktop"),
        (13, "all-in-one"),
        (31, "tablet"),
        (23, "server"),
        (2, ""),
    ],
)
def test_the_enclosure_type_names_the_chassis_without_its_lock_bit(tree: Make, number: int, chassis: str) -> None:
    assert read_machine(tree(dmi(chassis_type=str(number)))).identity.chassis == chassis


def test_loops_and_empty_card_readers_are_no_storage(tree: Make) -> None:
    sizes = {"loop0": 100, "sr0": 100, "dm-0": 100, "mmcblk0boot0": 8, "sda": 0, "sdb": 2048}
    files = {f"sys/block/{name}/size": f"{sectors}\n" for name, sectors in sizes.items()}
    assert [(drive.name, drive.size_bytes) for drive in read_machine(tree(files)).storage] == [("sdb", 1 << 20)]


def structure(kind: int, body: bytes) -> bytes:
    return bytes([kind, len(body) + 4, 0, 0]) + body + b"\0\0"


def module(**members: Any) -> Document:
    row = {"slot": "DIMM A", "kind": "DDR4", "form": "SODIMM", "speed": 2666, "running": 2400, "maker": "DEMO"}
    return {"type": 17, **row, "part": "PART-1", **members}


def test_modules_and_empty_slots_are_read_from_the_firmware_tables() -> None:
    rows = [module(size_kib=8 << 20), module(slot="DIMM B", size_kib=0), module(size_kib=32 << 20)]
    read = memory.read_memory(smbios_tables.table(rows))
    assert [(one.size_bytes, one.kind, one.form, one.speed, one.running) for one in read.modules] == [
        (8 << 30, "DDR4", "SODIMM", 2666, 2400),
        (32 << 30, "DDR4", "SODIMM", 2666, 2400),
    ]
    assert (read.modules[0].slot, read.modules[0].maker, read.modules[0].part) == ("DIMM A", "DEMO", "PART-1")
    assert (read.empty, read.size_bytes) == (("DIMM B",), 40 << 30)


def test_a_module_of_unknown_size_is_fitted_and_leaves_the_sum_to_the_kernel() -> None:
    read = memory.read_memory(smbios_tables.table([module(size_kib=None), module(size_kib=4 << 20)]))
    assert ([one.size_bytes for one in read.modules], read.empty, read.size_bytes) == ([None, 4 << 30], (), None)


def test_flash_chips_are_no_memory_of_the_machine() -> None:
    flash = {"type": 16, "handle": 50, "use": 4, "maximum_gib": 1}
    rows = [{"type": 16, "handle": 40, "maximum_gib": 16}, flash, module(array=50, size_kib=16 << 10)]
    read = memory.read_memory(smbios_tables.table([*rows, module(array=40, size_kib=4 << 20)]))
    assert (len(read.modules), read.size_bytes, read.maximum_bytes) == (1, 4 << 30, 16 << 30)


def test_a_table_that_breaks_off_keeps_what_came_before() -> None:
    whole = smbios_tables.table([module(size_kib=4 << 20), module(size_kib=4 << 20)])[:-6]
    lengths = (len(whole), len(whole) - 1, 20, 3, 0)
    assert [len(memory.read_memory(whole[:length]).modules) for length in lengths] == [2, 1, 0, 0, 0]


def test_firmware_passwords_are_told_where_the_tables_tell() -> None:
    assert smbios.passwords(structure(24, bytes([0b01_00_01_00]))) == {
        "administrator": "enabled",
        "power-on": "enabled",
    }
    assert smbios.passwords(smbios_tables.table([module(size_kib=1)])) == {}


def test_a_damaged_panel_says_how_it_is_damaged_and_nothing_else(fixtures_folder: Path) -> None:
    text = (fixtures_folder / "machines/demo-laptop/sys/class/drm/card0-eDP-1/edid.hex").read_text("utf-8")
    data = bytes.fromhex("".join(text.split()))
    panel = edid.decode(data, "eDP-1")
    assert (panel.model, panel.doubt, panel.diagonal_tenths) == ("DEMO PANEL 14", "", 140)
    damaged = {edid.decode(one, "eDP-1").doubt for one in (data[:-1] + b"\xff", data[:127], b"", bytes(128))}
    assert damaged == {"edid-checksum", "edid-short", "edid-missing", "edid-no-header"}
    assert edid.decode(data[:-1] + b"\xff", "eDP-1").width_px is None


def test_what_a_report_of_a_machine_holds_is_plain_json(fixtures_folder: Path) -> None:
    import json

    document = read_machine(fixtures_folder / "machines/demo-laptop").to_document()
    assert json.loads(json.dumps(document)) == document
