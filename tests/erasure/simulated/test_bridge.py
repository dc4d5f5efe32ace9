"""What a drive answers for Linux's translation, and what a USB bridge answers in its place (drives, 5.1)."""

from pathlib import Path
from typing import Any

import pytest

from erasure.simulated.firmware import Vice
from tests.erasure.simulated.drives import (
    ALL_SANITIZE,
    BLOCK,
    CRYPTO,
    IDENTIFY,
    NATIVE_MAX_EXT,
    OLD,
    OVERWRITE,
    READ_10,
    SANITIZE_STATUS,
    Table,
)

INQUIRY = "12 00 00 00 60 00"
SERIAL_PAGE = "12 01 80 00 fc 00"


def bridged(folder: Path, *vices: Vice, **features: Any) -> Table:
    return Table(folder, "ata", {**ALL_SANITIZE, "seconds": 0, **features}, vices, bridge="DEMOUSB SATA DOCK 3000")


def test_libata_says_ata_and_the_beginning_of_the_model(tmp_path: Path) -> None:
    data = Table(tmp_path).send(INQUIRY, data_in=96).data
    assert (data[8:16], data[16:32], data[32:36], len(data)) == (b"ATA     ", b"DEMO DRIVE 32K  ", b"ABCD", 96)


def test_libata_has_the_identify_block_in_page_89h(tmp_path: Path) -> None:
    table = Table(tmp_path)
    page = table.send("12 01 89 02 3c 00", data_in=572).data
    assert (page[1], page[2:4].hex(), page[8:16], page[36], page[56]) == (0x89, "0238", b"linux   ", 0x34, 0xEC)
    assert page[60:] == table.send(IDENTIFY, data_in=512).data


def test_libata_names_the_drive_in_pages_80h_and_83h(tmp_path: Path) -> None:
    table = Table(tmp_path)
    assert table.send(SERIAL_PAGE, data_in=252).data[4:] == b"DEMO-0001".ljust(20)
    names = table.send("12 01 83 00 fc 00", data_in=252).data
    assert names[-12:] == bytes.fromhex("01030008 5000000000000001")
    assert b"ATA     DEMO DRIVE 32K " in names


def test_libata_knows_no_scsi_sanitize(tmp_path: Path) -> None:
    table = Table(tmp_path, features=ALL_SANITIZE)
    sense = table.send("48 82 00 00 00 00 00 00 00 00").sense
    assert (sense[2], sense[12]) == (5, 0x20)
    assert table.send("a3 0c 03 48 00 02 00 00 00 fc 00 00", data_in=252).data[1] & 7 == 1
    assert table.send("a3 0c 01 85 00 00 00 00 00 fc 00 00", data_in=252).data[1] & 7 == 3


def test_libata_reads_and_writes(tmp_path: Path) -> None:
    table = Table(tmp_path)
    assert table.send(READ_10, data_in=512).data == OLD * 32
    assert table.send("2a 00 00 00 00 00 00 00 01 00", out=b"\x5a" * 512).status == 0
    assert table.send(READ_10, data_in=512).data == b"\x5a" * 512


def test_a_bridge_speaks_in_its_own_name(tmp_path: Path) -> None:
    table = bridged(tmp_path, bridge_serial="DEMO-152D")
    data = table.send(INQUIRY, data_in=96).data
    assert (data[8:16], data[16:32]) == (b"DEMOUSB ", b"SATA DOCK 3000  ")
    assert table.send(SERIAL_PAGE, data_in=252).data == b"\0\x80\0\x09DEMO-152D"
    assert table.send("12 01 89 02 3c 00", data_in=572).status == 2
    assert table.send(IDENTIFY, data_in=512).data[20:24] == b"EDOM"


def test_a_good_bridge_passes_a_sanitize_and_its_status(tmp_path: Path) -> None:
    table = bridged(tmp_path)
    table.send(BLOCK)
    assert table.registers(SANITIZE_STATUS)["count"] == 0x8000
    assert table.old_bytes() == 0


def test_a_bridge_without_pass_through_knows_no_such_command(tmp_path: Path) -> None:
    table = bridged(tmp_path, Vice.NO_PASSTHROUGH)
    reply = table.send(IDENTIFY, data_in=512)
    assert (reply.data, reply.resid, reply.sense.hex(" ")) == (
        b"",
        512,
        "70 00 05 00 00 00 00 0a 00 00 00 00 20 00 00 00 00 00",
    )
    assert table.send(READ_10, data_in=512).data == OLD * 32


@pytest.mark.parametrize("command", [CRYPTO, BLOCK, OVERWRITE])
def test_a_bridge_that_garbles_identifies_and_breaks_every_key(tmp_path: Path, command: str) -> None:
    table = bridged(tmp_path, Vice.GARBLES)
    assert table.send(IDENTIFY, data_in=512).data[20:24] == b"EDOM"
    assert table.send(command).sense[11] == 0x04
    assert table.registers(NATIVE_MAX_EXT)["lba"] == 63
    assert table.old_bytes() == 64 * 512


def test_a_bridge_in_fixed_format_loses_the_status(tmp_path: Path) -> None:
    table = bridged(tmp_path, Vice.FIXED_SENSE)
    table.send(BLOCK)
    reply = table.send(SANITIZE_STATUS)
    assert reply.sense.hex(" ") == "f0 00 01 00 50 40 00 0a c0 ff ff 00 00 1d 00 00 00 00"
