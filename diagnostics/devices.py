"""Devices of a machine by its PCI and USB buses: graphics, audio, storage controllers, readers, inputs.

A device is told by the class that it announces; a fingerprint reader, which has no class, by a list in data. Names come
from the machine's own list of PCI names where it has one. Serials of USB devices are not read.
"""

import functools
import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from diagnostics import kernel, plain
from diagnostics.errors import PolicyError

READERS = Path(__file__).with_name("fingerprint_readers.toml")
PCI_NAMES = "usr/share/misc/pci.ids"
_PCI_KINDS = {
    "03": "graphics", "0401": "audio", "0403": "audio", "0104": "raid", "0101": "storage", "0106": "storage",
    "0108": "storage", "0805": "card-reader", "0d11": "bluetooth",
}  # fmt: skip
_USB_KINDS = {"0e": "camera", "0b": "smart-card"}
_CARD_READER_DRIVERS = ("rtsx_pci", "rtsx_usb", "alcor_pci", "ums-realtek", "ums_realtek")
_VMD = "vmd"


@dataclass(frozen=True, slots=True)
class Device:
    """One device: its kind, "vendor:device" in hexadecimal, the name and the driver where they are told."""

    kind: str
    ids: str
    name: str
    driver: str

    def to_document(self) -> dict[str, Any]:
        """Return plain JSON types."""
        return {name: getattr(self, name) for name in self.__slots__}


def read_devices(root: Path) -> tuple[Device, ...]:
    """Return the devices of interest of the machine below `root`, PCI first. Raises PolicyError."""
    return (*_on_pci(root), *_on_usb(root), *_fingerprint_elsewhere(root))


def drives_may_be_hidden(devices: tuple[Device, ...]) -> bool:
    """Say whether a RAID or VMD controller may keep drives from the kernel."""
    return any(device.kind == "raid" for device in devices)


def _on_pci(root: Path) -> list[Device]:
    found = []
    for node in kernel.entries(root / "sys/bus/pci/devices"):
        word, driver = kernel.read(node / "class").removeprefix("0x"), _driver(node)
        kind = "raid" if driver == _VMD else _PCI_KINDS.get(word[:4]) or _PCI_KINDS.get(word[:2])
        kind = "card-reader" if driver in _CARD_READER_DRIVERS else kind
        if kind:
            ids = _pair(node, "vendor", "device")
            found.append(Device(kind, ids, _pci_name(root / PCI_NAMES, ids), driver))
    return found


def _on_usb(root: Path) -> list[Device]:
    found = []
    folder = root / "sys/bus/usb/devices"
    for node in kernel.entries(folder):
        ids, name = _pair(node, "idVendor", "idProduct"), kernel.read(node / "product")
        if ids:
            kinds = sorted(_usb_kinds(folder, node.name, ids, name))
            found += [Device(kind, ids, name, _driver(node)) for kind in kinds]
    return found


def _usb_kinds(folder: Path, name: str, ids: str, product: str) -> set[str]:
    """Return what a USB device is, by its interfaces, its driver and the list of fingerprint readers."""
    parts = [node for node in kernel.entries(folder) if node.name.startswith(f"{name}:")]
    kinds = {kind for part in parts if (kind := _USB_KINDS.get(kernel.read(part / "bInterfaceClass")))}
    drivers = {_driver(part) for part in parts} | {_driver(folder / name)}
    if drivers & set(_CARD_READER_DRIVERS) or "card reader" in product.lower():
        kinds.add("card-reader")
    if is_fingerprint_reader(ids, product):
        kinds = {"fingerprint"}
    return kinds


def is_fingerprint_reader(ids: str, product: str = "") -> bool:
    """Say whether a USB device is a fingerprint reader, by "vendor:device" or by the name that it gives itself."""
    if "fingerprint" in product.lower() or "biometric" in product.lower():
        return True
    return any(re.fullmatch(pattern, ids) for pattern in _reader_patterns())


def _fingerprint_elsewhere(root: Path) -> Iterator[Device]:
    """Find the readers that hang on SPI or behind the controller of a Chromebook."""
    for node in kernel.entries(root / "sys/bus/spi/devices"):
        name = kernel.read(node / "modalias").removeprefix("acpi:").rstrip(":") or node.name
        if any(re.match(pattern, name) for pattern in _spi_patterns()):
            yield Device("fingerprint", "", name, _driver(node))
    if (root / "sys/class/misc/cros_fp").exists():
        yield Device("fingerprint", "", "cros_fp", "cros-ec-dev")


def _driver(node: Path) -> str:
    rows = (line.partition("=") for line in kernel.read_lines(node / "uevent"))
    return next((plain.text(value) for key, _, value in rows if key == "DRIVER"), "")


def _pair(node: Path, first: str, second: str) -> str:
    pair = [kernel.read(node / part).removeprefix("0x").lower() for part in (first, second)]
    return ":".join(pair) if all(re.fullmatch("[0-9a-f]{4}", part) for part in pair) else ""


@functools.cache
def _pci_name(names: Path, ids: str) -> str:
    """Return "vendor device" of the machine's list of PCI names, "" where it has none."""
    vendor, _, device = ids.partition(":")
    maker = ""
    try:
        with names.open(encoding="utf-8", errors="replace") as lines:
            for line in lines:
                if maker and not line.startswith(("\t", "#")):
                    return maker
                if line.startswith(f"{vendor}  "):
                    maker = plain.text(line[6:])
                elif maker and line.startswith(f"\t{device}  "):
                    return f"{maker} {plain.text(line[7:])}"
    except OSError:
        return ""
    return maker


@functools.cache
def _load(path: Path = READERS) -> dict[str, tuple[str, ...]]:
    try:
        whole = tomllib.loads(path.read_text(encoding="utf-8"))
        found = {bus: tuple(str(row["ids"]) for row in whole[bus]) for bus in ("usb", "spi")}
        for pattern in (*found["usb"], *found["spi"]):
            re.compile(pattern)
    except (ValueError, KeyError, TypeError, re.error) as error:
        raise PolicyError(f"{path.name} is malformed: {error!r}") from error
    return found


def _reader_patterns() -> tuple[str, ...]:
    return _load()["usb"]


def _spi_patterns() -> tuple[str, ...]:
    return _load()["spi"]
