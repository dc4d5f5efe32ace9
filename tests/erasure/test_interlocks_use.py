"""Interlock scenarios of drives, section 10: whoever uses a drive, at any depth, protects it."""

from typing import Any

import pytest

from erasure.interlocks import KernelExaminer, holders_of, interlocks
from erasure.outcome import Reason, ReasonCode


def ask(machine: Any, name: str, *, allow_loop: bool = False, **given: Any) -> tuple[Reason, ...]:
    return interlocks(machine.view, machine.sight(name), allow_loop=allow_loop, **given)


def codes(reasons: tuple[Reason, ...]) -> set[ReasonCode]:
    return {reason.code for reason in reasons}


def details(reasons: tuple[Reason, ...]) -> str:
    return " | ".join(reason.detail for reason in reasons)


@pytest.fixture
def two_disks(machine: Any) -> Any:
    machine.drive("sda", (8, 0), serial="WD-WCC4N0000001")
    machine.partition("sda", "sda1", (8, 1))
    machine.drive("sdb", (8, 16), serial="WD-WCC4N0000002")
    machine.partition("sdb", "sdb1", (8, 17))
    machine.partition("sdb", "sdb2", (8, 18))
    return machine


def test_an_idle_disk_is_free(two_disks: Any) -> None:
    assert ask(two_disks, "sda") == ()
    assert ask(two_disks, "sdb") == ()


@pytest.mark.parametrize("number", [(8, 16), (8, 18)])
def test_row_04_a_file_system_mounted_from_the_disk_or_a_partition_protects_it(two_disks: Any, number: Any) -> None:
    two_disks.mount(number, "/mnt/photos", source="/dev/whatever")
    name = {16: "sdb", 18: "sdb2"}[number[1]]
    assert ask(two_disks, "sdb") == (Reason(ReasonCode.IN_USE, f"mounted on /mnt/photos ({name})"),)
    assert ask(two_disks, "sda") == ()


def test_row_04_a_mount_is_found_by_number_although_its_source_names_another_disk(two_disks: Any) -> None:
    two_disks.mount((8, 17), "/data", source="/dev/sda1")
    assert details(ask(two_disks, "sdb")) == "mounted on /data (sdb1)"


def test_row_04_a_mount_point_with_blanks_and_accents_is_named_readably(two_disks: Any) -> None:
    two_disks.mount((8, 17), "/mnt/mes\\040donn\\303\\251es")
    assert details(ask(two_disks, "sdb")) == "mounted on /mnt/mes donn\\xc3\\xa9es (sdb1)"


def test_row_05_swap_protects_its_disk(two_disks: Any) -> None:
    two_disks.swap("/dev/sdb2")
    assert ask(two_disks, "sdb") == (Reason(ReasonCode.IN_USE, "swap on sdb2"),)
    assert ask(two_disks, "sda") == ()


def test_row_05_swap_on_something_that_cannot_be_found_protects_every_disk(two_disks: Any) -> None:
    two_disks.swap("/dev/mapper/vg-swap")
    assert details(ask(two_disks, "sda")) == "swap on /dev/mapper/vg-swap cannot be traced to its disk"


def test_row_06_luks_and_lvm_protect_the_disk_below_and_name_the_volume_and_its_mount(two_disks: Any) -> None:
    two_disks.mapped("dm-0", (253, 0), "sdb2", label="luks-home")
    two_disks.mapped("dm-1", (253, 1), "dm-0", label="vg-root")
    two_disks.mount((253, 1), "/srv")
    found = details(ask(two_disks, "sdb"))
    assert "held by dm-0 (luks-home)" in found
    assert "held by dm-1 (vg-root)" in found
    assert "mounted on /srv (dm-1)" in found
    assert ask(two_disks, "sda") == ()


