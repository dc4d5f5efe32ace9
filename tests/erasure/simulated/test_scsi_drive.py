"""A native SCSI disk: names, capacity, SANITIZE with its progress, a write before a read, 520 bytes (drives, 3.9)."""

from pathlib import Path
from typing import Any

import pytest

from erasure.simulated.firmware import Vice
from tests.erasure.simulated.drives import OLD, READ_10, SIZE, Table

TEST_UNIT_READY = "00 00 00 00 00 00"
REQUEST_SENSE = "03 00 00 00 fc 00"
INQUIRY = "12 00 00 00 60 00"
READ_CAPACITY_10 = "25 00 00 00 00 00 00 00 00 00"
READ_CAPACITY_16 = "9e 10 00 00 00 00 00 00 00 00 00 00 00 20 00 00"
WRITE_10 = "2a 00 00 00 00 00 00 00 01 00"
WRITE_16 = "8a 00 00 00 00 00 00 00 00 01 00 00 00 02 00 00"
READ_16 = "88 00 00 00 00 00 00 00 00 01 00 00 00 02 00 00"
SYNCHRONIZE = "35 00 00 00 00 00 00 00 00 00"
OVERWRITE, BLOCK, CRYPTO, EXIT = 0x01, 0x02, 0x03, 0x1F
IMMED, AUSE = 0x80, 0x20
ZEROS = bytes([0x01, 0, 0, 4, 0, 0, 0, 0])
IN_PROGRESS = (2, 0x04, 0x1B)
FAILED = (3, 0x31, 0x03)


def sanitize(action: int, length: int = 0) -> str:
    return f"48 {action:02x} 00 00 00 00 00 {length >> 8:02x} {length & 0xFF:02x} 00"


def disk(folder: Path, *vices: Vice, **features: Any) -> Table:
    return Table(folder, "scsi", {"seconds": 100, **features}, vices)


def sense_of(sense: bytes) -> tuple[int, int, int]:
    return sense[2], sense[12], sense[13]


def vital(table: Table, page: int) -> bytes:
    return table.send(f"12 01 {page:02x} 00 fc 00", data_in=252).data


def test_inquiry_gives_vendor_product_and_revision(tmp_path: Path) -> None:
    data = disk(tmp_path, vendor="DEMOCORP").send(INQUIRY, data_in=96).data
    assert data[0] == 0
    assert (data[8:16], data[16:32], data[32:36]) == (b"DEMOCORP", b"DEMO DRIVE 32K  ", b"1.00")
    assert data[4] == len(data) - 5


def test_vital_product_data_has_serial_name_and_rotation(tmp_path: Path) -> None:
    table = disk(tmp_path)
    assert vital(table, 0x00) == bytes([0, 0x00, 0, 5, 0x00, 0x80, 0x83, 0xB0, 0xB1])
    assert vital(table, 0x80) == b"\0\x80\0\x09DEMO-0001"
    assert vital(table, 0x83) == bytes.fromhex("0083000c 01030008 5000000000000001")
    assert vital(table, 0xB1)[4:6] == b"\0\x01"
    assert sense_of(table.send("12 01 77 00 fc 00", data_in=252).sense) == (5, 0x24, 0)


def test_capacity_is_the_last_block_and_its_length(tmp_path: Path) -> None:
    table = disk(tmp_path, protection=2)
    assert table.send(READ_CAPACITY_10, data_in=8).data.hex() == "0000003f00000200"
    data = table.send(READ_CAPACITY_16, data_in=32).data
    assert (data[:12].hex(), data[12], len(data)) == ("000000000000003f00000200", 0b011, 32)


def test_sectors_of_520_bytes_leave_the_kernel_without_a_capacity(tmp_path: Path) -> None:
    table = disk(tmp_path, sector=520)
    last = SIZE // 520 - 1
    assert table.send(READ_CAPACITY_10, data_in=8).data == last.to_bytes(4, "big") + (520).to_bytes(4, "big")
    assert table.drive.kernel_bytes() == 0


