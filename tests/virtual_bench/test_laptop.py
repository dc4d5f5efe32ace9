"""What a laptop of the bench is made of, without starting one: its firmware's tables and the fingers on its keys."""

import shutil
from pathlib import Path

import pytest

from diagnostics import smbios
from diagnostics.guided.keyboard import layouts
from tests.virtual_bench.cache import BenchError, run
from tests.virtual_bench.fingers import EXTENDED, event
from tests.virtual_bench.laptop import ASL, MAKER, NOTEBOOK, Charge, laptop_options, structure_file

HIGHEST_SCAN_CODE = 0x58  # F12: up to here the codes of evdev are those of the keyboard
needs_iasl = pytest.mark.skipif(shutil.which("iasl") is None, reason="acpica-tools is not installed")


def test_a_charge_is_one_number_with_the_fields_of_the_table_in_their_places() -> None:
    told = Charge(27_000, 11_400, plugged=True).knob
    assert (told & 0xFFFF, told >> 16 & 0x3FFF, told >> 30) == (27_000, 11_400, 1)
    assert Charge(27_000, 11_400).knob >> 30 == 0


def test_the_enclosure_is_read_as_that_of_a_notebook(tmp_path: Path) -> None:
    row = {"type": 3, "handle": 0x300, "maker": MAKER, "kind": NOTEBOOK}
    packed = structure_file(tmp_path / "enclosure", row).read_bytes()
    assert packed.endswith(MAKER.encode() + b"\0\0")
    assert (smbios.first(packed, 3).byte(5), smbios.first(packed, 3).string(4)) == (NOTEBOOK, MAKER)


@pytest.mark.world
@needs_iasl
def test_the_table_of_the_laptop_compiles_and_qemu_is_told_where_it_lies(tmp_path: Path) -> None:
    options = laptop_options(tmp_path)
    assert (tmp_path / "laptop.aml").read_bytes()[:4] == b"SSDT"
    assert options[:2] == ("-acpitable", f"file={tmp_path}/laptop.aml")


@pytest.mark.world
@needs_iasl
def test_a_table_with_a_mistake_is_refused(tmp_path: Path) -> None:
    broken = tmp_path / "broken.asl"
    broken.write_text(ASL.read_text("utf-8").replace("Return (PLUG)", "Return (PLAG)"), "utf-8")
    with pytest.raises(BenchError, match="iasl"):
        run("iasl", "-p", str(tmp_path / "broken"), str(broken))


def test_every_key_that_a_check_draws_has_a_scan_code() -> None:
    codes = layouts()["azerty-iso"].codes
    assert {code for code in codes if code > HIGHEST_SCAN_CODE} <= EXTENDED.keys()
    assert event(103, down=True) == {"type": "key", "data": {"down": True, "key": {"type": "number", "data": 0xC8}}}
    assert event(30, down=False)["data"] == {"down": False, "key": {"type": "number", "data": 30}}
