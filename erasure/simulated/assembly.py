"""Puts the firmware of a simulated drive together: its tables become models over its medium, with one memory.

A kind is added by a row of `MAKERS`. What a model must be to the block port is `Inside`.
"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from erasure.simulated.ata_drive import AtaDrive
from erasure.simulated.bridge import BridgedDrive
from erasure.simulated.contents import prepare_backing
from erasure.simulated.file_medium import FileMedium
from erasure.simulated.firmware import Firmware, Memory, Time, Vice
from erasure.simulated.insides import MmcInside, NvmeInside, OpalInside
from erasure.simulated.mmc_drive import MmcDrive
from erasure.simulated.mmc_table import mmc_table
from erasure.simulated.nameplate import Nameplate
from erasure.simulated.namespaces import namespace_number, own_row
from erasure.simulated.nvme_drive import NvmeCard, NvmeDrive
from erasure.simulated.nvme_identify import NvmeIdentity
from erasure.simulated.nvme_table import nvme_table
from erasure.simulated.opal_drive import OpalDrive, opal_table
from erasure.simulated.scsi_drive import ScsiDrive
from erasure.simulated.specification import SimulatedDrive
from erasure.transport.ports import CommandPorts


class Inside(Protocol):
    """What firmware is to the block port of its drive. Offsets and lengths in bytes."""

    def commands(self) -> CommandPorts:
        """Ways to send it commands."""
        ...

    def gone(self) -> bool:
        """Say whether it has left the bus."""
        ...

    def shown_serial(self) -> str | None:
        """Serial number as the kernel sees it now; None when this firmware does not decide it."""
        ...

    def kernel_bytes(self) -> int | None:
        """Capacity as the kernel believes it; None when this firmware does not decide it."""
        ...

    def look_again(self) -> None:
        """Tell the kernel the capacity, if this firmware decides it and can."""
        ...

    def admit(self, offset: int, length: int, *, writing: bool) -> None:
        """Let a read or write pass, or raise the OSError that the kernel makes of the refusal."""
        ...

    def wrote(self, offset: int, length: int) -> None:
        """Note that the host wrote there."""
        ...

    def close(self) -> None:
        """Let go of the medium."""
        ...


@dataclass(frozen=True, slots=True)
class Parts:
    """What a model is made of."""

    firmware: Firmware
    drive: SimulatedDrive
    backing: Path
    memory: Memory
    time: Time

    def medium(self) -> FileMedium:
        """Open the medium."""
        wrap = self.firmware.feature("wrap_bytes") if Vice.WRAPS in self.firmware else None
        return FileMedium(self.backing, wrap)


def make_ata(parts: Parts) -> Inside:
    """Make an ATA drive, behind its bridge where it has one."""
    make = BridgedDrive if parts.drive.bridge else AtaDrive
    return make(
        parts.firmware, nameplate(parts.drive), parts.medium(), parts.memory, parts.time, power=parts.drive.power
    )


def make_scsi(parts: Parts) -> Inside:
    """Make a native SCSI disk."""
    return ScsiDrive(
        parts.firmware, nameplate(parts.drive), parts.medium(), parts.memory, parts.time, power=parts.drive.power
    )


def media(parts: Parts) -> dict[int, FileMedium]:
    """Open the media of every active namespace by number; of any other drive its one medium."""
    found = {}
    for one in parts.drive.siblings or (parts.drive,):
        backing = parts.backing.with_name(f"{one.name}.img") if parts.drive.siblings else parts.backing
        prepare_backing(one, backing)
        found[namespace_number(one)] = FileMedium(backing)
    return found


def make_nvme(parts: Parts) -> Inside:
    """Make an NVMe controller as one of its namespaces shows it."""
    given = {name: value for name, value in parts.firmware.features if name != "nsid"}
    table = nvme_table({"namespaces": (own_row(parts.drive),), **given}, parts.drive.size_bytes)
    identity = NvmeIdentity(parts.drive.model, parts.drive.serial, parts.drive.firmware)
    card = NvmeCard(parts.firmware, identity, table)
    controller = NvmeDrive(card, media(parts), parts.memory, parts.time, power=parts.drive.power)
    return NvmeInside(controller, namespace_number(parts.drive))


def make_mmc(parts: Parts) -> Inside:
    """Make an eMMC or SD card."""
    table = mmc_table(dict(parts.firmware.features))
    card = MmcDrive(parts.firmware, table, parts.drive.serial, parts.medium(), parts.memory, parts.time)
    card.power_up(parts.drive.power)
    return MmcInside(card)


def make_opal(parts: Parts) -> Inside:
    """Make the encryption of a drive: it has the memory and the media of the rest of it."""
    table = opal_table(dict(parts.firmware.features))
    encryption = OpalDrive(parts.firmware, table, tuple(media(parts).values()), parts.memory, parts.time)
    encryption.prepare(parts.drive.power)
    return OpalInside(encryption)


MAKERS: dict[str, Callable[[Parts], Inside]] = {
    "ata": make_ata,
    "scsi": make_scsi,
    "nvme": make_nvme,
    "mmc": make_mmc,
    "opal": make_opal,
}


@dataclass(frozen=True, slots=True)
class Insides:
    """All the firmware of one drive, as one: the first that decides something decides it."""

    models: tuple[Inside, ...] = ()

    def commands(self) -> CommandPorts:
        """Give every way to send commands."""
        ports: dict[str, Any] = {}
        for model in reversed(self.models):
            offered = model.commands()
            ports |= {name: port for name in CommandPorts.__slots__ if (port := getattr(offered, name)) is not None}
        return CommandPorts(**ports)

    def gone(self) -> bool:
        """Say whether the drive has left the bus."""
        return any(model.gone() for model in self.models)

    def shown_serial(self) -> str | None:
        """Serial number as the kernel sees it now."""
        return next((serial for model in self.models if (serial := model.shown_serial()) is not None), None)

    def kernel_bytes(self) -> int | None:
        """Capacity as the kernel believes it."""
        return next((size for model in self.models if (size := model.kernel_bytes()) is not None), None)

    def look_again(self) -> None:
        """Tell the kernel the capacity."""
        for model in self.models:
            model.look_again()

    def admit(self, offset: int, length: int, *, writing: bool) -> None:
        """Let a read or write pass every firmware. Raises OSError."""
        for model in self.models:
            model.admit(offset, length, writing=writing)

    def wrote(self, offset: int, length: int) -> None:
        """Note that the host wrote there."""
        for model in self.models:
            model.wrote(offset, length)

    def close(self) -> None:
        """Let go of the medium."""
        for model in self.models:
            model.close()


NO_FIRMWARE = Insides()


def memory_path(drive: SimulatedDrive, backing: Path) -> Path:
    """Say where the memory of the drive over `backing` lies: beside it, one for all namespaces of a controller."""
    return backing.with_name(f"{drive.keeper}.memory.json") if drive.siblings else backing.with_suffix(".memory.json")


def assemble(drive: SimulatedDrive, backing: Path, time: Time) -> Insides:
    """Make the firmware of `drive` over its backing file, as its memory left it. Raises OSError."""
    place = memory_path(drive, backing)
    memory = Memory.of(place) if drive.firmwares else Memory(place)
    return Insides(
        tuple(MAKERS[firmware.kind](Parts(firmware, drive, backing, memory, time)) for firmware in drive.firmwares)
    )


def nameplate(drive: SimulatedDrive) -> Nameplate:
    """Take the names and the geometry of a specification."""
    return Nameplate(
        drive.model,
        drive.serial,
        drive.firmware,
        drive.wwn,
        drive.size_bytes,
        drive.logical_sector,
        drive.physical_sector,
        drive.rotational,
        drive.bridge,
    )
