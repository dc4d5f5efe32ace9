"""The interlocks: every reason why a drive must not be erased now. Empty means free; unknown means protected.

Each check reads the kernel through a `KernelView`; one that cannot read becomes a reason itself. They are asked before
a plan and again under the exclusive open (drives, section 10; scenarios are named in the tests).
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from functools import cached_property

from erasure.boot_medium import read_boot_traces
from erasure.drive import BlockDevice, DriveIdentity
from erasure.errors import Unreadable
from erasure.identity import same_serial, serial_fault
from erasure.inventory import DISK_TYPES, bus_of, sight_if_there
from erasure.kernel_view import KernelView, Mount, Node, programs_holding
from erasure.namespaces import companions_of
from erasure.occupation import Occupation, read_occupation
from erasure.outcome import Reason, ReasonCode
from erasure.raid import raid_volume
from erasure.stacking import Stack, read_stack
from erasure.unmeasured import size_zero

__all__ = ["KernelExaminer", "KernelView", "companions_free", "holders_of", "interlocks", "listed_as_protected"]

CLUSTER_SIGNATURES = frozenset({"vmfs", "vmfs_volume_member", "gfs", "gfs2", "gpfs", "ocfs2", "oracleasm"})
REMOTE_TRANSPORTS = frozenset({"tcp", "rdma", "fc", "loop"})
REMOTE_FOLDER = re.compile(r"session[0-9]+|rport-.*|nvme-fabrics")
NO_RAID = frozenset({"", "N/A", "n/a"})


@dataclass(frozen=True)
class Inquiry:
    """One question about one drive, with what the kernel says of all of them (read once, when first needed)."""

    view: KernelView
    device: BlockDevice
    allow_loop: bool
    protected_serials: frozenset[str] = field(default_factory=frozenset)

    @cached_property
    def mounts(self) -> tuple[Mount, ...]:
        """Mounts. Raises Unreadable."""
        return self.view.mounts()

    @cached_property
    def stack(self) -> Stack:
        """What lies on what. Raises Unreadable."""
        return read_stack(self.view, self.mounts)

    @cached_property
    def occupation(self) -> Occupation:
        """Who uses what. Raises Unreadable."""
        return read_occupation(self.view, self.stack, self.mounts)

    @cached_property
    def node(self) -> Node | None:
        """The drive in sysfs by its device number, None when the kernel knows none. Raises Unreadable."""
        return self.stack.nodes.get(self.stack.named(self.device.major, self.device.minor))

    @property
    def family(self) -> tuple[str, ...]:
        """Names of the drive and of everything that rests on it. Raises Unreadable."""
        name = self.stack.named(self.device.major, self.device.minor)
        return (name, *self.stack.above(name))


Check = Callable[[Inquiry, Node], Iterator[Reason]]


def interlocks(
    view: KernelView, device: BlockDevice, *, allow_loop: bool, protected_serials: frozenset[str] = frozenset()
) -> tuple[Reason, ...]:
    """Every reason why this drive must not be erased now, holders named; empty when it is free.

    `allow_loop` permits loop devices and nothing else. `protected_serials` are serials or world-wide names.
    """
    inquiry = Inquiry(view, device, allow_loop, protected_serials)
    return answers(inquiry, (*CHECKS, (ReasonCode.UNSUPPORTED, check_namespaces)))


def companions_free(
    view: KernelView, device: BlockDevice, *, allow_loop: bool = False, protected_serials: frozenset[str] = frozenset()
) -> tuple[Reason, ...]:
    """Every reason why another namespace on the medium of this drive must not be erased now; empty when all are free.

    What cannot be told is a reason too. Another drive than NVMe has no companions.
    """
    inquiry = Inquiry(view, device, allow_loop, protected_serials)
    return answers(inquiry, ((ReasonCode.UNSUPPORTED, check_namespaces),))


def standing_alone(inquiry: Inquiry) -> tuple[Reason, ...]:
    """Ask about one namespace without asking about its companions in turn."""
    return answers(inquiry, CHECKS)


def answers(inquiry: Inquiry, checks: "tuple[tuple[ReasonCode, Check], ...]") -> tuple[Reason, ...]:
    """Run checks on a drive; each reason once."""
    device = inquiry.device
    try:
        node = inquiry.node
    except Unreadable as error:
        return (Reason(ReasonCode.IN_USE, str(error)),)
    if node is None:
        return (Reason(ReasonCode.DEVICE_LOST, f"the kernel knows no block device {device.major}:{device.minor}"),)
    found = (reason for code, check in checks for reason in ask(inquiry, node, code, check))
    return tuple(dict.fromkeys(found))


def ask(inquiry: Inquiry, node: Node, code: ReasonCode, check: Check) -> list[Reason]:
    """Run one check; what it cannot read is a reason too."""
    try:
        return list(check(inquiry, node))
    except Unreadable as error:
        return [Reason(code, str(error))]


def check_sighting(inquiry: Inquiry, node: Node) -> Iterator[Reason]:
    """The node is still the drive that was sighted."""
    device = inquiry.device
    if node.name != device.name:
        yield Reason(ReasonCode.IDENTITY, f"{device.major}:{device.minor} is {node.name}, not {device.name}")
    now = inquiry.view.attribute(node.folder / "diskseq")
    if device.diskseq is not None and not node.partition and now != str(device.diskseq):
        yield Reason(ReasonCode.IDENTITY, f"{node.name} is another disk now: sequence {now}, not {device.diskseq}")


def check_whole_disk(inquiry: Inquiry, node: Node) -> Iterator[Reason]:
    """Only whole disks are erased."""
    if node.partition:
        yield Reason(ReasonCode.UNSUPPORTED, f"{node.name} is a partition of {node.disk}: name the whole disk")
    if inquiry.view.attribute(node.folder / "hidden") == "1":
        yield Reason(ReasonCode.UNSUPPORTED, f"{node.name} is only a path of a multipath drive")


def check_kind(inquiry: Inquiry, node: Node) -> Iterator[Reason]:
    """It is a drive: no RAM, mapped, network, optical or loop device; loops only where they are asked for."""
    bus = bus_of(inquiry.view, node)
    if not bus and not node.partition:
        yield Reason(ReasonCode.UNSUPPORTED, f"{node.name} is no drive that this bench erases")
    if bus == "loop" and not inquiry.allow_loop:
        yield Reason(ReasonCode.UNSUPPORTED, f"{node.name} is a loop device")
    kind = inquiry.view.attribute(node.folder / "device" / "type")
    if bus in ("scsi", "ata", "usb") and kind not in DISK_TYPES:
        yield Reason(ReasonCode.UNSUPPORTED, f"{node.name} is no disk: SCSI device type {kind or 'unknown'}")


def check_size(inquiry: Inquiry, node: Node) -> Iterator[Reason]:
    """There is a medium in it, of the size that was sighted."""
    sectors = inquiry.view.number(node.folder / "size")
    if sectors == 0:
        yield size_zero(node.name)


def check_writable(inquiry: Inquiry, node: Node) -> Iterator[Reason]:
    """The kernel does not hold it read-only."""
    if inquiry.view.text(node.folder / "ro") != "0":
        yield Reason(ReasonCode.READ_ONLY, f"{node.name} is read-only")


def check_boot_medium(inquiry: Inquiry, node: Node) -> Iterator[Reason]:
    """The system was not started from it, and does not stand on it."""
    traces = read_boot_traces(inquiry.view, inquiry.stack, inquiry.occupation)
    for name in inquiry.family:
        if name in traces.devices:
            yield Reason(ReasonCode.BOOT_MEDIUM, f"{traces.devices[name]} ({name})")
    if bus_of(inquiry.view, node) != "loop":
        yield from (Reason(ReasonCode.BOOT_MEDIUM, text) for text in traces.unknown)


def check_use(inquiry: Inquiry, _node: Node) -> Iterator[Reason]:
    """Nothing mounted, no swap and no holder, on it or on anything that rests on it."""
    family = inquiry.family
    for use in inquiry.occupation.uses:
        if use.name in family:
            yield use_reason(use.text, use.name, system=use.system)
    for name in family[1:]:
        upper = inquiry.stack.nodes.get(name)
        if upper is None or not upper.partition:
            yield Reason(ReasonCode.IN_USE, holder_text(inquiry, name))


def use_reason(text: str, name: str, *, system: bool) -> Reason:
    """Word one use; the system's own mounts make it the boot medium."""
    code = ReasonCode.BOOT_MEDIUM if system else ReasonCode.IN_USE
    return Reason(code, f"swap on {name}" if text == "swap" else f"{text} ({name})")


