"""Replies of SCSI devices as bytes, and the forms in which a translation hands ATA registers over (SPC, SAT; drives 4).

The host's part is that of Linux: a check condition sets driver status 8 (sense is there) and bit 0 of `info`.
"""

from dataclasses import dataclass
from enum import IntEnum, StrEnum

from erasure.transport.ports import ScsiReply

CHECK_CONDITION = 0x02
DRIVER_SENSE = 0x08
SG_INFO_CHECK = 0x01
DID_TIME_OUT = 0x03
ATA_ERROR_BIT = 0x01
BYTE = 0xFF


class Key(IntEnum):
    """Sense keys."""

    NO_SENSE = 0
    RECOVERED = 1
    NOT_READY = 2
    MEDIUM_ERROR = 3
    ILLEGAL_REQUEST = 5
    UNIT_ATTENTION = 6
    DATA_PROTECT = 7
    ABORTED_COMMAND = 0xB


class SenseForm(StrEnum):
    """How the registers of ATA come back."""

    LIBATA = "libata"  # good: descriptor; error: fixed, as D_SENSE is 0
    LIBATA_OLD = "libata-old"  # good: descriptor; error: fixed as before 6.11
    DESCRIPTOR = "descriptor"
    FIXED = "fixed"
    OLD_FIXED = "old-fixed"
    NONE = "none"


class Refused(Exception):
    """A SCSI command ends in CHECK CONDITION with this sense data."""

    def __init__(
        self, key: Key, asc: int, ascq: int = 0, *, progress: int | None = None, lba: int | None = None
    ) -> None:
        super().__init__(f"{key.name} {asc:02x}/{ascq:02x}")
        self.sense = fixed_sense(key, asc, ascq, progress=progress, lba=lba)


@dataclass(frozen=True, slots=True)
class Registers:
    """Output registers of an ATA command."""

    status: int = 0x50
    error: int = 0
    count: int = 0
    lba: int = 0
    device: int = 0x40
    extended: bool = False

    @property
    def failed(self) -> bool:
        """Say whether the error bit is set."""
        return bool(self.status & ATA_ERROR_BIT)


def good(data: bytes = b"", asked: int = 0) -> ScsiReply:
    """Answer GOOD with as much of `data` as was asked for."""
    sent = data[:asked]
    return ScsiReply(0, 0, 0, 0, asked - len(sent), 1, b"", sent)


def check(sense: bytes, data: bytes = b"", asked: int = 0) -> ScsiReply:
    """Answer CHECK CONDITION."""
    sent = data[:asked]
    return ScsiReply(CHECK_CONDITION, 0, DRIVER_SENSE, SG_INFO_CHECK, asked - len(sent), 1, sense, sent)


def timed_out(timeout_ms: int, asked: int = 0) -> ScsiReply:
    """Answer for a host adapter that gave up waiting."""
    return ScsiReply(0, DID_TIME_OUT, 0, SG_INFO_CHECK, asked, timeout_ms, b"", b"")


def fixed_sense(key: int, asc: int, ascq: int = 0, *, progress: int | None = None, lba: int | None = None) -> bytes:
    """Build 18 bytes of sense data in fixed format; `progress` counts 65536ths."""
    sense = bytearray(18)
    sense[0], sense[2], sense[7], sense[12], sense[13] = 0x70, key, 10, asc, ascq
    if lba is not None:
        sense[0] = 0xF0
        sense[3:7] = (lba & 0xFFFFFFFF).to_bytes(4, "big")
    if progress is not None:
        sense[15] = 0x80
        sense[16:18] = progress.to_bytes(2, "big")
    return bytes(sense)


def ata_sense(registers: Registers, form: SenseForm) -> bytes:
    """Hand registers over in `form`; b"" when there is no sense data at all."""
    match form:
        case SenseForm.NONE:
            return b""
        case SenseForm.OLD_FIXED:
            return _old_fixed(registers)
        case SenseForm.FIXED:
            return _fixed(registers)
        case SenseForm.LIBATA if registers.failed:
            return _fixed(registers)
        case SenseForm.LIBATA_OLD if registers.failed:
            return _old_fixed(registers)
        case _:
            return _descriptor(registers)


def _head(registers: Registers) -> tuple[Key, int, int]:
    return (Key.ABORTED_COMMAND, 0, 0) if registers.failed else (Key.RECOVERED, 0, 0x1D)


def _descriptor(registers: Registers) -> bytes:
    key, asc, ascq = _head(registers)
    lba = registers.lba.to_bytes(6, "little")
    high = registers.extended
    return bytes([0x72, key, asc, ascq, 0, 0, 0, 14]) + bytes([
        0x09, 0x0C, int(high), registers.error, registers.count >> 8 if high else 0, registers.count & BYTE,
        lba[3] if high else 0, lba[0], lba[4] if high else 0, lba[1], lba[5] if high else 0, lba[2],
        registers.device, registers.status,
    ])  # fmt: skip


def _flags(registers: Registers) -> int:
    if not registers.extended:
        return 0
    return 0x80 | (registers.count > BYTE) << 6 | (registers.lba >> 24 > 0) << 5


def _fixed(registers: Registers) -> bytes:
    sense = bytearray(fixed_sense(*_head(registers)))
    sense[0] = 0xF0
    sense[3:7] = bytes([registers.error, registers.status, registers.device, registers.count & BYTE])
    sense[8] = _flags(registers)
    sense[9:12] = registers.lba.to_bytes(6, "little")[:3]
    return bytes(sense)


def _old_fixed(registers: Registers) -> bytes:
    """Shift the registers by five bytes: [17..19] are LBA low, mid, high, and SG_IO hands out 18 bytes only."""
    sense = bytearray(fixed_sense(*_head(registers)))
    sense[8:12] = bytes([registers.error, registers.status, registers.device, registers.count & BYTE])
    sense[16] = _flags(registers)
    sense[17] = registers.lba & BYTE
    return bytes(sense)
