"""The tools of the kernel tier do what they say: a failing file fails where told, and foreign devices are refused."""

import errno
import mmap
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.kernel.failing import FailingDisk, failing_disk
from tests.kernel.loops import Loop, assert_ours, attached, fill_random

pytestmark = pytest.mark.kernel
SECTOR = 512
SIZE = 8 << 20


@pytest.fixture
def failing(tmp_path: Path, udevd: None) -> Iterator[tuple[Loop, FailingDisk]]:
    fill_random(tmp_path / "backing", SIZE)
    with (
        failing_disk(tmp_path / "backing", tmp_path, read=[[1003, 1]], write=[[5000, 8]]) as bad,
        attached(bad.image) as loop,
    ):
        yield loop, bad


class Sectors:
    """One-sector transfers past the page cache."""

    def __init__(self, loop: Loop) -> None:
        assert_ours(loop.node, loop.image)
        self.handle = os.open(loop.node, os.O_RDWR | os.O_DIRECT | os.O_EXCL)
        self.buffer = mmap.mmap(-1, mmap.PAGESIZE)

    def outcome(self, action: str, lba: int) -> str:
        """Return "ok" or the name of the error."""
        with memoryview(self.buffer) as whole, whole[:SECTOR] as one:
            try:
                count = {"read": os.preadv, "write": os.pwritev}[action](self.handle, [one], lba * SECTOR)
            except OSError as error:
                return errno.errorcode[error.errno or 0]
        return "ok" if count == SECTOR else f"{count} bytes"

    def close(self) -> None:
        os.close(self.handle)


@pytest.fixture
def sectors(failing: tuple[Loop, FailingDisk]) -> Iterator[Sectors]:
    disk = Sectors(failing[0])
    yield disk
    disk.close()


def test_exactly_the_bad_sectors_cannot_be_read(sectors: Sectors) -> None:
    assert [sectors.outcome("read", lba) for lba in (1002, 1003, 1004)] == ["ok", "EIO", "ok"]


def test_exactly_the_bad_sectors_cannot_be_written(sectors: Sectors) -> None:
    assert [sectors.outcome("write", lba) for lba in (4999, 5000, 5007, 5008)] == ["ok", "EIO", "EIO", "ok"]


def test_a_drive_can_die_while_it_is_open(sectors: Sectors, failing: tuple[Loop, FailingDisk]) -> None:
    assert sectors.outcome("read", 0) == "ok"
    failing[1].fail(dead=True)
    assert [sectors.outcome("read", 0), sectors.outcome("write", 9000)] == ["EIO", "EIO"]


def test_udev_knows_an_attached_loop_device(failing: tuple[Loop, FailingDisk]) -> None:
    import pyudev

    device = pyudev.Devices.from_device_file(pyudev.Context(), failing[0].node)
    assert device.is_initialized
    assert device.properties["DEVTYPE"] == "disk"


@pytest.mark.parametrize("node", ["/dev/vda", "/dev/sda", "/dev/loop0p1", "/dev/loop", "", "/dev/loop0 /dev/sda"])
def test_what_is_no_loop_device_is_refused(node: str, tmp_path: Path) -> None:
    with pytest.raises(AssertionError, match="is no loop device"):
        assert_ours(node, tmp_path / "image")


def test_a_loop_device_over_another_file_is_refused(failing: tuple[Loop, FailingDisk], tmp_path: Path) -> None:
    with pytest.raises(AssertionError, match="lies over"):
        assert_ours(failing[0].node, tmp_path / "another")
