"""Which disk this system was started from, also when nothing of it is mounted any more.

Mounts are judged elsewhere (`occupation`); here are the other traces: the kernel command line, the boot loader's
EFI variable, the id of the image that the command line names, and the labels that every Établi stick carries. A live
system that runs from RAM and whose medium shows no trace makes every disk a suspect.
"""

from dataclasses import dataclass, field

from erasure.kernel_view import KernelView, Node
from erasure.occupation import SYSTEM_FOLDERS, Occupation
from erasure.stacking import Stack, named_by_path

MARKER_LABELS = frozenset({"ETABLI_LIVE", "ETABLI_BOOT", "ETABLI_STATE"})
KEPT_LABELS = frozenset({"ETABLI_HUB", "ETABLI_BACKUP", "ETABLI_SAVE"})  # a hub, and its backups: no medium of a bench
IMAGE_KEY = "etabli.image"  # the GUID of the partition table of every copy of the image
TABLE_KEYS = ("ID_PART_TABLE_UUID",)
LOADER_PARTITION = "LoaderDevicePartUUID-4a67b082-0a4c-41cf-b6c7-440b29bb8c4f"
EFI_ATTRIBUTES = 4  # bytes before the value of an EFI variable
DEVICE_KEYS = frozenset({"root", "live-media", "bootfrom", "fromiso", "findiso", "BOOT_IMAGE", "resume", "img_dev"})
MEDIUM_KEYS = DEVICE_KEYS - {"resume"}
NO_DISK = frozenset({"/dev/ram", "/dev/ram0", "/dev/nfs"})
LIVE_WORDS = frozenset({"boot=live", "boot=casper", "rd.live.image", "toram"})
LIVE_KEYS = frozenset({"live-media", "live-media-path", "findiso", "fromiso", "iso-scan/filename", "archisobasedir"})
LIVE_FOLDERS = ("/live/", "/casper/")
NETWORK_KEYS = frozenset({"fetch", "httpfs", "netboot", "nfsroot", "ftpfs"})
TAGS = {
    "UUID": ("by-uuid", ("ID_FS_UUID",)),
    "LABEL": ("by-label", ("ID_FS_LABEL",)),
    "PARTUUID": ("by-partuuid", ("ID_PART_ENTRY_UUID", "PARTUUID")),
    "PARTLABEL": ("by-partlabel", ("ID_PART_ENTRY_NAME", "PARTNAME")),
}


@dataclass(slots=True)
class BootTraces:
    """Kernel names of the devices that the system was started from, with the reason, and what stays unknown."""

    devices: dict[str, str] = field(default_factory=dict)
    unknown: list[str] = field(default_factory=list)
    medium: bool = False  # one of the traces is the medium itself


def read_boot_traces(view: KernelView, stack: Stack, used: Occupation) -> BootTraces:
    """Gather every trace of the boot medium. Raises Unreadable."""
    found = BootTraces()
    words = view.command_line()
    pairs = [(key, value.strip('"')) for key, _, value in (word.partition("=") for word in words)]
    for key, value in pairs:
        if key in DEVICE_KEYS:
            follow(view, stack, (key, value.removeprefix("live:")), found)
    root_seen = any(use.text == "mounted on /" for use in used.uses)
    found.unknown += [] if root_seen else lost_roots(pairs, found)
    add_markers(view, stack, found)
    add_copies(view, stack, pairs, found)
    add_loader(view, stack, found)
    if runs_live(words, pairs) and not medium_known(stack, pairs, used, found):
        found.unknown.append("this is a live system and the medium that it was started from is not found")
    return found


def follow(view: KernelView, stack: Stack, pair: tuple[str, str], found: BootTraces) -> None:
    """Trace one word of the command line to its device. Raises Unreadable."""
    key, value = pair
    tag, _, wanted = value.partition("=")
    if value.startswith("/dev/"):
        name = named_by_path(view, stack.nodes, value) or longest_device(view, stack, value)
    elif tag in TAGS and wanted:
        name = tagged(view, stack, tag, wanted.strip('"'))
    else:
        return  # a path on a medium, or a word such as "removable": it names no device
    if name:
        found.devices[name] = f"the system was started with {key}={value}"
        found.medium = found.medium or key in MEDIUM_KEYS
    elif key in LIVE_KEYS:
        found.unknown.append(f"{key}={value} of the kernel command line is not found")


def longest_device(view: KernelView, stack: Stack, path: str) -> str:
    """Device at the beginning of a path such as /dev/sdb1/boot/live.iso, "" when there is none."""
    parts = path.split("/")
    tries = ("/".join(parts[:length]) for length in range(len(parts) - 1, 2, -1))
    return next((name for place in tries if (name := named_by_path(view, stack.nodes, place))), "")


