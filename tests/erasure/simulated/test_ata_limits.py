"""Hidden sectors: HPA, AMAC, DCO give the last LBA, IDENTIFY DEVICE a count; order, once-only rules (drives 3.7)."""

from pathlib import Path
from typing import Any

import pytest

from erasure.simulated.firmware import Vice
from tests.erasure.simulated.drives import IDENTIFY, NATIVE_MAX_EXT, READ_10, SIZE, Table

NATIVE_MAX = "85 06 20 00 00 00 00 00 00 00 00 00 00 40 f8 00"
DCO_IDENTIFY = "85 08 0e 00 c2 00 01 00 00 00 00 00 00 40 b1 00"
DCO_RESTORE = "85 06 20 00 c0 00 00 00 00 00 00 00 00 40 b1 00"
DCO_FREEZE = "85 06 20 00 c1 00 00 00 00 00 00 00 00 40 b1 00"
AMAC_GET = "85 07 20 00 00 00 00 00 00 00 00 00 00 40 78 00"
AMAC_FREEZE = "85 07 20 00 02 00 00 00 00 00 00 00 00 40 78 00"
READ_CAPACITY_16 = "9e 10 00 00 00 00 00 00 00 00 00 00 00 20 00 00"
VISIBLE, DCO_LEFT, NATIVE = 64, 96, 128  # sectors


def set_max_ext(last: int, *, permanent: int = 1) -> str:
    return f"85 07 20 00 00 00 {permanent:02x} 00 {last:02x} 00 00 00 00 40 37 00"


def amac_set(last: int) -> str:
    return f"85 07 20 00 01 00 00 00 {last:02x} 00 00 00 00 40 78 00"


def clipped(folder: Path, *vices: Vice, **features: Any) -> Table:
    given = {"native_bytes": 2 * SIZE, **features}
    return Table(folder, native=2 * SIZE, features=given, vices=vices)


def kernel_sectors(table: Table) -> int:
    return int.from_bytes(table.send(READ_CAPACITY_16, data_in=32).data[:8], "big") + 1


def test_hpa_gives_the_last_lba_and_identify_a_count(tmp_path: Path) -> None:
    table = clipped(tmp_path)
    assert table.registers(NATIVE_MAX_EXT)["lba"] == NATIVE - 1
    assert table.words()[100] == VISIBLE
    assert kernel_sectors(table) == VISIBLE


def test_the_28_bit_command_gives_the_same(tmp_path: Path) -> None:
    told = clipped(tmp_path).registers(NATIVE_MAX)
    assert (told["lba"], told["device"]) == (NATIVE - 1, 0x40)


def test_set_max_shows_the_hidden_sectors_for_good(tmp_path: Path) -> None:
    table = clipped(tmp_path)
    table.send(NATIVE_MAX_EXT)
    assert table.registers(set_max_ext(NATIVE - 1))["lba"] == NATIVE - 1
    assert (table.words()[100], kernel_sectors(table)) == (NATIVE, NATIVE)
    table.replug(power=1)
    assert table.words()[100] == NATIVE


def test_a_volatile_set_max_lasts_until_the_power_goes(tmp_path: Path) -> None:
    table = clipped(tmp_path)
    table.send(NATIVE_MAX_EXT)
    table.send(set_max_ext(NATIVE - 1, permanent=0))
    assert table.words()[100] == NATIVE
    table.replug(power=1)
    assert table.words()[100] == VISIBLE


@pytest.mark.parametrize("between", [None, IDENTIFY, READ_10])
def test_read_native_max_must_come_directly_before(tmp_path: Path, between: str | None) -> None:
    table = clipped(tmp_path)
    if between is not None:
        table.send(NATIVE_MAX_EXT)
        table.send(between, data_in=512)
    assert table.aborts(set_max_ext(NATIVE - 1))
    assert table.words()[100] == VISIBLE


def test_set_max_beyond_the_native_maximum_aborts(tmp_path: Path) -> None:
    table = clipped(tmp_path)
    table.send(NATIVE_MAX_EXT)
    assert table.aborts(set_max_ext(NATIVE))


