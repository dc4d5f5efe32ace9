"""ATA commands as register values: what is sent, never how, and never whether it may be (drives, 3.3, 3.6, 3.7).

A command that may destroy is made here like any other; the guard in front of the port decides whether it passes.
"""

from dataclasses import dataclass
from enum import IntEnum


class Protocol(IntEnum):
    """How the data moves, as SAT numbers it."""

    NON_DATA = 3
    DATA_IN = 4  # PIO
    DATA_OUT = 5  # PIO


@dataclass(frozen=True, slots=True)
class Taskfile:
    """The registers of one command. An `extended` one has 16-bit feature and count and a 48-bit LBA."""

    command: int
    protocol: Protocol
    extended: bool = False
    feature: int = 0
    count: int = 0
    lba: int = 0
    device: int = 0x40


IDENTIFY_DEVICE = Taskfile(0xEC, Protocol.DATA_IN, count=1)
READ_NATIVE_MAX = Taskfile(0xF8, Protocol.NON_DATA)
READ_NATIVE_MAX_EXT = Taskfile(0x27, Protocol.NON_DATA, extended=True)
ACCESSIBLE_NATIVE_MAX = Taskfile(0x78, Protocol.NON_DATA, extended=True)
DCO_IDENTIFY = Taskfile(0xB1, Protocol.DATA_IN, feature=0xC2, count=1)
DCO_RESTORE = Taskfile(0xB1, Protocol.NON_DATA, feature=0xC0)
SECURITY_CAPABILITIES = Taskfile(0x2F, Protocol.DATA_IN, extended=True, count=1, lba=0x0630)  # log 30h, page 06h

SANITIZE = 0xB4
SANITIZE_STATUS = Taskfile(SANITIZE, Protocol.NON_DATA, extended=True)
CRYPTO_SCRAMBLE = Taskfile(SANITIZE, Protocol.NON_DATA, extended=True, feature=0x11, lba=0x43727970)
BLOCK_ERASE = Taskfile(SANITIZE, Protocol.NON_DATA, extended=True, feature=0x12, lba=0x426B4572)
OVERWRITE_KEY = 0x4F57_0000_0000  # the low 32 bits are the pattern: zeros
ONE_PASS = 0x01  # never 0, which may mean 16
DEFINITIVE_ENDING_PATTERN = 0x40
OVERWRITE = Taskfile(
    SANITIZE,
    Protocol.NON_DATA,
    extended=True,
    feature=0x14,
    count=DEFINITIVE_ENDING_PATTERN | ONE_PASS,
    lba=OVERWRITE_KEY,
)
PLAIN_OVERWRITE = Taskfile(SANITIZE, Protocol.NON_DATA, extended=True, feature=0x14, count=ONE_PASS, lba=OVERWRITE_KEY)

SECURITY_SET_PASSWORD = Taskfile(0xF1, Protocol.DATA_OUT, count=1)
SECURITY_UNLOCK = Taskfile(0xF2, Protocol.DATA_OUT, count=1)
SECURITY_ERASE_PREPARE = Taskfile(0xF3, Protocol.NON_DATA)
SECURITY_ERASE_UNIT = Taskfile(0xF4, Protocol.DATA_OUT, count=1)
SECURITY_DISABLE_PASSWORD = Taskfile(0xF6, Protocol.DATA_OUT, count=1)

PERMANENT = 1  # count bit 0 of SET MAX: the change outlives the power


def set_max_ext(last_lba: int) -> Taskfile:
    """SET MAX ADDRESS EXT, for good: `last_lba` will be the highest address."""
    return Taskfile(0x37, Protocol.NON_DATA, extended=True, count=PERMANENT, lba=last_lba)


def set_max(last_lba: int) -> Taskfile:
    """SET MAX ADDRESS, for good, on a drive of 28-bit addresses: the upper four bits stand in the device register."""
    return Taskfile(0xF9, Protocol.NON_DATA, count=PERMANENT, lba=last_lba & 0xFFFFFF, device=0x40 | last_lba >> 24)


def set_accessible_max(last_lba: int) -> Taskfile:
    """SET ACCESSIBLE MAX ADDRESS EXT: `last_lba` will be the highest address."""
    return Taskfile(0x78, Protocol.NON_DATA, extended=True, feature=1, lba=last_lba)
