"""The table `[mmc]` of a drive file, and the extended CSD that a card builds from it, byte by byte.

JESD84-B51, extended CSD register; drives, 3.10. Every key and its meaning: `hardware-fixtures/README.md`.
"""

import struct
from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

EXT_CSD_BYTES = 512
SECTOR = 512
PARTITION_UNIT = 131_072  # boot partitions and RPMB are counted in units of 128 KiB
GROUP_UNIT = 524_288  # erase groups are counted in units of 512 KiB
GENERAL_PURPOSE = 4  # partitions at most


@dataclass(frozen=True, slots=True)
class MmcTable:
    """What the card announces, and how long it takes. Sizes in bytes, times in seconds."""

    kind: str = "mmc"  # or "sd": no extended CSD, no sanitize
    revision: int = 8  # EXT_CSD_REV: 5 is eMMC 4.41, 6 is 4.5, 7 is 5.0, 8 is 5.1
    sanitize: bool = True
    secure_erase: bool = False
    trim: bool = True  # SEC_GB_CL_EN: trim, and secure trim with secure erase
    boot_bytes: int = 0
    rpmb_bytes: int = 0
    general_purpose_bytes: tuple[int, ...] = ()
    erase_group_bytes: int = GROUP_UNIT
    erase_multiplier: int = 1
    trim_multiplier: int = 1
    erased_ones: bool = False  # erased memory reads FFh instead of 00h
    seconds: float = 1.0

    def __post_init__(self) -> None:
        """Refuse what no card is."""
        if self.kind not in ("mmc", "sd") or len(self.general_purpose_bytes) > GENERAL_PURPOSE:
            raise ValueError(f"mmc: kind {self.kind!r} with {len(self.general_purpose_bytes)} partitions is no card")


def mmc_table(document: Mapping[str, Any]) -> MmcTable:
    """Read the table of one card. Raises ValueError, naming the member that is wrong."""
    if unknown := set(document) - {field.name for field in fields(MmcTable)}:
        raise ValueError(f"mmc: unknown members {sorted(unknown)}")
    members: dict[str, Any] = {
        name: tuple(value) if isinstance(value, list) else value for name, value in document.items()
    }
    return MmcTable(**members)


def extended_csd(table: MmcTable, size_bytes: int) -> bytes:
    """The extended CSD, 512 bytes."""
    page = bytearray(EXT_CSD_BYTES)
    groups = table.erase_group_bytes // GROUP_UNIT
    for place, size in enumerate(table.general_purpose_bytes):  # GP_SIZE_MULT, in write protect groups
        page[143 + 3 * place : 146 + 3 * place] = (size // (groups * GROUP_UNIT)).to_bytes(3, "little")
    page[155] = int(bool(table.general_purpose_bytes))  # PARTITION_SETTING_COMPLETED
    page[160] = 0b011 if table.general_purpose_bytes else 0b001  # PARTITIONING_SUPPORT
    page[168] = table.rpmb_bytes // PARTITION_UNIT
    page[175] = 1  # ERASE_GROUP_DEF: the large groups
    page[181] = int(table.erased_ones)
    page[192] = table.revision
    struct.pack_into("<I", page, 212, size_bytes // SECTOR)
    page[221] = 1  # HC_WP_GRP_SIZE, in erase groups
    page[223] = table.erase_multiplier
    page[224] = groups
    page[226] = table.boot_bytes // PARTITION_UNIT
    page[229], page[230] = 1, 1  # multipliers of secure trim and secure erase
    page[231] = table.secure_erase | table.trim << 4 | table.sanitize << 6
    page[232] = table.trim_multiplier
    page[248] = 10  # GENERIC_CMD6_TIME: 100 ms
    page[267], page[268], page[269] = 1, 1, 1  # no wear
    page[504] = 1
    return bytes(page)
