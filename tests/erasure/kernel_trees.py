"""Recorded-like machines: sysfs and proc trees laid out as the kernel does, in a temporary folder."""

import os
import stat
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from erasure.drive import BlockDevice, DriveFacts, DriveIdentity, IdentityGrade
from erasure.hidden import AreaState, HiddenAreas
from erasure.inventory import sight
from erasure.kernel_view import KernelView
from erasure.transport.ioctl import LoopStatus

PCI = "pci0000:00/0000:00:17.0"
SUBSYSTEMS = {"ata": "scsi", "usb": "scsi", "scsi": "scsi", "nvme": "nvme", "mmc": "mmc", "virtio": "virtio"}
PLACES = {
    "ata": f"{PCI}/ata1/host0/target0:0:0/0:0:0:{{0}}",
    "scsi": f"{PCI}/host4/port-4:0/end_device-4:0/target4:0:0/4:0:0:{{0}}",
    "usb": "pci0000:00/0000:00:14.0/usb2/2-{0}/2-{0}:1.0/host6/target6:0:0/6:0:0:0",
    "nvme": "pci0000:00/0000:01:00.0/nvme/nvme{0}",
    "mmc": "platform/80860F14:00/mmc_host/mmc0/mmc0:000{0}",
    "virtio": "pci0000:00/0000:00:02.0/virtio{0}",
}


def write(path: Path, text: str | bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text.encode() if isinstance(text, str) else text)


