"""Devices, sockets, trust and identity repeats: what each reader says of small trees, hostile ones too."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from diagnostics import edid, smbios
from diagnostics.battery_quirks import load_quirks
from diagnostics.cross_check import SecondOpinion, differences
from diagnostics.devices import is_fingerprint_reader
from diagnostics.errors import PolicyError
from diagnostics.identity import MachineIdentity, with_repeats
from diagnostics.machine import read_machine
from diagnostics.memory import read_memory
from diagnostics.ports import read_ports
from diagnostics.processor import from_firmware
from tests.diagnostics import smbios_tables
from tests.diagnostics.machine_trees import licence_table

Make = Callable[..., Any]
OURS = MachineIdentity("DEMO", "Book", "DEMO-1", "4a1f0c2e-0000-4000-8000-de0000000001", "laptop", "dmi", "A", ())


@pytest.mark.parametrize(
    ("ids", "product", "reader"),
    [
        ("138a:0097", "", True),
        ("04f3:0c4b", "", True),
        ("04f3:2a1c", "Touchscreen", False),
        ("06cb:00bd", "", True),
        ("1234:5678", "DEMO Fingerprint Sensor", True),
        ("0bda:58f4", "Camera", False),
    ],
)
def test_a_fingerprint_reader_is_told_by_its_numbers_or_its_name(ids: str, product: str, reader: Any) -> None:
    assert is_fingerprint_reader(ids, product) is reader


def test_usb_sockets_are_counted_once_where_a_person_can_reach_them(tree: Make) -> None:
    hub = "sys/bus/usb/devices/1-0:1.0"
    kinds = {1: ("hotplug", "0x1"), 2: ("hotplug", "0x1"), 3: ("hotplug", "0x2"), 4: ("hardwired", "0x3")}
    files = {f"{hub}/usb1-port{n}/connect_type": f"{kind}\n" for n, (kind, _) in kinds.items()}
    root = tree(files | {f"{hub}/usb1-port{n}/location": f"{place}\n" for n, (_, place) in kinds.items()})
    assert read_ports(root).usb == 2


def test_usb_sockets_are_unknown_where_the_firmware_does_not_tell(tree: Make) -> None:
    root = tree({"sys/bus/usb/devices/1-0:1.0/usb1-port1/connect_type": "unknown\n"})
    assert read_ports(root).usb is None


@pytest.mark.parametrize(
    ("serial", "uuid", "repeated", "grade"),
    [
        ("DEMO-2", "other", (), "A"),
        ("DEMO-1", "other", ("serial",), "B"),
        ("DEMO-1", OURS.uuid, ("serial", "uuid"), "C"),
        ("", "", (), "A"),
    ],
)
def test_what_another_machine_shows_too_is_no_identity(
    serial: str, uuid: str, repeated: tuple[str, ...], grade: str
) -> None:
    other = MachineIdentity("DEMO", "Book", serial, uuid, "laptop", "dmi", "A", ())
    judged = with_repeats(OURS, [other])
    assert (judged.repeated, judged.grade) == (repeated, grade)
    assert [bool(judged.serial), bool(judged.uuid)] == ["serial" not in repeated, "uuid" not in repeated]


@pytest.mark.parametrize(
    ("opinion", "fields"),
    [
        (SecondOpinion(2, 4, 8041244 * 1024, None, None), ()),
        (SecondOpinion(4, 4, 8041244 * 1024, None, None), ("cores",)),
        (SecondOpinion(2, 8, 4000000 * 1024, None, None), ("threads", "memory")),
        (SecondOpinion(None, None, None, None, None), ()),
    ],
)
def test_a_second_reader_that_differs_is_named_by_field(
    fixtures_folder: Path, opinion: SecondOpinion, fields: tuple[str, ...]
) -> None:
    assert differences(read_machine(fixtures_folder / "machines/demo-laptop"), opinion) == fields


def test_a_table_that_calls_its_only_processor_absent_is_not_believed() -> None:
    chip = {"type": 4, "version": "DEMO CPU", "cores": 2, "threads": 2, "populated": False}
    assert from_firmware(smbios_tables.table([chip])).name == "DEMO CPU"
    fitted = {**chip, "version": "OTHER CPU", "populated": True}
    assert from_firmware(smbios_tables.table([chip, fitted])).name == "OTHER CPU"


@settings(max_examples=300, deadline=None)
@given(data=st.binary(max_size=400))
def test_hostile_bytes_never_stop_a_reader_of_firmware(data: bytes) -> None:
    panel = edid.decode(data, "eDP-1")
    assert panel.doubt or sum(data[:128]) % 256 == 0
    read = read_memory(data)
    assert all(module.size_bytes is None or module.size_bytes > 0 for module in read.modules)
    assert from_firmware(data).cores >= 0
    assert isinstance(smbios.passwords(data), dict)
    assert len(smbios.portable_batteries(data)) <= len(data)


@settings(max_examples=100, deadline=None)
@given(cut=st.integers(0, 120), junk=st.binary(max_size=40))
def test_a_licence_table_cut_or_overwritten_gives_its_ending_or_nothing(
    tmp_path_factory: pytest.TempPathFactory, cut: int, junk: bytes
) -> None:
    root = tmp_path_factory.mktemp("licence")
    place = root / "sys/firmware/acpi/tables/MSDM"
    place.parent.mkdir(parents=True)
    place.write_bytes(licence_table()[:cut] + junk)
    locks = read_machine(root).locks
    assert locks.windows_key_ending == "" or len(locks.windows_key_ending) == 5
    assert b"DEMO2" not in repr(locks).encode()


def test_every_quirk_of_batteries_has_an_effect_and_a_source() -> None:
    from diagnostics import wording

    assert set(load_quirks().effects) == set(wording.BATTERY_FLAGS)


@pytest.mark.parametrize("text", ["", "version = 1", "version = 'x'\n[plausible]\nuWh = [1]"])
def test_a_malformed_quirk_table_is_refused(tmp_path: Path, text: str) -> None:
    table = tmp_path / "quirks.toml"
    table.write_text(text, encoding="utf-8")
    with pytest.raises(PolicyError, match=r"quirks\.toml"):
        load_quirks(table)
