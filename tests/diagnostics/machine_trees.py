"""A machine of hardware-fixtures/machines: its one readable file becomes the tree of sys and proc that readers want.

Every key of `machine.toml` is in the schema `machineFixture`; here is what the kernel makes of it.
"""

import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from tests.diagnostics import smbios_tables

FAKE_KEY = "DEMO1-DEMO2-DEMO3-DEMO4-DEMO5"  # nobody's licence; in no fixture and, but for its end, in no output
EFI_GLOBAL = "8be4df61-93ca-11d2-aa0d-00e098032b8c"
DMI, ATTRIBUTES = "sys/class/dmi/id", "sys/class/firmware-attributes/demo-driver"
Document = Mapping[str, Any]


def materialise(folder: Path, root: Path) -> Path:
    """Give the root of a machine: its folder where it is a tree already, else a tree made below `root`."""
    machine = tomllib.loads((folder / "machine.toml").read_text(encoding="utf-8"))
    if (folder / "sys").is_dir():
        return folder
    for name, content in files_of(machine):
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else f"{content}\n".encode())
    return root


def files_of(machine: Document) -> Iterator[tuple[str, str | bytes]]:
    """Yield every file of a machine's tree."""
    yield from ((f"{DMI}/{name}", str(value)) for name, value in machine.get("dmi", {}).items())
    yield "sys/firmware/dmi/tables/DMI", smbios_tables.table(machine.get("smbios", ()))
    yield from _processor(machine.get("processor", {}))
    yield from _firmware(machine)
    yield from _buses(machine)
    yield from _power(machine)
    yield from _panels(machine.get("panels", ()))
    yield from machine.get("files", {}).items()


def licence_table(key: str = FAKE_KEY) -> bytes:
    """Make an MSDM table around a fake key: header of 36 bytes, five words, the key."""
    words = (1, 0, 1, 0, len(key))
    body = b"".join(word.to_bytes(4, "little") for word in words) + key.encode()
    return b"MSDM" + (36 + len(body)).to_bytes(4, "little") + bytes(28) + body


def _processor(part: Document) -> Iterator[tuple[str, str]]:
    cores, threads = int(part.get("cores", 0)), int(part.get("threads", 0))
    rows = [
        f"processor\t: {number}\nmodel name\t: {part['name']}\nphysical id\t: 0\n"
        f"core id\t\t: {number % cores}\nflags\t\t: {part.get('flags', 'fpu')}\n"
        for number in range(threads)
    ]
    yield "proc/cpuinfo", "\n".join(rows)
    yield "proc/meminfo", f"MemTotal:       {int(part.get('memory_kib', 0))} kB"


def _firmware(machine: Document) -> Iterator[tuple[str, str | bytes]]:
    efi, locks = machine.get("efi", {}), machine.get("locks", {})
    if efi:
        yield "sys/firmware/efi/fw_platform_size", str(efi["bits"])
    for name, key in (("SecureBoot", "secure_boot"), ("SetupMode", "setup_mode")):
        if key in efi:
            yield f"sys/firmware/efi/efivars/{name}-{EFI_GLOBAL}", bytes([6, 0, 0, 0, int(efi[key])])
    for role, enabled in locks.get("passwords", {}).items():
        yield f"{ATTRIBUTES}/authentication/{role}/role", role
        yield f"{ATTRIBUTES}/authentication/{role}/is_enabled", str(int(enabled))
    for name, value in locks.get("attributes", {}).items():
        yield f"{ATTRIBUTES}/attributes/{name}/current_value", value
    for name in locks.get("acpi", ()):
        yield f"sys/firmware/acpi/tables/{name}", licence_table() if name == "MSDM" else name.encode() + bytes(32)
    if "tpm" in machine:
        yield "sys/class/tpm/tpm0/tpm_version_major", str(machine["tpm"])


