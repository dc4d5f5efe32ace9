"""The hall of the interlock orders: disks with real bytes, the names that a kernel gives them, and their troubles.

What the kernel tells is a tree of sysfs and proc as in `tests.erasure.kernel_trees`, read by the product's own code.
Who a disk really is, whether it is in, and what makes it untouchable is kept here, apart from what the tree says: the
judge asks this hall and never the product.
"""

import shutil
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

from erasure.simulated.contents import prepare_backing
from erasure.simulated.glimpse import glimpse
from erasure.simulated.specification import Contents, SimulatedDrive
from tests.erasure.kernel_trees import Machine, write

SECTOR = 512
SIZE = 64 * 1024
NUMBERS = {
    **{f"sd{letter}": (8, 16 * n) for n, letter in enumerate("abcdef")},
    "sr0": (11, 0),
    "fd0": (2, 0),
    "nbd0": (43, 0),
    "ram0": (1, 0),
    "zram0": (252, 0),
    "mmcblk0": (179, 0),
    "mmcblk0boot0": (179, 8),
    "nvme0n1": (259, 0),
    "nvme0n2": (259, 1),
    "loop0": (7, 0),
}
Undo = Callable[[], None]
Trouble = Callable[["Hall", "Disk"], Undo]


@dataclass(frozen=True, slots=True)
class Medium:
    """Where the bytes of a disk are."""

    path: Path

    def content(self) -> bytes:
        return self.path.read_bytes()


@dataclass(eq=False)
class Disk:
    """One thing that a hand can plug. `label` is what is printed on it, `shown` what it tells the kernel."""

    key: str
    spec: SimulatedDrive
    medium: Medium
    label: str
    shown: str
    bus: str = "ata"
    given: dict[str, str] = field(default_factory=dict)  # further attributes of the tree
    home: str = ""  # the only name that it can have
    part: bool = False
    never: str = ""  # why nobody may ever erase it
    flaw: str = ""  # why it may never be called ERASED without a word
    at_it: bool = False  # it came while it erased itself
    group: str = ""  # disks of one group are one drive
    parent: str = ""  # the disk that it is a part of: it comes and goes with it
    on_plug: Callable[["Hall", "Disk"], None] = lambda hall, disk: None
    at: str = ""
    presence: int = 0  # the kernel's sequence number while it is in
    sector: int = SECTOR
    troubles: dict[str, Undo] = field(default_factory=dict)

    @property
    def number(self) -> tuple[int, int]:
        return NUMBERS[self.at]

    @property
    def upper(self) -> str:
        """Where a file system of it would be: its partition, if it has one."""
        return f"{self.at}1" if self.part else self.at

    @property
    def upper_number(self) -> tuple[int, int]:
        major, minor = self.number
        return (major, minor + 1) if self.part else (major, minor)