def test_what_is_written_is_read(tmp_path: Path) -> None:
    table = disk(tmp_path)
    assert table.send(READ_10, data_in=512).data == OLD * 32
    assert table.send(WRITE_16, out=b"\xa5" * 1024).status == 0
    assert table.send(READ_16, data_in=1024).data == b"\xa5" * 1024
    assert table.send(SYNCHRONIZE).status == 0
    assert table.content()[512:1536] == b"\xa5" * 1024


def test_a_place_beyond_the_end_is_out_of_range(tmp_path: Path) -> None:
    sense = disk(tmp_path).send("28 00 00 00 00 40 00 00 01 00", data_in=512).sense
    assert sense_of(sense) == (5, 0x21, 0)


@pytest.mark.parametrize(
    ("action", "features", "supported"),
    [(1, {}, 3), (2, {}, 3), (3, {}, 3), (0x1F, {}, 3), (4, {}, 1), (3, {"crypto": False}, 1)],
)
def test_supported_operation_codes_name_each_service_action(
    tmp_path: Path, action: int, features: dict[str, Any], supported: int
) -> None:
    table = disk(tmp_path, **features)
    reply = table.send(f"a3 0c 03 48 00 {action:02x} 00 00 00 fc 00 00", data_in=252)
    assert reply.data[1] & 7 == supported


def test_some_disks_do_not_report_their_operation_codes(tmp_path: Path) -> None:
    reply = disk(tmp_path, report_opcodes=False).send("a3 0c 03 48 00 02 00 00 00 fc 00 00", data_in=252)
    assert sense_of(reply.sense) == (5, 0x20, 0)


@pytest.mark.parametrize(("action", "out"), [(OVERWRITE, ZEROS), (BLOCK, b""), (CRYPTO, b"")])
def test_sanitize_runs_in_the_background_and_request_sense_tells_how_far(
    tmp_path: Path, action: int, out: bytes
) -> None:
    table = disk(tmp_path)
    assert table.send(sanitize(IMMED | action, len(out)), out=out).status == 0
    table.pass_seconds(25)
    sense = table.send(REQUEST_SENSE, data_in=252).data
    assert (sense[0], sense_of(sense), sense[15]) == (0x70, IN_PROGRESS, 0x80)
    assert int.from_bytes(sense[16:18], "big") == pytest.approx(16384, abs=50)
    assert sense_of(table.send(TEST_UNIT_READY).sense) == IN_PROGRESS
    assert sense_of(table.send(READ_10, data_in=512).sense) == IN_PROGRESS
    assert sense_of(table.send(sanitize(IMMED | BLOCK)).sense) == IN_PROGRESS
    assert table.send(INQUIRY, data_in=96).status == 0
    table.pass_seconds(76)
    assert sense_of(table.send(REQUEST_SENSE, data_in=252).data) == (0, 0, 0)
    assert table.send(TEST_UNIT_READY).status == 0
    assert table.old_bytes() == 0


def test_without_immed_it_blocks_until_it_is_done(tmp_path: Path) -> None:
    table = disk(tmp_path)
    assert table.send(sanitize(BLOCK), timeout_ms=200_000).status == 0
    assert table.content() == bytes(SIZE)


