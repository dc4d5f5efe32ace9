"""Where the images lie: A, a tmpfs of our own that is gone afterwards (never /dev/shm), and B, a folder on a disk."""

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
