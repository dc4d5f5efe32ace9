"""Emulated drives made ready for a front end: a model of `erasure.simulated`, its medium, its memory, its wall clock.

The models answer as the standards say; their vices are what the scenarios are about. They know nothing of the agent.
"""

import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from erasure.simulated.ata_drive import AtaDrive
from erasure.simulated.file_medium import FileMedium
from erasure.simulated.firmware import Firmware, Memory, Vice
from erasure.simulated.nameplate import Nameplate
from erasure.simulated.nvme_drive import NvmeCard, NvmeDrive
from erasure.simulated.nvme_identify import NvmeIdentity
from erasure.simulated.nvme_table import nvme_table
from erasure.simulated.scsi_drive import ScsiDrive
from tests.virtual_bench.media import Medium

SMALL = 512 << 10  # bytes; a quarter of the sectors carry canaries, and each costs a guest some milliseconds
ATA_FEATURES = {"block": True, "crypto": True, "overwrite": True, "enhanced": True}
SCSI_FEATURES = {"block": True, "crypto": True, "overwrite": True}
NVME_FEATURES = {"sanitize": ["block", "crypto", "overwrite"], "format": True, "format_crypto": True}


class WallClock:
    """Time as it passes in the world: the guest lives in it too. A scenario that has seen enough may let it leap."""

    def __init__(self) -> None:
        self._leapt_ns = 0

    def monotonic_ns(self) -> int:
        """Nanoseconds that never go back."""
        return time.monotonic_ns() + self._leapt_ns

    def leap(self, seconds: float) -> None:
        """Let the drives believe that so much more time has passed."""
        self._leapt_ns += int(seconds * 1e9)

    def sleep(self, seconds: float) -> None:
        """Wait."""
        time.sleep(seconds)


@dataclass(frozen=True, slots=True)
class Bay:
    """Where the files of the drives lie, and how they are called."""

    folder: Path
    size_bytes: int = SMALL
    clock: WallClock = field(default_factory=WallClock)

    def medium(self, serial: str) -> Medium:
        """Fill a medium with the data of a donor."""
        return Medium.filled(self.folder / f"{serial}.img", serial, self.size_bytes)

    def memory(self, serial: str) -> Memory:
        """Give a drive a memory that lasts without power."""
        return Memory.of(self.folder / f"{serial}.json")

    def ata(self, serial: str, *vices: Vice, **features: Any) -> tuple[AtaDrive, Medium]:
        """Make an ATA drive behind a translation."""
        medium = self.medium(serial)
        firmware = Firmware("ata", tuple({**ATA_FEATURES, **features}.items()), frozenset(vices))
        plate = Nameplate("BENCH ATA SSD", serial, "1.0", wwn_of(serial), medium.size_bytes, rotational=False)
        return AtaDrive(firmware, plate, FileMedium(medium.path), self.memory(serial), self.clock), medium

    def scsi(self, serial: str, *vices: Vice, **features: Any) -> tuple[ScsiDrive, Medium]:
        """Make a SCSI disk."""
        medium = self.medium(serial)
        firmware = Firmware("scsi", tuple({**SCSI_FEATURES, **features}.items()), frozenset(vices))
        plate = Nameplate("BENCH SAS DISK", serial, "1.0", wwn_of(serial), medium.size_bytes)
        return ScsiDrive(firmware, plate, FileMedium(medium.path), self.memory(serial), self.clock), medium

    def nvme(self, serial: str, *vices: Vice, **features: Any) -> tuple["NvmeCabinet", Medium]:
        """Make an NVMe controller with one namespace."""
        (cabinet,), (medium,) = self.nvme_namespaces(serial, 1, *vices, **features)
        return cabinet, medium

    def nvme_namespaces(
        self, serial: str, number: int, *vices: Vice, **features: Any
    ) -> tuple[tuple["NvmeCabinet", ...], tuple[Medium, ...]]:
        """Make an NVMe controller with so many namespaces, each on a medium of its own."""
        media = {nsid: self.medium(serial if nsid == 1 else f"{serial}-{nsid}") for nsid in range(1, number + 1)}
        rows = [{"nsid": nsid, "size_bytes": medium.size_bytes} for nsid, medium in media.items()]
        table = nvme_table({**NVME_FEATURES, **features, "namespaces": rows}, 0)
        card = NvmeCard(Firmware("nvme", (), frozenset(vices)), NvmeIdentity("BENCH NVME", serial, "1.0"), table)
        below = {nsid: FileMedium(medium.path) for nsid, medium in media.items()}
        drive = NvmeDrive(card, below, self.memory(serial), self.clock)
        return tuple(NvmeCabinet(drive, below[nsid], nsid) for nsid in below), tuple(media.values())


@dataclass(frozen=True, slots=True)
class NvmeCabinet:
    """A controller and the medium of one namespace, in the form that the front end asks for."""

    drive: NvmeDrive
    medium: FileMedium
    nsid: int = 1

    def size_bytes(self) -> int:
        """Capacity of the namespace."""
        return self.medium.native_bytes()

    def sector(self) -> int:
        """Bytes per block."""
        index = int(self.drive.memory.get("formats", {}).get(str(self.nsid), 0))
        return self.drive.table.formats[index][0]

    def read(self, offset: int, length: int) -> bytes:
        """Read. Raises OSError."""
        self.drive.admit(self.nsid, offset, length, writing=False)
        return self.medium.read(offset, length)

    def write(self, offset: int, data: bytes) -> None:
        """Write. Raises OSError."""
        self.drive.admit(self.nsid, offset, len(data), writing=True)
        self.medium.write(offset, data)
        self.drive.wrote(self.nsid, offset, len(data))


def wwn_of(serial: str) -> str:
    """Make a world-wide name of no vendor: 5000000 and nine digits of the serial."""
    return f"5000000{int.from_bytes(serial.encode()[-4:], 'big') % 16**9:09x}"


def image(folder: Path, serial: str, size_bytes: int = SMALL) -> Medium:
    """Fill a plain image for one of QEMU's own drives."""
    return Medium.filled(folder / f"{serial}.img", serial, size_bytes)
