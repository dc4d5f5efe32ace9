"""Interlock scenarios 1 to 3 of drives, section 10: what the system was started from, mounted or not."""

from typing import Any

import pytest

from erasure.interlocks import interlocks
from erasure.outcome import Reason, ReasonCode

TMPFS = (0, 31)
SQUASHFS_LOOP = (7, 0)
LIVE = "BOOT_IMAGE=/live/vmlinuz boot=live components quiet"


def ask(machine: Any, name: str, *, allow_loop: bool = False) -> tuple[Reason, ...]:
    return interlocks(machine.view, machine.sight(name), allow_loop=allow_loop)


def boot_details(reasons: tuple[Reason, ...]) -> str:
    assert {reason.code for reason in reasons} <= {ReasonCode.BOOT_MEDIUM}
    return " | ".join(reason.detail for reason in reasons)


@pytest.fixture
def bench(machine: Any) -> Any:
    """A disk to be erased and the stick that the bench was started from, of which nothing is mounted."""
    machine.drive("sda", (8, 0), serial="WD-WCC4N0000001")
    machine.partition("sda", "sda1", (8, 1))
    machine.drive("sdb", (8, 16), "usb", removable="1")
    machine.partition("sdb", "sdb1", (8, 17), uevent="PARTUUID=0b3e-01\n")
    return machine


def test_row_01_the_stick_that_carries_the_live_medium_is_protected(bench: Any) -> None:
    bench.boot(LIVE)
    bench.mount((8, 17), "/run/live/medium", kind="iso9660", source="/dev/sdb1")
    bench.loop("loop0", 0, "/run/live/medium/live/filesystem.squashfs", device=8 << 8 | 17)
    bench.mount(SQUASHFS_LOOP, "/run/live/rootfs/filesystem.squashfs", kind="squashfs", source="/dev/loop0")
    found = ask(bench, "sdb")
    assert Reason(ReasonCode.BOOT_MEDIUM, "mounted on /run/live/medium (sdb1)") in found
    assert Reason(ReasonCode.BOOT_MEDIUM, "mounted on /run/live/rootfs/filesystem.squashfs (loop0)") in found
    assert ask(bench, "sda") == ()


def test_row_01_the_loop_under_the_running_root_is_protected_although_loops_are_allowed(bench: Any) -> None:
    bench.loop("loop0", 0, "/live/filesystem.squashfs", device=8 << 8 | 17)
    bench.mount(SQUASHFS_LOOP, "/run/live/rootfs/filesystem.squashfs", kind="squashfs", source="/dev/loop0")
    assert "mounted on /run/live/rootfs" in boot_details(ask(bench, "loop0", allow_loop=True))


def test_row_01_every_layer_below_the_root_is_protected_down_to_the_disk(bench: Any) -> None:
    bench.mapped("dm-0", (253, 0), "sda1", label="luks")
    bench.mapped("dm-1", (253, 1), "dm-0", label="vg-root")
    bench.mount((253, 1), "/")
    assert Reason(ReasonCode.BOOT_MEDIUM, "mounted on / (dm-1)") in ask(bench, "sda")
    assert ask(bench, "sdb") == ()


@pytest.mark.parametrize("target", ["/", "/boot", "/boot/efi", "/usr", "/run/live/persistence/sdb2", "/cdrom"])
def test_row_01_the_mounts_of_the_system_itself_make_a_boot_medium(bench: Any, target: str) -> None:
    bench.mount((8, 17), target)
    assert boot_details(ask(bench, "sdb")) == f"mounted on {target} (sdb1)"


