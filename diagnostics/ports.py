"""Sockets of a machine: USB ports, Type-C, video outputs, and the connectors that the firmware lists.

USB ports are counted where the firmware says that a person can plug something in (ACPI _UPC, `connect_type` "hotplug");
a USB 2 and a USB 3 port at one place are one socket. Nothing is counted that no source tells.
"""

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from diagnostics import kernel, smbios

_CONNECTOR = 8  # SMBIOS type
_INSIDE = ("eDP", "LVDS", "DSI", "Virtual", "Writeback", "Unknown")
_NOWHERE = ("", "0x00000000", "0")
_CARD = re.compile(r"^card\d+-([A-Za-z-]+)-\d+$")


@dataclass(frozen=True, slots=True)
class Ports:
    """Sockets. `usb` is None where the firmware does not tell which ports are reachable."""

    usb: int | None
    type_c: int
    video: tuple[str, ...]  # HDMI-A, DP, VGA, ...
    stated: tuple[str, ...]  # designations of the firmware, as it writes them

    def to_document(self) -> dict[str, Any]:
        """Return plain JSON types."""
        return {"usb": self.usb, "type_c": self.type_c, "video": list(self.video), "stated": list(self.stated)}


def read_ports(root: Path) -> Ports:
    """Read the sockets of the machine below `root`. Never raises."""
    table = kernel.read_bytes(root / "sys/firmware/dmi/tables/DMI")
    stated = (item.string(6) for item in smbios.structures(table) if item.kind == _CONNECTOR)
    type_c = [node for node in kernel.entries(root / "sys/class/typec") if re.fullmatch(r"port\d+", node.name)]
    return Ports(_usb(root), len(type_c), _video(root), tuple(word for word in stated if word))


def _usb(root: Path) -> int | None:
    kinds: set[str] = set()
    places: set[str] = set()
    for hub in kernel.entries(root / "sys/bus/usb/devices"):
        for port in kernel.entries(hub):
            kind = kernel.read(port / "connect_type") if re.fullmatch(r".+-port\d+", port.name) else ""
            kinds.add(kind)
            if kind == "hotplug":
                place = kernel.read(port / "location")
                places.add(port.name if place in _NOWHERE else place)
    return len(places) if kinds & {"hotplug", "hardwired", "not used"} else None


def _video(root: Path) -> tuple[str, ...]:
    words = (match.group(1) for node in kernel.entries(root / "sys/class/drm") if (match := _CARD.match(node.name)))
    return tuple(word for word in words if not word.startswith(_INSIDE))
