"""How many blocks of which length: READ CAPACITY and the block descriptor of MODE SENSE, decoded. Pure.

SBC-5 5.20 and 5.21, 6.5.2; SPC-6 7.5.5; drives, sections 3.7 and 3.9. What a SCSI drive could hold at its maximum it
does not tell before that maximum is restored: the ledger of hidden areas says so instead of "none".
"""

from dataclasses import dataclass

from erasure.hidden import AreaState, HiddenAreas

BEYOND_10 = 0xFFFFFFFF  # READ CAPACITY(10): ask the longer command
SHORTEST_10, SHORTEST_16 = 8, 14
MODE_HEADER, LONG_DESCRIPTOR, SHORT_DESCRIPTOR = 8, 16, 8
LONG_LBA = 0x01
SMALLEST_BLOCK, LARGEST_BLOCK = 256, 65_536  # bytes: below or above, nobody has a drive
NOT_TOLD = "a SCSI drive tells its native capacity only once its maximum is restored"
DISAGREE = "the mode page block descriptor counts {told} blocks, READ CAPACITY {read}"
TRANSLATED = "an ATA drive behind a translation: its own answers decide"
BRIDGED = "a USB bridge speaks for the drive: areas behind it are not known"
UNREAD = "the capacity could not be read"


@dataclass(frozen=True, slots=True)
class Capacity:
    """What READ CAPACITY said: number of logical blocks, their bytes, type of protection information (0 for none)."""

    sectors: int
    block_bytes: int
    protection: int


def capacity_16(raw: bytes) -> Capacity | None:
    """Decode READ CAPACITY(16); None when it is short or no drive could mean it."""
    if len(raw) < SHORTEST_16:
        return None
    protection = (raw[12] >> 1 & 0x07) + 1 if raw[12] & 0x01 else 0
    return plausible(int.from_bytes(raw[:8], "big"), int.from_bytes(raw[8:12], "big"), protection)


def capacity_10(raw: bytes) -> Capacity | None:
    """Decode READ CAPACITY(10); None when it is short, implausible, or the drive is too large for it."""
    if len(raw) < SHORTEST_10 or int.from_bytes(raw[:4], "big") == BEYOND_10:
        return None
    return plausible(int.from_bytes(raw[:4], "big"), int.from_bytes(raw[4:8], "big"), 0)


def plausible(last: int, block: int, protection: int) -> Capacity | None:
    """Give the capacity when it can be meant: `last` is the last LBA, and byte addresses fit 64 bits."""
    if not SMALLEST_BLOCK <= block <= LARGEST_BLOCK or not 0 < last < (1 << 63) // block:
        return None
    return Capacity(last + 1, block, protection)


def described_blocks(raw: bytes) -> int | None:
    """Number of blocks in the block descriptor of MODE SENSE(10); None when there is none, or it says "all"."""
    if len(raw) < MODE_HEADER:
        return None
    length = int.from_bytes(raw[6:8], "big")
    body = raw[MODE_HEADER : MODE_HEADER + length]
    if raw[4] & LONG_LBA and length >= LONG_DESCRIPTOR and len(body) >= LONG_DESCRIPTOR:
        count, most = int.from_bytes(body[:8], "big"), (1 << 64) - 1
    elif not raw[4] & LONG_LBA and length >= SHORT_DESCRIPTOR and len(body) >= SHORT_DESCRIPTOR:
        count, most = int.from_bytes(body[:4], "big"), (1 << 32) - 1  # byte 0 is reserved, or the upper byte
    else:
        return None
    return count if 0 < count < most else None


def ledger(capacity: Capacity | None, described: int | None) -> HiddenAreas:
    """Close the ledger of a SCSI drive as far as possible: it has no DCO and no AMAC, but it may be shortened."""
    if capacity is None:
        return unknown_areas(UNREAD)
    current = capacity.sectors * capacity.block_bytes
    if described is not None and described > capacity.sectors:
        native = described * capacity.block_bytes
        told = DISAGREE.format(told=described, read=capacity.sectors)
        return HiddenAreas(AreaState.PRESENT, AreaState.NONE, AreaState.NONE, native, None, current, told)
    return HiddenAreas(AreaState.UNKNOWN, AreaState.NONE, AreaState.NONE, None, None, current, NOT_TOLD)


def unknown_areas(detail: str) -> HiddenAreas:
    """Nothing is known, and why."""
    return HiddenAreas(AreaState.UNKNOWN, AreaState.UNKNOWN, AreaState.UNKNOWN, None, None, None, detail)
