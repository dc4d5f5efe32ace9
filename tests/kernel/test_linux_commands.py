"""What a loop device can show of the command side: no commands, no companions, and a cache that is really dropped."""

import errno
import os
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from erasure.errors import NotABlockDevice
from erasure.interlocks import KernelExaminer, KernelView, companions_free
from erasure.inventory import sight
from erasure.transport import ioctl
from erasure.transport.linux_block import LinuxOpener, LinuxReader
from erasure.transport.node_commands import node_commands
from erasure.transport.ports import NO_COMMANDS, NvmeCommand

pytestmark = [pytest.mark.kernel, pytest.mark.world]

MIB = 1 << 20
VIEW = KernelView()
OPEN = LinuxOpener()


def change_beneath(image: Path, data: bytes) -> None:
    """Change the medium behind the back of the device's page cache, as a firmware erase does."""
    with image.open("r+b") as file:
        file.write(data)
        os.fsync(file.fileno())


def test_a_loop_takes_no_commands_and_has_neither_companions_nor_a_temperature(loop_disk: Any) -> None:
    device = sight(VIEW, loop_disk(8 * MIB).path)
    with OPEN(device) as port:
        assert port.commands() == NO_COMMANDS
        assert port.companions() == ()
        assert port.temperature() is None
    assert companions_free(VIEW, device) == ()
    assert KernelExaminer(allow_loop=True).companions_free(device) == ()


def test_a_buffered_read_sees_the_medium_again_only_after_the_cache_was_forgotten(loop_disk: Any) -> None:
    disk = loop_disk(8 * MIB, contents=b"old " * 1024)
    buffered = os.open(disk.path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        with OPEN(sight(VIEW, disk.path)) as port:
            assert os.pread(buffered, 4096, 0) == b"old " * 1024
            change_beneath(disk.image, b"new " * 1024)
            assert os.pread(buffered, 4096, 0) == b"old " * 1024, "nothing was cached: the test shows nothing"
            port.forget_cache()
            assert os.pread(buffered, 4096, 0) == b"new " * 1024
    finally:
        os.close(buffered)


def test_the_cache_is_forgotten_through_the_reading_descriptor_too(loop_disk: Any) -> None:
    disk = loop_disk(8 * MIB, contents=b"old " * 1024)
    buffered = os.open(disk.path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        with OPEN(sight(VIEW, disk.path)) as port, port.reopen_for_reading() as reading:
            os.pread(buffered, 4096, 0)
            change_beneath(disk.image, b"new " * 1024)
            reading.forget_cache()
            assert os.pread(buffered, 4096, 0) == b"new " * 1024
    finally:
        os.close(buffered)


def test_the_kernel_refuses_commands_on_a_loop_and_the_port_says_so(loop_disk: Any) -> None:
    disk = loop_disk(8 * MIB)
    before = disk.sha256()
    with LinuxReader(VIEW)(sight(VIEW, disk.path)) as port:
        scsi, nvme = node_commands("scsi", port.fileno).scsi, node_commands("nvme", port.fileno).nvme
        assert scsi is not None
        assert nvme is not None
        with pytest.raises(OSError, match=r"Inappropriate ioctl|Invalid argument") as refused:
            scsi.command(bytes.fromhex("120000002400"), timeout_ms=1000, data_in=36)
        assert refused.value.errno in (errno.ENOTTY, errno.EINVAL)
        with pytest.raises(OSError, match=r"Inappropriate ioctl|Invalid argument") as refused:
            nvme.admin(NvmeCommand(6, cdw10=1), timeout_ms=1000, data_in=4096)
        assert refused.value.errno in (errno.ENOTTY, errno.EINVAL)
        assert node_commands("nvme", port.fileno).opal is None
    assert disk.sha256() == before


def test_a_drive_in_use_can_be_looked_at_and_not_written(loop_disk: Any, mounted: Any) -> None:
    disk = loop_disk(16 * MIB)
    mounted(disk.path)
    with LinuxReader(VIEW)(sight(VIEW, disk.path)) as port:
        assert port.size_bytes() == 16 * MIB
        with pytest.raises(OSError, match="Bad file descriptor"):
            port.pwrite(memoryview(bytearray(4096)), 0)


def test_only_a_block_node_is_looked_at(loop_disk: Any, tmp_path: Path) -> None:
    device = sight(VIEW, loop_disk(8 * MIB).path)
    (tmp_path / "plain").write_bytes(b"")
    with pytest.raises(NotABlockDevice):
        LinuxReader(VIEW)(replace(device, path=str(tmp_path / "plain")))


def test_the_partition_table_is_not_read_again_while_a_partition_is_in_use(loop_disk: Any, mounted: Any) -> None:
    disk = loop_disk(32 * MIB)
    mounted(disk.add_partition())
    fd = os.open(disk.path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        with pytest.raises(OSError, match=r"busy|Invalid argument") as refused:
            ioctl.read_partitions_again(fd)
        assert refused.value.errno in (errno.EBUSY, errno.EINVAL)
    finally:
        os.close(fd)
