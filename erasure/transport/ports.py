"""Port protocols: what the engine asks of a drive. Linux implements them; so does the simulated bench.

A port never interprets and never retries a destructive command. Every failure is an `OSError` with its errno;
a device that is gone is an `OSError` too (ENODEV, ENXIO, EIO, ENODATA ...), never an empty success.

Beside the block port a drive may take commands: SCSI (and ATA through it), NVMe, MMC, Opal. Their replies are the raw
bytes and numbers of the kernel; what they mean is decided elsewhere (`erasure.ata`, `.nvme`, `.scsi`, `.mmc`).
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from types import TracebackType
from typing import Protocol, Self

from erasure.drive import BlockDevice
from erasure.hidden import HiddenAreas


@dataclass(frozen=True, slots=True)
class ScsiReply:
    """What came back for one CDB, nothing interpreted (`sg_io_hdr`, drives 3.2 and 4). All of it counts."""

    status: int  # SCSI status byte: 0 good, 2 check condition
    host_status: int  # of the host adapter, 0 ok
    driver_status: int
    info: int  # bit 0 clear: ok
    resid: int  # bytes that were asked for and did not come
    duration_ms: int
    sense: bytes  # as long as the drive made it; b"" when there is none
    data: bytes  # data-in that really came; b"" otherwise


class ScsiPort(Protocol):
    """SG_IO on the open node."""

    def command(self, cdb: bytes, *, timeout_ms: int, data_out: bytes = b"", data_in: int = 0) -> ScsiReply:
        """Send one CDB once. `data_in` is how many bytes may come. Raises OSError; EINTR is one, nothing is retried."""
        ...


@dataclass(frozen=True, slots=True)
class NvmeCommand:
    """One admin command (`nvme_passthru_cmd`, drives 3.2)."""

    opcode: int
    nsid: int = 0
    cdw2: int = 0
    cdw3: int = 0
    cdw10: int = 0
    cdw11: int = 0
    cdw12: int = 0
    cdw13: int = 0
    cdw14: int = 0
    cdw15: int = 0


@dataclass(frozen=True, slots=True)
class NvmeReply:
    """What the ioctl returned: 0, or the status field (bits 7:0 SC, 10:8 SCT, 0x4000 DNR); and completion dword 0."""

    status: int
    result: int
    data: bytes  # data-in, always `data_in` bytes long


class NvmePort(Protocol):
    """Admin commands on the open namespace node."""

    def admin(self, command: NvmeCommand, *, timeout_ms: int, data_out: bytes = b"", data_in: int = 0) -> NvmeReply:
        """Send one admin command once. Raises OSError when the ioctl itself failed (EINTR: fate unknown)."""
        ...

    def namespace_id(self) -> int:
        """Namespace behind the open node (NVME_IOCTL_ID). Raises OSError."""
        ...


@dataclass(frozen=True, slots=True)
class MmcCommand:
    """One MMC command (`mmc_ioc_cmd`, drives 3.2)."""

    opcode: int
    argument: int
    flags: int
    write: bool = False


@dataclass(frozen=True, slots=True)
class MmcReply:
    """The card's response and the data block that came."""

    response: tuple[int, int, int, int]
    data: bytes


class MmcPort(Protocol):
    """MMC_IOC_CMD on the open node."""

    def command(self, command: MmcCommand, *, timeout_ms: int, data_in: int = 0) -> MmcReply:
        """Send one command once. Raises OSError."""
        ...


class OpalPort(Protocol):
    """The kernel's sed-opal ioctls on the open node."""

    def status(self) -> int:
        """Flags of IOC_OPAL_GET_STATUS (drives 3.1). Raises OSError where the kernel or the drive has no Opal."""
        ...

    def psid_revert(self, psid: bytes) -> int:
        """Revert the drive with the PSID of its label: destroys the key. 0, or the TCG status. Raises OSError."""
        ...


@dataclass(frozen=True, slots=True)
class CommandPorts:
    """Which commands the open node takes; None where there is no such way to the drive."""

    scsi: ScsiPort | None = None
    nvme: NvmePort | None = None
    mmc: MmcPort | None = None
    opal: OpalPort | None = None


NO_COMMANDS = CommandPorts()


class BlockPort(Protocol):
    """An exclusively opened whole disk.

    Offsets and lengths are in bytes and are multiples of `logical_sector`; buffers are page-aligned
    (anonymous `mmap`). One call may transfer less than asked: the engine loops, the port does not.
    """

    device: BlockDevice
    abreast: int  # how many readers may ask it at once

    def pwrite(self, buffer: memoryview, offset: int) -> int:
        """Write `buffer` at byte `offset`; return the bytes taken, possibly fewer. Raises OSError."""
        ...

    def pwritev(self, buffers: Sequence[memoryview], offset: int) -> int:
        """Write `buffers`, one after the other, from byte `offset` on in one request; return the bytes taken.

        Possibly fewer than asked, and they may end within a buffer. The same buffer may come several times. An error
        says nothing of what was written before it. Raises OSError.
        """
        ...

    def pread_into(self, buffer: memoryview, offset: int) -> int:
        """Read into `buffer` from byte `offset`, past every cache of the host; return bytes read. Raises OSError."""
        ...

    def flush(self) -> None:
        """Make written data durable (fdatasync). A failure is final and must not be retried. Raises OSError."""
        ...

    def size_bytes(self) -> int:
        """Capacity now, asked of the open device (BLKGETSIZE64). Raises OSError."""
        ...

    def sector_sizes(self) -> tuple[int, int]:
        """Logical and physical sector size in bytes. Raises OSError."""
        ...

    def read_only(self) -> bool:
        """Say whether the kernel refuses writes (BLKROGET). Raises OSError."""
        ...

    def diskseq(self) -> int | None:
        """Kernel sequence number of this disk (BLKGETDISKSEQ), None where there is none. Raises OSError."""
        ...

    def sighting(self) -> BlockDevice:
        """Identify the device again, now, from the open node: the pin is compared with this. Raises OSError."""
        ...

    def hidden_areas(self) -> HiddenAreas:
        """State of the areas that the host does not see; unknown where nothing was asked."""
        ...

    def commands(self) -> CommandPorts:
        """Ways to send commands to this drive through the open node."""
        ...

    def companions(self) -> tuple[BlockDevice, ...]:
        """Other whole disks on the same medium (namespaces of one controller): a sanitize reaches them too.

        Raises OSError when that cannot be told.
        """
        ...

    def traits(self) -> dict[str, str]:
        """Raw readings for `DriveFacts` and the evidence: rotational, removable, zoned, queue limits ..."""
        ...

    def forget_cache(self) -> None:
        """Drop what the host keeps of the device (BLKFLSBUF): after a firmware erase, before reading back.

        Raises OSError.
        """
        ...

    def look_again(self) -> None:
        """Let the kernel read the capacity of the drive anew: nothing is written to it. Raises OSError."""
        ...

    def temperature(self) -> int | None:
        """Degrees Celsius as a sensor of the host says, None where there is none. Raises OSError."""
        ...

    def reopen_for_reading(self) -> "BlockPort":
        """Open a second, read-only descriptor past the page cache, for verification; this one stays open."""
        ...

    def close(self) -> None:
        """Release the device."""
        ...

    def __enter__(self) -> Self: ...
    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...


PortOpener = Callable[[BlockDevice], BlockPort]
"""Opens one device exclusively; picklable (a module-level function or a frozen dataclass with `__call__`)."""
