"""Scenarios 17 to 30: areas and namespaces, paths, names that move, serials that name nobody."""

import random
from dataclasses import replace

import pytest

from erasure.errors import NotABlockDevice
from erasure.inventory import sight
from tests.erasure.kernel_trees import link, write
from tests.station_agent.daemon.interlocks.hall import Disk, Hall, Undo
from tests.station_agent.daemon.interlocks.orders import Order
from tests.station_agent.daemon.interlocks.scenario import Protects, Scenario, ordinary, plain
from tests.station_agent.daemon.interlocks.troubles import mount

CARD = "pci0000:00/0000:01:00.0/nvme/nvme0"
IDENTITY = ("IDENTITY",)
BY_ID = "dev/disk/by-id/ata-DEMO_DISK_DEMO-TARGETS"


def emmc(hall: Hall) -> None:
    """T is an eMMC; B is its boot area."""

    def with_areas(hall: Hall, disk: Disk) -> None:
        areas = hall.machine.root / "sys/class/block"
        areas.mkdir(parents=True, exist_ok=True)
        if not (hall.machine.folder(disk.at) / "subsystem").exists():
            link(hall.machine.folder(disk.at) / "subsystem", areas)
        hall.plug(hall.disks["B"], "mmcblk0boot0")

    hall.make("B", "", bus="area", home="mmcblk0boot0", parent="T", never="it is the boot area of an eMMC")
    ordinary(hall, bus="mmc", home="mmcblk0", part=False, given={"cid": "15010042"}, on_plug=with_areas)


def area_event(order: Order) -> None:
    """An order for the card names its boot area."""
    target, area = order.hall.disks["T"], order.hall.disks["B"]
    if target.at and area.at:
        order.force(target, replace(order.sighted(target), path=f"/dev/{area.at}", name=area.at, minor=8))


def namespaces(hall: Hall) -> None:
    """T and U are two namespaces of one controller."""

    def named(hall: Hall, disk: Disk) -> None:
        write(hall.machine.folder(disk.at) / "wwid", f"eui.00000000000000{disk.number[1]:02x}\n")

    for key, name, parent in (("T", "nvme0n1", ""), ("U", "nvme0n2", "T")):
        spec = {"model": "DEMO DISK"}
        made = hall.make(
            key,
            "DEMO-TARGETS",
            bus="nvme",
            home=name,
            parent=parent,
            group="card",
            given={"place": CARD},
            on_plug=named,
            spec=spec,
        )
        hall.plug(made, name)
    hall.plug(hall.make("N", "DEMO-NEIGHBOUR", part=True), "sda")


def partition_event(order: Order) -> None:
    """An order names a partition, by its path and by its number."""
    target = order.hall.disks["T"]
    if not target.at:
        return
    with pytest.raises(NotABlockDevice):
        sight(order.hall.machine.view, f"/dev/{target.upper}")
    device = replace(order.sighted(target), path=f"/dev/{target.upper}", name=target.upper)
    order.force(target, replace(device, minor=target.upper_number[1]))


def spoof_event(order: Order) -> None:
    """A link by the id of T leads to whatever it leads to; a person has planned what is behind it, and means T."""
    target, hall = order.hall.disks["T"], order.hall
    led = order.chance.choice(hall.here) if hall.here else None
    if led is None:
        return
    place = hall.machine.root / BY_ID
    place.unlink(missing_ok=True)
    hall.machine.by("by-id", place.name, led.at)
    hall.changes += 1
    order.room.notice()
    device = sight(hall.machine.view, f"/{BY_ID}")
    seen = order.room.foreman.drives.of(device)
    assert seen is not None
    view = order.room.plan(seen.key, order.room.here())
    if view.id:
        meant = led if led.label == target.label else target  # nobody can tell it from a twin that came in its place
        order.plans.append(replace(order.planned(view, meant, order.room.here()), typed=target.label))


