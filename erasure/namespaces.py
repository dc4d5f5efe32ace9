"""Which whole disks share one medium: the namespaces of one NVMe controller or subsystem. From sysfs, nothing opened.

Never told from names: /dev/nvme0 need not be the controller of nvme0n1 (drives, section 3.8). The `device` link of a
namespace leads to its controller, or to the subsystem when several controllers share it; what hangs on the same one is
a companion, because a sanitize reaches it too. Other logical units of a SCSI target are drives of their own, and the
boot partitions of an eMMC are no whole disks.
"""

from pathlib import Path

from erasure.errors import Unreadable
from erasure.kernel_view import KernelView, Node

SUBSYSTEMS = frozenset({"nvme", "nvme-subsystem"})


def companions_of(view: KernelView, node: Node) -> tuple[Node, ...]:
    """The other namespaces on the medium of `node`, by name; empty for a drive that is no NVMe. Raises Unreadable.

    The hidden paths below a multipath namespace are none: they are ways to a namespace that is counted already.
    """
    if not is_namespace(view, node):
        return ()
    mine = medium_of(view, node)
    others = (
        other
        for other in view.nodes().values()
        if other.name != node.name
        and not other.partition
        and view.attribute(other.folder / "hidden") != "1"
        and is_namespace(view, other)
        and medium_of(view, other) & mine
    )
    return tuple(sorted(others, key=lambda other: other.name))


def is_namespace(view: KernelView, node: Node) -> bool:
    """Say whether a node is a namespace of an NVMe controller or subsystem."""
    return view.link_name(node.folder / "device" / "subsystem") in SUBSYSTEMS


def medium_of(view: KernelView, node: Node) -> frozenset[Path]:
    """Folders of the controllers and of the subsystem behind a namespace. Raises Unreadable when there is none."""
    owner = (node.folder / "device").resolve()
    if not owner.is_dir():
        raise Unreadable(str(node.folder / "device"), "its controller is not there")
    subsystems = view.inside("/sys/class/nvme-subsystem")
    known = [entry.resolve() for entry in subsystems.iterdir()] if subsystems.is_dir() else []
    above = [one for one in known if owner == one or owner in members(one)]
    return frozenset({owner, *above, *(controller for one in above for controller in members(one))})


def members(subsystem: Path) -> tuple[Path, ...]:
    """Folders of the controllers of a subsystem: the links that it keeps to them."""
    links = (entry for entry in subsystem.iterdir() if entry.is_symlink() and entry.name.startswith("nvme"))
    return tuple(link.resolve() for link in links)
