"""How a drive of a bench looks from outside, without opening it: size and serial as its memory left them.

Nothing is written and no command is sent: another process may hold the drive.
"""

from dataclasses import dataclass
from pathlib import Path

from erasure.drive import BlockDevice
from erasure.simulated.assembly import memory_path, nameplate
from erasure.simulated.ata_drive import AtaDrive
from erasure.simulated.bridge import BridgedDrive
from erasure.simulated.firmware import Memory, Vice
from erasure.simulated.logical_unit import LogicalUnit
from erasure.simulated.scsi_drive import ScsiDrive
from erasure.simulated.specification import SimulatedDrive


class FleetingMemory(Memory):
    """A memory that is read, and never written back."""

    def put(self, **values: object) -> None:
        """Keep values for as long as somebody looks."""
        self.values |= values


@dataclass(frozen=True, slots=True)
class NoMedium:
    """A medium that only tells its capacity."""

    capacity: int

    def native_bytes(self) -> int:
        """True capacity."""
        return self.capacity

    def wipe(self, first: int, end: int, fill: bytes) -> None:
        """Change nothing."""

    def scramble(self, first: int, end: int) -> None:
        """Change nothing."""

    def read(self, offset: int, length: int) -> bytes:  # noqa: ARG002
        """Read nothing."""
        return b""

    def write(self, offset: int, data: bytes) -> None:
        """Change nothing."""

    def flush(self) -> None:
        """Change nothing."""

    def close(self) -> None:
        """Hold nothing."""


@dataclass(frozen=True, slots=True)
class Standstill:
    """A time in which nothing happens."""

    def monotonic_ns(self) -> int:
        """Give the same moment."""
        return 0

    def sleep(self, seconds: float) -> None:
        """Wait for nothing."""


def glimpse(drive: SimulatedDrive, backing: Path) -> BlockDevice | None:
    """Show `drive` as the kernel would now; None when it has left the bus. Raises OSError, ValueError."""
    make = {"ata": BridgedDrive if drive.bridge else AtaDrive, "scsi": ScsiDrive}
    place = memory_path(drive, backing)
    memory = FleetingMemory(place, dict(Memory.of(place).values))
    for firmware in drive.firmwares:
        model: type[LogicalUnit] | None = make.get(firmware.kind)
        if model is not None:
            medium = NoMedium(drive.backing_bytes)
            unit = model(firmware, nameplate(drive), medium, memory, Standstill(), power=drive.power)
            return None if unit.gone() else drive.sighting(unit.kernel_bytes(), unit.shown_serial())
    return remembered(drive, memory)


def remembered(drive: SimulatedDrive, memory: Memory) -> BlockDevice | None:
    """Show a drive whose memory alone says where it is and who."""
    away = memory.get("gone", "") not in ("", Vice.POWER_LOSS)
    if away and drive.power <= memory.get("power", drive.power):
        return None
    return drive.sighting(serial=f"{drive.serial}-OTHER" if memory.get("renamed") else None)
