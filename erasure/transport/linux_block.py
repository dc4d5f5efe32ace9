"""A whole disk of this machine, opened exclusively: the Linux implementation of `BlockPort`.

The descriptor stays open for the whole run: it keeps mounts and partition changes away, and other benches by a lock.
The file of a device is never created, never followed to another device number, and never opened through the page
cache (drives, section 8). Failures are `OSError` as the kernel gave them; only opening speaks to people.
"""

import errno
import fcntl
import os
import stat
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Self

from erasure.drive import BlockDevice
from erasure.errors import DeviceBusy, DeviceError, IdentityChanged, NotABlockDevice, Unreadable
from erasure.hidden import AreaState, HiddenAreas
from erasure.interlocks import holders_of
from erasure.inventory import node_numbered, sight_node, sight_number, traits_of
from erasure.kernel_view import KernelView, Node, programs_holding
from erasure.namespaces import companions_of
from erasure.stacking import LOOP_MAJOR
from erasure.thermometer import temperature_of
from erasure.transport import ioctl
from erasure.transport.node_commands import node_commands
from erasure.transport.ports import CommandPorts

EXCLUSIVE = os.O_RDWR | os.O_EXCL | os.O_DIRECT | os.O_CLOEXEC
LOCK_TRIES = 100
LOCK_PAUSE = 0.1  # seconds
READING = os.O_RDONLY | os.O_DIRECT | os.O_CLOEXEC


