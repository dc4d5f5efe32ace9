"""What a drive is: where the kernel shows it, who it says it is, and what was read about it.

Pure data. A `BlockDevice` is a sighting (a node at a moment), a `DriveIdentity` is what should survive replugging,
and `DriveFacts` is everything that a plan may rest on. Nothing here is ever guessed: unknown is a value of its own.
"""

from dataclasses import dataclass, field
from enum import StrEnum


class IdentityGrade(StrEnum):
    """How far the identity can be trusted (trust and reliability, threat T9)."""

    A = "A"  # read from the drive itself, with a world-wide name
    B = "B"  # reported by the kernel or udev for a directly attached drive
    C = "C"  # a bridge's word, a virtual device's, or incomplete


class AreaState(StrEnum):
    """State of an area that the host does not see (HPA, DCO, AMA). Unknown is not "none"."""

    NONE = "none"
    REMOVED = "removed"
    PRESENT = "present"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class DriveIdentity:
    r"""Who the drive says it is. Bytes outside 0x20-0x7E appear as visible `\\xHH` text."""

    model: str
    serial: str
    wwn: str  # lower-case hex, or a scheme-prefixed id as the kernel gives it; "" when there is none
    firmware: str
    bus: str  # "ata", "nvme", "usb", "scsi", "mmc", "loop", "virtio" ...; "" when unknown
    bridge: str  # model of a USB bridge in between, else ""
    source: str  # "udev", "sysfs", "loop", "simulated"
    grade: IdentityGrade


@dataclass(frozen=True, slots=True)
class HiddenAreas:
    """The ledger of areas outside the visible capacity (drives, section 3.7)."""

    hpa: AreaState
    dco: AreaState
    ama: AreaState
    native_bytes: int | None  # capacity with every clip removed; None when unknown

    @property
    def closed(self) -> bool:
        """Say whether every area is known to be absent or removed."""
        return all(state in (AreaState.NONE, AreaState.REMOVED) for state in (self.hpa, self.dco, self.ama))


@dataclass(frozen=True, slots=True)
class BlockDevice:
    """One sighting of a whole disk: node, numbers, and the kernel's own sequence number that pins it."""

    path: str  # "/dev/sda", or "sim:<name>" on a simulated bench
    name: str  # "sda"
    major: int
    minor: int
    diskseq: int | None  # BLKGETDISKSEQ; None where the kernel has none
    size_bytes: int
    identity: DriveIdentity
    simulated: bool = False
    properties: dict[str, str] = field(default_factory=dict, hash=False, compare=False)  # raw udev properties


@dataclass(frozen=True, slots=True)
class DriveFacts:
    """All that a plan rests on, with the raw readings kept as evidence.

    `size_bytes`, `logical_sector` and `physical_sector` are in bytes and come from the open device
    (BLKGETSIZE64, BLKSSZGET, BLKPBSZGET), never from sysfs `size`.
    """

    device: BlockDevice
    size_bytes: int
    logical_sector: int
    physical_sector: int
    read_only: bool
    rotational: bool | None
    removable: bool | None
    zoned: str  # "none", "host-aware", "host-managed", "" when unknown
    hidden: HiddenAreas
    raw: dict[str, str] = field(default_factory=dict, hash=False, compare=False)

    @property
    def sectors(self) -> int:
        """Number of logical sectors (LBAs)."""
        return self.size_bytes // self.logical_sector