class Hall:
    """Everything that is there, and a count of the pluggings."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        (folder / "machine").mkdir(parents=True)
        self.machine = Machine((folder / "machine").resolve())
        self.disks: dict[str, Disk] = {}
        self.protected: frozenset[str] = frozenset()  # what the hub says now
        self.everywhere: dict[str, Undo] = {}  # troubles that may lie on any disk
        self.changes = 0  # of what the kernel shows
        self.strict = True  # the kernel itself refuses what is claimed
        self.ticks = 0
        self._sequence = 20
        self._thread = threading.current_thread()
        self._alarm: tuple[int, Callable[[], None]] | None = None

    def make(self, key: str, label: str, *, share: Disk | None = None, **given: object) -> Disk:
        """Make a disk with old contents; nothing of it is plugged in yet. `share`: another way to the same medium."""
        spec_words = dict(given.pop("spec", {}))  # type: ignore[call-overload]
        words = {"size_bytes": SIZE, "model": f"DEMO {key}", "serial": label, "contents": Contents.PATTERN}
        spec = SimulatedDrive(name=key, **{**words, **spec_words})
        path = share.medium.path if share else self.folder / f"{key}.img"
        prepare_backing(spec, path)
        shown = str(given.pop("shown", label))
        disk = Disk(key, spec, Medium(path), label, shown, **given)  # type: ignore[arg-type]
        disk.sector = spec.logical_sector
        self.disks[key] = disk
        return disk

    @property
    def here(self) -> tuple[Disk, ...]:
        return tuple(disk for disk in self.disks.values() if disk.at)

    def under(self, name: str) -> Disk | None:
        """The disk that has this name now, or whose partition has it."""
        return next((disk for disk in self.here if name in (disk.at, f"{disk.at}1")), None)

    def free_names(self, disk: Disk) -> list[str]:
        taken = {one.at for one in self.here}
        if disk.parent and not self.disks[disk.parent].at:
            return []
        homes = {one.home for one in self.disks.values()}
        names = [disk.home] if disk.home else [name for name in NUMBERS if name.startswith("sd") and name not in homes]
        return [name for name in names if name not in taken]

    def plug(self, disk: Disk, name: str) -> None:
        """Plug a disk in: the kernel gives it this name and a number that it never gave before."""
        self._sequence += 1
        self.changes += 1
        disk.at, disk.presence = name, self._sequence
        if disk.spec.firmwares:
            disk.spec = replace(disk.spec, power=disk.spec.power + 1)
        size = str(self.shown_bytes(disk) // SECTOR)
        given = {"size": size, "diskseq": str(disk.presence), "model": disk.spec.model, **disk.given}
        if disk.bus == "loop":
            self._loop(disk, {"size": size, "diskseq": str(disk.presence)})
        elif disk.bus == "area":
            self._area(disk, {"size": size, "diskseq": str(disk.presence)})
        else:
            serial = "usb_serial" if disk.bus == "usb" else "serial"
            self.machine.drive(name, NUMBERS[name], disk.bus, **{serial: disk.shown, **given})
        if disk.part:
            self.machine.partition(name, f"{name}1", disk.upper_number)
        disk.on_plug(self, disk)

    def shown_bytes(self, disk: Disk) -> int:
        """Capacity that the kernel hears of when the disk comes."""
        seen = glimpse(disk.spec, disk.medium.path) if disk.spec.firmwares else None
        return disk.spec.size_bytes if seen is None else seen.size_bytes

    def _loop(self, disk: Disk, attributes: dict[str, str]) -> None:
        """Attach a loop over a file in memory."""
        image, minor = f"/images/{disk.key}.img", NUMBERS[disk.at][1]
        self.machine.files[image] = (31, 12)
        folder = self.machine.loop(disk.at, minor, image, device=31)
        for key, value in attributes.items():
            write(folder / key, f"{value}\n")

    def _area(self, disk: Disk, attributes: dict[str, str]) -> None:
        """Show a hardware area below the folder of its card."""
        place = self.machine.folder(self.disks[disk.parent].at)
        folder = self.machine.block(
            disk.at, NUMBERS[disk.at], str(place.relative_to(self.machine.root / "sys/devices")), **attributes
        )
        (folder / "device").symlink_to("..")

    def unplug(self, disk: Disk) -> None:
        """Pull a disk: whatever lay on it is gone with it, and the kernel forgets it."""
        for name in tuple(disk.troubles):
            self.calm(disk, name)
        for part in self.here:
            if part.parent == disk.key:
                self.unplug(part)
        folder, name = self.machine.folder(disk.at), disk.at
        for each, number in ((f"{name}1", disk.upper_number), (name, disk.number)):
            (self.machine.root / f"run/udev/data/b{number[0]}:{number[1]}").unlink(missing_ok=True)
            if each != name and disk.part:
                (self.machine.root / f"sys/dev/block/{number[0]}:{number[1]}").unlink()
                del self.machine.numbers[each]
        self.machine.leave(name)
        del self.machine.numbers[name]
        shutil.rmtree(folder)
        self.changes += 1
        disk.at = ""

    def trouble(self, disk: Disk, name: str, make: Trouble, *, also: tuple[Disk, ...] = ()) -> None:
        """Let something protect a disk, and `also` others, until it is calmed or one of them is pulled."""
        undo, all_of_them = make(self, disk), (disk, *also)
        self.changes += 1

        def calm() -> None:
            for one in all_of_them:
                one.troubles.pop(name, None)
            undo()
            self.changes += 1

        for one in all_of_them:
            one.troubles[name] = calm

    def calm(self, disk: Disk, name: str) -> None:
        disk.troubles[name]()

    def hazards(self, disk: Disk) -> tuple[str, ...]:
        """Say why nobody may erase this disk now: from what was done to it, not from what the kernel tells."""
        return tuple(self._hazards(disk, frozenset({disk.key})))

    def _hazards(self, disk: Disk, asked: frozenset[str]) -> Iterator[str]:
        if disk.never:
            yield disk.never
        yield from disk.troubles
        yield from self.everywhere
        if {disk.label, disk.shown} & self.protected:
            yield "on the list of protected drives"
        if not disk.shown:
            yield "it has no serial number"
        if disk.shown != disk.label and disk.bus != "usb":
            yield "it does not show the serial of its label"
        for other in self.here:
            if other.key in asked:
                continue
            if same_name(other.shown, disk.shown) and not (disk.group and other.group == disk.group):
                yield f"{other.key} shows the same serial number"
            if disk.group and other.group == disk.group:
                yield from self._hazards(other, asked | {other.key})

    def alarm(self, after: int, call: Callable[[], None]) -> None:
        """Have something happen at the n-th request that a worker makes from now on."""
        self.ticks, self._alarm = 0, (after, call)

    def silence(self) -> None:
        self._alarm = None

    def tick(self) -> None:
        """One request of a worker; what a thread of it reads ahead does not count, for nobody knows when that is."""
        if threading.current_thread() is not self._thread:
            return
        self.ticks += 1
        if self._alarm is not None and self.ticks >= self._alarm[0]:
            (_, call), self._alarm = self._alarm, None
            call()


def same_name(one: str, other: str) -> bool:
    """Say whether two serials are one, as it is or with its bytes swapped in pairs."""
    pairs = "".join(one[at : at + 2][::-1] for at in range(0, len(one), 2))
    return bool(one) and other in (one, pairs)
