"""What the kernel shows of ports and small devices, below a root folder: links, sticks, cards, trays, switches.

Everything is read from sysfs and from udev's own database (`run/udev/data`, text); nothing is opened or switched.
"""

from dataclasses import dataclass
from pathlib import Path

from diagnostics import kernel
from diagnostics.guided.input_event import InputDevice, input_devices

_LASTING_KINDS = ("keyboard", "touchpad", "touch-screen", "lid")
_PLUGGED_IN = ("0003", "0005")  # BUS_USB, BUS_BLUETOOTH


@dataclass(frozen=True, slots=True)
class Radio:
    """A Wi-Fi or Bluetooth adapter. `blocked` is "" , "soft" (by software) or "hard" (by a switch)."""

    name: str
    blocked: str


@dataclass(frozen=True, slots=True)
class WiredLink:
    """An Ethernet port: whether a cable brings it up, and its speed in Mbit/s (None where the kernel does not tell)."""

    name: str
    up: bool | None
    speed: int | None


@dataclass(frozen=True, slots=True)
class VideoPort:
    """A connector for a screen outside the case, and whether a screen is plugged in."""

    name: str
    connected: bool


def found_below(root: Path) -> frozenset[str]:
    """Return the probes of the checklist that the kernel answers with "there is one"."""
    own = (device for device in input_devices(root) if not plugged_in(root, device))
    found = {device.kind for device in own if device.kind in _LASTING_KINDS}
    found |= {"sound"} if _sound(root, "p") else set()
    found |= {"microphone"} if _sound(root, "c") else set()
    found |= {"camera"} if cameras(root) else set()
    found |= {"optical-drive"} if optical_drives(root) else set()
    found |= {"card-reader"} if card_slots(root) else set()
    found |= {"video-out"} if video_ports(root) else set()
    found |= {"usb"} if kernel.entries(root / "sys/bus/usb/devices") else set()
    return frozenset(found)


def radios(root: Path, kind: str) -> tuple[Radio, ...]:
    """List the adapters of a kind, "wlan" or "bluetooth", as rfkill tells them."""
    found = []
    for node in kernel.entries(root / "sys/class/rfkill"):
        if kernel.read(node / "type") == kind:
            hard, soft = kernel.number(node / "hard"), kernel.number(node / "soft")
            found.append(Radio(kernel.read(node / "name"), "hard" if hard else "soft" if soft else ""))
    return tuple(found)


def wired_links(root: Path) -> tuple[WiredLink, ...]:
    """List the Ethernet ports that belong to hardware; wireless ones are left out."""
    found = []
    for node in kernel.entries(root / "sys/class/net"):
        wireless = (node / "phy80211").exists() or (node / "wireless").exists()
        if (node / "device").is_dir() and kernel.read(node / "type") == "1" and not wireless:
            carrier, speed = kernel.number(node / "carrier"), kernel.number(node / "speed")
            up = None if carrier is None else carrier == 1
            found.append(WiredLink(node.name, up, speed if speed is not None and speed > 0 else None))
    return tuple(found)


def wifi_interfaces(root: Path) -> tuple[str, ...]:
    """Name the network interfaces that are wireless."""
    nodes = kernel.entries(root / "sys/class/net")
    return tuple(node.name for node in nodes if (node / "phy80211").exists() or (node / "wireless").exists())


def networks_in(scan: str) -> int:
    """Count the networks in the output of `iw dev NAME scan`; their names and addresses are not read."""
    return sum(line.startswith("BSS ") for line in scan.splitlines())


def usb_places(root: Path) -> frozenset[str]:
    """Return the ports (`ID_PATH`, else the kernel's own place) in which a removable drive or card reader sits now."""
    found = set()
    for node in kernel.entries(root / "sys/block"):
        place = udev(root, node).get("ID_PATH", "") or _place_in_tree(node)
        if "usb" in place:
            found.add(place.partition("-scsi-")[0])
    return frozenset(found)