def test_a_password_on_the_hpa_denies(tmp_path: Path) -> None:
    table = clipped(tmp_path, hpa_password=True)
    table.send(NATIVE_MAX_EXT)
    assert table.aborts(set_max_ext(NATIVE - 1))


def test_some_drives_change_it_once_per_power_cycle(tmp_path: Path) -> None:
    table = clipped(tmp_path, Vice.HPA_ONCE)
    table.send(NATIVE_MAX_EXT)
    table.send(set_max_ext(VISIBLE))
    table.send(NATIVE_MAX_EXT)
    assert table.aborts(set_max_ext(NATIVE - 1))
    table.replug(power=1)
    table.send(NATIVE_MAX_EXT)
    table.send(set_max_ext(NATIVE - 1))
    assert table.words()[100] == NATIVE


def test_some_kernels_keep_the_old_size(tmp_path: Path) -> None:
    table = clipped(tmp_path, Vice.KEEPS_SIZE)
    table.send(NATIVE_MAX_EXT)
    table.send(set_max_ext(NATIVE - 1))
    assert (table.words()[100], table.drive.kernel_bytes()) == (NATIVE, SIZE)
    table.replug(power=1)
    assert table.drive.kernel_bytes() == 2 * SIZE


def test_some_drives_tell_nonsense_for_the_native_maximum(tmp_path: Path) -> None:
    assert clipped(tmp_path, Vice.HIDES_NATIVE).registers(NATIVE_MAX_EXT)["lba"] == 0


def test_amac_has_its_own_command_and_one_change_per_power_cycle(tmp_path: Path) -> None:
    table = clipped(tmp_path, amac=True)
    assert table.aborts(NATIVE_MAX_EXT)
    assert table.registers(AMAC_GET)["lba"] == NATIVE - 1
    assert table.registers(amac_set(NATIVE - 2))["status"] == 0x50
    assert table.words()[100] == NATIVE - 1
    assert table.aborts(amac_set(NATIVE - 1))
    table.replug(power=1)
    table.send(amac_set(NATIVE - 1))
    assert table.words()[100] == NATIVE


def test_amac_can_be_frozen_until_a_power_cycle(tmp_path: Path) -> None:
    table = clipped(tmp_path, amac=True)
    table.send(AMAC_FREEZE)
    assert table.aborts(amac_set(NATIVE - 1))
    table.replug(power=1)
    table.send(amac_set(NATIVE - 1))
    assert table.words()[100] == NATIVE


def test_dco_identify_has_the_real_maximum_and_a_checksum(tmp_path: Path) -> None:
    reply = clipped(tmp_path, dco=True, dco_bytes=DCO_LEFT * 512).send(DCO_IDENTIFY, data_in=512)
    assert reply.data[0:2] == b"\x02\x00"
    assert int.from_bytes(reply.data[6:14], "little") == NATIVE - 1
    assert reply.data[510] == 0xA5
    assert sum(reply.data) % 256 == 0


def test_dco_lowers_the_native_maximum_and_is_restored_after_the_hpa(tmp_path: Path) -> None:
    table = clipped(tmp_path, dco=True, dco_bytes=DCO_LEFT * 512)
    assert table.registers(NATIVE_MAX_EXT)["lba"] == DCO_LEFT - 1
    assert table.aborts(DCO_RESTORE)
    table.send(NATIVE_MAX_EXT)
    table.send(set_max_ext(DCO_LEFT - 1))
    assert table.registers(DCO_RESTORE)["status"] == 0x50
    assert table.registers(NATIVE_MAX_EXT)["lba"] == NATIVE - 1
    assert table.words()[100] == NATIVE


def test_dco_can_be_frozen_until_a_power_cycle(tmp_path: Path) -> None:
    table = clipped(tmp_path, dco=True)
    table.send(DCO_FREEZE)
    assert table.send(DCO_IDENTIFY, data_in=512).status == 2
    table.replug(power=1)
    assert table.send(DCO_IDENTIFY, data_in=512).status == 0


def test_some_machines_freeze_dco_for_ever(tmp_path: Path) -> None:
    table = clipped(tmp_path, Vice.DCO_FROZEN, dco=True)
    assert table.words()[83] & 0x0800
    table.replug(power=1)
    assert table.aborts(DCO_IDENTIFY, data_in=512)
