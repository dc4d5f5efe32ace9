"""Formats of sysfs and proc, read strictly."""

import shutil
from typing import Any

import pytest

from erasure.errors import Unreadable
from erasure.kernel_view import Mount, Swap, parse_mount, parse_swap, programs_holding, settled


def test_a_line_of_mountinfo_is_read_whatever_its_optional_fields() -> None:
    line = b"36 35 98:0 /mnt1 /mnt\\0402 rw,noatime master:1 shared:2 - ext3 /dev/root rw,errors=continue"
    assert parse_mount(line) == Mount(98, 0, "/mnt 2", "ext3", "/dev/root")
    assert parse_mount(b"22 1 0:2 / / rw - rootfs rootfs rw") == Mount(0, 2, "/", "rootfs", "rootfs")


def test_a_source_that_looks_like_the_separator_does_not_confuse(machine: Any) -> None:
    assert parse_mount(b"22 1 8:1 / /mnt rw - ext4 - rw") == Mount(8, 1, "/mnt", "ext4", "-")


@pytest.mark.parametrize(
    "line",
    [
        b"",
        b"nonsense",
        b"22 1 8:x / / rw - ext4 /dev/sda1 rw",
        b"22 1 8:1 / / rw ext4 /dev/sda1 rw one two",
        b"22 1 8:1",
    ],
)
def test_a_malformed_line_is_an_error_and_not_a_skipped_mount(line: bytes) -> None:
    with pytest.raises(Unreadable, match="malformed"):
        parse_mount(line)


def test_a_line_of_swaps_is_read() -> None:
    assert parse_swap(b"/dev/my\\040disk  partition 1024 0 -2") == Swap("/dev/my disk", "partition")
    with pytest.raises(Unreadable, match="malformed"):
        parse_swap(b"/dev/sda2")


def test_a_picture_that_changed_while_it_was_read_is_read_again() -> None:
    answers = iter([Unreadable("a", "ENOENT"), Unreadable("b", "ENOENT"), "whole"])

    def read() -> str:
        answer = next(answers)
        if isinstance(answer, Unreadable):
            raise answer
        return answer

    assert settled(read) == "whole"


def test_what_stays_unreadable_is_an_error_in_the_end() -> None:
    tries = []

    def read() -> str:
        tries.append(1)
        raise Unreadable("/sys/block", "EACCES")

    with pytest.raises(Unreadable, match="EACCES"):
        settled(read, tries=3)
    assert len(tries) == 3


def test_every_node_is_found_with_its_disk(machine: Any) -> None:
    machine.drive("sda", (8, 0))
    machine.partition("sda", "sda1", (8, 1))
    nodes = machine.view.nodes()
    assert {name: (node.major, node.minor, node.disk) for name, node in nodes.items()} == {
        "sda": (8, 0, "sda"),
        "sda1": (8, 1, "sda"),
    }
    assert (nodes["sda"].partition, nodes["sda1"].partition) == (False, True)


@pytest.mark.parametrize("text", ["", "12x", "-1", "1 2"])
def test_an_attribute_that_is_no_number_is_an_error(machine: Any, text: str) -> None:
    folder = machine.drive("sda", (8, 0))
    (folder / "size").write_text(text)
    with pytest.raises(Unreadable, match="no number"):
        machine.view.number(folder / "size")


def test_the_records_of_udev_are_none_where_none_exist(machine: Any) -> None:
    machine.drive("sda", (8, 0))
    node = machine.view.nodes()["sda"]
    assert machine.view.properties(node) is None
    machine.udev("sda", ID_FS_TYPE="ext4", ID_FS_LABEL="a=b")
    assert machine.view.properties(node) == {"ID_FS_TYPE": "ext4", "ID_FS_LABEL": "a=b"}


def test_the_programs_that_hold_a_device_file_are_named(machine: Any) -> None:
    for number, target in ((71, "/dev/sdb"), (72, "/dev/sdc")):
        folder = machine.root / f"proc/{number}/fd"
        folder.mkdir(parents=True)
        (folder / "3").symlink_to(target)
        (folder.parent / "comm").write_text("dd\n")
    assert programs_holding(machine.view, "/dev/sdb") == ("program dd (71)",)


@pytest.fixture
def mixed(machine: Any) -> Any:
    """Disks and partitions of every way of naming and numbering them."""
    machine.drive("sda", (8, 0))
    machine.partition("sda", "sda1", (8, 1))
    machine.partition("sda", "sda17", (259, 0))  # beyond the minors of the disk
    machine.drive("cciss!c0d0", (104, 0), "scsi")
    machine.partition("cciss!c0d0", "cciss!c0d0p1", (104, 1))
    card = machine.drive("mmcblk0", (179, 0), "mmc")
    machine.block("mmcblk0boot0", (179, 8), str(card.relative_to(machine.root / "sys/devices")))
    machine.partition("mmcblk0", "mmcblk0p1", (179, 1))
    machine.drive("nvme0n1", (259, 1), "nvme")
    machine.partition("nvme0n1", "nvme0n1p1", (259, 2))
    machine.drive("nvme0c0n1", (259, 3), "nvme", hidden="1")  # one path of several to the same namespace
    machine.mapped("dm-0", (253, 0), "sda1")
    return machine


@pytest.mark.parametrize("indexed", [True, False], ids=["by the index", "without an index"])
def test_one_device_is_found_by_its_number_as_in_the_whole_picture(mixed: Any, *, indexed: bool) -> None:
    if not indexed:
        shutil.rmtree(mixed.root / "sys/dev")
    for node in mixed.view.nodes().values():
        assert mixed.view.node_at(node.major, node.minor) == node
    assert mixed.view.node_at(8, 240) is None


def test_a_number_that_belongs_to_another_device_meanwhile_is_an_error_and_never_that_device(mixed: Any) -> None:
    mixed.index((8, 0), mixed.folder("nvme0n1"))
    with pytest.raises(Unreadable, match="no device number"):
        mixed.view.node_at(8, 0)


def test_a_device_that_left_after_it_was_found_is_an_error(mixed: Any) -> None:
    (mixed.folder("sda") / "dev").unlink()
    with pytest.raises(Unreadable, match="ENOENT"):
        mixed.view.node_at(8, 0)
