"""What sysfs tells of each kind of drive, and what is offered at all."""

import hashlib
from typing import Any

import pytest

from erasure.drive import IdentityGrade
from erasure.errors import DeviceError, NotABlockDevice, Unreadable
from erasure.inventory import hardware_areas, sight, sight_number, traits_of, whole_disks
from tests.erasure.ata.scripted import block_of, letters, words_of


def names(machine: Any, **given: Any) -> list[str]:
    return [device.name for device in whole_disks(machine.view, **given)]


def test_an_ata_disk_is_identified_by_its_unit_serial_and_world_wide_name(machine: Any) -> None:
    machine.drive("sda", (8, 0), wwid="naa.50014EE2B0000001", diskseq="7")
    seen = machine.sight("sda")
    assert (seen.path, seen.name, seen.major, seen.minor, seen.diskseq) == ("/dev/sda", "sda", 8, 0, 7)
    assert seen.size_bytes == 2048000 * 512
    assert seen.identity.model == "WDC WD5000AAKX-0"
    assert seen.identity.serial == "WD-WCC4N0000001"
    assert seen.identity.wwn == "50014ee2b0000001"
    assert (seen.identity.bus, seen.identity.bridge, seen.identity.firmware) == ("ata", "", "1.0")
    assert (seen.identity.source, seen.identity.grade) == ("sysfs", IdentityGrade.B)


def kept_identify(model: str, serial: str, firmware: str) -> bytes:
    """VPD page 89h with the IDENTIFY that the kernel read when it met the drive."""
    told = letters(10, serial.ljust(20)) | letters(23, firmware.ljust(8)) | letters(27, model.ljust(40))
    return b"\0\x89\x02\x38".ljust(60, b"\0") + block_of(words_of() | told)


WHOLE = ("WDC WD5000AAKX-001CA0", "WD-WCC4N0000001", "15.0H1.0")


def test_the_kernel_keeps_the_words_of_an_ata_disk_whole(machine: Any) -> None:
    folder = machine.drive("sda", (8, 0), wwid="naa.5000C50000000001")
    (folder / "device" / "vpd_pg89").write_bytes(kept_identify(*WHOLE))
    seen = machine.sight("sda").identity
    assert (seen.model, seen.serial, seen.firmware) == WHOLE
    assert (seen.wwn, seen.source, seen.grade) == ("5000c50000000001", "sysfs", IdentityGrade.B)


@pytest.mark.parametrize(
    "page",
    [
        kept_identify("WDC WD5000AAKX-1", "WD-WCC4N0000001", "15.0H1.0"),
        kept_identify("WDC WD5000AAKX-001CA0", "WD-WCC4N0000002", "15.0H1.0"),
        kept_identify("WDC WD5000AAKX-001CA0", "WD-WCC4N0000001", "15.0H1.1"),
        kept_identify(*WHOLE)[:400],
        b"\0\x83" + kept_identify(*WHOLE)[2:],
        b"",
        bytes(572),
        b"\xff" * 572,
    ],
)
def test_words_that_are_not_believed_or_of_another_drive_are_not_taken(machine: Any, page: bytes) -> None:
    folder = machine.drive("sda", (8, 0))
    before = machine.sight("sda").identity
    (folder / "device" / "vpd_pg89").write_bytes(page)
    assert machine.sight("sda").identity == before


def test_a_scsi_disk_is_not_named_by_a_page_of_ata(machine: Any) -> None:
    folder = machine.drive("sda", (8, 0), "scsi", vendor="WDC", model="WD5000AAKX-0")
    (folder / "device" / "vpd_pg89").write_bytes(kept_identify(*WHOLE))
    assert machine.sight("sda").identity.model == "WDC WD5000AAKX-0"


def test_a_world_wide_id_that_is_made_of_model_and_serial_is_no_world_wide_name(machine: Any) -> None:
    machine.drive("sda", (8, 0), wwid="t10.ATA     WDC WD5000AAKX-0   WD-WCC4N0000001")
    assert machine.sight("sda").identity.wwn == ""


def test_an_nvme_drive_is_identified_by_its_controller_and_namespace(machine: Any) -> None:
    folder = machine.drive("nvme0n1", (259, 0), "nvme", serial="S3Z8NB0K123456A", model="Samsung SSD 980")
    (folder / "wwid").write_text("eui.002538B111B00001\n")
    (folder / "device" / "firmware_rev").write_text("3B4QFXO7\n")
    seen = machine.sight("nvme0n1").identity
    assert (seen.model, seen.serial, seen.wwn) == ("Samsung SSD 980", "S3Z8NB0K123456A", "002538b111b00001")
    assert (seen.firmware, seen.bus, seen.grade) == ("3B4QFXO7", "nvme", IdentityGrade.B)