class LinuxBlockPort:
    """An open whole disk. `open_exclusively` makes it; `with` or `close` releases it."""

    abreast = 2  # one compares while the other waits for the drive

    def __init__(self, fd: int, device: BlockDevice, view: KernelView, call: ioctl.Call = ioctl.call) -> None:
        self.device = device
        self._fd = fd
        self._view = view
        self._call = call

    def fileno(self) -> int:
        """Return the descriptor, -1 once closed."""
        return self._fd

    def pwrite(self, buffer: memoryview, offset: int) -> int:
        """Write `buffer` at byte `offset`; return the bytes taken, possibly fewer. Raises OSError."""
        return os.pwrite(self._fd, buffer, offset)

    def pwritev(self, buffers: Sequence[memoryview], offset: int) -> int:
        """Write `buffers` in a row from byte `offset` on; return the bytes taken, possibly fewer. Raises OSError."""
        return os.pwritev(self._fd, buffers, offset)

    def pread_into(self, buffer: memoryview, offset: int) -> int:
        """Read into `buffer` from byte `offset`, past the page cache; return bytes read. Raises OSError."""
        return os.preadv(self._fd, [buffer], offset)

    def flush(self) -> None:
        """Make written data durable, down through the drive's cache. A failure is final. Raises OSError."""
        os.fdatasync(self._fd)

    def size_bytes(self) -> int:
        """Capacity now, in bytes. Raises OSError."""
        return ioctl.size_bytes(self._fd)

    def sector_sizes(self) -> tuple[int, int]:
        """Logical and physical sector size in bytes. Raises OSError."""
        return ioctl.sector_sizes(self._fd)

    def read_only(self) -> bool:
        """Say whether the kernel refuses writes. Raises OSError."""
        return ioctl.read_only(self._fd)

    def diskseq(self) -> int | None:
        """Sequence number of the disk behind the open descriptor, None on an old kernel. Raises OSError."""
        return ioctl.diskseq(self._fd)

    def sighting(self) -> BlockDevice:
        """Identify the device behind the open descriptor again. Raises OSError.

        The device number may have gone to another disk while ours vanished: their sequence numbers then differ, and
        that is a lost device (ENODEV), never a new identity of this one.
        """
        number = os.fstat(self._fd).st_rdev
        with as_os_errors():
            seen = sight_number(self._view, os.major(number), os.minor(number))
        if seen.diskseq != self.diskseq():
            raise OSError(errno.ENODEV, f"{seen.name} is another disk than the open one")
        return seen

    def hidden_areas(self) -> HiddenAreas:
        """A loop from the start of a file hides at most the file's end; all else was not asked, so it is unknown."""
        with as_os_errors():
            loop = os.major(os.fstat(self._fd).st_rdev) == LOOP_MAJOR and self._shows_whole_file()
            native = self._bytes_behind() if loop else None
        if native is not None:
            return HiddenAreas(AreaState.NONE, AreaState.NONE, AreaState.NONE, native)
        return HiddenAreas(AreaState.UNKNOWN, AreaState.UNKNOWN, AreaState.UNKNOWN, None)

    def _shows_whole_file(self) -> bool:
        folder = self._view.inside(f"/sys/block/{self.device.name}/loop")
        return self._view.text(folder / "offset") == "0" and self._view.text(folder / "sizelimit") == "0"

    def _bytes_behind(self) -> int | None:
        """Length of the file behind a loop, which may have grown, or end within a sector; None for no plain file."""
        backing = self._view.text(self._view.inside(f"/sys/block/{self.device.name}/loop/backing_file"))
        try:
            asked = self._view.ask_loop(self._view.inside(self.device.path))
            status = self._view.stat(self._view.inside(backing))
        except OSError:
            return None
        same = stat.S_ISREG(status.st_mode) and status.st_ino == asked.inode
        return status.st_size if same else None

    def commands(self) -> CommandPorts:
        """Ways to send commands to this drive through the open node; they end with it."""
        return node_commands(self.device.identity.bus, self.fileno, self._call)

    def companions(self) -> tuple[BlockDevice, ...]:
        """Other namespaces of the same controller. Raises OSError when that cannot be told."""
        with as_os_errors():
            return tuple(sight_node(self._view, other) for other in companions_of(self._view, self._node()))

    def traits(self) -> dict[str, str]:
        """Raw readings of sysfs; what the kernel does not tell is left out. Raises OSError."""
        with as_os_errors():
            return traits_of(self._view, self._node())

    def forget_cache(self) -> None:
        """Drop what the page cache holds of this device, so that the next reader meets the medium. Raises OSError."""
        ioctl.forget_cache(self._fd)

    def look_again(self) -> None:
        """Let the kernel read the capacity anew, as it does of itself for no SCSI disk. Raises OSError."""
        with as_os_errors():
            place = self._node().folder / "device" / "rescan"
        fd = os.open(place, os.O_WRONLY | os.O_CLOEXEC)
        try:
            os.write(fd, b"1\n")
        finally:
            os.close(fd)

    def temperature(self) -> int | None:
        """Degrees Celsius by the kernel's sensor, None without one. Raises OSError when the device left."""
        with as_os_errors():
            return temperature_of(self._view, self._node())

    def _node(self) -> Node:
        """Find the open device in sysfs. Raises NotABlockDevice, Unreadable, OSError."""
        number = os.fstat(self._fd).st_rdev
        return node_numbered(self._view, os.major(number), os.minor(number))

    def reopen_for_reading(self) -> "LinuxBlockPort":
        """Open the very same node again, read-only and past the page cache. Raises OSError, DeviceError."""
        fd = os.open(f"/proc/self/fd/{self._fd}", READING)
        try:
            check_same_disk(fd, self.device)
        except BaseException:
            os.close(fd)
            raise
        return LinuxBlockPort(fd, self.device, self._view)

    def close(self) -> None:
        """Release the device; again is harmless."""
        fd, self._fd = self._fd, -1
        if fd >= 0:
            os.close(fd)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


@contextmanager
def as_os_errors() -> Iterator[None]:
    """Turn what sysfs refuses into the errors that a port may raise: ENODEV for a device that left, else EIO."""
    try:
        yield
    except NotABlockDevice as error:
        raise OSError(errno.ENODEV, str(error)) from error
    except Unreadable as error:
        raise OSError(errno.EIO, str(error)) from error