@pytest.mark.parametrize("forgotten", ["holders", "slaves"])
def test_row_06_one_of_the_two_links_is_enough(two_disks: Any, forgotten: str) -> None:
    folder = two_disks.mapped("dm-0", (253, 0), "sdb2", label="vg-root")
    lost = two_disks.folder("sdb2") / "holders/dm-0" if forgotten == "holders" else folder / "slaves/sdb2"
    lost.unlink()
    assert details(ask(two_disks, "sdb")) == "held by dm-0 (vg-root)"


@pytest.mark.parametrize("state", ["active", "inactive"])
def test_row_07_members_of_an_md_array_are_protected_active_or_not(two_disks: Any, state: str) -> None:
    folder = two_disks.mapped("md127", (9, 127), "sda1", "sdb1")
    (folder / "md").mkdir()
    (folder / "md/array_state").write_text(f"{state}\n")
    for name in ("sda", "sdb"):
        assert ask(two_disks, name) == (Reason(ReasonCode.IN_USE, f"held by md127 ({state})"),)


def test_row_08_every_member_of_a_mounted_btrfs_is_protected(two_disks: Any) -> None:
    devices = two_disks.root / "sys/fs/btrfs/2b1d-uuid/devices"
    devices.mkdir(parents=True)
    for name in ("sda1", "sdb1"):
        (devices / name).symlink_to(f"../../../../block/{name[:3]}/{name}")
    two_disks.mount((0, 44), "/pool", kind="btrfs", source="/dev/sda1")
    assert details(ask(two_disks, "sda")) == "mounted on /pool (sda1)"
    assert details(ask(two_disks, "sdb")) == "mounted on /pool (sdb1)"


def test_row_08_a_multi_device_source_names_all_its_members(two_disks: Any) -> None:
    two_disks.mount((0, 44), "/pool", kind="bcachefs", source="/dev/sda1:/dev/sdb1")
    assert details(ask(two_disks, "sdb")) == "mounted on /pool (sdb1)"


def test_row_08_a_mount_without_device_number_that_leads_nowhere_protects_every_disk(two_disks: Any) -> None:
    two_disks.mount((0, 44), "/pool", kind="btrfs", source="/dev/root")
    assert details(ask(two_disks, "sdb")) == "/dev/root, mounted on /pool, cannot be traced to its disk"


def test_row_08_while_a_zfs_pool_is_in_use_a_disk_of_unknown_content_is_protected(two_disks: Any) -> None:
    two_disks.mount((0, 45), "/tank", kind="zfs", source="tank/data")
    for name in ("sda", "sda1"):
        two_disks.udev(name, ID_PART_TABLE_TYPE="gpt", ID_FS_TYPE="ext4")
    two_disks.udev("sdb1", ID_FS_TYPE="zfs_member")
    assert ask(two_disks, "sda") == ()
    assert codes(ask(two_disks, "sdb")) == {ReasonCode.IN_USE}
    assert "sdb1 may be a member" in details(ask(two_disks, "sdb"))
    assert "sdb2 may be a member" in details(ask(two_disks, "sdb"))


def test_row_08_an_imported_zfs_pool_counts_although_nothing_of_it_is_mounted(two_disks: Any) -> None:
    (two_disks.root / "proc/spl/kstat/zfs/tank").mkdir(parents=True)
    assert "a ZFS pool is in use and sdb may be a member of it" in details(ask(two_disks, "sdb"))


def test_row_09_a_multipath_map_protects_both_of_its_paths(two_disks: Any) -> None:
    two_disks.mapped("dm-0", (253, 0), "sda", "sdb", label="mpatha")
    for name in ("sda", "sdb"):
        assert details(ask(two_disks, name)) == "held by dm-0 (mpatha)"


@pytest.mark.parametrize("kind", ["VMFS_volume_member", "gfs2", "gpfs", "ocfs2"])
def test_row_10_a_cluster_file_system_protects_its_disk(two_disks: Any, kind: str) -> None:
    two_disks.udev("sdb1", ID_FS_TYPE=kind)
    assert codes(ask(two_disks, "sdb")) == {ReasonCode.IN_USE}
    assert "another host may be using it" in details(ask(two_disks, "sdb"))