def holder_text(inquiry: Inquiry, name: str) -> str:
    """Name whatever rests on the drive, as a person knows it."""
    node = inquiry.stack.nodes.get(name)
    if node is None:
        return f"held by {name}"
    backing = inquiry.view.attribute(node.folder / "loop" / "backing_file")
    if backing:
        return f"holds {backing}, the file behind {name}"
    label = inquiry.view.attribute(node.folder / "dm" / "name")
    state = inquiry.view.attribute(node.folder / "md" / "array_state")
    return f"held by {name}" + (f" ({label or state})" if label or state else "")


def check_untraced(inquiry: Inquiry, node: Node) -> Iterator[Reason]:
    """Nothing is in use that may lie on any disk. A file of unknown place lies on a disk, not on a loop."""
    files = () if bus_of(inquiry.view, node) == "loop" else inquiry.stack.loose
    for text in (*files, *inquiry.occupation.unknown):
        yield Reason(ReasonCode.IN_USE, text)


def check_signatures(inquiry: Inquiry, _node: Node) -> Iterator[Reason]:
    """No file system on it that other hosts may use now, and no member of an imported ZFS pool."""
    for name in inquiry.family:
        kind = signature(inquiry, name)
        if kind in CLUSTER_SIGNATURES:
            yield Reason(ReasonCode.IN_USE, f"{name} carries {kind}: another host may be using it")
        if inquiry.occupation.zfs and kind in ("zfs_member", ""):
            yield Reason(ReasonCode.IN_USE, f"a ZFS pool is in use and {name} may be a member of it")