def test_over_usb_the_serial_is_the_bridges_and_the_bridge_is_named(machine: Any) -> None:
    machine.drive("sdb", (8, 16), "usb", vendor="SanDisk", model="Cruzer Blade", usb_serial="4C530001230101117394")
    seen = machine.sight("sdb").identity
    assert (seen.model, seen.serial) == ("SanDisk Cruzer Blade", "4C530001230101117394")
    assert (seen.bus, seen.bridge, seen.grade) == ("usb", "0781:5567 Cruzer Blade", IdentityGrade.C)


def test_an_emmc_carries_its_card_id(machine: Any) -> None:
    machine.drive("mmcblk0", (179, 0), "mmc", serial="0x2f6a1c3d", model="AJTD4R", cid="150100414A544434")
    seen = machine.sight("mmcblk0").identity
    assert (seen.model, seen.serial, seen.wwn) == ("AJTD4R", "0x2f6a1c3d", "cid.150100414a544434")
    assert seen.grade is IdentityGrade.B


def test_a_virtual_disk_is_grade_c(machine: Any) -> None:
    folder = machine.drive("vda", (254, 0), "virtio")
    (folder / "device" / "serial").unlink()
    (folder / "serial").write_text("bench-disk-7\n")
    seen = machine.sight("vda").identity
    assert (seen.serial, seen.bus, seen.grade) == ("bench-disk-7", "virtio", IdentityGrade.C)


def test_row_29_a_drive_without_serial_is_incomplete(machine: Any) -> None:
    machine.drive("sda", (8, 0), serial="")
    seen = machine.sight("sda").identity
    assert (seen.serial, seen.grade) == ("", IdentityGrade.C)


def test_row_26_a_bridge_serial_that_is_known_to_be_shared_is_grade_c(machine: Any) -> None:
    machine.drive("sda", (8, 0), serial="152D00539000")
    assert machine.sight("sda").identity.grade is IdentityGrade.C


def test_a_serial_with_bytes_that_cannot_be_printed_shows_them(machine: Any) -> None:
    folder = machine.drive("sda", (8, 0))
    (folder / "device" / "vpd_pg80").write_bytes(b"\0\x80\0\4AB\xfe7")
    assert machine.sight("sda").identity.serial == "AB\\xfe7"


def test_another_page_in_place_of_the_serial_page_is_no_serial(machine: Any) -> None:
    folder = machine.drive("sda", (8, 0))
    (folder / "device" / "vpd_pg80").write_bytes(b"\0\x83\0\4ABCD")
    assert machine.sight("sda").identity.serial == ""


def test_a_loop_has_a_stable_serial_of_its_file(machine: Any) -> None:
    machine.loop("loop0", 0, "/mnt/disk.img", device=8 << 8, inode=4711)
    expected = hashlib.sha256(b"/mnt/disk.img\x004711").hexdigest()[:12]
    seen = machine.sight("loop0").identity
    assert (seen.model, seen.serial) == ("Loop device", f"LOOP-{expected}")
    assert (seen.bus, seen.source, seen.grade) == ("loop", "loop", IdentityGrade.C)


def test_a_loop_whose_file_cannot_be_found_has_no_serial(machine: Any) -> None:
    machine.loop("loop0", 0, "/gone.img")
    assert machine.sight("loop0").identity.serial == ""


def test_rows_12_to_14_and_17_only_whole_drives_are_offered_and_an_empty_reader_is_still_seen(machine: Any) -> None:
    machine.drive("sdb", (8, 16), "usb", size="0")
    machine.drive("sda", (8, 0))
    machine.partition("sda", "sda1", (8, 1))
    machine.drive("sr0", (11, 0), "scsi", type="5")
    machine.mapped("dm-0", (253, 0), "sda1")
    machine.block("ram0", (1, 0), "virtual/block")
    machine.block("loop1", (7, 1), "virtual/block", size="0")
    machine.loop("loop0", 0, "/mnt/disk.img", device=8 << 8)
    machine.drive("nvme0c0n1", (259, 1), "nvme", hidden="1")
    assert names(machine) == ["sda", "sdb"]
    assert names(machine, loops=True) == ["loop0", "sda", "sdb"]


def test_a_list_that_cannot_be_read_is_an_error_and_not_an_empty_bench(machine: Any) -> None:
    (machine.root / "sys/block").rmdir()
    with pytest.raises(Unreadable, match="sys/block: ENOENT"):
        whole_disks(machine.view)


