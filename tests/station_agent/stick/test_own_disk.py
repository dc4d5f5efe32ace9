"""Which disk is the stick: by the id of the image, and nothing is guessed."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from station_agent.stick.failure import StickError
from station_agent.stick.own_disk import Disk, by_network, disks_of, image_id, own_disk

IMAGE = "7f6f842b-eac5-576a-99a0-fee65329ceac"
OTHER = "01f3ac8d-2567-5a5e-a0bc-872d815cb994"
WORDS = f"BOOT_IMAGE=/live/vmlinuz boot=live etabli.image={IMAGE} quiet"


def row(path: str, kind: str = "disk", **more: Any) -> dict[str, Any]:
    return {"path": path, "type": kind, "ptuuid": IMAGE, "ro": False, "mountpoints": [None], **more}


def listed(*rows: dict[str, Any]) -> tuple[Disk, ...]:
    return disks_of(json.dumps({"blockdevices": rows}))


def part(path: str, disk: str, name: str, *mounts: str) -> dict[str, Any]:
    return row(path, "part", pkname=disk, partlabel=name, fstype="ext4", mountpoints=list(mounts))


def test_the_command_line_names_the_image_in_any_case() -> None:
    assert image_id(WORDS.upper().replace("ETABLI.IMAGE", "etabli.image")) == IMAGE


@pytest.mark.parametrize("words", ["", "boot=live quiet", "etabli.image=", "xetabli.image=a"])
def test_a_command_line_without_an_image_is_no_stick(words: str) -> None:
    with pytest.raises(StickError, match="names no image"):
        image_id(words)


def test_the_stick_is_the_disk_with_the_id_of_the_image() -> None:
    found = own_disk(listed(row("/dev/sda", ptuuid=OTHER), row("/dev/sdb", ptuuid=IMAGE.upper())), IMAGE)
    assert found.path == "/dev/sdb"


def test_a_partition_belongs_to_the_disk_that_is_its_parent_and_to_no_other() -> None:
    disks = listed(row("/dev/sda"), row("/dev/sdb"), part("/dev/sda1", "sda", "ETABLI_STATE"))
    assert [len(disk.named("ETABLI_STATE")) for disk in disks] == [1, 0]


def test_of_two_copies_the_mounted_one_is_the_stick_although_the_other_keeps_records() -> None:
    rows = (row("/dev/sda"), row("/dev/sdb"), part("/dev/sda3", "sda", "ETABLI_STATE"))
    mounted = part("/dev/sdb1", "sdb", "", "/run/live/medium")
    assert own_disk(listed(*rows, mounted), IMAGE).path == "/dev/sdb"


def test_of_two_copies_of_which_none_is_mounted_the_one_with_records_is_the_stick() -> None:
    rows = (row("/dev/sda"), row("/dev/sdb"), part("/dev/sdb3", "sdb", "ETABLI_STATE"))
    assert own_disk(listed(*rows), IMAGE).path == "/dev/sdb"


def test_two_copies_that_nothing_tells_apart_are_both_refused_by_name() -> None:
    with pytest.raises(StickError) as refused:
        own_disk(listed(row("/dev/sda"), row("/dev/sdb")), IMAGE)
    assert refused.value.facts["disks"] == "/dev/sda, /dev/sdb"


def test_two_copies_that_both_keep_records_are_refused() -> None:
    records = [part(f"/dev/sd{letter}3", f"sd{letter}", "ETABLI_STATE") for letter in "ab"]
    with pytest.raises(StickError, match="Several sticks"):
        own_disk(listed(row("/dev/sda"), row("/dev/sdb"), *records), IMAGE)


def test_without_a_copy_there_is_no_stick() -> None:
    with pytest.raises(StickError, match="is not found"):
        own_disk(listed(row("/dev/sda", ptuuid=OTHER), row("/dev/sdb", ptuuid=None)), IMAGE)


@pytest.mark.parametrize("text", ["", "{}", "[]", "null", '{"blockdevices": 3}', '{"blockdevices": null}', "[" * 9_000])
def test_what_is_no_list_of_disks_is_said_to_be_unreadable(text: str) -> None:
    with pytest.raises(StickError, match="cannot be read"):
        disks_of(text)


JUNK = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(sorted(row("x"))), inner, max_size=6),
    max_leaves=12,
)


@given(st.lists(JUNK, max_size=5))
def test_hostile_rows_never_crash_and_never_become_the_stick(rows: list[Any]) -> None:
    text = json.dumps({"blockdevices": rows})
    assert all(disk.table != IMAGE for disk in disks_of(text))


def test_a_disk_that_does_not_say_that_it_can_be_written_counts_as_read_only() -> None:
    (disk,) = listed({"path": "/dev/sda", "type": "disk", "ptuuid": IMAGE})
    assert disk.read_only


@pytest.mark.parametrize("word", ["fetch=http://10.0.0.1/filesystem.squashfs", "httpfs=http://10.0.0.1/", "nfsroot=x"])
def test_a_system_from_the_network_is_known_by_its_command_line(word: str) -> None:
    assert by_network(f"{WORDS} {word}")
    assert not by_network(WORDS)


def test_a_system_from_the_network_keeps_its_records_on_the_one_stick_that_has_some() -> None:
    rows = (row("/dev/sda", ptuuid=OTHER), row("/dev/sdb", ptuuid=OTHER), part("/dev/sdb3", "sdb", "ETABLI_STATE"))
    assert own_disk(listed(*rows), IMAGE, network=True).path == "/dev/sdb"
    with pytest.raises(StickError, match="is not found"):
        own_disk(listed(*rows), IMAGE)


def test_a_system_from_the_network_makes_records_on_no_other_disk() -> None:
    with pytest.raises(StickError, match="came over the network"):
        own_disk(listed(row("/dev/sda", ptuuid=OTHER)), IMAGE, network=True)


def test_a_system_from_the_network_does_not_choose_between_two_sticks_with_records() -> None:
    records = [part(f"/dev/sd{letter}3", f"sd{letter}", "ETABLI_STATE") for letter in "ab"]
    disks = listed(row("/dev/sda", ptuuid=OTHER), row("/dev/sdb", ptuuid=OTHER), *records)
    with pytest.raises(StickError, match="Several sticks"):
        own_disk(disks, IMAGE, network=True)
