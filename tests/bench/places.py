"""Where the images lie: A, a tmpfs of our own that is gone afterwards (never /dev/shm), and B, a folder on a disk.

C is A with the kernel's throttle before the device: as fast as a SATA drive, so that the device is the limit.
"""

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.bench.device import MIB

PART_OF_MEMORY = 4  # at most this part of what is available
SPARE_MIB = 32
NOT_ON_DISK = frozenset({"tmpfs", "ramfs", "overlay", "rootfs"})


@dataclass(frozen=True, slots=True)
class Place:
    """A folder for images, its name in the goals ("A", "B"), and what it is made of."""

    name: str
    folder: Path
    kind: str  # "tmpfs", "ext4" ...


def lacking_memory(mib: int) -> str:
    """Say why a tmpfs of so many MiB is not made, "" when it may be."""
    rows = dict(line.split(":", 1) for line in Path("/proc/meminfo").read_text().splitlines())
    available = int(rows["MemAvailable"].split()[0]) // 1024
    return "" if mib * PART_OF_MEMORY <= available else f"{mib} MiB of memory needed, {available} MiB available"


@contextmanager
def memory(folder: Path, mib: int) -> Iterator[Place]:
    """Mount a tmpfs with room for `mib` MiB of images below `folder`; unmount it afterwards."""
    place = folder / "memory"
    place.mkdir()
    size = f"size={(mib + SPARE_MIB) * MIB}"
    subprocess.run(["mount", "-t", "tmpfs", "-o", size, "etabli-bench", str(place)], check=True, timeout=60)
    try:
        yield Place("A", place, "tmpfs")
    finally:
        subprocess.run(["umount", str(place)], check=True, timeout=60)
        place.rmdir()


def disk(folder: Path) -> tuple[Place | None, str]:
    """Give the folder as a place on a disk, or None and the reason."""
    told = subprocess.run(
        ["findmnt", "-no", "FSTYPE", "-T", str(folder)], check=True, capture_output=True, text=True, timeout=60
    )
    kind = told.stdout.split()[-1]
    if kind in NOT_ON_DISK:
        return None, f"{folder} lies on {kind}, no disk: choose another with --folder"
    return Place("B", folder, kind), ""


CONTROL_GROUPS = Path("/sys/fs/cgroup")
DRIVE_BYTES_PER_SECOND = 500_000_000  # what a good SATA solid-state drive does; a disk that turns does a half or less


def lacking_throttle() -> str:
    """Say why a device cannot be slowed down here, "" when it can."""
    folder = _throttles()
    return "" if folder is not None else "this kernel has no throttle for block devices (cgroup blkio or io)"


def _throttles() -> Path | None:
    first, second = CONTROL_GROUPS / "blkio", CONTROL_GROUPS / "cgroup.controllers"
    if (first / "cgroup.procs").exists() and any(first.glob("blkio.throttle.*")):
        return first
    return CONTROL_GROUPS if second.exists() and "io" in second.read_text().split() else None


@contextmanager
def throttled(node: str) -> Iterator[None]:
    """Let this process and its children read and write one device no faster than a drive; undone afterwards."""
    folder = _throttles()
    assert folder is not None
    number = Path(node).stat().st_rdev
    named = f"{os.major(number)}:{os.minor(number)}"
    group = folder / f"etabli-bench-{os.getpid()}"
    group.mkdir()
    try:
        if folder == CONTROL_GROUPS:
            (folder / "cgroup.subtree_control").write_text("+io")
            rate = DRIVE_BYTES_PER_SECOND
            (group / "io.max").write_text(f"{named} rbps={rate} wbps={rate}")
        else:
            for way in ("read", "write"):
                (group / f"blkio.throttle.{way}_bps_device").write_text(f"{named} {DRIVE_BYTES_PER_SECOND}")
        (group / "cgroup.procs").write_text(str(os.getpid()))
        yield
    finally:
        (folder / "cgroup.procs").write_text(str(os.getpid()))
        group.rmdir()