def signature(inquiry: Inquiry, name: str) -> str:
    """File system or member type that udev recorded, in lower case, "" when unknown. Raises Unreadable."""
    node = inquiry.stack.nodes.get(name)
    known = inquiry.view.properties(node) if node is not None else None
    if known is None and name == inquiry.device.name:
        known = inquiry.device.properties or None
    return "" if known is None else known.get("ID_FS_TYPE", "none").lower()


def check_shared(inquiry: Inquiry, node: Node) -> Iterator[Reason]:
    """It is directly attached, and no volume of a RAID controller."""
    remote = [part for part in node.folder.parts if REMOTE_FOLDER.fullmatch(part)]
    transport = inquiry.view.attribute(node.folder / "device" / "transport")
    remote += [transport] if transport in REMOTE_TRANSPORTS else []
    for part in remote:
        yield Reason(ReasonCode.UNSUPPORTED, f"{node.name} is shared storage ({part})")
    level = inquiry.view.attribute(node.folder / "device" / "raid_level")
    if level not in NO_RAID:
        yield Reason(ReasonCode.RAID_VOLUME, f"{node.name} is a volume of a RAID controller ({level})")
    elif driver := raid_volume(inquiry.view, node):
        yield Reason(ReasonCode.RAID_VOLUME, f"{node.name} is a volume of a RAID controller ({driver})")


def check_namespaces(inquiry: Inquiry, node: Node) -> Iterator[Reason]:
    """An NVMe drive is erased with all its namespaces or not at all: each of them has to be free."""
    for other in companions_of(inquiry.view, node):
        seen = sight_if_there(inquiry.view, other)
        for reason in () if seen is None else standing_alone(replace(inquiry, device=seen)):
            yield Reason(reason.code, f"the same drive holds {other.name}: {reason.detail}")