def test_row_20_a_link_by_id_leads_to_the_same_sighting_as_the_node(machine: Any) -> None:
    machine.drive("sda", (8, 0))
    machine.by("by-id", "ata-WDC_WD5000AAKX-0_WD-WCC4N0000001", "sda")
    through_link = sight(machine.view, "/dev/disk/by-id/ata-WDC_WD5000AAKX-0_WD-WCC4N0000001")
    assert through_link == machine.sight("sda")
    assert through_link.path == "/dev/sda"


def test_row_19_a_partition_names_its_disk(machine: Any) -> None:
    machine.drive("sda", (8, 0))
    machine.partition("sda", "sda1", (8, 1))
    with pytest.raises(NotABlockDevice, match="sda1 is a partition of sda: name the whole disk"):
        machine.sight("sda1")


def test_a_path_that_is_no_block_device_is_refused(machine: Any) -> None:
    machine.files["/etc/passwd"] = (1, 1)
    with pytest.raises(NotABlockDevice, match="is not a block device"):
        sight(machine.view, "/etc/passwd")
    with pytest.raises(DeviceError, match="No such file"):
        sight(machine.view, "/dev/sdq")
    with pytest.raises(NotABlockDevice, match="knows no block device 8:240"):
        sight_number(machine.view, 8, 240)


def test_the_traits_are_raw_readings_and_leave_out_what_is_absent(machine: Any) -> None:
    machine.drive("sda", (8, 0), removable="1")
    traits = traits_of(machine.view, machine.view.nodes()["sda"])
    assert traits["rotational"] == "1"
    assert traits["removable"] == "1"
    assert traits["zoned"] == "none"
    assert "wwid" not in traits
    assert "uncovered" not in traits


def test_row_17_the_boot_areas_of_an_emmc_are_named_as_uncovered(machine: Any) -> None:
    folder = machine.drive("mmcblk0", (179, 0), "mmc", serial="0x2f6a1c3d", cid="15010042")
    for number, name in ((8, "mmcblk0boot0"), (16, "mmcblk0boot1")):
        boot = machine.block(name, (179, number), str(folder.relative_to(machine.root / "sys/devices")))
        (boot / "device").symlink_to("..")
    node = machine.view.nodes()["mmcblk0"]
    assert hardware_areas(machine.view, node) == ("mmcblk0boot0", "mmcblk0boot1")
    assert traits_of(machine.view, node)["uncovered"] == "mmcblk0boot0 mmcblk0boot1"
    assert names(machine) == ["mmcblk0"]


def test_the_boot_areas_of_an_emmc_are_seen_however_its_folder_was_reached(machine: Any) -> None:
    """In a container or a recorded tree another link may lie on the way: an area overlooked would count as none."""
    folder = machine.drive("mmcblk0", (179, 0), "mmc", serial="0x2f6a1c3d", cid="15010042")
    boot = machine.block("mmcblk0boot0", (179, 8), str(folder.relative_to(machine.root / "sys/devices")))
    (boot / "device").symlink_to("..")
    (machine.root / "sys/devices").rename(machine.root / "elsewhere")
    (machine.root / "sys/devices").symlink_to("../elsewhere")
    for node in (machine.view.nodes()["mmcblk0"], machine.view.node_at(179, 0)):
        assert hardware_areas(machine.view, node) == ("mmcblk0boot0",)


def test_the_areas_of_another_card_of_a_longer_name_are_not_those_of_this_one(machine: Any) -> None:
    machine.drive("mmcblk1", (179, 8), "mmc", serial="0x2f6a1c3d", cid="15010042")
    other = machine.drive("mmcblk10", (179, 80), "mmc", serial="0x2f6a1c3e", cid="15010043")
    boot = machine.block("mmcblk10boot0", (179, 88), str(other.relative_to(machine.root / "sys/devices")))
    (boot / "device").symlink_to("..")
    assert hardware_areas(machine.view, machine.view.nodes()["mmcblk1"]) == ()
    assert hardware_areas(machine.view, machine.view.nodes()["mmcblk10"]) == ("mmcblk10boot0",)


def test_the_records_of_udev_come_with_the_sighting(machine: Any) -> None:
    machine.drive("sda", (8, 0))
    machine.udev("sda", ID_SERIAL_SHORT="WD-WCC4N0000001", ID_BUS="ata")
    assert machine.sight("sda").properties == {"ID_SERIAL_SHORT": "WD-WCC4N0000001", "ID_BUS": "ata"}


def test_a_name_with_a_slash_finds_its_device_file(machine: Any) -> None:
    machine.drive("cciss!c0d0", (104, 0), "scsi")
    assert machine.sight("cciss!c0d0").path == "/dev/cciss/c0d0"