@pytest.mark.parametrize(
    "word",
    [
        "root=/dev/sdb1",
        "live-media=/dev/sdb1",
        "BOOT_IMAGE=/dev/sdb1/live/vmlinuz",
        "fromiso=/dev/sdb1/isos/etabli.iso",
        "findiso=/dev/sdb1",
        "bootfrom=/dev/sdb1",
        "root=live:/dev/sdb1",
        "root=PARTUUID=0b3e-01",
        "root=PARTUUID=0B3E-01",
        "root=live:LABEL=BENCH",
        "root=UUID=1F2A-33C4",
        'live-media=LABEL="BENCH"',
        "resume=/dev/sdb1",
    ],
)
def test_row_03_a_device_named_on_the_kernel_command_line_is_protected_although_nothing_is_mounted(
    bench: Any, word: str
) -> None:
    bench.udev("sdb1", ID_FS_LABEL="BENCH", ID_FS_UUID="1F2A-33C4")
    bench.boot(f"quiet {word}")
    assert boot_details(ask(bench, "sdb")).startswith("the system was started with")
    assert boot_details(ask(bench, "sdb")).endswith("(sdb1)")
    assert ask(bench, "sda") == ()


def test_row_03_a_label_is_followed_through_the_links_of_udev(bench: Any) -> None:
    bench.by("by-label", "BENCH", "sdb1")
    bench.boot("root=LABEL=BENCH")
    assert boot_details(ask(bench, "sdb")) == "the system was started with root=LABEL=BENCH (sdb1)"
    assert ask(bench, "sda") == ()


def test_row_03_a_live_system_in_ram_whose_medium_shows_no_trace_makes_every_disk_a_suspect(bench: Any) -> None:
    bench.boot(f"{LIVE} toram")
    bench.mount(TMPFS, "/run/live/medium", kind="tmpfs", source="tmpfs")
    bench.loop("loop0", 0, "/run/live/medium/live/filesystem.squashfs", device=TMPFS[1])
    bench.mount(SQUASHFS_LOOP, "/run/live/rootfs/filesystem.squashfs", kind="squashfs", source="/dev/loop0")
    for name in ("sda", "sdb"):
        assert boot_details(ask(bench, name)) == (
            "this is a live system and the medium that it was started from is not found"
        )


@pytest.mark.parametrize("place", ["udev", "link", "partition name"])
def test_row_03_the_label_of_the_bench_stick_settles_it_when_nothing_is_mounted(bench: Any, place: str) -> None:
    bench.boot(f"{LIVE} toram")
    if place == "udev":
        bench.udev("sdb", ID_FS_LABEL="ETABLI_LIVE")
    elif place == "link":
        bench.by("by-label", "ETABLI_LIVE", "sdb1")
    else:
        (bench.folder("sdb1") / "uevent").write_text("DEVTYPE=partition\nPARTNAME=ETABLI_LIVE\n")
    assert "it carries the label ETABLI_LIVE of a bench stick" in boot_details(ask(bench, "sdb"))
    assert ask(bench, "sda") == ()


def test_row_02_a_second_rescue_stick_is_protected_by_its_label(bench: Any) -> None:
    bench.mount((8, 1), "/")
    bench.udev("sdb1", ID_FS_LABEL="ETABLI_STATE")
    assert boot_details(ask(bench, "sdb")) == "it carries the label ETABLI_STATE of a bench stick (sdb1)"


@pytest.mark.parametrize("label", ["ETABLI_HUB", "ETABLI_BACKUP", "ETABLI_SAVE"])
@pytest.mark.parametrize("key", ["ID_FS_LABEL", "ID_PART_ENTRY_NAME"])
def test_row_02_the_medium_of_a_hub_and_its_backups_are_protected_by_their_label(
    bench: Any, label: str, key: str
) -> None:
    bench.mount((8, 1), "/")
    bench.udev("sdb1", **{key: label})
    assert boot_details(ask(bench, "sdb")) == f"it carries the label {label} of a hub (sdb1)"


def test_row_03_a_hub_that_is_plugged_in_says_nothing_of_where_a_lost_medium_of_the_bench_is(bench: Any) -> None:
    bench.boot(f"{LIVE} toram")
    bench.mount(TMPFS, "/run/live/medium", kind="tmpfs", source="tmpfs")
    bench.loop("loop0", 0, "/run/live/medium/live/filesystem.squashfs", device=TMPFS[1])
    bench.mount(SQUASHFS_LOOP, "/run/live/rootfs/filesystem.squashfs", kind="squashfs", source="/dev/loop0")
    bench.udev("sdb1", ID_FS_LABEL="ETABLI_SAVE")
    assert "the medium that it was started from is not found" in boot_details(ask(bench, "sda"))


