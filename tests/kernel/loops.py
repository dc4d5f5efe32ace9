"""Real block devices for the kernel tier: loop devices over files of the test, and a look at what lies beneath.

Every destructive path goes through `assert_ours`: the node is a loop device and the file behind it is the test's own.
"""

import hashlib
import os
import re
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.kernel.udevd import settle

LOOP = re.compile(r"^/dev/loop[0-9]+$")
CHUNK = 1 << 20


@dataclass(frozen=True, slots=True)
class Loop:
    """One attached loop device and the file under it."""

    node: str
    image: Path
    sector: int

    @property
    def name(self) -> str:
        """Kernel name, without /dev/."""
        return self.node.removeprefix("/dev/")

    @property
    def size(self) -> int:
        """Capacity of the device in bytes, as the kernel counts it."""
        return int(Path(f"/sys/block/{self.name}/size").read_text()) * 512

    def digest(self, start: int = 0) -> str:
        """SHA-256 of the bytes beneath from byte `start` on, read from the file."""
        os.sync()  # also what a program left in the page cache of the device itself
        with self.image.open("rb") as handle:
            handle.seek(start)
            return hashlib.file_digest(handle, "sha256").hexdigest()


def assert_ours(node: str, image: Path) -> None:
    """Refuse every node that is not a loop device over exactly this file. Raises AssertionError."""
    assert LOOP.match(node), f"{node!r} is no loop device"
    backing = Path(f"/sys/block/{node.removeprefix('/dev/')}/loop/backing_file").read_text().rstrip("\n")
    assert Path(backing) == image.resolve(), f"{node} lies over {backing}, not over {image}"


@contextmanager
def attached(image: Path, *, sector: int = 512, read_only: bool = False, partitions: bool = False) -> Iterator[Loop]:
    """Attach a file with direct I/O (without it a loop device loses write errors) and detach that very device."""
    options = ["--direct-io=on", f"--sector-size={sector}"]
    options += ["--read-only"] if read_only else []
    options += ["--partscan"] if partitions else []
    attach = ["losetup", "--find", "--show", *options, str(image)]
    node = subprocess.run(attach, check=True, capture_output=True, text=True, timeout=60).stdout.strip()
    try:
        assert_ours(node, image)
        settle()
        yield Loop(node, image, sector)
    finally:
        assert_ours(node, image)
        subprocess.run(["losetup", "--detach", node], check=True, timeout=60)
        settle()


def fill_random(image: Path, size: int, seed: bytes = b"etabli") -> None:
    """Fill a file with bytes that look like old data, the same ones for the same seed."""
    with image.open("wb") as handle:
        for start in range(0, size, CHUNK):
            block = hashlib.shake_128(seed + start.to_bytes(8, "big")).digest(min(CHUNK, size - start))
            handle.write(block)


def fill_ext4(image: Path, size: int, folder: Path) -> None:
    """Make a file system that holds the files of a folder, over bytes that look like old data."""
    fill_random(image, size)
    made = ["mkfs.ext4", "-q", "-F", "-d", str(folder), str(image)]
    subprocess.run(made, check=True, timeout=120, capture_output=True)
