"""ATA commands as they lie in the ATA PASS-THROUGH CDBs of SAT: registers in, registers out (drives, 3.3)."""

from dataclasses import dataclass
from enum import IntEnum

from erasure.simulated.sense import Registers

PASS_THROUGH_12, PASS_THROUGH_16 = 0xA1, 0x85
ABORT = 0x04
ERROR = 0x51
LBA_28 = 0x0FFFFFFF
LBA_24 = 0xFFFFFF
CHECK_CONDITION_WANTED = 0x20
PROTOCOLS = frozenset({3, 4, 5, 6, 12})


class Command(IntEnum):
    """The commands that a simulated ATA drive knows."""

    READ_NATIVE_MAX_EXT = 0x27
    READ_LOG_EXT = 0x2F
    SET_MAX_EXT = 0x37
    READ_LOG_DMA_EXT = 0x47
    ACCESSIBLE_MAX = 0x78
    SMART = 0xB0
    DEVICE_CONFIGURATION = 0xB1
    SANITIZE = 0xB4
    STANDBY_IMMEDIATE = 0xE0
    CHECK_POWER = 0xE5
    FLUSH = 0xE7
    FLUSH_EXT = 0xEA
    IDENTIFY = 0xEC
    SET_PASSWORD = 0xF1
    UNLOCK = 0xF2
    ERASE_PREPARE = 0xF3
    ERASE_UNIT = 0xF4
    FREEZE_LOCK = 0xF5
    DISABLE_PASSWORD = 0xF6
    READ_NATIVE_MAX = 0xF8
    SET_MAX = 0xF9


class Aborted(Exception):
    """A command ends with ERR and ABRT; `lba` carries a reason where there is one."""

    def __init__(self, lba: int = 0) -> None:
        super().__init__(f"aborted, LBA {lba:#x}")
        self.registers = Registers(ERROR, ABORT, 0, lba)


@dataclass(frozen=True, slots=True)
class Taskfile:
    """One ATA command as the drive sees it."""

    command: int
    feature: int
    count: int
    lba: int
    device: int
    extended: bool
    protocol: int
    wants_registers: bool
    timeout_ms: int
    data_out: bytes


def taskfile(cdb: bytes, timeout_ms: int, data_out: bytes) -> Taskfile:
    """Read a CDB of 16 bytes: ATA PASS-THROUGH (16), or (12) with its padding."""
    extended = cdb[0] == PASS_THROUGH_16 and bool(cdb[1] & 1)
    if cdb[0] == PASS_THROUGH_16:
        feature, count, device, command = cdb[4], cdb[6], cdb[13], cdb[14]
        lba = cdb[8] | cdb[10] << 8 | cdb[12] << 16
    else:
        feature, count, device, command = cdb[3], cdb[4], cdb[8], cdb[9]
        lba = cdb[5] | cdb[6] << 8 | cdb[7] << 16
    if extended:
        feature, count = feature | cdb[3] << 8, count | cdb[5] << 8
        lba |= cdb[7] << 24 | cdb[9] << 32 | cdb[11] << 40
    else:
        lba |= (device & 0x0F) << 24
    wants = bool(cdb[2] & CHECK_CONDITION_WANTED)
    return Taskfile(command, feature, count, lba, device, extended, cdb[1] >> 1 & 0xF, wants, timeout_ms, data_out)


def address(lba: int, *, extended: bool) -> Registers:
    """Give an address back: 48 bits, or 28 with the highest four in the device register."""
    if extended:
        return Registers(lba=lba)
    short = min(lba, LBA_28)
    return Registers(lba=short & LBA_24, device=0x40 | short >> 24)
