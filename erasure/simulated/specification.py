"""What a simulated drive is made of: identity, geometry, old contents and vices. Frozen and picklable."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from erasure.drive import BlockDevice, DriveIdentity, IdentityGrade
from erasure.hidden import AreaState, HiddenAreas
from erasure.simulated.faults import Fault, FaultKind, fault_from_document
from erasure.simulated.firmware import Firmware, Vice
from erasure.simulated.tables import MEMBERS, firmware_from_document

SECTOR_SIZES = (512, 4096)
INQUIRY_MODEL = 16  # characters of an ATA model that the kernel hears
BUSES = ("ata", "nvme", "usb", "scsi", "mmc", "virtio")

RECORDED = "recorded"  # trait of a drive that only a recording answers for
MOST_DRIVES = 1000  # sequence numbers of one power cycle


class Contents(StrEnum):
    """What lies on the drive before anybody erases it."""

    ZEROS = "zeros"
    RANDOM = "random"
    FILESYSTEM = "filesystem"
    PATTERN = "pattern"


NO_HIDDEN_AREAS = HiddenAreas(AreaState.NONE, AreaState.NONE, AreaState.NONE, None)
NOT_ASKED = HiddenAreas(AreaState.UNKNOWN, AreaState.UNKNOWN, AreaState.UNKNOWN, None)


@dataclass(frozen=True, slots=True)
class SimulatedDrive:
    """One drive of a simulated bench. Sizes in bytes; `size_bytes` is a multiple of `logical_sector`."""

    name: str
    size_bytes: int
    model: str = "DEMO DRIVE"
    serial: str = "DEMO-0000"
    wwn: str = ""
    firmware: str = "1.0"
    bus: str = "ata"
    bridge: str = ""
    logical_sector: int = 512
    physical_sector: int = 512
    rotational: bool = True
    removable: bool = False
    read_only: bool = False
    contents: Contents = Contents.FILESYSTEM
    hidden: HiddenAreas = NO_HIDDEN_AREAS
    bytes_per_second: int = 0
    celsius: int = 0  # what its sensor says; 0: it has none
    faults: tuple[Fault, ...] = ()
    number: int = 0  # position on the bench: minor number and disk sequence number follow from it
    smartctl: str = field(default="", compare=False)
    transcript: str = ""  # path of a recording that answers for a real drive: it is looked at, never erased
    firmwares: tuple[Firmware, ...] = ()  # what answers commands; none: the drive takes no commands
    siblings: tuple["SimulatedDrive", ...] = ()  # every namespace of one controller, this one too; none: it is alone
    power: int = 1  # counts power cycles: a larger number than the last time is one
    sleeps: int = 0  # how many of them were sleeps of the machine, over which the kernel keeps its disks

    def __post_init__(self) -> None:
        """Refuse a bus and a geometry that no drive has."""
        if self.bus not in BUSES:
            raise ValueError(f"{self.name}: bus {self.bus!r} is none of {', '.join(BUSES)}")
        if self.logical_sector not in SECTOR_SIZES or self.size_bytes <= 0 or self.size_bytes % self.logical_sector:
            raise ValueError(f"{self.name}: {self.size_bytes} bytes in sectors of {self.logical_sector}")
        if self.transcript and (self.firmwares or self.faults):
            raise ValueError(f"{self.name}: a recording answers for the drive: no firmware table, vices or faults")
        for firmware in self.firmwares:
            native = int(firmware.feature("native_bytes", self.size_bytes))
            left = int(firmware.feature("dco_bytes", native))
            if not self.size_bytes <= left <= native or left % self.logical_sector or native % self.logical_sector:
                raise ValueError(f"{self.name}: native_bytes and dco_bytes hide nothing in whole sectors")

    @property
    def path(self) -> str:
        """Path by which the bench names it."""
        return f"sim:{self.name}"

    @property
    def sequence(self) -> int:
        """Sequence number that the kernel gives the disk: a new one each time that it is plugged in."""
        return self.number + 1 + (self.power - self.sleeps - 1) * MOST_DRIVES

    @property
    def keeper(self) -> str:
        """Name of the drive that keeps the memory: all namespaces of a controller have one."""
        return self.siblings[0].name if self.siblings else self.name

    @property
    def native_bytes(self) -> int:
        """Capacity with the areas that firmware hides."""
        return max([self.size_bytes, *(int(firmware.feature("native_bytes", 0)) for firmware in self.firmwares)])

    @property
    def real_bytes(self) -> int:
        """How many bytes the host reaches before addresses begin again at 0."""
        wraps = [int(one.feature("wrap_bytes", self.native_bytes)) for one in self.firmwares if Vice.WRAPS in one]
        return min([self.backing_bytes, *wraps])

    @property
    def backing_bytes(self) -> int:
        """True capacity: smaller than `size_bytes` on a counterfeit."""
        wraps = [fault.real_bytes for fault in self.faults if fault.kind is FaultKind.WRAP and fault.real_bytes]
        return min([self.native_bytes, *wraps])

    @property
    def kernel_serial(self) -> str:
        """Serial number as the kernel sees it: a bridge may give its own."""
        own = [str(one.feature("bridge_serial")) for one in self.firmwares if one.feature("bridge_serial")]
        return own[0] if self.bridge and own else self.serial

    def identity(self, serial: str | None = None) -> DriveIdentity:
        """Say who the kernel hears (grade A with a world-wide name, C behind a bridge, else B): of ATA, a part."""
        grade = IdentityGrade.C if self.bridge else IdentityGrade.A if self.wwn else IdentityGrade.B
        on_ata = self.bus == "ata" and not self.bridge
        return DriveIdentity(
            self.model[:INQUIRY_MODEL].strip() if on_ata else self.model,
            self.kernel_serial if serial is None else serial,
            self.wwn,
            revision_shown(self.firmware) if on_ata else self.firmware,
            self.bus,
            self.bridge,
            "simulated",
            grade,
        )

    def sighting(self, size_bytes: int | None = None, serial: str | None = None) -> BlockDevice:
        """Show the device as a bench sees it, with `size_bytes` or `serial` in place of its own."""
        return BlockDevice(
            path=self.path,
            name=self.name,
            major=0,
            minor=self.number,
            diskseq=self.sequence,
            size_bytes=self.size_bytes if size_bytes is None else size_bytes,
            identity=self.identity(serial),
            simulated=True,
            properties=self.traits(),
        )

    def traits(self) -> dict[str, str]:
        """Give raw readings in the words of sysfs."""
        return {
            "rotational": str(int(self.rotational)),
            "removable": str(int(self.removable)),
            "zoned": "none",
            "simulated": "1",
            **({RECORDED: "1"} if self.transcript else {}),
        }


def revision_shown(firmware: str) -> str:
    """Give what INQUIRY has of the firmware of an ATA drive: the last 4 characters of 8, or else the first."""
    revision = firmware.ljust(8)[:8]
    return (revision[4:].strip() or revision[:4]).strip()


def hidden_from_document(document: Mapping[str, Any], size_bytes: int) -> HiddenAreas:
    """Read the `hidden` table; what is left out is "none", the native capacity the visible one."""
    states = [AreaState(document.get(area, "none")) for area in ("hpa", "dco", "ama")]
    native = document.get("native_bytes", None if AreaState.UNKNOWN in states else size_bytes)
    return HiddenAreas(states[0], states[1], states[2], None if native is None else int(native))


_TEXTS = ("name", "model", "serial", "wwn", "firmware", "bus", "bridge", "smartctl", "transcript")
_NUMBERS = ("size_bytes", "logical_sector", "physical_sector", "bytes_per_second", "celsius", "power")
_SWITCHES = ("rotational", "removable", "read_only")
_OTHERS = ("fixture", "contents", "hidden", "faults", "vices", *MEMBERS)


def drive_from_document(document: Mapping[str, Any], number: int) -> SimulatedDrive:
    """Read one `[[drives]]` table (fixture already merged in). Raises ValueError or KeyError, naming the member."""
    unknown = set(document) - {*_TEXTS, *_NUMBERS, *_SWITCHES, *_OTHERS}
    if unknown:
        raise ValueError(f"drive {document.get('name', number)!r}: unknown members {sorted(unknown)}")
    members: dict[str, Any] = {name: str(document[name]) for name in _TEXTS if name in document}
    members |= {name: int(document[name]) for name in _NUMBERS if name in document}
    members |= {name: bool(document[name]) for name in _SWITCHES if name in document}
    firmwares = firmware_from_document(document)
    asked = any(firmware.kind in ("ata", "scsi") for firmware in firmwares)
    hidden = NOT_ASKED if asked and "hidden" not in document else None
    return SimulatedDrive(
        **members,
        contents=Contents(document.get("contents", "filesystem")),
        hidden=hidden or hidden_from_document(document.get("hidden", {}), int(document["size_bytes"])),
        faults=tuple(fault_from_document(fault) for fault in document.get("faults", ())),
        firmwares=firmwares,
        number=number,
    )