def test_an_overwrite_takes_its_pattern_and_inverts_between_passes(tmp_path: Path) -> None:
    pattern = bytes.fromhex("0102 0f0f")
    for number, (head, expected) in enumerate([(0x01, "01020f0f"), (0x82, "fefdf0f0"), (0x83, "01020f0f")]):
        folder = tmp_path / str(number)
        folder.mkdir()
        table = disk(folder, seconds=0)
        table.send(sanitize(OVERWRITE, 8), out=bytes([head, 0, 0, 4]) + pattern)
        assert table.content() == bytes.fromhex(expected) * (SIZE // 4)


@pytest.mark.parametrize("out", [b"", bytes([0x00, 0, 0, 4, 0, 0, 0, 0]), bytes([0x01, 0, 0, 0]), bytes([1, 0, 0, 9])])
def test_an_overwrite_without_passes_or_pattern_is_refused(tmp_path: Path, out: bytes) -> None:
    table = disk(tmp_path)
    assert sense_of(table.send(sanitize(OVERWRITE, len(out)), out=out).sense) == (5, 0x26, 0)
    assert table.old_bytes() == SIZE


def test_a_failure_shows_until_another_sanitize_and_exit_needs_ause(tmp_path: Path) -> None:
    table = disk(tmp_path, Vice.FAILS)
    table.send(sanitize(IMMED | BLOCK))
    table.pass_seconds(101)
    assert sense_of(table.send(REQUEST_SENSE, data_in=252).data) == FAILED
    assert sense_of(table.send(TEST_UNIT_READY).sense) == FAILED
    assert sense_of(table.send(sanitize(EXIT)).sense) == (5, 0x24, 0)
    assert sense_of(table.send(sanitize(IMMED | AUSE | BLOCK)).sense) == (5, 0x24, 0)
    assert table.send(sanitize(IMMED | BLOCK)).status == 0


def test_a_failure_with_ause_can_be_left(tmp_path: Path) -> None:
    table = disk(tmp_path, Vice.FAILS)
    table.send(sanitize(IMMED | AUSE | BLOCK))
    table.pass_seconds(101)
    assert table.send(sanitize(EXIT)).status == 0
    assert table.send(READ_10, data_in=512).status == 0
    assert table.old_bytes() == SIZE // 2


def test_sectors_that_need_a_write_are_a_medium_error_until_then(tmp_path: Path) -> None:
    table = disk(tmp_path, Vice.NEEDS_WRITE, seconds=0)
    assert vital(table, 0xB1)[7] == 0b1010_0000
    table.send(sanitize(BLOCK))
    assert sense_of(table.send(READ_10, data_in=512).sense) == (3, 0x11, 0)
    table.send(WRITE_10, out=bytes(512))
    assert table.send(READ_10, data_in=512).data == bytes(512)
    assert sense_of(table.send(READ_16, data_in=1024).sense) == (3, 0x11, 0)


def test_mode_sense_and_report_luns_satisfy_a_disk_driver(tmp_path: Path) -> None:
    table = disk(tmp_path)
    assert table.send("1a 08 08 00 ff 00", data_in=255).data[:7] == bytes([23, 0, 0, 0, 0x08, 18, 0x04])
    assert table.send("1a 00 08 00 ff 00", data_in=255).data[:12] == bytes.fromhex("1f000008 00000040 00000200")
    assert table.send("5a 08 3f 00 00 00 00 00 ff 00", data_in=255).data[8] == 0x08
    assert table.send("a0 00 00 00 00 00 00 00 00 10 00 00", data_in=16).data == bytes([0, 0, 0, 8]) + bytes(12)


EVERYTHING = bytes.fromhex("00000008 ffffffff 00000200")


def capacity(table: Table) -> int:
    return int.from_bytes(table.send(READ_CAPACITY_16, data_in=32).data[:8], "big") + 1


def test_mode_select_shows_what_a_smaller_number_of_blocks_hides(tmp_path: Path) -> None:
    table = Table(tmp_path, "scsi", {"native_bytes": 2 * SIZE}, native=2 * SIZE)
    assert capacity(table) == SIZE // 512
    assert table.send("15 10 00 00 0c 00", out=EVERYTHING).status == 0
    table.replug(power=1)
    assert (capacity(table), table.drive.kernel_bytes()) == (2 * SIZE // 512, 2 * SIZE)


def test_a_kernel_may_keep_the_old_number_of_blocks(tmp_path: Path) -> None:
    table = Table(tmp_path, "scsi", {"native_bytes": 2 * SIZE}, (Vice.KEEPS_SIZE,), native=2 * SIZE)
    table.send("55 10 00 00 00 00 00 00 10 00", out=bytes.fromhex("0000000000000008 ffffffff 00000200"))
    assert (capacity(table), table.drive.kernel_bytes()) == (2 * SIZE // 512, SIZE)
    table.replug(power=1)
    assert table.drive.kernel_bytes() == 2 * SIZE


@pytest.mark.parametrize(
    ("out", "code"),
    [("00000008 00000041 00000200", 0x26), ("00000008 ffffffff 00000208", 0x26), ("000008", 0x1A), ("00000008", 0x26)],
)
def test_mode_select_refuses_what_the_medium_does_not_have(tmp_path: Path, out: str, code: int) -> None:
    sense = disk(tmp_path).send("15 10 00 00 0c 00", out=bytes.fromhex(out)).sense
    assert sense_of(sense) == (5, code, 0)
