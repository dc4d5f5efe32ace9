"""Volumes of RAID controllers are told from drives by the place where the driver shows them."""

from pathlib import Path

import pytest

from erasure.kernel_view import KernelView, Node
from erasure.raid import raid_volume


def node(root: Path, driver: str, channel: int) -> Node:
    host = root / "sys/class/scsi_host/host4"
    host.mkdir(parents=True)
    (host / "proc_name").write_text(f"{driver}\n")
    folder = root / f"sys/devices/pci0000:00/0000:03:00.0/host4/target4:{channel}:0/4:{channel}:0:0/block/sdb"
    return Node("sdb", 8, 16, folder, "sdb")


@pytest.mark.parametrize(
    ("driver", "channel", "volume"),
    [
        ("megaraid_sas", 2, True),
        ("megaraid_sas", 3, True),
        ("megaraid_sas", 0, False),
        ("aacraid", 0, True),
        ("aacraid", 1, False),
        ("arcmsr", 0, True),
        ("mpt3sas", 0, False),
        ("ahci", 0, False),
    ],
)
def test_the_driver_and_the_channel_tell_a_volume(tmp_path: Path, driver: str, channel: int, volume: object) -> None:
    assert raid_volume(KernelView(tmp_path), node(tmp_path, driver, channel)) == (driver if volume else "")


def test_a_disk_that_hangs_on_no_scsi_host_is_no_volume(tmp_path: Path) -> None:
    nvme = Node("nvme0n1", 259, 0, tmp_path / "sys/devices/pci0000:00/nvme/nvme0/nvme0n1", "nvme0n1")
    assert raid_volume(KernelView(tmp_path), nvme) == ""