def crossed_event(order: Order) -> None:
    """An order has the name of one drive and the number of another."""
    target, other = order.hall.disks["T"], order.hall.disks["N"]
    if target.at and other.at:
        order.force(target, replace(order.sighted(target), path=f"/dev/{other.at}", name=other.at))


def suspend_event(order: Order) -> None:
    """The machine sleeps and wakes: every drive leaves the bus and comes back, in another order."""
    hall, chance = order.hall, order.chance
    inside = [disk for disk in hall.here if not disk.parent]
    for disk in inside:
        hall.unplug(disk)
    for disk in shuffled(inside, chance):
        hall.plug(disk, hall.free_names(disk)[0])


def shuffled(disks: list[Disk], chance: random.Random) -> list[Disk]:
    """Give them in another order."""
    return chance.sample(disks, len(disks))


def bridges(hall: Hall) -> None:
    """T and W hang on bridges that have one serial number between them."""
    ordinary(hall, bus="usb")
    hall.plug(hall.disks["W"], "sdc")


def other_serial(hall: Hall, disk: Disk) -> Undo:
    """The drive tells another serial number from now on, in the same presence."""
    before, place = disk.shown, hall.machine.root / "sys/block" / disk.at / "device/vpd_pg80"

    def show(serial: str) -> None:
        disk.shown = serial
        page = serial.encode().rjust(20)
        write(place, b"\0\x80" + len(page).to_bytes(2, "big") + page)

    show("DEMO-SOMEBODY")
    return lambda: show(before)


def swapped_bytes(hall: Hall) -> None:
    """X hangs on a bridge that swaps the bytes of the serial number of T."""
    ordinary(hall)
    label = hall.disks["T"].label
    pairs = "".join(label[at : at + 2][::-1] for at in range(0, len(label), 2))
    hall.plug(hall.make("X", pairs, bus="usb", part=True), "sdc")


def no_serial(hall: Hall) -> None:
    """T tells no serial number."""
    ordinary(hall, bus="usb", shown="")


def two_units(hall: Hall) -> None:
    """T and L are two units of one card reader; L is empty."""
    ordinary(hall, bus="usb", part=False)
    hall.plug(hall.make("L", "DEMO-TARGETS", bus="usb", given={"size": "0"}), "sdc")


WHO_IS_IT = (
    Scenario(17, "eMMC boot area and RPMB", emmc, events=(("boot area ordered", area_event),)),
    Scenario(
        18,
        "several NVMe namespaces",
        namespaces,
        (Protects("mounted", mount("/home"), on="U"),),
        ("IN_USE",),
    ),
    Scenario(19, "partition path given", plain, events=(("partition ordered", partition_event),)),
    Scenario(
        20,
        "spoofed link or by-id name",
        plain,
        events=(("link followed", spoof_event), ("name and number crossed", crossed_event)),
    ),
    Scenario(21, "renumbered between selection and start", plain, often=(("rename", 8.0),)),
    Scenario(22, "node reused by another disk", plain, often=(("swap", 8.0),)),
    Scenario(23, "same disk pulled and put back", plain, often=(("unplug", 5.0), ("plug", 8.0))),
    Scenario(24, "UAS reset", plain, often=(("reset", 8.0),)),
    Scenario(25, "suspend re-enumerates", plain, events=(("suspend", suspend_event),)),
    Scenario(26, "two bridges with one serial", bridges, refused=IDENTITY, often=(("twin", 4.0),)),
    Scenario(27, "serial changes at run time", plain, (Protects("renamed", other_serial),)),
    Scenario(28, "byte-swapped serial", swapped_bytes, refused=IDENTITY, often=(("unplug", 3.0), ("plug", 4.0))),
    Scenario(29, "empty serial", no_serial, refused=IDENTITY),
    Scenario(30, "two units with one serial", two_units, refused=IDENTITY, often=(("unplug", 3.0), ("plug", 4.0))),
)