@pytest.mark.parametrize(
    ("bus", "place", "named"),
    [
        ("scsi", "platform/host3/session1/target3:0:0/3:0:0:0", "session1"),
        ("scsi", "pci0000:00/0000:04:00.0/host7/rport-7:0-2/target7:0:2/7:0:2:0", "rport-7:0-2"),
        ("nvme", "virtual/nvme-fabrics/ctl/nvme9", "nvme-fabrics"),
    ],
)
def test_row_11_shared_storage_is_never_erased(two_disks: Any, bus: str, place: str, named: str) -> None:
    two_disks.drive("sdx", (65, 16), bus, serial="LUN-0042", place=place)
    assert ask(two_disks, "sdx") == (Reason(ReasonCode.UNSUPPORTED, f"sdx is shared storage ({named})"),)


def test_row_11_a_fabric_controller_is_told_by_its_transport(two_disks: Any) -> None:
    two_disks.drive("nvme0n1", (259, 0), "nvme", serial="LUN-0042", transport="tcp")
    assert details(ask(two_disks, "nvme0n1")) == "nvme0n1 is shared storage (tcp)"


@pytest.mark.parametrize(
    ("name", "number"), [("ram0", (1, 0)), ("zram0", (252, 0)), ("nbd0", (43, 0)), ("fd0", (2, 0))]
)
def test_row_12_13_virtual_and_floppy_devices_are_refused(two_disks: Any, name: str, number: Any) -> None:
    two_disks.block(name, number, "virtual/block")
    assert Reason(ReasonCode.UNSUPPORTED, f"{name} is no drive that this bench erases") in ask(two_disks, name)


def test_row_13_an_optical_drive_is_refused(two_disks: Any) -> None:
    two_disks.drive("sr0", (11, 0), type="5", serial="K1D0001")
    assert details(ask(two_disks, "sr0")) == "sr0 is no disk: SCSI device type 5"


def test_row_12_a_loop_is_refused_unless_it_is_allowed_and_only_the_loop_is(two_disks: Any) -> None:
    two_disks.loop("loop0", 0, "/mnt/disk.img", device=0x900)
    two_disks.mount((9, 0), "/mnt")
    two_disks.block("md0", (9, 0), "virtual/block")
    two_disks.block("ram0", (1, 0), "virtual/block")
    assert details(ask(two_disks, "loop0")) == "loop0 is a loop device"
    assert ask(two_disks, "loop0", allow_loop=True) == ()
    assert codes(ask(two_disks, "ram0", allow_loop=True)) == {ReasonCode.UNSUPPORTED}


def test_a_loop_over_a_file_protects_the_disk_that_the_file_lies_on(two_disks: Any) -> None:
    two_disks.loop("loop0", 0, "/gone/disk.img", device=8 << 8 | 17)
    found = ask(two_disks, "sdb")
    assert found == (Reason(ReasonCode.IN_USE, "holds /gone/disk.img, the file behind loop0"),)
    assert ask(two_disks, "sda") == ()
    assert ask(two_disks, "loop0", allow_loop=True) == ()


def test_a_loop_over_a_whole_disk_protects_that_disk(two_disks: Any) -> None:
    two_disks.loop("loop0", 0, "/dev/sdb", device=6, rdevice=8 << 8 | 16)
    assert "loop0" in details(ask(two_disks, "sdb"))
    assert ask(two_disks, "sda") == ()


def test_a_loop_that_will_not_answer_is_traced_by_its_file(two_disks: Any) -> None:
    two_disks.loop("loop0", 0, "/mnt/disk.img")
    two_disks.files["/mnt/disk.img"] = (8 << 8 | 17, 99)
    assert "/mnt/disk.img" in details(ask(two_disks, "sdb"))
    assert ask(two_disks, "sda") == ()