def link(path: Path, target: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.symlink_to(os.path.relpath(target, path.parent))


@dataclass
class Machine:
    """A machine under construction; `view` reads it as the kernel would be read."""

    root: Path
    numbers: dict[str, tuple[int, int]] = field(default_factory=dict)  # kernel name -> device number
    files: dict[str, tuple[int, int]] = field(default_factory=dict)  # path -> (st_dev, st_ino)
    loops: dict[str, LoopStatus] = field(default_factory=dict)
    slots: int = 0

    def __post_init__(self) -> None:
        self.mountinfo = ["22 1 0:2 / / rw - rootfs rootfs rw", "23 22 0:21 / /proc rw - proc proc rw"]
        self.swap_lines = ["Filename\t\t\t\tType\t\tSize\t\tUsed\t\tPriority"]
        (self.root / "sys/block").mkdir(parents=True)
        (self.root / "dev").mkdir()
        self.boot("quiet")
        self._write_proc()

    @property
    def view(self) -> KernelView:
        return KernelView(self.root, self.stat, self.ask_loop)

    def stat(self, path: Path) -> Any:
        inner = "/" + str(path.resolve().relative_to(self.root))
        name = inner.removeprefix("/dev/").replace("/", "!")
        if inner.startswith("/dev/") and name in self.numbers:
            number = os.makedev(*self.numbers[name])
            return SimpleNamespace(st_mode=stat.S_IFBLK | 0o600, st_rdev=number, st_dev=6, st_ino=1)
        if inner in self.files:
            device, inode = self.files[inner]
            return SimpleNamespace(st_mode=stat.S_IFREG | 0o600, st_rdev=0, st_dev=device, st_ino=inode)
        raise FileNotFoundError(2, "No such file or directory", str(path))

    def ask_loop(self, path: Path) -> LoopStatus:
        if path.name in self.loops:
            return self.loops[path.name]
        raise OSError(6, "No such device or address", str(path))

    def folder(self, name: str) -> Path:
        entry = self.root / "sys/block" / name
        if entry.exists():
            return entry.resolve()
        return next(path.resolve() for path in (self.root / "sys/block").glob(f"*/{name}"))

    def block(self, name: str, number: tuple[int, int], place: str, **attributes: str) -> Path:
        folder = self.root / "sys/devices" / place / name
        link(self.root / "sys/block" / name, folder)
        self.index(number, folder)
        self.numbers[name] = number
        values = {"size": "2048000", "ro": "0", "removable": "0", "hidden": "0", "diskseq": str(10 + len(self.numbers))}
        for key, value in {**values, "dev": f"{number[0]}:{number[1]}", **attributes}.items():
            write(folder / key, f"{value}\n")
        for key, value in {"rotational": "1", "zoned": "none"}.items():
            write(folder / "queue" / key, f"{value}\n")
        (folder / "holders").mkdir()
        (folder / "slaves").mkdir()
        return folder

    def drive(self, name: str, number: tuple[int, int], bus: str = "ata", **given: str) -> Path:
        """Add a real drive. `given`: serial, model, wwid and whatever else `device/` or the disk itself shows."""
        self.slots += 1
        place = given.pop("place", PLACES[bus].format(self.slots))
        device = self.root / "sys/devices" / place
        describe(device, bus, given)
        if bus == "usb":
            usb = next(path for path in device.parents if path.name == f"2-{self.slots}")
            write(usb / "idVendor", given.pop("vendor_id", "0781") + "\n")
            write(usb / "idProduct", given.pop("product_id", "5567") + "\n")
            write(usb / "product", "Cruzer Blade\n")
            write(usb / "serial", given.pop("usb_serial", "4C530001230101117394") + "\n")
        if not (device / "subsystem").exists():
            (self.root / "sys/bus" / SUBSYSTEMS[bus]).mkdir(parents=True, exist_ok=True)
            link(device / "subsystem", self.root / "sys/bus" / SUBSYSTEMS[bus])
        folder = self.block(name, number, f"{place}/block", **given)
        link(folder / "device", device)
        return folder

    def index(self, number: tuple[int, int], folder: Path) -> None:
        """Let /sys/dev/block lead from a number to a device, as the kernel does; another one loses that number."""
        entry = self.root / f"sys/dev/block/{number[0]}:{number[1]}"
        entry.unlink(missing_ok=True)
        link(entry, folder)

    def leave(self, name: str) -> None:
        """Pull a disk out: nothing leads to it any more."""
        (self.root / "sys/block" / name).unlink()
        major, minor = self.numbers[name]
        (self.root / f"sys/dev/block/{major}:{minor}").unlink()

    def partition(self, disk: str, name: str, number: tuple[int, int], uevent: str = "") -> Path:
        folder = self.folder(disk) / name
        self.index(number, folder)
        self.numbers[name] = number
        write(folder / "dev", f"{number[0]}:{number[1]}\n")
        write(folder / "partition", "1\n")
        write(folder / "uevent", f"DEVNAME={name}\nDEVTYPE=partition\n{uevent}")
        (folder / "holders").mkdir()
        return folder

    def mapped(self, name: str, number: tuple[int, int], *lower: str, label: str = "") -> Path:
        """Add a dm or md device over others, with both its links."""
        folder = self.block(name, number, "virtual/block")
        if label:
            write(folder / "dm" / "name", f"{label}\n")
        for below in lower:
            link(self.folder(below) / "holders" / name, folder)
            link(folder / "slaves" / below, self.folder(below))
        return folder

    def loop(self, name: str, minor: int, backing: str, **status: int) -> Path:
        """Add a loop over a file; `status` is what the loop device itself answers, if it does."""
        folder = self.block(name, (7, minor), "virtual/block")
        write(folder / "loop" / "backing_file", f"{backing}\n")
        write(folder / "loop" / "offset", "0\n")
        write(folder / "loop" / "sizelimit", "0\n")
        if status:
            answer = {"device": 0, "inode": 12, "rdevice": 0, "offset": 0, "size_limit": 0, **status}
            self.loops[name] = LoopStatus(**answer)
        return folder

    def mount(self, number: tuple[int, int], target: str, kind: str = "ext4", source: str = "none") -> None:
        self.mountinfo.append(f"90 22 {number[0]}:{number[1]} / {target} rw,relatime shared:1 - {kind} {source} rw")
        self._write_proc()

    def swap(self, path: str, kind: str = "partition") -> None:
        self.swap_lines.append(f"{path}\t{kind}\t1024\t0\t-2")
        self._write_proc()

    def boot(self, line: str) -> None:
        write(self.root / "proc/cmdline", f"{line}\n")

    def udev(self, name: str, **properties: str) -> None:
        major, minor = self.numbers[name]
        lines = "".join(f"E:{key}={value}\n" for key, value in properties.items())
        write(self.root / f"run/udev/data/b{major}:{minor}", lines)

    def by(self, folder: str, tag: str, name: str) -> None:
        write(self.root / "dev" / name, "")
        link(self.root / "dev/disk" / folder / tag, self.root / "dev" / name)

    def sight(self, name: str) -> BlockDevice:
        return sight(self.view, f"/dev/{name}")

    def _write_proc(self) -> None:
        write(self.root / "proc/self/mountinfo", "\n".join(self.mountinfo) + "\n")
        write(self.root / "proc/swaps", "\n".join(self.swap_lines) + "\n")


def describe(device: Path, bus: str, given: dict[str, str]) -> None:
    """Write what a drive says of itself where its bus shows it; takes its members out of `given`."""
    serial, model = given.pop("serial", "WD-WCC4N0000001"), given.pop("model", "WDC WD5000AAKX-0")
    wwid = given.pop("wwid", "")
    if bus in ("ata", "scsi", "usb"):
        write(device / "vendor", f"{given.pop('vendor', 'ATA' if bus == 'ata' else 'Generic')}\n")
        write(device / "type", f"{given.pop('type', '0')}\n")
        write(device / "rev", "1.0\n")
        page = serial.encode().rjust(20)
        if bus != "usb":
            write(device / "vpd_pg80", b"\0\x80" + len(page).to_bytes(2, "big") + page)
    else:
        write(device / "serial", f"{serial}\n")
    write(device / ("name" if bus == "mmc" else "model"), f"{model}\n")
    if wwid:
        write(device / "wwid", f"{wwid}\n")
    for key in ("cid", "transport", "raid_level"):
        if key in given:
            write(device / key, f"{given.pop(key)}\n")


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    """An empty machine with its proc files and no disk."""
    root = tmp_path / "machine"
    root.mkdir()
    return Machine(root.resolve())


@pytest.fixture
def identity() -> Callable[..., DriveIdentity]:
    """Make an identity; give what differs from an ordinary SATA disk."""

    def make(**given: Any) -> DriveIdentity:
        plain = {
            "model": "WDC WD5000AAKX-0",
            "serial": "WD-WCC4N0000001",
            "wwn": "50014ee2b0000001",
            "firmware": "1.0",
            "bus": "ata",
            "bridge": "",
            "source": "sysfs",
            "grade": IdentityGrade.B,
        }
        return DriveIdentity(**{**plain, **given})

    return make


@pytest.fixture
def facts(identity: Callable[..., DriveIdentity]) -> Callable[..., DriveFacts]:
    """Make facts; give what differs from an ordinary SATA disk of 1,000 MiB. `identity_` goes to the identity."""

    def make(identity_: dict[str, Any] | None = None, **given: Any) -> DriveFacts:
        size = given.get("size_bytes", 1_048_576_000)
        device = BlockDevice(
            "/dev/sdb", "sdb", 8, 16, 7, given.pop("sighted_bytes", size), identity(**(identity_ or {}))
        )
        plain = {
            "device": device,
            "size_bytes": size,
            "logical_sector": 512,
            "physical_sector": 4096,
            "read_only": False,
            "rotational": True,
            "removable": False,
            "zoned": "none",
            "hidden": HiddenAreas(AreaState.NONE, AreaState.NONE, AreaState.NONE, size),
        }
        return DriveFacts(**{**plain, **given})

    return make
