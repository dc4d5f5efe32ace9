"""Scenarios 1 to 16: what the system stands on, what is in use, what is shared, what is no drive."""

from collections.abc import Callable

from tests.station_agent.daemon.interlocks.hall import Disk, Hall
from tests.station_agent.daemon.interlocks.scenario import Protects, Scenario, ordinary, plain
from tests.station_agent.daemon.interlocks.troubles import attribute, btrfs, holder, mount, signed, swap, zfs

LIVE = "BOOT_IMAGE=/live/vmlinuz boot=live components quiet"
USED = ("IN_USE",)


def boot_stick(hall: Hall) -> None:
    """T carries the live medium. Its node is mounted, so the kernel gives its name to no other disk."""
    hall.machine.boot(LIVE)
    on_plug, _ = labelled("ETABLI_LIVE")
    t = ordinary(hall, bus="usb", home="sdb", never="the bench was started from it", on_plug=on_plug)
    hall.machine.mount(t.upper_number, "/run/live/medium", kind="iso9660", source=f"/dev/{t.upper}")
    minor = t.upper_number[1]
    hall.machine.loop("loop0", 0, "/run/live/medium/live/filesystem.squashfs", device=8 << 8 | minor)
    hall.machine.mount((7, 0), "/run/live/rootfs/filesystem.squashfs", kind="squashfs", source="/dev/loop0")


def labelled(label: str) -> tuple[Callable[[Hall, Disk], None], str]:
    """A stick that udev knows by its label, whenever it is plugged in."""

    def on_plug(hall: Hall, disk: Disk) -> None:
        hall.machine.udev(disk.upper, ID_FS_LABEL=label)

    return on_plug, f"it carries the label {label}"


def second_stick(hall: Hall) -> None:
    """T is another rescue stick; the system runs from elsewhere."""
    on_plug, why = labelled("ETABLI_STATE")
    hall.machine.mount((8, 81), "/")
    ordinary(hall, bus="usb", never=why, on_plug=on_plug)


def to_ram(hall: Hall) -> None:
    """The live system was copied to RAM, and nothing of T is mounted."""
    hall.machine.boot(f"{LIVE} toram")
    on_plug, why = labelled("ETABLI_LIVE")
    ordinary(hall, bus="usb", never=why, on_plug=on_plug)


def two_paths(hall: Hall) -> None:
    """P is another way to the medium of T."""
    wwid = {"wwid": "naa.600508b1001c0001"}
    t = ordinary(hall, bus="scsi", given=wwid, group="lun")
    hall.make("P", "DEMO-TARGETS", share=t, bus="scsi", given=wwid, part=True, never="")
    for key in ("S", "W"):
        hall.disks[key].group, hall.disks[key].given = "", {}


def path_event(order: object) -> None:
    """The second path comes or goes."""
    hall: Hall = order.hall  # type: ignore[attr-defined]
    path = hall.disks["P"]
    hall.unplug(path) if path.at else hall.plug(path, hall.free_names(path)[0])


def remote(bus: str, place: str, **given: str) -> Callable[[Hall], None]:
    """T is storage that other hosts see too."""

    def prepare(hall: Hall) -> None:
        words = {"place": place, **given} if place else given
        home = "nvme0n1" if bus == "nvme" else "sdb"
        ordinary(hall, bus=bus, given=words, home=home, never="it is shared storage", part=False)

    return prepare


def no_drive(name: str, bus: str, **given: str) -> Callable[[Hall], None]:
    """T is a node that is no drive at all."""

    def prepare(hall: Hall) -> None:
        ordinary(hall, bus=bus, home=name, given=given, never="it is no drive", part=False)

    return prepare


def card_reader(hall: Hall) -> None:
    """T is a card reader; its card is in."""
    ordinary(hall, bus="usb", part=False)


IN_USE = (
    Scenario(1, "boot stick", boot_stick, refused=("BOOT_MEDIUM",)),
    Scenario(2, "second rescue stick", second_stick, refused=("BOOT_MEDIUM",)),
    Scenario(3, "toram or overlay root", to_ram, refused=("BOOT_MEDIUM",)),
    Scenario(
        4,
        "mounted file system",
        plain,
        (Protects("mounted", mount("/mnt/photos")), Protects("mounted as another", mount("/data", source="/dev/sda1"))),
        USED,
    ),
    Scenario(5, "swap", plain, (Protects("swap", swap),), USED),
    Scenario(6, "LUKS or LVM open", plain, (Protects("held", holder("dm-0", (253, 0), "T", label="luks")),), USED),
    Scenario(
        7,
        "md member, active or inactive",
        plain,
        (
            Protects("member", holder("md127", (9, 127), "T", "N", state="active"), also=("N",)),
            Protects("member of a stopped array", holder("md126", (9, 126), "T", state="inactive")),
        ),
        USED,
    ),
    Scenario(
        8,
        "ZFS or btrfs over several disks",
        plain,
        (Protects("member of a mounted btrfs", btrfs, also=("N",)), Protects("zfs", zfs)),
        USED,
    ),
    Scenario(
        9,
        "multipath",
        two_paths,
        (Protects("held", holder("dm-0", (253, 0), "T", label="mpatha")),),
        USED,
        events=(("second path", path_event),),
    ),
    Scenario(
        10,
        "file system of a cluster",
        plain,
        tuple(Protects(kind, signed(kind)) for kind in ("VMFS_volume_member", "gpfs", "gfs2")),
        USED,
    ),
    Scenario(
        11,
        "iSCSI, Fibre Channel, NVMe over fabrics",
        remote("scsi", "platform/host3/session1/target3:0:0/3:0:0:0"),
        refused=("UNSUPPORTED",),
    ),
    Scenario(12, "NBD, loop, ram, zram", no_drive("loop0", "loop"), refused=("UNSUPPORTED",)),
    Scenario(13, "floppy, optical, BMC media", no_drive("sr0", "ata", type="5"), refused=("UNSUPPORTED",)),
    Scenario(14, "card reader of size 0", card_reader, (Protects("empty", attribute("size", "0")),), ("SIZE",)),
    Scenario(15, "read-only", plain, (Protects("read-only", attribute("ro", "1")),), ("READ_ONLY",)),
    Scenario(16, "`ro` unreadable", plain, (Protects("ro unreadable", attribute("ro", None)),), ("READ_ONLY",)),
)
