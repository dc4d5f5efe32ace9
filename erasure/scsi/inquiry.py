"""INQUIRY data and pages of vital product data, decoded. Pure; a page that is short, or another page, says nothing.

SPC-6 6.7 and 7.7; SBC-5 6.6 (B1h); drives, section 3.9.
"""

from dataclasses import dataclass

from erasure.identity import visible

INQUIRY_SHORTEST = 36
PAGE_HEADER = 4
CONNECTED = 0  # peripheral qualifier: a device is there
BINARY, LOGICAL_UNIT = 1, 0  # code set, association of a designator
NAA, EUI64 = 3, 2  # designator types
LENGTHS = {NAA: (8, 16), EUI64: (8, 12, 16)}
WRITE_FIRST = (2, 3)  # WABEREQ, WACEREQ: reads end in a medium error until the sector is written
SLOWEST, FASTEST = 0x0401, 0xFFFE  # rotations per minute
NON_ROTATING = 1
CHARACTERISTICS_SHORTEST = 8


@dataclass(frozen=True, slots=True)
class Inquiry:
    """Standard INQUIRY data."""

    device_type: int
    removable: bool
    protect: bool  # the device can keep protection information
    vendor: str
    product: str
    revision: str


@dataclass(frozen=True, slots=True)
class Characteristics:
    """Block device characteristics, VPD B1h."""

    rotation: int | None  # 1 for none, revolutions per minute, None when not told
    write_after_block: bool
    write_after_crypto: bool


SILENT = Characteristics(rotation=None, write_after_block=False, write_after_crypto=False)


def decode_inquiry(raw: bytes) -> Inquiry | None:
    """Decode standard INQUIRY data; None when it is short, blank, or says that no device is there."""
    if len(raw) < INQUIRY_SHORTEST or raw[0] >> 5 != CONNECTED:
        return None
    vendor, product = visible(raw[8:16]), visible(raw[16:32])
    if not vendor and not product:
        return None
    return Inquiry(
        raw[0] & 0x1F, bool(raw[1] & 0x80), bool(raw[5] & 0x01), vendor, product, visible(raw[32:INQUIRY_SHORTEST])
    )


def page_body(raw: bytes, page: int) -> bytes | None:
    """Give what follows the header of a page; None when it is another page or shorter than it says."""
    if len(raw) < PAGE_HEADER or raw[1] != page or raw[0] >> 5 != CONNECTED:
        return None
    length = int.from_bytes(raw[2:PAGE_HEADER], "big")
    return raw[PAGE_HEADER : PAGE_HEADER + length] if len(raw) >= PAGE_HEADER + length else None


def supported_pages(raw: bytes) -> tuple[int, ...]:
    """Page numbers of VPD 00h; empty when it is illegible."""
    return tuple(page_body(raw, 0x00) or b"")


def unit_serial(raw: bytes) -> str:
    """Serial number of VPD 80h; "" when there is none."""
    return visible(page_body(raw, 0x80) or b"")


def world_wide_name(raw: bytes) -> str:
    """World-wide name of the logical unit in VPD 83h, lower-case hex: NAA first, then EUI-64; "" when there is none."""
    found: dict[int, str] = {}
    rest = page_body(raw, 0x83) or b""
    while len(rest) >= PAGE_HEADER:
        code_set, kind, association, length = rest[0] & 0x0F, rest[1] & 0x0F, rest[1] >> 4 & 0x03, rest[3]
        body = rest[PAGE_HEADER : PAGE_HEADER + length]
        fits = code_set == BINARY and association == LOGICAL_UNIT and len(body) == length
        if fits and length in LENGTHS.get(kind, ()) and any(body):
            found.setdefault(kind, body.hex())
        rest = rest[PAGE_HEADER + length :]
    return found.get(NAA) or found.get(EUI64, "")


def characteristics(raw: bytes) -> Characteristics:
    """Decode VPD B1h; what is not told stays untold."""
    if len(page_body(raw, 0xB1) or b"") < CHARACTERISTICS_SHORTEST - PAGE_HEADER:
        return SILENT
    rate = int.from_bytes(raw[4:6], "big")
    told = rate == NON_ROTATING or SLOWEST <= rate <= FASTEST
    return Characteristics(
        rotation=rate if told else None,
        write_after_block=raw[7] >> 6 in WRITE_FIRST,
        write_after_crypto=raw[7] >> 4 & 0x03 in WRITE_FIRST,
    )
