"""What the return of an NVMe admin ioctl means: 0, or a status field. Pure; whatever is not listed is unknown.

Linux returns the status field without its phase bit: bits 7:0 SC, 10:8 SCT, 0x2000 More, 0x4000 DNR (drives, 3.2).
Only a plain 0 is good. NVM Express Base Specification, section 4.2.3.
"""

from dataclasses import dataclass
from enum import StrEnum

CODE_BITS = 0x7FF
DO_NOT_RETRY = 0x4000


class StatusKind(StrEnum):
    """What a status says of the command that it answers."""

    GOOD = "good"
    INVALID_FIELD = "invalid-field"  # refused; a reserved bit that was set may be why
    REFUSED = "refused"  # certainly not begun
    LOCKED = "locked"  # refused: a password or key keeps the drive closed
    IN_PROGRESS = "in-progress"  # refused: a sanitize or a format is running
    ABORTED = "aborted"  # taken, and ended by the drive with an error
    UNKNOWN = "unknown"  # nobody can say whether the command was begun


@dataclass(frozen=True, slots=True)
class NvmeStatus:
    """One decoded status."""

    raw: int
    kind: StatusKind
    meaning: str

    @property
    def words(self) -> str:
        """Write it down: "NVMe status 4002h, invalid field, do not retry"."""
        again = ", do not retry" if 0 < self.raw <= 0xFFFF and self.raw & DO_NOT_RETRY else ""  # noqa: PLR2004
        return f"NVMe status {self.raw & 0xFFFFFFFF:04x}h, {self.meaning}{again}"


LISTED: dict[int, tuple[StatusKind, str]] = {
    0x001: (StatusKind.REFUSED, "invalid opcode"),
    0x002: (StatusKind.INVALID_FIELD, "invalid field"),
    0x004: (StatusKind.UNKNOWN, "data transfer error"),
    0x005: (StatusKind.ABORTED, "aborted by power loss"),
    0x006: (StatusKind.ABORTED, "internal error"),
    0x007: (StatusKind.UNKNOWN, "abort requested"),
    0x008: (StatusKind.UNKNOWN, "aborted, the queue was deleted"),
    0x00B: (StatusKind.REFUSED, "invalid namespace or format"),
    0x00C: (StatusKind.REFUSED, "command sequence error"),
    0x015: (StatusKind.REFUSED, "operation denied"),
    0x01C: (StatusKind.REFUSED, "the last sanitize failed"),
    0x01D: (StatusKind.IN_PROGRESS, "a sanitize is in progress"),
    0x020: (StatusKind.REFUSED, "namespace is write protected"),
    0x021: (StatusKind.UNKNOWN, "command interrupted"),
    0x022: (StatusKind.UNKNOWN, "transient transport error"),
    0x028: (StatusKind.REFUSED, "prohibited by command and feature lockdown"),
    0x082: (StatusKind.UNKNOWN, "namespace not ready"),
    0x084: (StatusKind.IN_PROGRESS, "a format is in progress"),
    0x109: (StatusKind.REFUSED, "invalid log page"),
    0x10A: (StatusKind.REFUSED, "invalid format"),
    0x10B: (StatusKind.REFUSED, "a reset is required after a firmware change"),
    0x120: (StatusKind.REFUSED, "the namespace is write protected"),
    0x123: (StatusKind.REFUSED, "sanitize is prohibited while the persistent memory region is enabled"),
    0x280: (StatusKind.ABORTED, "write fault"),
    0x281: (StatusKind.ABORTED, "unrecovered read error"),
    0x286: (StatusKind.LOCKED, "access denied"),
    0x370: (StatusKind.UNKNOWN, "host path error"),
    0x371: (StatusKind.UNKNOWN, "aborted by the host"),
}


def decode_status(raw: int) -> NvmeStatus:
    """Decode the return of the ioctl."""
    if raw == 0:
        return NvmeStatus(raw, StatusKind.GOOD, "success")
    if raw < 0 or raw >> 15:
        return NvmeStatus(raw, StatusKind.UNKNOWN, "unknown")
    return NvmeStatus(raw, *LISTED.get(raw & CODE_BITS, (StatusKind.UNKNOWN, "unknown")))