def test_a_loop_whose_file_cannot_be_found_protects_every_disk_but_not_loops(two_disks: Any) -> None:
    two_disks.loop("loop0", 0, "/live/filesystem.squashfs")
    two_disks.loop("loop1", 1, "/mnt/disk.img", device=8 << 8 | 17)
    assert "loop0 is backed by /live/filesystem.squashfs, which cannot be traced" in details(ask(two_disks, "sda"))
    assert ask(two_disks, "loop1", allow_loop=True) == ()


def test_a_chain_of_loop_file_system_and_loop_is_followed_to_the_disk(two_disks: Any) -> None:
    two_disks.loop("loop0", 0, "/run/image", device=8 << 8 | 17)
    two_disks.loop("loop1", 1, "/inner/image", device=7 << 8 | 0)
    two_disks.mount((7, 1), "/deep")
    assert "mounted on /deep (loop1)" in details(ask(two_disks, "sdb"))
    assert "mounted on /deep (loop1)" in details(ask(two_disks, "loop0", allow_loop=True))


def test_zram_that_writes_back_to_a_disk_protects_it(two_disks: Any) -> None:
    folder = two_disks.block("zram0", (252, 0), "virtual/block")
    (folder / "backing_dev").write_text("/dev/sdb2\n")
    assert details(ask(two_disks, "sdb")) == "held by zram0"


def test_a_loop_that_is_held_or_mounted_is_refused_although_loops_are_allowed(two_disks: Any) -> None:
    two_disks.loop("loop0", 0, "/mnt/disk.img", device=8 << 8 | 17)
    two_disks.mapped("dm-0", (253, 0), "loop0", label="test")
    two_disks.mount((7, 0), "/mnt/x")
    found = details(ask(two_disks, "loop0", allow_loop=True))
    assert "mounted on /mnt/x (loop0)" in found
    assert "held by dm-0 (test)" in found


def test_row_17_the_boot_areas_of_an_emmc_are_no_drives(machine: Any) -> None:
    folder = machine.drive("mmcblk0", (179, 0), "mmc", serial="0x2f6a1c3d", cid="15010042")
    boot = machine.block("mmcblk0boot0", (179, 8), str(folder.relative_to(machine.root / "sys/devices")))
    (boot / "device").symlink_to("..")
    (machine.root / "sys/class/block").mkdir(parents=True)
    (folder / "subsystem").symlink_to(machine.root / "sys/class/block")
    assert ask(machine, "mmcblk0") == ()
    assert details(ask(machine, "mmcblk0boot0")) == "mmcblk0boot0 is no drive that this bench erases"


def test_row_18_a_namespace_beside_one_in_use_is_refused(machine: Any) -> None:
    place = "pci0000:00/0000:01:00.0/nvme/nvme0"
    machine.drive("nvme0n1", (259, 0), "nvme", serial="S4EWNX0", place=place)
    machine.drive("nvme0n2", (259, 1), "nvme", serial="S4EWNX0", place=place)
    assert ask(machine, "nvme0n1") == ()
    machine.mount((259, 1), "/home")
    assert "the same drive holds nvme0n2: mounted on /home (nvme0n2)" in details(ask(machine, "nvme0n1"))


def test_row_18_the_hidden_path_of_a_multipath_namespace_is_not_a_second_one_and_not_a_target(machine: Any) -> None:
    place = "pci0000:00/0000:01:00.0/nvme/nvme0"
    machine.drive("nvme0n1", (259, 0), "nvme", serial="S4EWNX0", place=place)
    machine.drive("nvme0c0n1", (259, 1), "nvme", serial="S4EWNX0", place=place, hidden="1")
    assert ask(machine, "nvme0n1") == ()
    assert "only a path of a multipath drive" in details(ask(machine, "nvme0c0n1"))


def test_row_15_a_read_only_disk_is_refused(two_disks: Any) -> None:
    (two_disks.folder("sdb") / "ro").write_text("1\n")
    assert ask(two_disks, "sdb") == (Reason(ReasonCode.READ_ONLY, "sdb is read-only"),)


