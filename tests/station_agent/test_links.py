"""The way to a drive is read from sysfs as it is there; what is strange or missing is no link."""

from pathlib import Path

import pytest

from station_agent.links import Link, links_of


def disk(root: Path, way: str, name: str = "sdb") -> Path:
    """Make a disk at the end of a way; give the folder of the way."""
    folder = root / "sys/devices/pci0000:00/0000:00:14.0" / way / "host6/target6:0:0/6:0:0:0/block" / name
    folder.mkdir(parents=True)
    (root / "sys/class/block").mkdir(parents=True, exist_ok=True)
    (root / "sys/class/block" / name).symlink_to(folder)
    return root / "sys/devices/pci0000:00/0000:00:14.0"


def test_a_stick_behind_a_hub_has_its_port_the_hub_and_the_controller(tmp_path: Path) -> None:
    pci = disk(tmp_path, "usb2/2-1/2-1.3/2-1.3:1.0")
    for place, speed in (("usb2", "5000"), ("usb2/2-1", "5000"), ("usb2/2-1/2-1.3", "480")):
        (pci / place / "speed").write_text(f"{speed}\n", encoding="ascii")
    assert links_of(tmp_path, "sdb") == (Link("2-1.3", 480), Link("2-1", 5000), Link("usb2", 5000))


def test_a_sata_drive_has_its_link(tmp_path: Path) -> None:
    disk(tmp_path, "ata5")
    link = tmp_path / "sys/class/ata_link/link5"
    link.mkdir(parents=True)
    (link / "sata_spd").write_text("3.0 Gbps\n", encoding="ascii")
    assert links_of(tmp_path, "sdb") == (Link("ata5", 3000),)


@pytest.mark.parametrize("told", ["", "unknown", "0", "-480", "1e9", "480 Mbit", "4" * 400, "\x00", "é"])
def test_a_speed_that_is_none_is_no_link(tmp_path: Path, told: str) -> None:
    pci = disk(tmp_path, "usb2/2-1/2-1:1.0")
    (pci / "usb2/2-1/speed").write_text(told, encoding="utf-8")
    assert links_of(tmp_path, "sdb") == ()


@pytest.mark.parametrize("name", ["", "sdz", "..", "../../etc", "a\x00b", "cciss/c0d0"])
def test_a_disk_that_is_not_there_has_no_links(tmp_path: Path, name: str) -> None:
    (tmp_path / "sys/class/block").mkdir(parents=True)
    assert links_of(tmp_path, name) == ()