@pytest.mark.parametrize("word", ["fetch=http://hub/live.squashfs", "netboot=nfs", "nfsroot=10.0.0.1:/live"])
def test_row_03_a_live_system_from_the_network_has_no_medium_to_protect(bench: Any, word: str) -> None:
    bench.boot(f"{LIVE} {word}")
    assert ask(bench, "sda") == ()


def test_row_03_a_live_medium_that_is_named_but_gone_makes_every_disk_a_suspect(bench: Any) -> None:
    bench.boot("boot=live live-media=/dev/sdz1")
    assert "live-media=/dev/sdz1 of the kernel command line is not found" in boot_details(ask(bench, "sda"))


def test_row_03_a_lost_root_matters_only_when_no_mounted_root_is_seen(bench: Any) -> None:
    bench.boot("root=UUID=77aa-not-here")
    assert boot_details(ask(bench, "sdb")) == "root=UUID=77aa-not-here of the kernel command line is not found"
    bench.mount((8, 1), "/")
    assert ask(bench, "sdb") == ()


def test_row_03_an_overlay_root_is_traced_through_the_device_of_its_lower_loop(bench: Any) -> None:
    bench.mount((0, 40), "/", kind="overlay", source="overlay")
    bench.loop("loop0", 0, "/image/filesystem.squashfs", device=8 << 8 | 17)
    bench.mount(SQUASHFS_LOOP, "/rofs", kind="squashfs", source="/dev/loop0")
    found = {reason.detail for reason in ask(bench, "sdb")}
    assert found == {"mounted on /rofs (loop0)", "holds /image/filesystem.squashfs, the file behind loop0"}


IMAGE = "7f6f842b-eac5-576a-99a0-fee65329ceac"


def test_every_copy_of_the_image_that_runs_is_protected_by_its_id_whatever_its_labels(bench: Any) -> None:
    bench.boot(f"{LIVE} toram etabli.image={IMAGE.upper()}")
    bench.drive("sdc", (8, 32), "usb", removable="1", serial="TWIN-2")
    for name in ("sdb", "sdc"):
        bench.udev(name, ID_PART_TABLE_UUID=IMAGE)
    for name in ("sdb", "sdc"):
        said = Reason(ReasonCode.BOOT_MEDIUM, f"it carries the image {IMAGE} of this system ({name})")
        assert said in ask(bench, name)
    assert ask(bench, "sda") == ()


@pytest.mark.parametrize("said", ["", "etabli.image=", "etabli.image=another"])
def test_the_id_of_another_image_or_none_leaves_a_live_system_without_a_known_medium(bench: Any, said: str) -> None:
    bench.boot(f"{LIVE} toram {said}")
    bench.udev("sdb", ID_PART_TABLE_UUID=IMAGE)
    assert "is not found" in boot_details(ask(bench, "sda"))


def test_the_partition_that_the_efi_loader_names_is_protected(bench: Any) -> None:
    folder = bench.root / "sys/firmware/efi/efivars"
    folder.mkdir(parents=True)
    value = b"\6\0\0\0" + "0B3E-01\0".encode("utf-16-le")
    (folder / "LoaderDevicePartUUID-4a67b082-0a4c-41cf-b6c7-440b29bb8c4f").write_bytes(value)
    assert boot_details(ask(bench, "sdb")) == "the boot loader was started from it (sdb1)"
    assert ask(bench, "sda") == ()


def test_an_allowed_loop_does_not_suffer_from_an_unknown_boot_medium(bench: Any) -> None:
    bench.boot(f"{LIVE} toram")
    bench.loop("loop3", 3, "/mnt/disk.img", device=8 << 8 | 1)
    assert ask(bench, "loop3", allow_loop=True) == ()