def video_ports(root: Path) -> tuple[VideoPort, ...]:
    """List the connectors for outside screens: not the panel of the machine itself, not virtual ones."""
    found = []
    for node in kernel.entries(root / "sys/class/drm"):
        name = node.name.partition("-")[2]
        if name and not name.startswith(("eDP", "LVDS", "DSI", "Writeback", "Virtual")) and (node / "status").exists():
            found.append(VideoPort(name, kernel.read(node / "status") == "connected"))
    return tuple(found)


def cameras(root: Path) -> tuple[str, ...]:
    """Name the V4L2 nodes of cameras; a camera's second node, for metadata, has a higher index and is left out."""
    nodes = kernel.entries(root / "sys/class/video4linux")
    return tuple(node.name for node in nodes if node.name.startswith("video") and not kernel.number(node / "index"))


def optical_drives(root: Path) -> tuple[str, ...]:
    """Name the optical drives."""
    return tuple(node.name for node in kernel.entries(root / "sys/block") if node.name.startswith("sr"))


def discs_inside(root: Path) -> tuple[str, ...]:
    """Name the optical drives with a disc in them, as udev saw it."""
    block = root / "sys/block"
    return tuple(name for name in optical_drives(root) if udev(root, block / name).get("ID_CDROM_MEDIA") == "1")


def card_slots(root: Path) -> tuple[str, ...]:
    """Name the slots for memory cards: hosts whose card can be taken out, and USB readers that name themselves."""
    hosts = [node.name for node in kernel.entries(root / "sys/class/mmc_host") if not _soldered(node)]
    return (*hosts, *(node.name for node in _usb_readers(root)))


def cards_inside(root: Path) -> tuple[str, ...]:
    """Name the memory cards that are in a slot now."""
    blocks = kernel.entries(root / "sys/block")
    cards = [node.name for node in blocks if kernel.read(node / "device/type") == "SD"]
    return (*cards, *(node.name for node in _usb_readers(root) if kernel.number(node / "size")))


def modems(root: Path) -> tuple[str, ...]:
    """Name the mobile network modems: where there is one, there is a SIM slot to look into."""
    return tuple(node.name for node in kernel.entries(root / "sys/class/wwan"))


def charger_online(root: Path) -> bool | None:
    """Tell whether the mains are connected; None where the kernel shows no charger."""
    told = [
        kernel.number(node / "online")
        for node in kernel.entries(root / "sys/class/power_supply")
        if kernel.read(node / "type") in ("Mains", "USB")
    ]
    known = [value for value in told if value is not None]
    return any(known) if known else None


def plugged_in(root: Path, device: InputDevice) -> bool:
    """Tell whether an input device hangs on USB or Bluetooth: then it may be the technician's, not the machine's."""
    return kernel.read(root / "sys/class/input" / device.node / "device/id/bustype") in _PLUGGED_IN


def udev(root: Path, node: Path) -> dict[str, str]:
    """Return the properties that udev keeps of a block device; nothing where udev does not run."""
    number = kernel.read(node / "dev")
    lines = kernel.read_lines(root / "run/udev/data" / f"b{number}") if number else ()
    pairs = (line[2:].partition("=") for line in lines if line.startswith("E:"))
    return {name: value for name, _, value in pairs}


def _sound(root: Path, direction: str) -> bool:
    nodes = kernel.entries(root / "sys/class/sound")
    return any(node.name.startswith("pcm") and node.name.endswith(direction) for node in nodes)


def _soldered(host: Path) -> bool:
    return any(kernel.read(card / "type") == "MMC" for card in kernel.entries(host) if ":" in card.name)


def _usb_readers(root: Path) -> tuple[Path, ...]:
    words = ("card", "reader", "sd/", "mmc")
    blocks = kernel.entries(root / "sys/block")
    return tuple(node for node in blocks if any(word in kernel.read(node / "device/model").lower() for word in words))


def _place_in_tree(node: Path) -> str:
    """Return "usb-1-2.3" from the place of a block device in the tree of devices; "" where no USB is in it."""
    try:
        parts = node.resolve().parts
    except OSError:
        return ""
    ports = [part for part in parts if part[:1].isdecimal() and "-" in part and ":" not in part]
    return f"usb-{ports[-1]}" if ports and any(part.startswith("usb") for part in parts) else ""
