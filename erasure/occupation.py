"""Who uses which block device: mounted file systems and swap, traced to kernel names by device number.

File systems over several disks (btrfs, bcachefs) and those without a device number are traced through sysfs and
their mount source; what cannot be traced is `unknown` and may lie on any disk. ZFS names no disk at all.
"""

from dataclasses import dataclass, field

from erasure.kernel_view import KernelView, Mount
from erasure.stacking import Stack, named_by_path

SYSTEM_TARGETS = frozenset({"/", "/boot", "/boot/efi", "/efi", "/usr", "/cdrom", "/isodevice"})
SYSTEM_FOLDERS = ("/run/live/", "/lib/live/mount/", "/run/initramfs/", "/run/archiso/", "/usr/lib/live/mount/")
MULTI_DEVICE = {"btrfs": "/sys/fs/btrfs"}


@dataclass(frozen=True, slots=True)
class Use:
    """One use of a block device."""

    name: str  # kernel name of the device
    text: str  # "mounted on /mnt/x", "swap"
    system: bool  # the running system stands on it


@dataclass(slots=True)
class Occupation:
    """All uses, and what could not be traced to a device."""

    uses: list[Use] = field(default_factory=list)
    unknown: list[str] = field(default_factory=list)
    zfs: bool = False


def read_occupation(view: KernelView, stack: Stack, mounts: tuple[Mount, ...]) -> Occupation:
    """Read who uses the block devices. Raises Unreadable."""
    found = Occupation(zfs=has_zfs_pools(view))
    for mount in mounts:
        add_mount(view, stack, mount, found)
    for swap in view.swaps():
        if swap.kind == "partition":
            add_swap(view, stack, swap.path, found)
    return found


def has_zfs_pools(view: KernelView) -> bool:
    """Say whether a ZFS pool is imported, also with nothing of it mounted. Raises Unreadable."""
    place = view.inside("/proc/spl/kstat/zfs")
    return place.exists() and any((place / name).is_dir() for name in view.names(place))


def add_mount(view: KernelView, stack: Stack, mount: Mount, found: Occupation) -> None:
    """Trace one mount to its devices."""
    found.zfs = found.zfs or mount.kind == "zfs"
    names = devices_below(view, stack, mount)
    for name in names:
        found.uses.append(Use(name, f"mounted on {mount.target}", is_system(mount.target)))
    if not names and names_a_device(mount):
        found.unknown.append(f"{mount.source}, mounted on {mount.target}, cannot be traced to its disk")


def devices_below(view: KernelView, stack: Stack, mount: Mount) -> frozenset[str]:
    """Kernel names of the devices that a mounted file system lies on. Raises Unreadable."""
    names = {stack.named(mount.major, mount.minor)} if mount.major else set()
    if mount.kind in MULTI_DEVICE:
        names |= members(view, MULTI_DEVICE[mount.kind])
    if not mount.major and mount.source.startswith("/dev/"):
        names |= {named_by_path(view, stack.nodes, source) for source in mount.source.split(":")}
    return frozenset(names - {""})


def members(view: KernelView, folder: str) -> set[str]:
    """Kernel names of every member of the multi-device file systems in use. Raises Unreadable."""
    place = view.inside(folder)
    found: set[str] = set()
    for name in view.names(place) if place.exists() else ():
        if (place / name / "devices").exists():
            found |= set(view.names(place / name / "devices"))
    return found


def names_a_device(mount: Mount) -> bool:
    """Say whether a mount that was traced to nothing should have led to a disk.

    One with a device number that sysfs does not list lies on a disk that was pulled out: on none of those present.
    """
    in_user_space = mount.kind == "fuse" or mount.kind.startswith("fuse.")
    if in_user_space and mount.source == "/dev/fuse":
        return False
    return not mount.major and (mount.kind in MULTI_DEVICE or mount.source.startswith("/dev/"))


def is_system(target: str) -> bool:
    """Say whether the running system stands on what is mounted there."""
    return target in SYSTEM_TARGETS or target.startswith(SYSTEM_FOLDERS) or f"{target}/" in SYSTEM_FOLDERS


def add_swap(view: KernelView, stack: Stack, path: str, found: Occupation) -> None:
    """Trace one swap area to its device."""
    name = named_by_path(view, stack.nodes, path)
    if name:
        found.uses.append(Use(name, "swap", system=False))
    else:
        found.unknown.append(f"swap on {path} cannot be traced to its disk")
