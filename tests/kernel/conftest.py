"""Real loop devices over own images, and what can be put on them. Detaches only what it attached."""

import hashlib
import os
import struct
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import pytest

PARTITION_START = 2048  # sectors of 512 bytes
SWAP_BYTES = 1 << 20  # mkswap wants ten pages, which may be of 64 KiB
ATTEMPTS = 20  # other programs may take the free loop between the question and the answer
INSISTENCE = 150  # tries, a tenth of a second apart
FILESYSTEM_OPTIONS = "lazy_itable_init=0,lazy_journal_init=0"
Contents = Literal["zeros", "random", "pattern"]


def run(*words: str) -> str:
    """Run a program to its end and return what it printed; fail the test with its complaint."""
    done = subprocess.run(words, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, f"{' '.join(words)}: {done.stderr}"
    return done.stdout.strip()


@dataclass(frozen=True, slots=True)
class LoopDisk:
    """One attached loop device and the image behind it."""

    path: str  # "/dev/loop3"
    image: Path
    sector_size: int

    @property
    def name(self) -> str:
        return self.path.removeprefix("/dev/")

    @property
    def minor(self) -> int:
        return os.minor(Path(self.path).stat().st_rdev)

    def backing_file(self) -> str:
        return Path(f"/sys/block/{self.name}/loop/backing_file").read_text().rstrip("\n")

    def assert_ours(self) -> None:
        """Never touch a loop that is not over our own image."""
        assert self.backing_file() == str(self.image), f"{self.path} is not over {self.image}"

    def sha256(self, start: int = 0) -> str:
        """Digest of the image, every byte from `start` on, after what is under way was written."""
        os.sync()
        with self.image.open("rb") as image:
            image.seek(start)
            return hashlib.file_digest(image, "sha256").hexdigest()

    def read(self, offset: int, length: int) -> bytes:
        with self.image.open("rb") as image:
            image.seek(offset)
            return image.read(length)

    def attached(self) -> bool:
        """Say whether the node still leads to our image."""
        try:
            return self.backing_file() == str(self.image)
        except OSError:  # no such file, or ENODEV when the kernel lets go while we read
            return False

    def detach_for_good(self) -> None:
        """Detach before the end of the test."""
        detach(self)

    def reattach(self) -> None:
        """Detach and attach the same image at the same node: for the kernel, another disk."""
        detach(self)
        insist("losetup", "--direct-io=on", "--sector-size", str(self.sector_size), self.path, str(self.image))
        self.assert_ours()

    def add_partition(self, number: int = 1, *, megabytes: int = 16) -> str:
        """Add a partition to the kernel's table (no partition parser needed) and return its device file."""
        self.assert_ours()
        run("addpart", self.path, str(number), str(PARTITION_START), str(megabytes * 2048))
        return f"{self.path}p{number}"


def fill(image: Path, size: int, contents: Contents | bytes) -> None:
    """Make an image of exactly `size` bytes."""
    with image.open("wb") as file:
        if contents == "random":
            for start in range(0, size, 1 << 20):
                file.write(os.urandom(min(1 << 20, size - start)))
        elif contents == "pattern":
            for lba in range(size // 512):
                file.write(struct.pack("<Q", lba) * 64)
        elif isinstance(contents, bytes):
            file.write(contents)
        file.truncate(size)


def attach(image: Path, sector_size: int) -> LoopDisk:
    """Attach an image; direct I/O, without which a loop loses write errors."""
    words = ["losetup", "--find", "--show", "--direct-io=on", "--sector-size", str(sector_size), str(image)]
    for attempt in range(ATTEMPTS):
        done = subprocess.run(words, capture_output=True, text=True, timeout=60, check=False)
        if done.returncode == 0:
            disk = LoopDisk(done.stdout.strip(), image, sector_size)
            disk.assert_ours()
            assert Path(f"/sys/block/{disk.name}/loop/dio").read_text().strip() == "1"
            return disk
        time.sleep(0.05 * attempt)
    raise AssertionError(f"no loop device for {image}: {done.stderr}")


def detach(disk: LoopDisk) -> None:
    """Detach a loop of ours and wait until the kernel let go of the image; done already is fine."""
    if not disk.attached():
        return
    for part in Path(f"/sys/block/{disk.name}").glob(f"{disk.name}p*"):
        insist("delpart", disk.path, (part / "partition").read_text().strip())
    run("losetup", "--detach", disk.path)
    for _ in range(INSISTENCE):
        if not disk.attached():
            return
        time.sleep(0.1)
    raise AssertionError(f"{disk.path} does not let go of {disk.image}")


def insist(*words: str) -> None:
    """Run a program until it succeeds: udev may be looking at the device just now."""
    for _ in range(INSISTENCE):
        if subprocess.run(words, capture_output=True, timeout=60, check=False).returncode == 0:
            return
        time.sleep(0.1)
    run(*words)


@pytest.fixture
def cleanup() -> Iterator[ExitStack]:
    """Undo in reverse order, also when the test fails: mounts and swap go before the loops below them."""
    with ExitStack() as stack:
        yield stack


@pytest.fixture
def loop_disk(tmp_path: Path, cleanup: ExitStack) -> Callable[..., LoopDisk]:
    """Factory: `loop_disk(size_bytes, sector_size=512, contents="zeros" | "random" | "pattern" | bytes)`.

    The image lies in the test's own folder and the loop is detached at the end, whatever happens.
    """
    made: list[LoopDisk] = []

    def make(
        size_bytes: int, sector_size: int = 512, contents: Contents | bytes = "pattern", folder: Path | None = None
    ) -> LoopDisk:
        image = (folder or tmp_path) / f"disk{len(made)}.img"
        fill(image, size_bytes, contents)
        disk = attach(image, sector_size)
        made.append(disk)
        cleanup.callback(detach, disk)
        return disk

    return make


@pytest.fixture
def mounted(tmp_path: Path, cleanup: ExitStack) -> Callable[..., Path]:
    """Factory: `mounted("/dev/loop3p1", options="ro")` makes an ext4 there, mounts it, and returns where."""

    def make(device: str, options: str = "ro") -> Path:
        place = tmp_path / f"mnt-{device.rpartition('/')[2]}"
        place.mkdir()
        run("mkfs.ext4", "-q", "-F", "-E", FILESYSTEM_OPTIONS, device)
        run("mount", "-o", options, device, str(place))
        cleanup.callback(run, "umount", str(place))
        return place

    return make


@pytest.fixture
def swapped_on(cleanup: ExitStack) -> Callable[[str], None]:
    """Factory: `swapped_on("/dev/loop3")` uses the first SWAP_BYTES there as swap, last of all others.

    The kernel may page to it at any moment, and never behind it: what lies there is what a test can compare.
    """

    def make(device: str) -> None:
        run("mkswap", device, str(SWAP_BYTES // 1024))
        run("swapon", device)  # without a priority it comes behind every other
        cleanup.callback(insist, "swapoff", device)  # short of memory it may have to wait for some

    return make