def test_row_16_a_disk_whose_read_only_flag_cannot_be_read_is_refused(two_disks: Any) -> None:
    (two_disks.folder("sdb") / "ro").unlink()
    assert codes(ask(two_disks, "sdb")) == {ReasonCode.READ_ONLY}
    assert "ENOENT" in details(ask(two_disks, "sdb"))


def test_row_14_an_empty_card_reader_is_refused(two_disks: Any) -> None:
    (two_disks.folder("sdb") / "size").write_text("0\n")
    assert details(ask(two_disks, "sdb")) == "sdb has size 0: no medium, or a dead drive"


def test_a_volume_of_a_raid_controller_is_refused(two_disks: Any) -> None:
    two_disks.drive("sdc", (8, 32), "scsi", serial="PERC0001", raid_level="RAID 1(+0)")
    assert ask(two_disks, "sdc") == (
        Reason(ReasonCode.RAID_VOLUME, "sdc is a volume of a RAID controller (RAID 1(+0))"),
    )


@pytest.mark.parametrize(
    ("lost", "code"),
    [
        ("sys/block/sdb/holders", ReasonCode.IN_USE),
        ("sys/block/sdb/slaves", ReasonCode.IN_USE),
        ("sys/block/sdb/sdb1/holders", ReasonCode.IN_USE),
        ("sys/block/sda/holders", ReasonCode.IN_USE),
        ("sys/block/sdb/size", ReasonCode.SIZE),
        ("proc/self/mountinfo", ReasonCode.IN_USE),
        ("proc/swaps", ReasonCode.IN_USE),
        ("proc/cmdline", ReasonCode.BOOT_MEDIUM),
    ],
)
def test_what_cannot_be_read_protects_the_disk(two_disks: Any, lost: str, code: Any) -> None:
    device = two_disks.sight("sdb")
    place = two_disks.root / lost
    place.rmdir() if place.is_dir() else place.unlink()
    found = interlocks(two_disks.view, device, allow_loop=False)
    assert code in codes(found)
    assert "cannot read" in details(found)


@pytest.mark.parametrize("name", ["mountinfo", "swaps"])
def test_a_proc_file_that_makes_no_sense_protects_every_disk(two_disks: Any, name: str) -> None:
    place = {"mountinfo": "proc/self/mountinfo", "swaps": "proc/swaps"}[name]
    (two_disks.root / place).write_text("nonsense\n")
    assert ReasonCode.IN_USE in codes(ask(two_disks, "sdb"))


def test_a_sysfs_that_is_not_there_protects_every_disk(two_disks: Any) -> None:
    device = two_disks.sight("sdb")
    (two_disks.root / "sys").rename(two_disks.root / "lost")
    found = interlocks(two_disks.view, device, allow_loop=False)
    assert codes(found) == {ReasonCode.IN_USE}


def test_mounts_that_only_process_1_sees_count_too(two_disks: Any) -> None:
    first = two_disks.root / "proc/1/mountinfo"
    first.parent.mkdir()
    first.write_text("40 1 8:17 / /host rw - ext4 /dev/sdb1 rw\n")
    assert details(ask(two_disks, "sdb")) == "mounted on /host (sdb1)"


def test_the_examiner_asks_the_same_questions(two_disks: Any) -> None:
    two_disks.mount((8, 17), "/data")
    examine = KernelExaminer(view=two_disks.view)
    assert examine(two_disks.sight("sdb")) == ask(two_disks, "sdb")


def test_holders_are_named_for_the_message_of_a_busy_device(two_disks: Any) -> None:
    two_disks.mapped("dm-0", (253, 0), "sdb2", label="vg-root")
    two_disks.mount((253, 0), "/srv")
    assert holders_of(two_disks.view, two_disks.sight("sdb")) == ("mounted on /srv (dm-0)", "held by dm-0 (vg-root)")
