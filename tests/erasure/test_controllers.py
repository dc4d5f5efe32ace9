"""Controllers behind which a drive may be hidden, told from trees laid out as sysfs does."""

from pathlib import Path

import pytest

from erasure.controllers import hiding_controllers
from erasure.errors import Unreadable
from erasure.kernel_view import KernelView


def add(root: Path, code: str, driver: str = "", remapped: str = "", address: str = "0000:00:17.0") -> None:
    folder = root / "sys/bus/pci/devices" / address
    folder.mkdir(parents=True)
    (folder / "class").write_text(f"{code}\n")
    if driver:
        target = root / "sys/bus/pci/drivers" / driver
        target.mkdir(parents=True, exist_ok=True)
        (folder / "driver").symlink_to(target)
    if remapped:
        (folder / "remapped_nvme").write_text(f"{remapped}\n")


@pytest.mark.parametrize(
    ("code", "driver", "remapped"),
    [
        ("0x010601", "ahci", "0"),
        ("0x010601", "ahci", ""),
        ("0x010400", "ahci", "0"),
        ("0x010802", "nvme", ""),
        ("0x010400", "vmd", ""),
        ("0x010700", "mpt3sas", ""),
        ("0x030000", "", ""),
    ],
)
def test_a_controller_that_shows_its_drives_hides_nothing(
    tmp_path: Path, code: str, driver: str, remapped: str
) -> None:
    add(tmp_path, code, driver, remapped)
    assert hiding_controllers(KernelView(tmp_path)) == ()


@pytest.mark.parametrize(
    ("code", "driver", "remapped", "words"),
    [
        ("0x010601", "ahci", "1", "RST remaps 1 NVMe drives"),
        ("0x010400", "ahci", "2", "RST remaps 2 NVMe drives"),
        ("0x010400", "ahci", "", "RST may remap NVMe drives"),
        ("0x010601", "ahci", "?", "RST may remap NVMe drives"),
        ("0x010400", "megaraid_sas", "", "a RAID controller (megaraid_sas) shows volumes"),
        ("0x010400", "", "", "its controller has no driver"),
        ("0x010802", "", "", "its controller has no driver"),
    ],
)
def test_a_controller_that_may_hide_a_drive_is_named(
    tmp_path: Path, code: str, driver: str, remapped: str, words: str
) -> None:
    add(tmp_path, code, driver, remapped)
    (found,) = hiding_controllers(KernelView(tmp_path))
    assert (found.address, found.kind, found.driver) == ("0000:00:17.0", code[2:6], driver)
    assert found.detail.startswith(f"a drive may be hidden: {words}")


def test_every_controller_is_judged(tmp_path: Path) -> None:
    add(tmp_path, "0x010601", "ahci", "1", "0000:00:17.0")
    add(tmp_path, "0x010400", "hpsa", "", "0000:03:00.0")
    assert [one.address for one in hiding_controllers(KernelView(tmp_path))] == ["0000:00:17.0", "0000:03:00.0"]


def test_a_machine_without_pci_has_none(tmp_path: Path) -> None:
    assert hiding_controllers(KernelView(tmp_path)) == ()


def test_a_device_that_cannot_be_read_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "sys/bus/pci/devices/0000:00:17.0").mkdir(parents=True)
    with pytest.raises(Unreadable):
        hiding_controllers(KernelView(tmp_path))
