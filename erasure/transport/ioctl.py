"""The ioctl calls of a block device, straight to the C library: numbers, argument shapes, errno.

Never `fcntl.ioctl`: it holds the interpreter lock for large buffers, and from Python 3.14 on it repeats a call that a
signal interrupted, which must never happen to a destructive command. Nothing here is destructive. Numbers are those
of `linux/fs.h` and `linux/loop.h` on x86-64 (drives, sections 3.1 and 8).
"""

import ctypes
import errno
import os
import struct
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

BLKROGET = 0x125E
BLKSSZGET = 0x1268
BLKPBSZGET = 0x127B
BLKGETSIZE64 = 0x80081272
BLKGETDISKSEQ = 0x80081280
BLKRRPART = 0x125F
BLKFLSBUF = 0x1261
LOOP_GET_STATUS64 = 0x4C05

LOOP_INFO = struct.Struct("=QQQQQIIII64s64s32sQQ")
NO_SUCH_IOCTL = frozenset({errno.ENOTTY, errno.EINVAL})

Call = Callable[[int, int, "ctypes.Array[ctypes.c_char]"], int]
"""Issues one ioctl once: descriptor, request, argument; its non-negative result. Raises OSError."""

_ioctl = ctypes.CDLL(None, use_errno=True).ioctl
_ioctl.argtypes = (ctypes.c_int, ctypes.c_ulong, ctypes.c_void_p)
_ioctl.restype = ctypes.c_int


@dataclass(frozen=True, slots=True)
class LoopStatus:
    """What a loop device lies on. Device numbers as `os.stat` gives them; offset and limit in bytes, 0 = none."""

    device: int  # of the file system that holds the backing file
    inode: int
    rdevice: int  # of the backing block device; 0 when a regular file is behind it
    offset: int
    size_limit: int


def call(fd: int, request: int, buffer: ctypes.Array[ctypes.c_char]) -> int:
    """Issue one ioctl once, and return its non-negative result. Raises OSError; EINTR is an error as any other."""
    result = int(_ioctl(fd, request, ctypes.addressof(buffer)))
    if result < 0:
        code = ctypes.get_errno()
        raise OSError(code, os.strerror(code))
    return result


def read_number(fd: int, request: int, *, size: int) -> int:
    """Ask for one unsigned number of `size` bytes (4 or 8). Raises OSError."""
    buffer = ctypes.create_string_buffer(size)
    call(fd, request, buffer)
    return int.from_bytes(buffer.raw, "little")


def size_bytes(fd: int) -> int:
    """Capacity in bytes (BLKGETSIZE64). Raises OSError."""
    return read_number(fd, BLKGETSIZE64, size=8)


def sector_sizes(fd: int) -> tuple[int, int]:
    """Logical and physical sector size in bytes (BLKSSZGET, BLKPBSZGET). Raises OSError."""
    return read_number(fd, BLKSSZGET, size=4), read_number(fd, BLKPBSZGET, size=4)


def read_only(fd: int) -> bool:
    """Say whether the kernel refuses writes (BLKROGET). Raises OSError."""
    return read_number(fd, BLKROGET, size=4) != 0


def diskseq(fd: int) -> int | None:
    """Sequence number that pins this disk (BLKGETDISKSEQ), None on a kernel before 5.15. Raises OSError."""
    try:
        return read_number(fd, BLKGETDISKSEQ, size=8)
    except OSError as error:
        if error.errno in NO_SUCH_IOCTL:
            return None
        raise


def forget_cache(fd: int) -> None:
    """Write back and drop what the page cache holds of this device (BLKFLSBUF). Raises OSError."""
    call(fd, BLKFLSBUF, ctypes.create_string_buffer(1))


def read_partitions_again(fd: int) -> None:
    """Let the kernel read the partition table anew (BLKRRPART). Raises OSError: EBUSY while a partition is in use."""
    call(fd, BLKRRPART, ctypes.create_string_buffer(1))


def loop_status(node: Path) -> LoopStatus:
    """Ask a loop device what lies behind it (LOOP_GET_STATUS64), by a read-only open. Raises OSError."""
    buffer = ctypes.create_string_buffer(LOOP_INFO.size)
    fd = os.open(node, os.O_RDONLY | os.O_CLOEXEC)
    try:
        call(fd, LOOP_GET_STATUS64, buffer)
    finally:
        os.close(fd)
    device, inode, rdevice, offset, size_limit, *_ = LOOP_INFO.unpack(buffer.raw)
    return LoopStatus(device, inode, rdevice, offset, size_limit)
