"""What the kernel says of its disks: sysfs and proc as text, below one root folder.

It reads and never interprets beyond the format, and never opens a disk. A read that fails raises `Unreadable`; only
the descriptive attributes of `attribute()` may be missing. With another root folder the same code reads a recorded
tree. Formats: `proc(5)`, `Documentation/ABI/*/sysfs-block`.
"""

import errno
import os
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from erasure.errors import Unreadable
from erasure.identity import visible
from erasure.transport.ioctl import LoopStatus, loop_status

OCTAL = re.compile(rb"\\([0-3][0-7]{2})")
Whole = TypeVar("Whole")
MOUNT_FIELDS = 10  # of a mountinfo line without optional fields


@dataclass(frozen=True, slots=True)
class Node:
    """One block device as sysfs shows it: a whole disk or a partition."""

    name: str  # kernel name, "sda1"; "!" stands for "/" in the name of its device file
    major: int
    minor: int
    folder: Path  # real folder of it in sysfs
    disk: str  # name of the whole disk; its own name when it is one

    @property
    def partition(self) -> bool:
        """Say whether this is a partition."""
        return self.disk != self.name


@dataclass(frozen=True, slots=True)
class Mount:
    """One line of mountinfo."""

    major: int
    minor: int
    target: str
    kind: str  # "ext4", "btrfs", "overlay" ...
    source: str


@dataclass(frozen=True, slots=True)
class Swap:
    """One line of /proc/swaps."""

    path: str
    kind: str  # "partition" or "file"


def same_place(path: Path) -> os.stat_result:
    """Return the status of a path of the running system, following links. Raises OSError."""
    return path.stat()


def contents(path: Path) -> bytes:
    """Read a small file whole, in as few calls as can be. Raises OSError."""
    with path.open("rb", buffering=0) as file:
        return file.readall()


def led_to(entry: Path) -> Path:
    """Give the folder behind an entry of sysfs: one link, whose target holds no further links."""
    try:
        return Path(os.path.normpath(entry.parent / entry.readlink()))
    except OSError:
        return entry


def settled(read: Callable[[], Whole], tries: int = 10) -> Whole:
    """Read a picture of many files again when it changed under our eyes: a device came or left. Raises Unreadable.

    What stays unreadable does so every time, and is never left out of the picture.
    """
    for _ in range(tries - 1):
        try:
            return read()
        except Unreadable:
            continue
    return read()


