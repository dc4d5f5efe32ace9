"""A machine as the kernel shows it: identity, firmware, processor, memory, devices, panel, locks, year of manufacture.

The readers take a root folder, so a recorded or invented tree stands in for "/". What a machine does not tell stays
empty, and what a person must know about the reading is in `notes`. MAC addresses and Windows product keys are not read:
nobody needs them on a record that leaves the workshop.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from diagnostics import edid, kernel, smbios
from diagnostics.devices import Device, drives_may_be_hidden, read_devices
from diagnostics.edid import Panel
from diagnostics.identity import MachineIdentity, read_identity, with_chassis
from diagnostics.inputs import Input, read_inputs
from diagnostics.locks import Declaration, DriveLock, Locks, read_locks
from diagnostics.memory import FittedMemory, MemoryModule, read_memory
from diagnostics.placeholders import is_placeholder
from diagnostics.ports import Ports, read_ports
from diagnostics.processor import Processor, read_processor
from diagnostics.trust import Firmware, Tpm, read_firmware, read_tpm
from diagnostics.years import YearFacts, YearOfMake, year_of_make

__all__ = ["Adapter", "MachineIdentity", "MachineReport", "Storage", "read_machine"]

_SECTOR = 512  # bytes: unit of sys/block/*/size whatever the drive's own sector
_NO_DRIVE = ("loop", "ram", "zram", "dm-", "md", "sr", "fd", "nbd", "mtdblock")
_INSIDE = ("-eDP-", "-LVDS-", "-DSI-")
_BIOS, _BOARD = 0, 2


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
    """What was read about a machine. Memory in bytes; `notes` are codes of what to know about the reading."""

    identity: MachineIdentity
    board: tuple[str, str, str]  # maker, name, serial
    bios: tuple[str, str, str]  # vendor, version, date as the firmware writes it
    firmware: Firmware
    chip: Processor
    memory: FittedMemory
    memory_bytes: int
    storage: tuple[Storage, ...]
    optical_drives: int
    adapters: tuple[Adapter, ...]
    devices: tuple[Device, ...]
    inputs: tuple[Input, ...]
    ports: Ports
    panels: tuple[Panel, ...]
    cameras: int
    trusted_module: Tpm
    year: YearOfMake
    locks: Locks
    notes: tuple[str, ...]

    @property
    def boot(self) -> str:
        """Return "uefi" or "bios"."""
        return self.firmware.boot

    @property
    def processor(self) -> str:
        """Return the name of the processor."""
        return self.chip.name

    @property
    def modules(self) -> tuple[MemoryModule, ...]:
        """Return the fitted memory modules."""
        return self.memory.modules

    def devices_of(self, kind: str) -> tuple[Device, ...]:
        """Return the devices of a kind: graphics, audio, fingerprint, card-reader, smart-card, raid, storage."""
        return tuple(device for device in self.devices if device.kind == kind)

    def to_document(self) -> dict[str, Any]:
        """Return plain JSON types."""
        modules = [module.to_document() for module in self.memory.modules]
        fitted = {"modules": modules, "empty_slots": list(self.memory.empty), "maximum": self.memory.maximum_bytes}
        return {
            "identity": self.identity.to_document(),
            "locks": self.locks.to_document(),
            "notes": list(self.notes),
            "year": self.year.to_document(),
            "board": dict(zip(("maker", "name", "serial"), self.board, strict=True)),
            "bios": dict(zip(("vendor", "version", "date"), self.bios, strict=True)),
            "boot": self.boot,
            "firmware": self.firmware.to_document(),
            "processor": self.chip.to_document(),
            "memory": {"bytes": self.memory_bytes, **fitted},
            "storage": [drive.to_document() for drive in self.storage],
            "optical_drives": self.optical_drives,
            "adapters": [adapter.to_document() for adapter in self.adapters],
            "devices": [device.to_document() for device in self.devices],
            "inputs": [one.to_document() for one in self.inputs],
            "ports": self.ports.to_document(),
            "panels": [panel.to_document() for panel in self.panels],
            "cameras": self.cameras,
            "tpm": self.trusted_module.version,
            "tpm_state": self.trusted_module.to_document(),
        }


def read_machine(
    root: Path,
    drive_locks: Iterable[DriveLock] = (),
    declared: Iterable[Declaration] = (),
    chassis: str = "",
) -> MachineReport:
    """Read the machine below `root` ("/" for this one). What cannot be read is empty, zero or None.

    `drive_locks` and `declared` are laid beside what the machine itself tells of its locks; `chassis` is what a person
    corrected. Raises CheckRefused for a declaration without a name, PolicyError for malformed rules, nothing for
    whatever the machine says.
    """
    table = kernel.read_bytes(root / "sys/firmware/dmi/tables/DMI")
    identity = with_chassis(read_identity(root), chassis)
    bios, chip = _bios(root, table), read_processor(root)
    memory, panels = read_memory(table), tuple(_panels(root))
    report = MachineReport(
        identity=identity,
        board=_board(root, table),
        bios=bios,
        firmware=read_firmware(root),
        chip=chip,
        memory=memory,
        memory_bytes=memory.size_bytes or _memory(root),
        storage=tuple(_storage(root)),
        optical_drives=sum(node.name.startswith("sr") for node in kernel.entries(root / "sys/block")),
        adapters=tuple(_adapters(root)),
        devices=read_devices(root),
        inputs=read_inputs(root),
        ports=read_ports(root),
        panels=panels,
        cameras=len({kernel.read(node / "name") for node in kernel.entries(root / "sys/class/video4linux")}),
        trusted_module=read_tpm(root),
        year=_year(root, identity, chip, bios, panels),
        locks=read_locks(root, identity, drive_locks, declared),
        notes=(),
    )
    return replace(report, notes=_notes(report))


def _notes(report: MachineReport) -> tuple[str, ...]:
    """Name what a person must know before believing the reading."""
    told = {
        "note.drives-may-be-hidden": drives_may_be_hidden(report.devices),
        "note.no-drive": not report.storage,
        "note.panel-unreadable": any(panel.doubt for panel in report.panels),
        "note.32-bit-firmware": report.firmware.bits == 32,  # noqa: PLR2004 - bits
        "note.no-tpm": not report.trusted_module.version,
        "note.virtual-machine": report.chip.in_virtual_machine,
        "note.virtualisation-off": bool(report.chip.source == "cpuinfo" and not report.chip.virtualisation),
    }
    return tuple(code for code, holds in told.items() if holds)


def _year(
    root: Path, identity: MachineIdentity, chip: Processor, bios: tuple[str, str, str], panels: tuple[Panel, ...]
) -> YearOfMake:
    batteries = smbios.portable_batteries(kernel.read_bytes(root / "sys/firmware/dmi/tables/DMI"))
    return year_of_make(
        YearFacts(
            maker=identity.maker,
            serial=identity.serial,
            processor=chip.name,
            bios_date=bios[2],
            panel_year=next((panel.year for panel in panels if panel.year and not panel.year_of_model), None),
            battery_made=next((one.made for one in batteries if one.made), ""),
        )
    )


def _bios(root: Path, table: bytes) -> tuple[str, str, str]:
    vendor, version, date = _strings(root, table, _BIOS, (("bios_vendor", 4), ("bios_version", 5), ("bios_date", 8)))
    return vendor, version, date


def _board(root: Path, table: bytes) -> tuple[str, str, str]:
    rows = (("board_vendor", 4), ("board_name", 5), ("board_serial", 7))
    maker, name, serial = ("" if is_placeholder(word) else word for word in _strings(root, table, _BOARD, rows))
    return maker, name, serial


def _strings(root: Path, table: bytes, kind: int, rows: tuple[tuple[str, int], ...]) -> list[str]:
    """Read the kernel's copies of firmware strings, the firmware's own where there are none."""
    stated = smbios.first(table, kind)
    return [kernel.read(root / "sys/class/dmi/id" / file) or stated.string(place) for file, place in rows]


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
    """Read every built-in panel; one that is connected and has no EDID is a panel with a doubt."""
    found = []
    for node in kernel.entries(root / "sys/class/drm"):
        if any(kind in node.name for kind in _INSIDE) and kernel.read(node / "status") != "disconnected":
            data = kernel.read_bytes(node / "edid") or _hexadecimal(node / "edid.hex")
            found.append(edid.decode(data, node.name.partition("-")[2]))
    return found


def _hexadecimal(path: Path) -> bytes:
    try:
        return bytes.fromhex("".join(kernel.read_lines(path)))
    except ValueError:
        return b""
