"""The Linux port over a recorded sysfs tree: the open node is a harmless one with the number of the drive there."""

import ctypes
import errno
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from erasure.transport.linux_block import LinuxBlockPort
from tests.erasure.kernel_trees import write

NULL = (1, 3)  # /dev/null
CONTROLLER = "pci0000:00/0000:01:00.0/nvme/nvme{0}"


@pytest.fixture
def null() -> Iterator[int]:
    fd = os.open("/dev/null", os.O_RDONLY)
    yield fd
    os.close(fd)


def no_opal(fd: int, request: int, buffer: ctypes.Array[ctypes.c_char]) -> int:
    raise OSError(errno.ENOTTY, os.strerror(errno.ENOTTY))


def opened(machine: Any, name: str, fd: int) -> LinuxBlockPort:
    return LinuxBlockPort(fd, machine.sight(name), machine.view, no_opal)


def test_a_namespace_takes_nvme_commands_and_knows_its_companions(machine: Any, null: int) -> None:
    machine.drive("nvme1n1", NULL, "nvme", place=CONTROLLER.format(0))
    machine.drive("nvme3n2", (259, 1), "nvme", place=CONTROLLER.format(0))
    machine.drive("nvme1n2", (259, 2), "nvme", place=CONTROLLER.format(1))
    port = opened(machine, "nvme1n1", null)
    ways = port.commands()
    assert (ways.nvme is not None, ways.scsi, ways.mmc, ways.opal) == (True, None, None, None)
    assert port.companions() == (machine.sight("nvme3n2"),)


def test_a_disk_takes_scsi_commands_and_has_no_companions(machine: Any, null: int) -> None:
    folder = machine.drive("sda", NULL, "ata")
    machine.drive("sdb", (8, 16), "ata")
    write(folder / "device/hwmon/hwmon2/name", "drivetemp\n")
    write(folder / "device/hwmon/hwmon2/temp1_input", "36000\n")
    port = opened(machine, "sda", null)
    ways = port.commands()
    assert (ways.scsi is not None, ways.nvme, ways.mmc, ways.opal) == (True, None, None, None)
    assert port.companions() == ()
    assert port.temperature() == 36


def test_companions_that_cannot_be_told_are_an_error_and_not_none(machine: Any, null: int) -> None:
    machine.drive("nvme0n1", NULL, "nvme", place=CONTROLLER.format(0))
    other = machine.drive("nvme0n2", (259, 1), "nvme", place=CONTROLLER.format(0))
    port = opened(machine, "nvme0n1", null)
    (other / "dev").unlink()
    with pytest.raises(OSError, match="ENOENT") as caught:
        port.companions()
    assert caught.value.errno == errno.EIO


def test_a_drive_that_left_has_no_temperature_and_says_so(machine: Any, null: int) -> None:
    machine.drive("sda", NULL, "ata")
    port = opened(machine, "sda", null)
    machine.leave("sda")
    with pytest.raises(OSError, match="no block device 1:3") as caught:
        port.temperature()
    assert caught.value.errno == errno.ENODEV


def test_a_closed_port_sends_no_command(machine: Any, tmp_path: Path) -> None:
    machine.drive("sda", NULL, "ata")
    asked: list[int] = []

    def call(fd: int, request: int, buffer: ctypes.Array[ctypes.c_char]) -> int:
        asked.append(fd)
        return 0

    fd = os.open("/dev/null", os.O_RDONLY)
    port = LinuxBlockPort(fd, machine.sight("sda"), machine.view, call)
    scsi = port.commands().scsi
    port.close()
    assert scsi is not None
    scsi.command(bytes(6), timeout_ms=1000)
    assert asked == [fd, -1]


def test_the_kernel_is_told_to_read_the_capacity_anew(machine: Any, null: int) -> None:
    folder = machine.drive("sda", NULL, "scsi")
    write(folder / "device/rescan", "")
    opened(machine, "sda", null).look_again()
    assert (folder / "device/rescan").read_text() == "1\n"


def test_a_disk_that_the_kernel_cannot_look_at_again_is_an_error(machine: Any, null: int) -> None:
    machine.drive("nvme0n1", NULL, "nvme", place=CONTROLLER.format(0))
    with pytest.raises(FileNotFoundError):
        opened(machine, "nvme0n1", null).look_again()
