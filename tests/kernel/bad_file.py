"""A FUSE file with sectors that cannot be read or written: under a loop device with direct I/O, a failing disk.

    python -m tests.kernel.bad_file BACKING MOUNTPOINT FAULTS.json

MOUNTPOINT gets one file, "disk". FAULTS.json is read at every request, so that a test can change it while a drive is
being erased: {"read": [[first, count], ...], "write": [[first, count], ...], "dead": false}; sectors of 512 bytes.
{"hang": ["write"]}: requests of that kind get no answer until the file says otherwise; others still do.
A request that touches one bad sector fails as a whole with EIO, as the block layer reports it.
"""

import errno
import json
import os
import stat
import sys
import time
from pathlib import Path
from typing import Any

import mfusepy

SECTOR = 512
NAME = "disk"


def touches(faults: list[list[int]], offset: int, length: int) -> bool:
    """Say whether a transfer of bytes meets one of the bad ranges of sectors."""
    first, end = offset // SECTOR, -(-(offset + length) // SECTOR)
    return any(first < start + count and start < end for start, count in faults)


class FailingFile(mfusepy.Operations):  # type: ignore[misc]
    """One file that passes requests on to the backing file unless they meet a bad sector."""

    use_ns = True

    def __init__(self, backing: Path, faults: Path) -> None:
        self.handle = os.open(backing, os.O_RDWR)
        self.size = os.fstat(self.handle).st_size
        self.faults = faults

    def check(self, kind: str, offset: int, length: int) -> None:
        """Raise EIO where the faults say so."""
        told: dict[str, Any] = json.loads(self.faults.read_text())
        while kind in told.get("hang", []):
            time.sleep(0.02)
            told = json.loads(self.faults.read_text())
        if told.get("dead") or touches(told.get(kind, []), offset, length):
            raise mfusepy.FuseOSError(errno.EIO)

    def getattr(self, path: str, fh: int | None = None) -> dict[str, int]:
        if path == "/":
            return {"st_mode": stat.S_IFDIR | 0o755, "st_nlink": 2}
        if path == f"/{NAME}":
            return {"st_mode": stat.S_IFREG | 0o600, "st_nlink": 1, "st_size": self.size}
        raise mfusepy.FuseOSError(errno.ENOENT)

    def readdir(self, path: str, fh: int) -> list[str]:
        return [".", "..", NAME]

    def open(self, path: str, flags: int) -> int:
        return 1

    def read(self, path: str, size: int, offset: int, fh: int) -> bytes:
        self.check("read", offset, size)
        return os.pread(self.handle, size, offset)

    def write(self, path: str, data: bytes, offset: int, fh: int) -> int:
        self.check("write", offset, len(data))
        return os.pwrite(self.handle, data, offset)

    def fsync(self, path: str, datasync: int, fh: int) -> int:
        os.fsync(self.handle)
        return 0

    def flush(self, path: str, fh: int) -> int:
        return 0

    def truncate(self, path: str, length: int, fh: int | None = None) -> int:
        return 0


if __name__ == "__main__":
    backing, mountpoint, faults = (Path(argument).resolve() for argument in sys.argv[1:4])
    mfusepy.FUSE(FailingFile(backing, faults), str(mountpoint), foreground=True, nothreads=False)
