"""Mount a failing file for a test, in a process of its own, and take it away again."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from ctypes.util import find_library
from dataclasses import dataclass
from pathlib import Path

SECONDS = 15
ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True, slots=True)
class FailingDisk:
    """A mounted failing file, to put under a loop device."""

    image: Path
    faults: Path

    def fail(self, **faults: object) -> None:
        """Choose what fails from now on: read=[(lba, count)], write=[(lba, count)], dead=True, hang=["write"]."""
        fresh = self.faults.with_suffix(".new")
        fresh.write_text(json.dumps(faults))
        fresh.rename(self.faults)


@contextmanager
def failing_disk(backing: Path, folder: Path, **faults: object) -> Iterator[FailingDisk]:
    """Serve `backing` as a failing file below `folder`; unmount it and end its process afterwards."""
    mountpoint = folder / "failing"
    mountpoint.mkdir()
    disk = FailingDisk(mountpoint / "disk", folder / "faults.json")
    disk.fail(**faults)
    command = [sys.executable, "-m", "tests.kernel.bad_file", str(backing), str(mountpoint), str(disk.faults)]
    with subprocess.Popen(command, cwd=ROOT, env=os.environ | library()) as process:
        try:
            _wait_for(disk.image, process)
            yield disk
        finally:
            subprocess.run(["umount", str(mountpoint)], check=False, timeout=SECONDS, capture_output=True)
            _end(process)


def library() -> dict[str, str]:
    """Name libfuse 3 to the binding: libfuse 2, where it is there too, cuts a write in pieces of 128 KiB.

    When a later piece fails, the loop driver of the kernel takes the short write for a whole one and tells no error.
    """
    found = find_library("fuse3")
    return {} if found is None else {"FUSE_LIBRARY_PATH": found}


def _wait_for(image: Path, process: subprocess.Popen[bytes]) -> None:
    limit = time.monotonic() + SECONDS
    while not image.exists():
        if process.poll() is not None or time.monotonic() > limit:
            raise RuntimeError("the failing file was not mounted")
        time.sleep(0.02)


def _end(process: subprocess.Popen[bytes]) -> None:
    try:
        process.wait(SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