def tagged(view: KernelView, stack: Stack, tag: str, wanted: str) -> str:
    """Device with this UUID or label: by udev's links, udev's records, or the kernel's own. Raises Unreadable."""
    folder, keys = TAGS[tag]
    link = view.inside("/dev/disk") / folder / wanted
    if link.is_symlink():
        return named_by_path(view, stack.nodes, f"/dev/disk/{folder}/{wanted}")
    wanted = wanted.lower()
    return next((name for name, node in stack.nodes.items() if wanted in values(recorded(view, node), keys)), "")


def recorded(view: KernelView, node: Node) -> dict[str, str]:
    """What udev and the kernel recorded of a device. Raises Unreadable."""
    known = dict(view.properties(node) or {})
    lines = view.attribute_lines(node.folder / "uevent")
    return known | dict(line.split("=", 1) for line in lines if "=" in line)


def values(known: dict[str, str], keys: tuple[str, ...]) -> set[str]:
    """Give what is recorded under these names, in lower case."""
    return {known[key].lower() for key in keys if known.get(key)}


def add_markers(view: KernelView, stack: Stack, found: BootTraces) -> None:
    """Find every disk that carries the labels of an Établi stick, of a hub, or of a backup. Raises Unreadable."""
    known = {name: recorded(view, node) for name, node in stack.nodes.items()}
    for label in sorted(MARKER_LABELS | KEPT_LABELS):
        for tag in ("LABEL", "PARTLABEL"):
            folder, keys = TAGS[tag]
            names = {name for name, told in known.items() if label.lower() in values(told, keys)}
            if (view.inside("/dev/disk") / folder / label).is_symlink():
                names.add(named_by_path(view, stack.nodes, f"/dev/disk/{folder}/{label}"))
            names -= {""}
            what = "a hub" if label in KEPT_LABELS else "a bench stick"
            found.devices |= dict.fromkeys(names, f"it carries the label {label} of {what}")
            found.medium = found.medium or (bool(names) and label in MARKER_LABELS)


def add_copies(view: KernelView, stack: Stack, pairs: list[tuple[str, str]], found: BootTraces) -> None:
    """Find every copy of the image that runs, by its id, also where its labels were changed. Raises Unreadable."""
    for image in {value.lower() for key, value in pairs if key == IMAGE_KEY and value}:
        names = {name for name, node in stack.nodes.items() if image in values(recorded(view, node), TABLE_KEYS)}
        found.devices |= dict.fromkeys(names - {*found.devices}, f"it carries the image {image} of this system")
        found.medium = found.medium or bool(names)


def add_loader(view: KernelView, stack: Stack, found: BootTraces) -> None:
    """Follow the EFI variable in which the boot loader names its partition. Raises Unreadable."""
    path = view.inside("/sys/firmware/efi/efivars") / LOADER_PARTITION
    if not path.exists():
        return
    wanted = view.raw(path)[EFI_ATTRIBUTES:].decode("utf-16-le", "replace").strip("\0").lower()
    name = tagged(view, stack, "PARTUUID", wanted)
    if name:
        found.devices[name] = "the boot loader was started from it"
        found.medium = True


def runs_live(words: tuple[str, ...], pairs: list[tuple[str, str]]) -> bool:
    """Say whether the command line is that of a live system."""
    keys = {key for key, _ in pairs}
    image = next((value for key, value in pairs if key == "BOOT_IMAGE"), "")
    return bool(LIVE_WORDS & set(words) or LIVE_KEYS & keys) or any(folder in image for folder in LIVE_FOLDERS)


def lost_roots(pairs: list[tuple[str, str]], found: BootTraces) -> list[str]:
    """Name a root= that leads to no device, for a system whose root is not a mount of one either."""
    named = [value for key, value in pairs if key == "root" and value not in NO_DISK and is_reference(value)]
    traced = any(" root=" in text for text in found.devices.values())
    return [] if traced else [f"root={value} of the kernel command line is not found" for value in named]


def is_reference(value: str) -> bool:
    """Say whether a value of the command line names a device."""
    plain = value.removeprefix("live:")
    return plain.startswith("/dev/") or plain.partition("=")[0] in TAGS


def medium_known(stack: Stack, pairs: list[tuple[str, str]], used: Occupation, found: BootTraces) -> bool:
    """Say whether the medium of a live system is accounted for: mounted from a disk, traced, or the network."""
    live = {use.name for use in used.uses if use.system and any(folder in use.text for folder in SYSTEM_FOLDERS)}
    real = {name for name, node in stack.nodes.items() if not node.partition and (node.folder / "device").exists()}
    on_disk = any(live & {disk, *stack.above(disk)} for disk in real)
    return on_disk or found.medium or any(key in NETWORK_KEYS for key, _ in pairs)
