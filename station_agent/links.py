"""The way from a drive to this machine, as sysfs tells it: USB ports and hubs, or a SATA link, each with its speed.

No command goes to a drive. A way that is not told (virtual drives, PCIe, an unknown bus) has no links, and nothing is
concluded from that. Attributes: `speed` of a USB device in Mbit/s (sysfs-bus-usb), `sata_spd` (libata).
"""

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Final

USB: Final = re.compile(r"usb[0-9]{1,4}|[0-9]{1,4}-[0-9]{1,4}(\.[0-9]{1,4}){0,7}")
ATA: Final = re.compile(r"ata([0-9]{1,6})")
MBITS: Final = re.compile(r"[0-9]{1,6}(\.[0-9]{1,3})?")
GBITS: Final = re.compile(r"([0-9]{1,3}\.[0-9]{1,3}) Gbps")
PAYLOAD: Final = 0.7  # of the raw bits: line code and protocol take the rest, for USB 2 to 3 and SATA alike


@dataclass(frozen=True, slots=True)
class Link:
    """One stretch of the way. `name` is the same for all drives behind it; `mbits` is its raw speed."""

    name: str
    mbits: float

    @property
    def bytes_per_second(self) -> int:
        """What it can carry of a drive's data."""
        return int(self.mbits * 1_000_000 / 8 * PAYLOAD)


def links_of(root: Path, name: str) -> tuple[Link, ...]:
    """Give the links of the disk `name` below the file system `root`, from its own port up; none where none is told."""
    try:
        place = (root / "sys/class/block" / name.replace("/", "!")).resolve(strict=True)
    except (OSError, ValueError):
        return ()
    found = (_usb(folder) or _sata(root, folder) for folder in place.parents)
    return tuple(link for link in found if link is not None)


def _usb(folder: Path) -> Link | None:
    told = _text(folder / "speed") if USB.fullmatch(folder.name) else ""
    return Link(folder.name, float(told)) if MBITS.fullmatch(told) and float(told) else None


def _sata(root: Path, folder: Path) -> Link | None:
    port = ATA.fullmatch(folder.name)
    told = None if port is None else GBITS.fullmatch(_text(root / f"sys/class/ata_link/link{port[1]}/sata_spd"))
    return None if told is None else Link(folder.name, float(told[1]) * 1000)


def _text(path: Path) -> str:
    try:
        return path.read_text("ascii").strip()
    except (OSError, ValueError):
        return ""
