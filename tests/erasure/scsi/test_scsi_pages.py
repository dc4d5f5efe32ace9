"""INQUIRY data, pages of vital product data and capacities: what they say, and nothing more."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from erasure.hidden import AreaState
from erasure.scsi import capacity as sizes
from erasure.scsi.inquiry import (
    SILENT,
    characteristics,
    decode_inquiry,
    page_body,
    supported_pages,
    unit_serial,
    world_wide_name,
)
from erasure.scsi.reading import support_told
from tests.erasure.scsi.scripted_drive import block_characteristics, capacity_16, inquiry, mode_data, page, supported

WWN = bytes.fromhex("010300085000c50012345678")
EUI = bytes.fromhex("010200080011223344556677")
PORT = bytes.fromhex("619300085000c50012345679")  # of the target port: not the drive's
NAMED = bytes.fromhex("020100 08 44454d4f44454d4f".replace(" ", ""))


def test_an_inquiry_names_the_device() -> None:
    found = decode_inquiry(inquiry(protect=1))
    assert found is not None
    assert (found.vendor, found.product, found.revision, found.device_type) == ("DEMOVEND", "DEMO DISK 0001", "A001", 0)
    assert found.protect


@pytest.mark.parametrize("raw", [b"", bytes(36), bytes(96), b"\xff" * 96, inquiry()[:35], b"\x20" + inquiry()[1:]])
def test_an_inquiry_that_is_blank_short_or_of_nothing_is_illegible(raw: bytes) -> None:
    assert decode_inquiry(raw) is None


def test_a_page_is_read_only_when_it_is_whole_and_the_one_that_was_asked_for() -> None:
    whole = page(0x80, b"DEMO-0001")
    assert page_body(whole, 0x80) == b"DEMO-0001"
    assert unit_serial(whole) == "DEMO-0001"
    assert (page_body(whole, 0x83), page_body(whole[:-1], 0x80), page_body(b"", 0x80)) == (None, None, None)


@pytest.mark.parametrize(
    ("designators", "wwn"),
    [
        (WWN, "5000c50012345678"),
        (EUI + WWN, "5000c50012345678"),
        (EUI, "0011223344556677"),
        (PORT + NAMED, ""),
        (WWN[:-1], ""),
        (bytes.fromhex("010300080000000000000000"), ""),
    ],
)
def test_the_world_wide_name_is_that_of_the_logical_unit(designators: bytes, wwn: str) -> None:
    assert world_wide_name(page(0x83, designators)) == wwn


@pytest.mark.parametrize(
    ("byte_7", "wanted"),
    [(0x00, ""), (0x50, ""), (0x80, "block"), (0xF0, "block crypto"), (0x20, "crypto")],
)
def test_two_and_three_mean_that_erased_sectors_want_a_write_first(byte_7: int, wanted: str) -> None:
    found = characteristics(block_characteristics(byte_7))
    assert found.rotation == 7200
    assert found.write_after_block is ("block" in wanted)
    assert found.write_after_crypto is ("crypto" in wanted)


@pytest.mark.parametrize(("rate", "told"), [(0, None), (1, 1), (2, None), (0x0401, 0x0401), (0xFFFF, None)])
def test_a_rotation_that_no_drive_has_is_not_told(rate: int, told: int | None) -> None:
    assert characteristics(block_characteristics(rate=rate)).rotation == told


@pytest.mark.parametrize(
    ("raw", "known"),
    [
        (supported(3), True),
        (supported(1), False),
        (supported(0), None),
        (supported(5), None),
        (b"", None),
        (bytes(20), None),
        (b"\xff" * 20, None),
        (bytes((0, 3, 0, 10)) + bytes(10), None),
    ],
)
def test_support_is_a_yes_a_no_or_not_told(raw: bytes, known: object) -> None:
    assert support_told(raw) is known


def test_a_capacity_has_its_block_size_and_protection() -> None:
    assert sizes.capacity_16(capacity_16(1 << 33, 520, 0x03)) == sizes.Capacity(1 << 33, 520, 2)
    assert sizes.capacity_10(bytes.fromhex("000fffff00000200")) == sizes.Capacity(1 << 20, 512, 0)


@pytest.mark.parametrize("raw", [b"", bytes(32), b"\xff" * 32, capacity_16()[:13], capacity_16(block=3)])
def test_a_capacity_that_no_drive_has_is_none(raw: bytes) -> None:
    assert sizes.capacity_16(raw) is None
    assert sizes.capacity_10(b"\xff\xff\xff\xff\0\0\2\0") is None


def test_a_shortened_drive_is_seen_where_its_mode_page_tells() -> None:
    found = sizes.ledger(sizes.Capacity(1000, 512, 0), sizes.described_blocks(mode_data(2000)))
    assert (found.hpa, found.native_bytes, found.current_bytes) == (AreaState.PRESENT, 1_024_000, 512_000)
    assert "2000" in found.detail


def test_a_native_capacity_that_nobody_told_is_unknown() -> None:
    found = sizes.ledger(sizes.Capacity(1000, 512, 0), sizes.described_blocks(mode_data(1000)))
    assert (found.hpa, found.dco, found.ama, found.native_bytes) == (
        AreaState.UNKNOWN,
        AreaState.NONE,
        AreaState.NONE,
        None,
    )
    assert not found.closed


@pytest.mark.parametrize("raw", [b"", bytes(24), b"\xff" * 24, mode_data(5)[:23]])
def test_a_block_descriptor_that_is_not_whole_tells_nothing(raw: bytes) -> None:
    assert sizes.described_blocks(raw) is None


@given(st.binary(max_size=600))
def test_random_bytes_never_raise_and_never_name_a_capability(raw: bytes) -> None:
    decode_inquiry(raw)
    sizes.capacity_10(raw)
    sizes.capacity_16(raw)
    assert sizes.described_blocks(raw) != 0
    assert set(supported_pages(raw)) <= set(range(256))
    assert world_wide_name(raw) == "" or raw[1] == 0x83
    assert characteristics(raw) == SILENT or raw[1] == 0xB1
    assert support_told(raw) is not True or (raw[1] & 7, raw[4]) == (3, 0x48)


@pytest.fixture
def hexed(tmp_path: Path) -> Callable[[bytes], str]:
    def write(raw: bytes) -> str:
        place = tmp_path / "bytes.hex"
        place.write_text(raw.hex(" "), "ascii")
        return f"--inhex={place}"

    return write


@pytest.mark.world
@pytest.mark.parametrize("byte_7", [0x00, 0x50, 0x80, 0x90, 0xC0, 0xF0, 0x20])
def test_sg_vpd_reads_the_same_characteristics(byte_7: int, sg3: Any, hexed: Any) -> None:
    raw = block_characteristics(byte_7)
    told, found = sg3("sg_vpd", hexed(raw), "--page=0xb1"), characteristics(raw)
    assert f"Nominal rotation rate: {found.rotation} rpm" in told
    assert any(f"WABEREQ={value}" in told for value in (2, 3)) is found.write_after_block
    assert any(f"WACEREQ={value}" in told for value in (2, 3)) is found.write_after_crypto


@pytest.mark.world
def test_sg_vpd_reads_the_same_serial_and_name(sg3: Any, hexed: Any) -> None:
    serial, names = page(0x80, b"DEMO-0001"), page(0x83, NAMED + PORT + WWN)
    assert unit_serial(serial) in sg3("sg_vpd", hexed(serial), "--page=0x80")
    assert f"0x{world_wide_name(names)}" in sg3("sg_vpd", hexed(names), "--page=0x83")


@pytest.mark.world
def test_sg_inq_reads_the_same_inquiry(sg3: Any, hexed: Any) -> None:
    raw = inquiry(protect=1)
    told, found = sg3("sg_inq", hexed(raw)), decode_inquiry(raw)
    assert found is not None
    assert f"Vendor identification: {found.vendor}" in told
    assert f"Product identification: {found.product}" in told
    assert ("Protect=1" in told) is found.protect
