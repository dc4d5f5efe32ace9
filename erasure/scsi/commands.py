"""Command descriptor blocks, byte by byte. Builders only: nothing is sent here.

SPC-6 (INQUIRY, MODE SENSE, REQUEST SENSE, TEST UNIT READY, REPORT SUPPORTED OPERATION CODES), SBC-5 (READ CAPACITY,
SANITIZE); drives, section 3.9.
"""

from enum import IntEnum

INQUIRY_BYTES = 96
PAGE_BYTES = 252  # a length that fits one byte: careless devices look at that byte alone
LONG_PAGE_BYTES = 572  # VPD 89h
SENSE_BYTES = 252
CAPACITY_10_BYTES = 8
CAPACITY_16_BYTES = 32
OPCODE_BYTES = 20
MODE_BYTES = 252
ATA_INFORMATION = 0x89
SANITIZE = 0x48
IMMEDIATE = 0x80
ONE_COMMAND = 0x02  # REPORT SUPPORTED OPERATION CODES: this opcode with this service action
ONE_PASS = 0x01
ZEROS = bytes(4)  # what travels through a SAT translation


class SanitizeAction(IntEnum):
    """Service actions of SANITIZE."""

    OVERWRITE = 0x01
    BLOCK = 0x02
    CRYPTO = 0x03


def test_unit_ready() -> bytes:
    """TEST UNIT READY."""
    return bytes(6)


def request_sense() -> bytes:
    """REQUEST SENSE, fixed format asked for (DESC = 0); `SENSE_BYTES` in."""
    return bytes((0x03, 0, 0, 0, SENSE_BYTES, 0))


def inquiry() -> bytes:
    """Build the standard INQUIRY, `INQUIRY_BYTES` in."""
    return bytes((0x12, 0, 0, 0, INQUIRY_BYTES, 0))


def page_bytes(page: int) -> int:
    """How many bytes to ask for of a page of vital product data."""
    return LONG_PAGE_BYTES if page == ATA_INFORMATION else PAGE_BYTES


def vital_product_data(page: int) -> bytes:
    """INQUIRY with EVPD, `page_bytes(page)` in."""
    return bytes((0x12, 1, page)) + page_bytes(page).to_bytes(2, "big") + b"\0"


def read_capacity_10() -> bytes:
    """READ CAPACITY(10), 8 bytes in."""
    return bytes((0x25,)) + bytes(9)


def read_capacity_16() -> bytes:
    """READ CAPACITY(16): SERVICE ACTION IN(16), action 10h, 32 bytes in."""
    return bytes((0x9E, 0x10)) + bytes(8) + CAPACITY_16_BYTES.to_bytes(4, "big") + bytes(2)


def report_supported(opcode: int, action: int) -> bytes:
    """REPORT SUPPORTED OPERATION CODES for one opcode with one service action, 20 bytes in."""
    return (
        bytes((0xA3, 0x0C, ONE_COMMAND, opcode))
        + action.to_bytes(2, "big")
        + OPCODE_BYTES.to_bytes(4, "big")
        + bytes(2)
    )


def mode_sense_10(page: int) -> bytes:
    """MODE SENSE(10), current values, LLBAA set so that the block descriptor counts in 64 bits; 252 bytes in."""
    return bytes((0x5A, 0x10, page & 0x3F, 0, 0, 0, 0)) + MODE_BYTES.to_bytes(2, "big") + b"\0"


def mode_select_10(length: int) -> bytes:
    """MODE SELECT(10), page format, pages saved, a parameter list of `length` bytes."""
    return bytes((0x55, 0x11, 0, 0, 0, 0, 0)) + length.to_bytes(2, "big") + b"\0"


def sanitize(action: SanitizeAction) -> tuple[bytes, bytes]:
    """SANITIZE and its parameter list: IMMED = 1, AUSE = 0, ZNR = 0; one overwrite pass of zeros, not inverted."""
    listed = bytes((ONE_PASS, 0)) + len(ZEROS).to_bytes(2, "big") + ZEROS if action is SanitizeAction.OVERWRITE else b""
    return bytes((SANITIZE, IMMEDIATE | action)) + bytes(5) + len(listed).to_bytes(2, "big") + b"\0", listed
