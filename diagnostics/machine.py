"""A machine as the kernel shows it: identity, firmware, processor, memory, storage, adapters, panel.

The readers take a root folder, so a recorded or invented tree stands in for "/". Strings of the firmware that stand for
nothing are recognised and lower the grade of the identity; they are never used to tell machines apart. MAC addresses
and Windows product keys are not read: nobody needs them on a record that leaves the workshop.
"""

from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from diagnostics import edid, kernel, smbios
from diagnostics.edid import Panel
from diagnostics.locks import Locks, read_locks
from diagnostics.placeholders import is_placeholder, is_placeholder_uuid
from diagnostics.smbios import MemoryModule

_SECTOR = 512  # bytes: unit of sys/block/*/size whatever the drive's own sector
_NO_DRIVE = ("loop", "ram", "zram", "dm-", "md", "sr", "fd", "nbd", "mtdblock")
_CHASSIS = {
    "laptop": (8, 9, 10, 14),
    "desktop": (3, 4, 5, 6, 7, 15, 16, 24, 35, 36),
    "all-in-one": (13,),
    "tablet": (11, 30, 31, 32),
    "server": (17, 23, 25, 28, 29),
}


@dataclass(frozen=True, slots=True)
class MachineIdentity:
    """Who the machine says it is; "" where the firmware says nothing usable.

    Grade A: serial and UUID, B: one of them, C: neither, the machine is told apart by its asset tag alone.
    """

    maker: str
    model: str
    serial: str
    uuid: str
    chassis: str  # laptop, desktop, all-in-one, tablet, server, or "" when unknown
    source: str  # "dmi"
    grade: str
    placeholders: tuple[tuple[str, str], ...]  # (field, what the maker left there)

    def to_document(self) -> dict[str, Any]:
        """Return plain JSON types."""
        fields = {name: getattr(self, name) for name in self.__slots__ if name != "placeholders"}
        return fields | {"placeholders": [{"field": field, "value": value} for field, value in self.placeholders]}


@dataclass(frozen=True, slots=True)
class Storage:
    """A drive that the kernel shows, as the machine names it. Capacity in bytes."""

    name: str
    model: str
    serial: str
    size_bytes: int
    rotational: bool | None
    removable: bool | None

    def to_document(self) -> dict[str, Any]:
        """Return plain JSON types."""
        return {name: getattr(self, name) for name in self.__slots__}


@dataclass(frozen=True, slots=True)
class Adapter:
    """A network adapter: "ethernet", "wifi" or "bluetooth", with its bus ids."""

    name: str
    kind: str
    ids: str

    def to_document(self) -> dict[str, Any]:
        """Return plain JSON types."""
        return {name: getattr(self, name) for name in self.__slots__}


@dataclass(frozen=True, slots=True)
class MachineReport:
    """What was read about a machine. Memory in bytes; counts of cores and threads over all processors."""

    identity: MachineIdentity
    board: tuple[str, str, str]  # maker, name, serial
    bios: tuple[str, str, str]  # vendor, version, date as the firmware writes it
    boot: str  # "uefi" or "bios"
    processor: str
    cores: int
    threads: int
    memory_bytes: int
    modules: tuple[MemoryModule, ...]
    storage: tuple[Storage, ...]
    adapters: tuple[Adapter, ...]
    panels: tuple[Panel, ...]
    cameras: int
    tpm: str  # major version, "" where there is none
    locks: Locks

    def to_document(self) -> dict[str, Any]:
        """Return plain JSON types."""
        return {
            "identity": self.identity.to_document(),
            "board": dict(zip(("maker", "name", "serial"), self.board, strict=True)),
            "bios": dict(zip(("vendor", "version", "date"), self.bios, strict=True)),
            "boot": self.boot,
            "processor": {"name": self.processor, "cores": self.cores, "threads": self.threads},
            "memory": {"bytes": self.memory_bytes, "modules": [module.to_document() for module in self.modules]},
            "storage": [drive.to_document() for drive in self.storage],
            "adapters": [adapter.to_document() for adapter in self.adapters],
            "panels": [panel.to_document() for panel in self.panels],
            "cameras": self.cameras,
            "tpm": self.tpm,
            "locks": self.locks.to_document(),
        }


def read_machine(root: Path) -> MachineReport:
    """Read the machine below `root` ("/" for this one). What cannot be read is empty, zero or None; never raises."""
    dmi = root / "sys/class/dmi/id"
    table = kernel.read_bytes(root / "sys/firmware/dmi/tables/DMI")
    processor, cores, threads = _processor(root)
    modules = smbios.memory_modules(table)
    return MachineReport(
        identity=_identity(dmi),
        board=(kernel.read(dmi / "board_vendor"), kernel.read(dmi / "board_name"), _usable(dmi / "board_serial")),
        bios=(kernel.read(dmi / "bios_vendor"), kernel.read(dmi / "bios_version"), kernel.read(dmi / "bios_date")),
        boot="uefi" if (root / "sys/firmware/efi").is_dir() else "bios",
        processor=processor,
        cores=cores,
        threads=threads,
        memory_bytes=sum(module.size_bytes for module in modules) or _memory(root),
        modules=modules,
        storage=tuple(_storage(root)),
        adapters=tuple(_adapters(root)),
        panels=tuple(_panels(root)),
        cameras=len({kernel.read(node / "name") for node in kernel.entries(root / "sys/class/video4linux")}),
        tpm=kernel.read(root / "sys/class/tpm/tpm0/tpm_version_major"),
        locks=read_locks(root),
    )