def _buses(machine: Document) -> Iterator[tuple[str, str]]:
    for drive in machine.get("drives", ()):
        node = f"sys/block/{drive['name']}"
        yield f"{node}/size", str(drive["sectors"])
        yield from ((f"{node}/device/{key}", str(drive[key])) for key in ("model", "serial") if key in drive)
        yield f"{node}/queue/rotational", str(int(drive.get("rotational", False)))
    for number, device in enumerate(machine.get("pci", ())):
        node = f"sys/bus/pci/devices/0000:00:{number:02x}.0"
        vendor, _, ident = str(device["ids"]).partition(":")
        files = {"class": f"0x{device['class']}", "vendor": f"0x{vendor}", "device": f"0x{ident}"}
        yield from ((f"{node}/{name}", value) for name, value in files.items())
        yield f"{node}/uevent", f"DRIVER={device.get('driver', '')}"
    for number, device in enumerate(machine.get("usb", ()), start=1):
        node = f"sys/bus/usb/devices/1-{number}"
        vendor, _, ident = str(device["ids"]).partition(":")
        yield from ((f"{node}/{n}", v) for n, v in (("idVendor", vendor), ("idProduct", ident)))
        yield f"{node}/product", device.get("product", "")
        yield f"{node}:1.0/bInterfaceClass", device.get("interface", "ff")
    for name, kind in machine.get("network", {}).items():
        yield f"sys/class/net/{name}/type", "1"
        yield f"sys/class/net/{name}/device/vendor", "0x8086"
        if kind == "wifi":
            yield f"sys/class/net/{name}/phy80211/name", "phy0"
    for number, name in enumerate(machine.get("cameras", ())):
        yield f"sys/class/video4linux/video{number}/name", name


def _power(machine: Document) -> Iterator[tuple[str, str]]:
    if "mains" in machine:
        yield "sys/class/power_supply/AC/type", "Mains"
        yield "sys/class/power_supply/AC/online", str(int(machine["mains"]))
    for name, values in machine.get("power", {}).items():
        yield from (
            (f"sys/class/power_supply/{name}/{key}", str(value)) for key, value in {"type": "Battery", **values}.items()
        )


def _panels(panels: Any) -> Iterator[tuple[str, str | bytes]]:
    for panel in panels:
        node = f"sys/class/drm/card0-{panel['connector']}"
        yield f"{node}/status", "connected"
        block = edid(panel) if "maker" in panel else b""
        damage = panel.get("damage", "")
        yield (
            f"{node}/edid",
            {"checksum": block[:-1] + bytes([block[-1] ^ 1]) if block else b"", "short": block[:64]}.get(damage, block),
        )


def edid(panel: Document) -> bytes:
    """Make a base block by E-EDID 1.4: maker, year, size in mm, one detailed timing, a name."""
    block = bytearray(128)
    block[0:8] = bytes.fromhex("00ffffffffffff00")
    letters = [ord(letter) - ord("@") for letter in panel["maker"]]
    block[8:10] = (letters[0] << 10 | letters[1] << 5 | letters[2]).to_bytes(2, "big")
    block[16], block[17], block[18], block[19] = 1, int(panel["year"]) - 1990, 1, 4
    width, height, across, down = (int(panel[key]) for key in ("width_px", "height_px", "width_mm", "height_mm"))
    block[21], block[22] = across // 10, down // 10
    timing = bytearray(18)
    timing[0:2] = (14_850).to_bytes(2, "little")
    timing[2], timing[4], timing[5], timing[7] = width & 255, width >> 8 << 4, height & 255, height >> 8 << 4
    timing[12], timing[13], timing[14] = across & 255, down & 255, across >> 8 << 4 | down >> 8
    block[54:72] = timing
    block[72:90] = b"\0\0\0\xfe\0" + str(panel["model"]).encode()[:13].ljust(13, b"\n")
    block[127] = -sum(block) & 0xFF
    return bytes(block)
