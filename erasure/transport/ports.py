"""Port protocols: what the engine asks of a drive. Linux implements them; so does the simulated bench.

A port never interprets and never retries a destructive command. Every failure is an `OSError` with its errno;
a device that is gone is an `OSError` too (ENODEV, ENXIO, EIO, ENODATA ...), never an empty success.
"""

from collections.abc import Callable
from types import TracebackType
from typing import Protocol, Self

from erasure.drive import BlockDevice, HiddenAreas


class BlockPort(Protocol):
    """An exclusively opened whole disk.

    Offsets and lengths are in bytes and are multiples of `logical_sector`; buffers are page-aligned
    (anonymous `mmap`). One call may transfer less than asked: the engine loops, the port does not.
    """

    device: BlockDevice

    def pwrite(self, buffer: memoryview, offset: int) -> int:
        """Write `buffer` at byte `offset`; return the bytes taken, possibly fewer. Raises OSError."""
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

    def traits(self) -> dict[str, str]:
        """Raw readings for `DriveFacts` and the evidence: rotational, removable, zoned, queue limits ..."""
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
