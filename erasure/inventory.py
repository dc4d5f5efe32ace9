"""The whole disks of the machine, each with the identity that the kernel alone can tell. From sysfs; no disk is opened.

Identity per bus: SCSI and ATA from VPD page 80h and the world-wide id (what INQUIRY cuts: from IDENTIFY in page 89h),
NVMe from its controller, eMMC from its CID, USB from the descriptor of the bridge (which is named as such). A loop gets
a synthetic serial of its backing file.
"""

import hashlib
import os
import re
import stat
from dataclasses import replace
from pathlib import Path

from erasure.ata.identify import parse
from erasure.drive import BlockDevice, DriveIdentity, IdentityGrade
from erasure.errors import DeviceError, NotABlockDevice, Unreadable
from erasure.identity import serial_fault, visible
from erasure.kernel_view import KernelView, Node, contents
from erasure.naming import OwnWords, told_whole
from erasure.quirks import QuirkEffect, quirks_of
from erasure.stacking import LOOP_MAJOR, backing_of

SECTOR = 512  # sysfs counts in these, whatever the drive's own sectors are
BUSES = {"nvme": "nvme", "nvme-subsystem": "nvme", "mmc": "mmc", "virtio": "virtio", "scsi": "scsi"}
DISK_TYPES = frozenset({"0", "14", "20"})  # SCSI: direct access, reduced block commands, host-managed zones
VPD_HEADER = 4
IDENTIFY_KEPT = slice(60, 572)  # of page 89h
LOOP_MODEL = "Loop device"
TRAITS = {
    "rotational": "queue/rotational",
    "removable": "removable",
    "zoned": "queue/zoned",
    "write_cache": "queue/write_cache",
    "max_sectors_kb": "queue/max_sectors_kb",
    "dma_alignment": "queue/dma_alignment",
    "ext_range": "ext_range",
    "wwid": "wwid",
    "scsi_wwid": "device/wwid",
    "state": "device/state",
    "card": "device/type",  # "MMC" or "SD"; a number for SCSI devices
}


def whole_disks(view: KernelView, *, loops: bool = False) -> tuple[BlockDevice, ...]:
    """Every whole disk by name, also those that are protected or hold no medium; loops only when asked for.

    Partitions, RAM disks, mapped, network and optical devices are none. Raises Unreadable.
    """
    seen = (sight_if_there(view, node) for node in view.nodes().values() if is_drive(view, node, loops=loops))
    return tuple(sorted((device for device in seen if device is not None), key=lambda device: device.name))


def is_drive(view: KernelView, node: Node, *, loops: bool) -> bool:
    """Say whether a node is offered at all."""
    if node.partition or view.attribute(node.folder / "hidden") == "1":
        return False
    if node.major == LOOP_MAJOR:
        return loops and (node.folder / "loop").exists()
    return bool(bus_of(view, node)) and view.attribute(node.folder / "device" / "type") in {
        "",
        "MMC",
        "SD",
        *DISK_TYPES,
    }


def sight_if_there(view: KernelView, node: Node) -> BlockDevice | None:
    """Sight a node, None when the device has just left. Raises Unreadable."""
    try:
        return sight_node(view, node)
    except Unreadable:
        if node.folder.exists():
            raise
        return None


def sight(view: KernelView, path: str | Path) -> BlockDevice:
    """Sight the whole disk that a path leads to, through links, by its device number.

    Raises NotABlockDevice for anything else (a partition names its disk), Unreadable, DeviceError.
    """
    try:
        status = view.stat(view.inside(path))
    except OSError as error:
        raise DeviceError(f"{path}: {os.strerror(error.errno or 0)}") from error
    if not stat.S_ISBLK(status.st_mode):
        raise NotABlockDevice(f"{path} is not a block device")
    return sight_number(view, os.major(status.st_rdev), os.minor(status.st_rdev))


def sight_number(view: KernelView, major: int, minor: int) -> BlockDevice:
    """Sight the whole disk with this device number. Raises NotABlockDevice, Unreadable."""
    return sight_node(view, node_numbered(view, major, minor))


def node_numbered(view: KernelView, major: int, minor: int) -> Node:
    """Find the whole disk with this device number in sysfs. Raises NotABlockDevice, Unreadable."""
    found = view.node_at(major, minor)
    if found is None:
        raise NotABlockDevice(f"the kernel knows no block device {major}:{minor}")
    if found.partition:
        raise NotABlockDevice(f"{found.name} is a partition of {found.disk}: name the whole disk")
    return found


def sight_node(view: KernelView, node: Node) -> BlockDevice:
    """Sight a whole disk. Raises Unreadable."""
    sequence = view.attribute(node.folder / "diskseq")
    return BlockDevice(
        path="/dev/" + node.name.replace("!", "/"),
        name=node.name,
        major=node.major,
        minor=node.minor,
        diskseq=int(sequence) if sequence.isdecimal() else None,
        size_bytes=view.number(node.folder / "size") * SECTOR,
        identity=identify(view, node),
        properties=view.properties(node) or {},
    )


def bus_of(view: KernelView, node: Node) -> str:
    """Name the bus of a whole disk; "" for whatever is no drive that we know."""
    if node.major == LOOP_MAJOR:
        return "loop"
    bus = BUSES.get(view.link_name(node.folder / "device" / "subsystem"), "")
    if bus != "scsi":
        return bus
    if usb_folder(node) is not None:
        return "usb"
    return "ata" if view.attribute(node.folder / "device" / "vendor") == "ATA" else "scsi"


