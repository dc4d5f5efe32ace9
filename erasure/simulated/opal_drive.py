"""A simulated self-encrypting drive as the kernel's sed-opal shows it: status flags, and revert by the PSID.

The revert destroys the key, so every byte becomes nonsense, and opens the drive. It is no erase that anybody should
trust by itself. TCG Storage Opal SSC; drives, 3.1 and 3.11.
"""

import errno
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any, NoReturn

from erasure.simulated.firmware import Firmware, Medium, Memory, Time, Vice
from erasure.simulated.reach import WHOLE, Deed, erase_part

SUPPORTED, LOCKING_SUPPORTED, LOCKING_ENABLED, IS_LOCKED, MBR_ENABLED, MBR_DONE = 0x01, 0x02, 0x04, 0x08, 0x10, 0x20
SUCCESS, NOT_AUTHORIZED, AUTHORITY_LOCKED_OUT, FAIL = 0x00, 0x01, 0x12, 0x3F  # TCG status codes
HANG_SECONDS = 60.0  # the kernel gives up on a method call


@dataclass(frozen=True, slots=True)
class OpalTable:
    """The table `[opal]` of a drive file."""

    psid: str = ""  # 32 characters of the label; "" when the drive has none
    locking_enabled: bool = False
    locked: bool = False
    mbr_enabled: bool = False
    mbr_done: bool = False
    keeps_key: bool = False  # never activated: the revert leaves the data readable
    needs_power_cycle: bool = False  # unreadable after the revert until the power was off


def opal_table(document: Mapping[str, Any]) -> OpalTable:
    """Read the table. Raises ValueError, naming the member that is wrong."""
    if unknown := set(document) - {field.name for field in fields(OpalTable)}:
        raise ValueError(f"opal: unknown members {sorted(unknown)}")
    return OpalTable(**document)


@dataclass(slots=True)
class OpalDrive:
    """`OpalPort` and the encryption behind it. `media` are all that the key protects."""

    firmware: Firmware
    table: OpalTable
    media: Sequence[Medium]
    memory: Memory
    time: Time

    def status(self) -> int:
        """Flags of the drive. Raises OSError where the kernel cannot ask."""
        if Vice.NO_PASSTHROUGH in self.firmware:
            fail(errno.EOPNOTSUPP)
        flags = SUPPORTED | LOCKING_SUPPORTED
        if self.memory.get("opal.reverted"):
            return flags
        flags |= LOCKING_ENABLED * self.table.locking_enabled | IS_LOCKED * self.table.locked
        return flags | MBR_ENABLED * self.table.mbr_enabled | MBR_DONE * self.table.mbr_done

    def psid_revert(self, psid: bytes) -> int:
        """Revert with the PSID, without its dashes; return the TCG status. Raises OSError."""
        if Vice.NO_PASSTHROUGH in self.firmware:
            fail(errno.EOPNOTSUPP)
        if Vice.HANGS in self.firmware:
            self.time.sleep(HANG_SECONDS)
            fail(errno.EINTR)
        if refused := self.refusal(psid):
            return refused
        if Vice.LIES in self.firmware:
            return SUCCESS
        if not self.table.keeps_key:
            erase_part(self.media, Deed(), 0, WHOLE, self.firmware)
        self.memory.put(**{"opal.reverted": True, "opal.closed": self.table.needs_power_cycle})
        return SUCCESS

    def refusal(self, psid: bytes) -> int:
        """TCG status with which the revert is refused; 0 when it is taken."""
        if Vice.COUNT_EXPIRED in self.firmware:
            return AUTHORITY_LOCKED_OUT
        if Vice.ABORTS in self.firmware:
            return FAIL
        if not self.table.psid or psid != self.table.psid.encode("ascii"):
            return NOT_AUTHORIZED
        return SUCCESS

    def prepare(self, power: int) -> None:
        """Close a locked drive when it comes to the bench, and at every power-on; `power` counts these."""
        known = self.memory.get("opal.power")
        if known is None or power > known:
            self.power_cycle()
        self.memory.put(**{"opal.power": power})

    @property
    def closed(self) -> bool:
        """Say whether reads and writes fail now."""
        return bool(self.memory.get("opal.closed"))

    def power_cycle(self) -> None:
        """Switch it off and on."""
        self.memory.put(**{"opal.closed": self.table.locked and not self.memory.get("opal.reverted")})


def fail(code: int) -> NoReturn:
    """Raise the OSError of this number."""
    raise OSError(code, os.strerror(code))