def check_twins(inquiry: Inquiry, node: Node) -> Iterator[Reason]:
    """No other disk here answers to the same name. Two different world-wide names settle it; a namespace is no twin."""
    mine = inquiry.device.identity
    family = {node.name, *(other.name for other in companions_of(inquiry.view, node))}
    for other in inquiry.stack.nodes.values():
        seen = None if other.partition or other.name in family else sighted(inquiry, other)
        if seen is None:
            continue
        theirs = seen.identity
        if mine.wwn and mine.wwn == theirs.wwn:
            yield Reason(
                ReasonCode.IDENTITY, f"{seen.name} has the same world-wide name {mine.wwn}: one drive, two paths?"
            )
        elif (
            not (mine.wwn and theirs.wwn) and not serial_fault(mine.serial) and same_serial(mine.serial, theirs.serial)
        ):
            yield Reason(ReasonCode.IDENTITY, f"{seen.name} has the same serial number {theirs.serial}")


def sighted(inquiry: Inquiry, node: Node) -> BlockDevice | None:
    """Sight another disk; None for one that is no drive or has left. Raises Unreadable."""
    attached = (node.folder / "device").exists() or (node.folder / "loop").exists()
    hidden = inquiry.view.attribute(node.folder / "hidden") == "1"
    return sight_if_there(inquiry.view, node) if attached and not hidden and bus_of(inquiry.view, node) else None


def check_protected(inquiry: Inquiry, _node: Node) -> Iterator[Reason]:
    """Its serial or world-wide name is not on the list of protected drives."""
    yield from listed_as_protected(inquiry.device.identity, inquiry.protected_serials)


def listed_as_protected(identity: DriveIdentity, protected: frozenset[str]) -> Iterator[Reason]:
    """Give a reason for each of these serials or world-wide names that is the drive's."""
    for listed in sorted(protected):
        if listed and (same_serial(listed, identity.serial) or listed.lower() == identity.wwn.lower()):
            yield Reason(ReasonCode.NOT_IN_LOT, f"{listed} is on the list of protected drives")


CHECKS: tuple[tuple[ReasonCode, Check], ...] = (
    (ReasonCode.IDENTITY, check_sighting),
    (ReasonCode.UNSUPPORTED, check_whole_disk),
    (ReasonCode.UNSUPPORTED, check_kind),
    (ReasonCode.SIZE, check_size),
    (ReasonCode.READ_ONLY, check_writable),
    (ReasonCode.BOOT_MEDIUM, check_boot_medium),
    (ReasonCode.IN_USE, check_use),
    (ReasonCode.IN_USE, check_untraced),
    (ReasonCode.IN_USE, check_signatures),
    (ReasonCode.UNSUPPORTED, check_shared),
    (ReasonCode.IDENTITY, check_twins),
    (ReasonCode.NOT_IN_LOT, check_protected),
)


@dataclass(frozen=True, slots=True)
class KernelExaminer:
    """The interlocks as a picklable callable, for the worker that asks again under the exclusive open."""

    allow_loop: bool = False
    protected_serials: frozenset[str] = frozenset()
    view: KernelView = field(default_factory=KernelView)

    def __call__(self, device: BlockDevice) -> tuple[Reason, ...]:
        """Return every reason why this drive must not be erased now."""
        return interlocks(self.view, device, allow_loop=self.allow_loop, protected_serials=self.protected_serials)

    def companions_free(self, device: BlockDevice) -> tuple[Reason, ...]:
        """Return every reason why a companion of this drive must not be erased now."""
        return companions_free(self.view, device, allow_loop=self.allow_loop, protected_serials=self.protected_serials)


def holders_of(view: KernelView, device: BlockDevice) -> tuple[str, ...]:
    """Name whoever uses a drive or rests on it, for a person; empty when the kernel names nobody."""
    inquiry = Inquiry(view, device, allow_loop=True)
    try:
        node = inquiry.node
        named = () if node is None else tuple(dict.fromkeys(reason.detail for reason in check_use(inquiry, node)))
    except Unreadable as error:
        named = (str(error),)
    return named or programs_holding(view, device.path)