def open_exclusively(device: BlockDevice, view: KernelView, pause: Callable[[float], None]) -> LinuxBlockPort:
    """Open a whole disk for erasing, alone.

    Raises NotABlockDevice, DeviceBusy with its holders named, IdentityChanged when the node is another disk than the
    one that was sighted, and DeviceError for any other refusal of the kernel.
    """
    check_block_node(device.path)
    try:
        fd = os.open(device.path, EXCLUSIVE)
    except OSError as error:
        raise refused(device, view, error) from error
    try:
        check_same_disk(fd, device)
        lock(fd, device, view, pause)
    except BaseException:
        os.close(fd)
        raise
    return LinuxBlockPort(fd, device, view)


def open_for_reading(device: BlockDevice, view: KernelView) -> LinuxBlockPort:
    """Open a whole disk to look at it, also one in use: read-only, shared, past the page cache.

    Raises NotABlockDevice, IdentityChanged, and DeviceError for any refusal of the kernel.
    """
    check_block_node(device.path)
    try:
        fd = os.open(device.path, READING)
    except OSError as error:
        raise refused(device, view, error) from error
    try:
        check_same_disk(fd, device)
    except BaseException:
        os.close(fd)
        raise
    return LinuxBlockPort(fd, device, view)


def check_block_node(path: str) -> None:
    """Refuse anything but a block node before opening it: a pipe would wait, a tape rewind. Raises DeviceError."""
    try:
        mode = Path(path).stat().st_mode
    except OSError as error:
        raise DeviceError(f"{path}: {os.strerror(error.errno or 0)}") from error
    if not stat.S_ISBLK(mode):
        raise NotABlockDevice(f"{path} is not a block device")


def check_same_disk(fd: int, device: BlockDevice) -> None:
    """Compare the open node with the sighting. Raises NotABlockDevice, IdentityChanged, OSError."""
    status = os.fstat(fd)
    if not stat.S_ISBLK(status.st_mode):
        raise NotABlockDevice(f"{device.path} is not a block device")
    found = (os.major(status.st_rdev), os.minor(status.st_rdev), ioctl.diskseq(fd))
    if found != (device.major, device.minor, device.diskseq):
        wanted = f"{device.major}:{device.minor} sequence {device.diskseq}"
        raise IdentityChanged(f"{device.path} is now {found[0]}:{found[1]} sequence {found[2]}, not {wanted}")


def lock(fd: int, device: BlockDevice, view: KernelView, pause: Callable[[float], None]) -> None:
    """Take the advisory lock that udev and other benches respect. Raises DeviceBusy.

    udev locks every disk for the moment in which it looks at it, after each plug and each close: that is waited for.
    """
    for _ in range(LOCK_TRIES):
        if try_lock(fd):
            return
        pause(LOCK_PAUSE)
    others = (name for name in programs_holding(view, device.path) if not name.endswith(f"({os.getpid()})"))
    raise DeviceBusy(device.path, tuple(f"locked by {name}" for name in others) or ("locked by another program",))


def try_lock(fd: int) -> bool:
    """Take the lock if it is free, and say whether it was. Raises OSError."""
    try:
        fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def refused(device: BlockDevice, view: KernelView, error: OSError) -> DeviceError:
    """Word the kernel's refusal to open; a busy device names its holders."""
    if error.errno == errno.EBUSY:
        return DeviceBusy(device.path, holders_of(view, device))
    return DeviceError(f"{device.path} cannot be opened: {os.strerror(error.errno or 0)}")


@dataclass(frozen=True, slots=True)
class LinuxOpener:
    """Opens disks of this machine exclusively; picklable, to travel to the worker of a drive."""

    view: KernelView = field(default_factory=KernelView)
    pause: Callable[[float], None] = time.sleep  # seconds, between tries for the lock

    def __call__(self, device: BlockDevice) -> LinuxBlockPort:
        """Open one disk exclusively. Raises DeviceError."""
        return open_exclusively(device, self.view, self.pause)


@dataclass(frozen=True, slots=True)
class LinuxReader:
    """Opens disks of this machine to look at them; picklable."""

    view: KernelView = field(default_factory=KernelView)

    def __call__(self, device: BlockDevice) -> LinuxBlockPort:
        """Open one disk read-only. Raises DeviceError."""
        return open_for_reading(device, self.view)