@dataclass(frozen=True, slots=True)
class KernelView:
    """The readers, below `root`. `stat` and `ask_loop` take full paths below it and raise OSError."""

    root: Path = Path("/")
    stat: Callable[[Path], os.stat_result] = same_place
    ask_loop: Callable[[Path], LoopStatus] = loop_status

    def inside(self, path: str | Path) -> Path:
        """Return where an absolute path of the system lies below the root folder."""
        return self.root / str(path).lstrip("/")

    def raw(self, path: Path) -> bytes:
        """Read a small file whole. Raises Unreadable."""
        try:
            return contents(path)
        except OSError as error:
            raise unreadable(path, error) from error

    def text(self, path: Path) -> str:
        """Read a one-line attribute, without its blanks. Raises Unreadable."""
        return visible(self.raw(path))

    def number(self, path: Path) -> int:
        """Read a decimal attribute. Raises Unreadable, also when it is no number."""
        text = self.text(path)
        if not re.fullmatch(r"[0-9]+", text):
            raise Unreadable(str(path), f"{text!r} is no number")
        return int(text)

    def attribute(self, path: Path) -> str:
        """Read a descriptive attribute, "" when the kernel has none or will not give it. Never for a guard."""
        try:
            return visible(contents(path))
        except OSError:
            return ""

    def attribute_lines(self, path: Path) -> tuple[str, ...]:
        """Read a descriptive attribute of several lines, empty when the kernel has none. Never for a guard."""
        try:
            return tuple(visible(line) for line in contents(path).splitlines())
        except OSError:
            return ()

    def names(self, folder: Path) -> tuple[str, ...]:
        """List a folder, sorted. Raises Unreadable."""
        try:
            return tuple(sorted(os.listdir(folder)))  # noqa: PTH208  a path object for each name takes ten times as long
        except OSError as error:
            raise unreadable(folder, error) from error

    def link_name(self, path: Path) -> str:
        """Return the last part of where a symbolic link leads, "" when there is none."""
        return path.resolve().name if path.is_symlink() else ""

    def nodes(self) -> dict[str, Node]:
        """Every block device by name, partitions too. Raises Unreadable."""
        return settled(self._nodes)

    def _nodes(self) -> dict[str, Node]:
        block = self.inside("/sys/block").resolve()
        return {node.name: node for name in self.names(block) for node in self._disk(block / name)}

    def _disk(self, entry: Path) -> list[Node]:
        folder = led_to(entry)
        named = [name for name in self.names(folder) if name.startswith(folder.name)]  # as the kernel names partitions
        parts = [name for name in named if name != folder.name and (folder / name / "partition").exists()]
        return [self._node(folder, entry.name), *(self._node(folder / part, entry.name) for part in parts)]

    def node_at(self, major: int, minor: int) -> Node | None:
        """One block device by its number, None when the kernel shows none. Raises Unreadable."""
        return settled(lambda: self._node_at(major, minor))

    def _node_at(self, major: int, minor: int) -> Node | None:
        index = self.inside("/sys/dev/block")
        if not index.exists():  # a recorded tree may lack it
            return next((node for node in self._nodes().values() if (node.major, node.minor) == (major, minor)), None)
        entry = index.resolve() / f"{major}:{minor}"
        if not entry.exists():
            return None
        folder = led_to(entry)
        node = self._node(folder, folder.parent.name if (folder / "partition").exists() else folder.name)
        if (node.major, node.minor) != (major, minor):
            raise Unreadable(str(entry), f"it leads to {node.major}:{node.minor}")
        return node

    def _node(self, folder: Path, disk: str) -> Node:
        major, minor = self.device_number(folder / "dev")
        return Node(folder.name, major, minor, folder, disk)

    def device_number(self, path: Path) -> tuple[int, int]:
        """Read "major:minor". Raises Unreadable."""
        found = re.fullmatch(r"([0-9]+):([0-9]+)", self.text(path))
        if found is None:
            raise Unreadable(str(path), "no device number")
        return int(found[1]), int(found[2])

    def device_file(self, node: Node) -> Path:
        """Return the device file of a node."""
        return self.inside("/dev") / node.name.replace("!", "/")

    def mounts(self) -> tuple[Mount, ...]:
        """Every mount that this process or process 1 sees. Raises Unreadable."""
        lines = self.raw(self.inside("/proc/self/mountinfo")).splitlines()
        first = self.inside("/proc/1/mountinfo")
        if first.parent.exists():
            lines += self.raw(first).splitlines()
        return tuple(dict.fromkeys(parse_mount(line) for line in lines))

    def swaps(self) -> tuple[Swap, ...]:
        """Every swap area in use. Raises Unreadable."""
        path = self.inside("/proc/swaps")
        lines = self.raw(path).splitlines()
        if not lines or not lines[0].startswith(b"Filename"):
            raise Unreadable(str(path), "its heading is missing")
        return tuple(parse_swap(line) for line in lines[1:])

    def command_line(self) -> tuple[str, ...]:
        """Return the words that the kernel was started with. Raises Unreadable."""
        return tuple(visible(word) for word in self.raw(self.inside("/proc/cmdline")).split())

    def properties(self, node: Node) -> dict[str, str] | None:
        """Return what udev recorded of a node; None where no record exists. Raises Unreadable when one is closed."""
        path = self.inside("/run/udev/data") / f"b{node.major}:{node.minor}"
        if not path.exists():
            return None
        pairs = (line[2:].partition(b"=") for line in self.raw(path).splitlines() if line.startswith(b"E:"))
        return {visible(key): visible(value) for key, _, value in pairs}


def programs_holding(view: KernelView, path: str) -> tuple[str, ...]:
    """Name the programs that have a device file open, as "program NAME (PID)", as far as we may see them."""
    found = []
    for process in sorted(view.inside("/proc").glob("[0-9]*")):
        try:
            links = tuple((process / "fd").iterdir())
        except OSError:  # it ended meanwhile, or is somebody else's
            continue
        if any(leads_to(link, path) for link in links):
            found.append(f"program {view.attribute(process / 'comm') or '?'} ({process.name})")
    return tuple(found)


def leads_to(link: Path, path: str) -> bool:
    """Say whether a symbolic link names a path; one that is gone does not."""
    try:
        return str(link.readlink()) == path
    except OSError:
        return False


def unreadable(path: Path, error: OSError) -> Unreadable:
    """Name a file and the errno that it was refused with."""
    return Unreadable(str(path), errno.errorcode.get(error.errno or 0, str(error)))


def unescape(raw: bytes) -> str:
    r"""Undo the octal escapes of proc, then show every unprintable byte as `\xHH`."""
    return visible(OCTAL.sub(lambda found: bytes([int(found[1], 8)]), raw))


def parse_mount(line: bytes) -> Mount:
    """Read one line of mountinfo. Raises Unreadable."""
    fields = line.split(b" ")
    number = re.fullmatch(rb"([0-9]+):([0-9]+)", fields[2]) if len(fields) >= MOUNT_FIELDS else None
    if number is None or b"-" not in fields[6:-3]:
        raise Unreadable("mountinfo", f"malformed line {visible(line)}")
    dash = fields.index(b"-", 6)
    kind, source = unescape(fields[dash + 1]), unescape(fields[dash + 2])
    return Mount(int(number[1]), int(number[2]), unescape(fields[4]), kind, source)


def parse_swap(line: bytes) -> Swap:
    """Read one line of /proc/swaps. Raises Unreadable."""
    fields = line.split()
    if len(fields) < 2:  # noqa: PLR2004  file and type
        raise Unreadable("swaps", f"malformed line {visible(line)}")
    return Swap(unescape(fields[0]), visible(fields[1]))
