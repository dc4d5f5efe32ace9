"""Simulated NVMe, eMMC and Opal firmware as the block port of a drive wants it: commands, presence, leave to read."""

import errno
import os
from dataclasses import dataclass

from erasure.simulated.mmc_drive import MmcDrive
from erasure.simulated.nvme_drive import NvmeDrive, NvmeNode
from erasure.simulated.opal_drive import OpalDrive
from erasure.transport.ports import CommandPorts


@dataclass(frozen=True, slots=True)
class NvmeInside:
    """One namespace in front of its controller."""

    drive: NvmeDrive
    nsid: int

    def commands(self) -> CommandPorts:
        """Give its admin commands."""
        return CommandPorts(nvme=NvmeNode(self.drive, self.nsid))

    def gone(self) -> bool:
        """Say whether it has left the bus."""
        return self.drive.gone

    def shown_serial(self) -> str:
        """Serial number as the kernel goes on telling it: it asks when it meets a drive, and not again."""
        return self.drive.identity.serial

    def kernel_bytes(self) -> None:
        """Leave the capacity as the file says."""

    def look_again(self) -> None:
        """Be asked for the capacity by the kernel: it stays as the file says."""

    def admit(self, offset: int, length: int, *, writing: bool) -> None:
        """Let a read or write pass. Raises OSError."""
        self.drive.admit(self.nsid, offset, length, writing=writing)

    def wrote(self, offset: int, length: int) -> None:
        """Note that the host wrote there."""
        self.drive.wrote(self.nsid, offset, length)

    def close(self) -> None:
        """Let go of the media."""
        for medium in self.drive.media.values():
            medium.close()


@dataclass(frozen=True, slots=True)
class MmcInside:
    """A card in its slot."""

    card: MmcDrive

    def commands(self) -> CommandPorts:
        """Give its commands."""
        return CommandPorts(mmc=self.card)

    def gone(self) -> bool:
        """Say whether it has left."""
        return self.card.gone

    def shown_serial(self) -> str:
        """Serial number as the kernel sees it now."""
        return self.card.serial

    def kernel_bytes(self) -> None:
        """Leave the capacity as the file says."""

    def look_again(self) -> None:
        """Be asked for the capacity by the kernel: it stays as the file says."""

    def admit(self, _offset: int, _length: int, *, writing: bool) -> None:  # noqa: ARG002
        """Let a read or write pass. Raises OSError."""
        self.card.check()

    def wrote(self, offset: int, length: int) -> None:
        """Nothing depends on it."""

    def close(self) -> None:
        """Let go of the medium."""
        self.card.medium.close()


@dataclass(frozen=True, slots=True)
class OpalInside:
    """The encryption in front of whatever the drive is otherwise."""

    encryption: OpalDrive

    def commands(self) -> CommandPorts:
        """Give the ioctls of sed-opal."""
        return CommandPorts(opal=self.encryption)

    def gone(self) -> bool:
        """Leave that to the rest of the drive."""
        return False

    def shown_serial(self) -> None:
        """Leave that to the rest of the drive."""

    def kernel_bytes(self) -> None:
        """Leave that to the rest of the drive."""

    def look_again(self) -> None:
        """Be asked for the capacity: that is for the rest of the drive."""

    def admit(self, _offset: int, _length: int, *, writing: bool) -> None:  # noqa: ARG002
        """Let a read or write pass. Raises OSError."""
        if self.encryption.closed:
            raise OSError(errno.EIO, os.strerror(errno.EIO))

    def wrote(self, offset: int, length: int) -> None:
        """Nothing depends on it."""

    def close(self) -> None:
        """Let go of the media."""
        for medium in self.encryption.media:
            medium.close()
