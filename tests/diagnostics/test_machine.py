"""The reading of a machine: identity and its placeholders, firmware tables, panel, adapters."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from diagnostics import edid, smbios
from diagnostics.machine import read_machine
from diagnostics.placeholders import is_placeholder, is_placeholder_uuid

Document = dict[str, Any]
Make = Callable[..., Any]

SOUND_UUID = "4a1f0c2e-0000-4000-8000-de0000000001"


def dmi(**words: str) -> dict[str, str]:
    named = {"sys_vendor": "DEMO", "product_name": "Book 14", "product_serial": "DEMO-77A1", "product_uuid": SOUND_UUID}
    return {f"sys/class/dmi/id/{name}": f"{text}\n" for name, text in {**named, "chassis_type": "10", **words}.items()}


def test_the_demo_laptop_is_read_from_its_tree(fixtures_folder: Path) -> None:
    machine = read_machine(fixtures_folder / "machines/demo-laptop")
    assert (machine.identity.grade, machine.identity.chassis, machine.boot) == ("A", "laptop", "uefi")
    assert (machine.cores, machine.threads, machine.memory_bytes) == (2, 4, 8041244 * 1024)
    assert [adapter.kind for adapter in machine.adapters] == ["ethernet", "wifi", "bluetooth"]
    assert [(panel.width_px, panel.height_px, panel.year) for panel in machine.panels] == [(1920, 1080, 2019)]
    assert (machine.tpm, machine.cameras) == ("2", 1)
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


def structure(kind: int, body: bytes | bytearray, *strings: str) -> bytes:
    words = b"\0".join(text.encode() for text in strings)
    return bytes([kind, len(body) + 4, 0, 0]) + bytes(body) + words + b"\0\0"


def module(size: int, extended: int = 0) -> bytes:
    body = bytearray(36)
    body[0x0C - 4 : 0x0E - 4] = size.to_bytes(2, "little")
    body[0x10 - 4], body[0x12 - 4], body[0x17 - 4], body[0x1A - 4] = 1, 0x1A, 2, 3
    body[0x15 - 4 : 0x17 - 4] = (2400).to_bytes(2, "little")
    body[0x1C - 4 : 0x20 - 4] = extended.to_bytes(4, "little")
    return structure(17, body, "DIMM A", "DEMO", "PART-1")


def test_memory_modules_are_read_from_the_firmware_tables_and_empty_slots_left_out() -> None:
    table = module(8192) + module(0) + module(0xFFFF) + module(0x7FFF, 32768) + structure(127, b"")
    found = smbios.memory_modules(table)
    assert [(one.size_bytes, one.kind, one.speed) for one in found] == [
        (8 << 30, "DDR4", 2400),
        (32 << 30, "DDR4", 2400),
    ]
    assert (found[0].slot, found[0].maker, found[0].part) == ("DIMM A", "DEMO", "PART-1")


def test_a_table_that_breaks_off_keeps_what_came_before() -> None:
    whole = module(4096) + module(4096)
    assert [len(smbios.memory_modules(whole[:length])) for length in (len(whole), len(whole) - 1, 20, 3, 0)] == [
        2,
        1,
        0,
        0,
        0,
    ]


def test_firmware_passwords_are_told_where_the_tables_tell() -> None:
    assert smbios.passwords(structure(24, bytes([0b01_00_01_00]))) == {
        "administrator": "enabled",
        "power-on": "enabled",
    }
    assert smbios.passwords(module(1)) == {}


def test_a_panel_with_a_wrong_checksum_or_cut_short_is_no_panel(fixtures_folder: Path) -> None:
    text = (fixtures_folder / "machines/demo-laptop/sys/class/drm/card0-eDP-1/edid.hex").read_text("utf-8")
    data = bytes.fromhex("".join(text.split()))
    panel = edid.decode(data, "eDP-1")
    assert panel is not None
    assert panel.model == "DEMO PANEL 14"
    assert edid.decode(data[:-1] + b"\xff", "eDP-1") is None
    assert edid.decode(data[:127], "eDP-1") is None


def test_what_a_report_of_a_machine_holds_is_plain_json(fixtures_folder: Path) -> None:
    import json

    document = read_machine(fixtures_folder / "machines/demo-laptop").to_document()
    assert json.loads(json.dumps(document)) == document
