"""The admin commands of an NVMe erase, built and never sent: Identify, Get Log Page, Format NVM, Sanitize. Pure.

A Format without secure erase setting (SES 0) cannot be built here: other tools sent it and called it an erase. Drives
reference, section 3.8; NVM Express Base Specification, chapter 5.
"""

from dataclasses import dataclass
from enum import IntEnum

from erasure.transport.ports import NvmeCommand

EVERY_NAMESPACE = 0xFFFFFFFF
IDENTIFY, GET_LOG, FORMAT, SANITIZE = 0x06, 0x02, 0x80, 0x84
NAMESPACE, CONTROLLER, ACTIVE_LIST, ALLOCATED_LIST, ALLOCATED_NAMESPACE = 0x00, 0x01, 0x02, 0x10, 0x11
IDENTIFY_BYTES = 4096
SANITIZE_LOG, BOOT_PARTITION_LOG = 0x81, 0x15
SANITIZE_LOG_BYTES = 512
BOOT_HEADER_BYTES = 16
ACTION_BITS = 0b111
PREQ = 1 << 11
MOST_PASSES = 15  # 0 on the wire would be sixteen


class Action(IntEnum):
    """SANACT: what a Sanitize does. Leaving a failure and leaving media verification are not erasing, so not here."""

    BLOCK = 2
    OVERWRITE = 3
    CRYPTO = 4


class SecureErase(IntEnum):
    """SES of a Format that erases."""

    USER_DATA = 1
    CRYPTO = 2


@dataclass(frozen=True, slots=True)
class KeptFormat:
    """The format that a namespace has, and keeps."""

    index: int  # of the LBA format, 0-63
    metadata_extended: bool  # MSET
    protection: int  # DPS 3:0: type, and bit 3 the place of the protection information


def identify(cns: int, nsid: int = 0) -> NvmeCommand:
    """Build an Identify; the answer has 4096 bytes. `nsid` is, for a list, the id that it continues after."""
    return NvmeCommand(IDENTIFY, nsid=nsid, cdw10=cns)


def get_log(page: int, length: int) -> NvmeCommand:
    """Build a Get Log Page of `length` bytes, a multiple of four up to 256 KiB, for the whole controller."""
    return NvmeCommand(GET_LOG, nsid=EVERY_NAMESPACE, cdw10=(length // 4 - 1) << 16 | page)


def get_sanitize_log() -> NvmeCommand:
    """Build the Get Log Page of the sanitize status, 512 bytes."""
    return get_log(SANITIZE_LOG, SANITIZE_LOG_BYTES)


def sanitize(
    action: Action,
    *,
    purge: bool,
    passes: int = 1,
    pattern: int = 0,
    unrestricted_exit: bool = False,
    keep_allocated: bool = False,
) -> NvmeCommand:
    """Build a Sanitize of the whole subsystem. `purge` is PREQ. `passes` (1-15) and `pattern` are for an overwrite.

    Raises ValueError for a number of passes or a pattern that would mean another one on the wire.
    """
    if passes not in range(1, MOST_PASSES + 1) or not 0 <= pattern < 1 << 32:
        raise ValueError(f"{passes} passes of {pattern:#x}")
    overwrites = action is Action.OVERWRITE
    word = action | unrestricted_exit << 3 | (passes << 4 if overwrites else 0) | keep_allocated << 9
    return NvmeCommand(SANITIZE, nsid=0, cdw10=word | (PREQ if purge else 0), cdw11=pattern if overwrites else 0)


def format_namespace(nsid: int, erase: SecureErase, kept: KeptFormat) -> NvmeCommand:
    """Build a Format NVM that erases and keeps the format. Raises ValueError for a format that no namespace has."""
    if kept.index not in range(64) or kept.protection not in range(16):
        raise ValueError(f"LBA format {kept.index}, protection {kept.protection}")
    word = kept.index & 0xF | kept.metadata_extended << 4 | (kept.protection & 0b111) << 5
    word |= (kept.protection >> 3) << 8 | SecureErase(erase) << 9 | (kept.index >> 4) << 12
    return NvmeCommand(FORMAT, nsid=nsid, cdw10=word)


def words(command: NvmeCommand) -> dict[str, str]:
    """Write a command down, for the journal."""
    return {
        "command": f"NVMe admin {command.opcode:02x}h",
        "nsid": f"{command.nsid:08x}h",
        "cdw10": f"{command.cdw10:08x}h",
        "cdw11": f"{command.cdw11:08x}h",
    }