def _identity(dmi: Path) -> MachineIdentity:
    words = {field: kernel.read(dmi / file) for field, file in _IDENTITY_FILES.items()}
    doubtful = {field for field, word in words.items() if is_placeholder(word)} - {"uuid"}
    if is_placeholder_uuid(words["uuid"]):
        doubtful.add("uuid")
    usable = {field: "" if field in doubtful else word for field, word in words.items()}
    certain = bool(usable["serial"]) + bool(usable["uuid"])
    return MachineIdentity(
        maker=usable["maker"],
        model=_model(usable["maker"], usable["model"], usable["version"]),
        serial=usable["serial"],
        uuid=usable["uuid"].lower(),
        chassis=_chassis(kernel.number(dmi / "chassis_type")),
        source="dmi",
        grade="CBA"[certain],
        placeholders=tuple((f, words[f]) for f in ("maker", "model", "serial", "uuid") if f in doubtful and words[f]),
    )


_IDENTITY_FILES = {
    "maker": "sys_vendor",
    "model": "product_name",
    "version": "product_version",
    "serial": "product_serial",
    "uuid": "product_uuid",
}


def _model(maker: str, name: str, version: str) -> str:
    """Lenovo writes the name that people know into the version and a type number into the name."""
    if maker.lower() == "lenovo" and version and version.lower() not in name.lower():
        return f"{version} ({name})" if name else version
    return name


def _usable(path: Path) -> str:
    word = kernel.read(path)
    return "" if is_placeholder(word) else word


def _chassis(number: int | None) -> str:
    """Map the enclosure type of SMBIOS 7.4.1; its high bit is the lock, not the type."""
    kind = (number or 0) & 0x7F
    return next((word for word, numbers in _CHASSIS.items() if kind in numbers), "")


def _processor(root: Path) -> tuple[str, int, int]:
    names: Counter[str] = Counter()
    places: set[tuple[str, str]] = set()
    package = ""
    for line in kernel.read_lines(root / "proc/cpuinfo"):
        key, _, value = line.partition(":")
        match key.strip():
            case "model name":
                names[" ".join(value.split())] += 1
            case "physical id":
                package = value.strip()
            case "core id":
                places.add((package, value.strip()))
            case _:
                pass
    threads = names.total()
    return next(iter(names), ""), len(places) or threads, threads


def _memory(root: Path) -> int:
    for line in kernel.read_lines(root / "proc/meminfo"):
        words = line.split()
        if len(words) > 1 and words[0] == "MemTotal:" and words[1].isdecimal():
            return int(words[1]) * 1024
    return 0


def _storage(root: Path) -> list[Storage]:
    found = []
    for node in kernel.entries(root / "sys/block"):
        sectors = kernel.number(node / "size")
        if node.name.startswith(_NO_DRIVE) or "boot" in node.name or "rpmb" in node.name or not sectors:
            continue
        model, serial = kernel.read(node / "device/model"), kernel.read(node / "device/serial")
        rotational, removable = kernel.number(node / "queue/rotational"), kernel.number(node / "removable")
        found.append(Storage(node.name, model, serial, sectors * _SECTOR, _truth(rotational), _truth(removable)))
    return found


def _truth(number: int | None) -> bool | None:
    return None if number is None else number != 0


def _adapters(root: Path) -> list[Adapter]:
    found = []
    for node in kernel.entries(root / "sys/class/net"):
        if (node / "device").is_dir() and kernel.read(node / "type") == "1":
            wireless = (node / "phy80211").exists() or (node / "wireless").exists()
            found.append(Adapter(node.name, "wifi" if wireless else "ethernet", _ids(node / "device")))
    radios = (node for node in kernel.entries(root / "sys/class/bluetooth") if ":" not in node.name)  # ":" = a link
    return found + [Adapter(node.name, "bluetooth", _ids(node / "device")) for node in radios]


def _ids(device: Path) -> str:
    pair = [kernel.read(device / part).removeprefix("0x") for part in ("vendor", "device")]
    return ":".join(pair) if all(pair) else ""


def _panels(root: Path) -> list[Panel]:
    found = []
    for node in kernel.entries(root / "sys/class/drm"):
        if any(kind in node.name for kind in ("-eDP-", "-LVDS-", "-DSI-")):
            data = kernel.read_bytes(node / "edid") or _hexadecimal(node / "edid.hex")
            panel = edid.decode(data, node.name.partition("-")[2])
            if panel:
                found.append(panel)
    return found


def _hexadecimal(path: Path) -> bytes:
    try:
        return bytes.fromhex("".join(kernel.read_lines(path)))
    except ValueError:
        return b""
