"""What lies on what: partitions, holders and slaves, loops over files, zram over disks. Seen from below.

A drive is in use when anything that rests on it is, at any depth. Edges are taken from both ends (`holders` of the
lower device, `slaves` of the upper one), so that one forgotten link does not free a disk. Whatever cannot be traced to
its disk is kept as `loose`: it may rest on any of them.
"""

import os
import stat
from dataclasses import dataclass

from erasure.kernel_view import KernelView, Mount, Node, settled
from erasure.transport.ioctl import LoopStatus

LOOP_MAJOR = 7


@dataclass(frozen=True, slots=True)
class Stack:
    """The block devices and what rests directly on each of them."""

    nodes: dict[str, Node]
    upper: dict[str, frozenset[str]]  # name of a device -> names of those that rest on it
    loose: tuple[str, ...]  # sentences

    def above(self, name: str) -> tuple[str, ...]:
        """Names of everything that rests on a device, at any depth, without itself, sorted."""
        seen: set[str] = set()
        waiting = [name]
        while waiting:
            fresh = self.upper.get(waiting.pop(), frozenset()) - seen
            seen |= fresh
            waiting += fresh
        return tuple(sorted(seen - {name}))

    def named(self, major: int, minor: int) -> str:
        """Name of the device with this number, "" when the kernel shows none."""
        return next((node.name for node in self.nodes.values() if (node.major, node.minor) == (major, minor)), "")


@dataclass(slots=True)
class _Builder:
    view: KernelView
    nodes: dict[str, Node]
    mounts: tuple[Mount, ...]
    upper: dict[str, set[str]]
    loose: list[str]

    def lay(self, lower: str, upper: str) -> None:
        self.upper.setdefault(lower, set()).add(upper)

    def add(self, node: Node) -> None:
        for holder in self.view.names(node.folder / "holders"):
            self.lay(node.name, holder)
        if node.partition:
            self.lay(node.disk, node.name)
            return
        for slave in self.view.names(node.folder / "slaves"):
            self.lay(slave, node.name)
        if (node.folder / "loop").exists():
            self.add_loop(node)
        if (node.folder / "backing_dev").exists():
            self.add_zram(node)

    def add_loop(self, node: Node) -> None:
        backing = self.view.text(node.folder / "loop" / "backing_file")
        lower = self.below_loop(node, backing)
        if lower is None and self.view.text(node.folder / "loop" / "backing_file") == backing:
            self.loose.append(f"{node.name} is backed by {backing}, which cannot be traced to its disk")
        elif lower:
            self.lay(lower, node.name)

    def below_loop(self, node: Node, backing: str) -> str | None:
        """Name of the device below a loop; "" for a file that is on no disk of its own; None when it is unknown."""
        status = backing_of(self.view, node, backing)
        if status is None:
            return None
        number = status.rdevice or status.device
        major, minor = os.major(number), os.minor(number)
        if major:
            return next(
                (other.name for other in self.nodes.values() if (other.major, other.minor) == (major, minor)), None
            )
        return "" if self.file_system_is_mounted(number, backing) else None

    def file_system_is_mounted(self, number: int, backing: str) -> bool:
        """Say whether a file system without a device number (btrfs, tmpfs, overlay, network) is a mount that we see.

        What is mounted is judged as a mount; only a file system out of sight is unknown.
        """
        if any((mount.major, mount.minor) == (os.major(number), os.minor(number)) for mount in self.mounts):
            return True
        try:
            return self.view.stat(self.view.inside(backing)).st_dev == number
        except OSError:
            return False

    def add_zram(self, node: Node) -> None:
        backing = self.view.text(node.folder / "backing_dev")
        if backing in ("", "none"):
            return
        lower = named_by_path(self.view, self.nodes, backing)
        if lower:
            self.lay(lower, node.name)
        else:
            self.loose.append(f"{node.name} writes back to {backing}, which cannot be traced to its disk")


def read_stack(view: KernelView, mounts: tuple[Mount, ...]) -> Stack:
    """Read how every block device of the machine rests on others. Raises Unreadable."""
    return settled(lambda: read_once(view, mounts))


def read_once(view: KernelView, mounts: tuple[Mount, ...]) -> Stack:
    """Read it in one go. Raises Unreadable, also when a device leaves meanwhile."""
    builder = _Builder(view, view.nodes(), mounts, {}, [])
    for node in builder.nodes.values():
        builder.add(node)
    upper = {name: frozenset(names) for name, names in builder.upper.items()}
    return Stack(builder.nodes, upper, tuple(builder.loose))


def backing_of(view: KernelView, node: Node, backing: str) -> LoopStatus | None:
    """Ask the loop device, or else the file that it names, what it lies on; None when neither answers."""
    try:
        return view.ask_loop(view.device_file(node))
    except OSError:
        pass
    try:
        status = view.stat(view.inside(backing))
    except OSError:
        return None
    return LoopStatus(status.st_dev, status.st_ino, status.st_rdev if stat.S_ISBLK(status.st_mode) else 0, 0, 0)


def named_by_path(view: KernelView, nodes: dict[str, Node], path: str) -> str:
    """Kernel name of the device that a path under /dev leads to, "" when it leads to none that is known."""
    place = view.inside(path)
    try:
        status = view.stat(place)
    except OSError:
        status = None
    if status is not None and stat.S_ISBLK(status.st_mode):
        number = (os.major(status.st_rdev), os.minor(status.st_rdev))
        return next((node.name for node in nodes.values() if (node.major, node.minor) == number), "")
    real = place.resolve()
    devices = view.inside("/dev").resolve()
    name = str(real.relative_to(devices)).replace("/", "!") if real.is_relative_to(devices) else ""
    return name if name in nodes else mapped(view, nodes, path)


def mapped(view: KernelView, nodes: dict[str, Node], path: str) -> str:
    """Kernel name of the device-mapper device called as the last part of the path, "" when there is none."""
    wanted = path.rsplit("/", 1)[-1]
    return next((name for name, node in nodes.items() if view.attribute(node.folder / "dm" / "name") == wanted), "")
