"""What a drive is: where the kernel shows it, who it says it is, and what was read about it.

Pure data. A `BlockDevice` is a sighting (a node at a moment), a `DriveIdentity` is what should survive replugging,
and `DriveFacts` is everything that a plan may rest on. Nothing here is ever guessed: unknown is a value of its own.
"""

from dataclasses import dataclass, field
from enum import StrEnum

from erasure.ata.facts import AtaFacts
from erasure.hidden import HiddenAreas
from erasure.mmc.facts import MmcFacts
from erasure.nvme.facts import NvmeFacts
from erasure.sanitizing import SanitizeReport, SanitizeState
from erasure.scsi.facts import ScsiFacts


class IdentityGrade(StrEnum):
    """How far the identity can be trusted (trust and reliability, threat T9)."""

    A = "A"  # read from the drive itself, with a world-wide name
    B = "B"  # reported by the kernel or udev for a directly attached drive, or by the drive itself (bridge or not)
    C = "C"  # a bridge's word, a virtual device's, or incomplete


@dataclass(frozen=True, slots=True)
class DriveIdentity:
    r"""Who the drive says it is. Bytes outside 0x20-0x7E appear as visible `\\xHH` text."""

    model: str
    serial: str
    wwn: str  # lower-case hex, or a scheme-prefixed id as the kernel gives it; "" when there is none
    firmware: str
    bus: str  # "ata", "nvme", "usb", "scsi", "mmc", "loop", "virtio" ...; "" when unknown
    bridge: str  # model of a USB bridge in between, else ""
    source: str  # "udev", "sysfs", "loop", "simulated"; "identify": the drive's own word
    grade: IdentityGrade


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
class OpalFacts:
    """What the kernel's sed-opal says (IOC_OPAL_GET_STATUS)."""

    supported: bool
    locking_enabled: bool
    locked: bool
    flags: int


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
    ata: AtaFacts | None = None  # None: no ATA drive, or its commands do not pass
    nvme: NvmeFacts | None = None
    scsi: ScsiFacts | None = None  # also of an ATA drive behind a translation
    mmc: MmcFacts | None = None
    opal: OpalFacts | None = None
    commands: tuple[str, ...] = ()  # which ways to send commands are open: "scsi", "nvme", "mmc", "opal"

    @property
    def sanitize(self) -> SanitizeReport | None:
        """What the drive says of its last or running sanitize, in its own most direct words; None when it has none."""
        for spoken in (self.nvme, self.ata, self.scsi):
            if spoken is not None and spoken.sanitize.state is not SanitizeState.UNSUPPORTED:
                return spoken.sanitize
        return None

    @property
    def unmeasured(self) -> bool:
        """Say whether it erases itself and the kernel shows no capacity: it could read none when the drive came."""
        report = self.sanitize
        return self.size_bytes == 0 and report is not None and report.state is SanitizeState.RUNNING

    @property
    def locked(self) -> bool:
        """Say whether a password or a key keeps reads and writes away."""
        by_password = self.ata is not None and self.ata.security.locked
        return by_password or (self.opal is not None and self.opal.locked)

    @property
    def sectors(self) -> int:
        """Number of logical sectors (LBAs)."""
        return self.size_bytes // self.logical_sector