def usb_folder(node: Node) -> Path | None:
    """Folder of the USB device that a disk hangs on, None when it hangs on none."""
    if not any(re.fullmatch(r"usb[0-9]+", part) for part in node.folder.parts):
        return None
    return next((place for place in node.folder.parents if (place / "idVendor").exists()), None)


def identify(view: KernelView, node: Node) -> DriveIdentity:
    """Say who a drive is, as far as the kernel tells; what it does not tell is "" and lowers the grade."""
    bus = bus_of(view, node)
    found = identify_loop(view, node) if bus == "loop" else identify_drive(view, node, bus)
    doubted = any(quirk.effect is QuirkEffect.SERIAL_UNTRUSTED for quirk in quirks_of(found))
    return replace(found, grade=IdentityGrade.C) if doubted or serial_fault(found.serial) else found


def identify_loop(view: KernelView, node: Node) -> DriveIdentity:
    """Give a loop a serial of its own: the same file has the same one, attached wherever and whenever."""
    backing = view.attribute(node.folder / "loop" / "backing_file")
    status = backing_of(view, node, backing) if backing else None
    digest = hashlib.sha256(f"{backing}\0{status.inode}".encode()).hexdigest()[:12] if status else ""
    serial = f"LOOP-{digest}" if digest else ""
    return DriveIdentity(LOOP_MODEL, serial, "", "", "loop", "", "loop", IdentityGrade.C)


def identify_drive(view: KernelView, node: Node, bus: str) -> DriveIdentity:
    """Read the descriptive attributes of a drive; the places differ by bus, a missing one is ""."""
    device = node.folder / "device"
    usb = usb_folder(node)
    model = " ".join(
        word for word in (view.attribute(device / "vendor"), model_of(view, node)) if word and not is_transport(word)
    )
    serial = first(view, device / "serial", node.folder / "serial") or unit_serial(device / "vpd_pg80")
    firmware = first(view, device / "firmware_rev", device / "rev", device / "fwrev")
    bridge = ""
    if usb is not None and bus == "usb":
        serial = serial or view.attribute(usb / "serial")
        names = (
            f"{view.attribute(usb / 'idVendor')}:{view.attribute(usb / 'idProduct')}",
            view.attribute(usb / "product"),
        )
        bridge = " ".join(name for name in names if name)
    grade = IdentityGrade.C if bridge or bus in ("", "virtio") else IdentityGrade.B
    heard = DriveIdentity(model, serial, world_wide_name(view, node), firmware, bus, bridge, "sysfs", grade)
    own = kept_words(device / "vpd_pg89") if bus == "ata" else None
    return heard if own is None else told_whole(heard, own)


def kept_words(page: Path) -> OwnWords | None:
    """Read what an ATA drive called itself when the kernel met it (VPD page 89h, SAT); None where that is not kept."""
    try:
        raw = contents(page)
    except OSError:
        return None
    block = raw[IDENTIFY_KEPT]
    found = parse(block) if raw[1:2] == b"\x89" else None
    return None if found is None else OwnWords(found.model, found.serial, found.wwn, found.firmware, block)


def is_transport(word: str) -> bool:
    """Say whether a vendor field only repeats the bus (libata writes ATA; virtio and NVMe a PCI number)."""
    return word == "ATA" or word.startswith("0x")


def model_of(view: KernelView, node: Node) -> str:
    """Model as the drive spells it; eMMC and SD cards call it name."""
    return first(view, node.folder / "device" / "model", node.folder / "device" / "name")


def first(view: KernelView, *places: Path) -> str:
    """Return the first attribute that is there and not blank."""
    return next((text for place in places if (text := view.attribute(place))), "")


def unit_serial(page: Path) -> str:
    """Read the unit serial number out of VPD page 80h (SPC), "" when the drive has none."""
    try:
        raw = page.read_bytes()
    except OSError:
        return ""
    length = int.from_bytes(raw[2:VPD_HEADER], "big")
    return visible(raw[VPD_HEADER : VPD_HEADER + length]) if raw[1:2] == b"\x80" else ""


def world_wide_name(view: KernelView, node: Node) -> str:
    """World-wide name: bare lower-case hex for NAA and EUI-64, else as the kernel gives it; "" when there is none.

    `t10.` ids are built from model and serial: they add nothing and are left out.
    """
    text = first(view, node.folder / "wwid", node.folder / "device" / "wwid").lower()
    cid = view.attribute(node.folder / "device" / "cid").lower()
    if not text:
        return f"cid.{cid}" if cid else ""
    if text.startswith("t10."):
        return ""
    found = re.fullmatch(r"(?:naa|eui)\.([0-9a-f]+)", text)
    return found[1] if found else text


def traits_of(view: KernelView, node: Node) -> dict[str, str]:
    """Raw readings of a whole disk: what is absent is left out. `uncovered` names areas that no overwrite reaches."""
    readings = {name: view.attribute(node.folder / place) for name, place in TRAITS.items()}
    readings["uncovered"] = " ".join(hardware_areas(view, node))
    return {name: text for name, text in readings.items() if text}


def hardware_areas(view: KernelView, node: Node) -> tuple[str, ...]:
    """Names of the separate hardware areas of a drive (eMMC boot and general purpose partitions). Raises Unreadable."""
    block = view.inside("/sys/block")
    named = [name for name in view.names(block) if name != node.name and name.startswith(node.name)]
    return tuple(name for name in named if is_below(block / name / "device", node.folder))


def is_below(device: Path, folder: Path) -> bool:
    """Say whether a device link leads to another block device's folder."""
    return device.is_symlink() and device.resolve() == folder.resolve()
