"""Inventories of other programs as rows of the import: GLPI's JSON, eReuse snapshots, Snipe-IT's CSV. Pure.

A machine gives one row for each of its drives, or one alone; a drive without serial number is told as a rejected row.
"""

import csv
import io
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from hub.devices.observed import FILLERS, normal
from hub.errors import BadInput
from hub.imported.nwipe_tables import json_of
from hub.lots.listing import KINDS, MAX_ROWS, ListedRow, plain, row_of

NO_SERIAL = "a drive without serial number: declare it at triage"
NO_DEVICE = "this entry is no machine that can be imported"
LAPTOPS = ("laptop", "notebook", "portable", "convertible", "detachable", "netbook", "hand held")
DESKTOPS = ("desktop", "tower", "all in one", "mini pc", "stick pc", "space-saving", "pizza box", "server", "computer")
OTHERS = {
    "screen": ("monitor", "screen", "display"),
    "tablet": ("tablet",),
    "phone": ("phone", "mobile"),
    "drive": ("hard drive",),
}
NO_DISKS = ("cd", "dvd", "tape", "floppy", "optical", "usb", "flash", "removable")
EREUSE_DRIVES = frozenset({"HardDrive", "SolidStateDrive", "DataStorage", "Mmc"})
DMI = re.compile(r"^(System|Chassis) Information$")
SNIPE = frozenset({"model no.", "model number", "asset name", "checked out", "checked out to", "checkout date", "eol"})
SNIPE_COLUMNS = {
    "asset tag": "asset",
    "serial": "serial",
    "serial number": "serial",
    "model": "model",
    "manufacturer": "maker",
    "category": "kind",
}


def glpi_rows(document: Any) -> tuple[ListedRow, ...] | None:
    """The rows of a GLPI inventory, or of several in a list; None where it is none."""
    entries = document if isinstance(document, list) else [document]
    if not entries or not all(isinstance(one, dict) and isinstance(one.get("content"), dict) for one in entries):
        return None
    return _bounded(row for at, one in enumerate(entries, 1) for row in _glpi(at, one))


def ereuse_rows(document: Any) -> tuple[ListedRow, ...] | None:
    """The rows of an eReuse snapshot (with devices, or with the raw output of its tools); None where it is none."""
    entries = document if isinstance(document, list) else [document]
    if not entries or not all(isinstance(one, dict) and one.get("type") == "Snapshot" for one in entries):
        return None
    return _bounded(row for at, one in enumerate(entries, 1) for row in _snapshot(at, one))


def snipe_rows(text: str) -> tuple[ListedRow, ...] | None:
    """The rows of an export of Snipe-IT; None where the first line is not one. Raises BadInput for broken quotes."""
    first = text.split("\n", 1)[0]
    if first.count(";") >= first.count(","):
        return None
    reader = csv.reader(io.StringIO(text.removeprefix("\ufeff"), newline=""), strict=True)
    try:
        names = [plain(cell) for cell in next(reader, [])]
        if "asset tag" not in names or not SNIPE & set(names):
            return None
        return _bounded(_asset(reader.line_num, names, cells) for cells in reader if any(cells))
    except csv.Error as error:
        raise BadInput(f"line {reader.line_num}: {error}", "list-quotes") from error


def kind_of(word: str, *, otherwise: str = "") -> str:
    """The kind of device that a word of another program names; the word itself where it is none of ours."""
    said = plain(word)
    for kind, words in {"laptop": LAPTOPS, "desktop": DESKTOPS, **OTHERS}.items():
        if any(one in said for one in words):
            return kind
    return otherwise if not said else word if said.rstrip("s") not in KINDS else said.rstrip("s")


def _glpi(line: int, entry: Mapping[str, Any]) -> Iterator[ListedRow]:
    content = entry["content"]
    bios, hardware = _part(content, "bios"), _part(content, "hardware")
    kind = kind_of(_text(hardware.get("chassis_type")), otherwise=kind_of(_text(entry.get("itemtype")) or "computer"))
    device = {
        "kind": kind,
        "maker": _text(bios.get("smanufacturer")),
        "model": _text(bios.get("smodel")),
        "serial": _text(bios.get("ssn")),
        "asset": _text(bios.get("assettag")),
    }
    disks = [one for one in _parts(content, "storages") if not _is_no_disk(one)]
    yield from _with_drives(line, device, [_text(one.get("serial")) for one in disks])


def _is_no_disk(storage: Mapping[str, Any]) -> bool:
    return any(word in _text(storage.get("type")).lower() for word in NO_DISKS)


def _snapshot(line: int, entry: Mapping[str, Any]) -> Iterator[ListedRow]:
    if isinstance(entry.get("data"), dict):
        yield from _raw_snapshot(line, entry["data"])
        return
    device = _part(entry, "device")
    tags = [_text(one.get("id")) for one in _parts(device, "tags")]
    found = {
        "kind": kind_of(_text(device.get("type")), otherwise="desktop"),
        "maker": _text(device.get("manufacturer")),
        "model": _text(device.get("model")),
        "serial": _text(device.get("serialNumber")),
        "asset": tags[0] if tags else "",
    }
    drives = [one for one in _parts(entry, "components") if _text(one.get("type")) in EREUSE_DRIVES]
    yield from _with_drives(line, found, [_text(one.get("serialNumber")) for one in drives])


def _raw_snapshot(line: int, data: Mapping[str, Any]) -> Iterator[ListedRow]:
    dmi = _dmidecode(_text(data.get("dmidecode")))
    smart = data.get("smart", data.get("smartctl", []))
    smart = json_of(smart) if isinstance(smart, str) else smart
    disks = [one for one in smart if isinstance(one, dict)] if isinstance(smart, list) else []
    found = {
        "kind": kind_of(dmi.get("Chassis Type", ""), otherwise="desktop"),
        "maker": dmi.get("System Manufacturer", ""),
        "model": dmi.get("System Product Name", ""),
        "serial": dmi.get("System Serial Number", ""),
        "asset": dmi.get("Chassis Asset Tag", ""),
    }
    yield from _with_drives(line, found, [_text(one.get("serial_number")) for one in disks])


def _dmidecode(text: str) -> dict[str, str]:
    """The members of the first system and chassis blocks, each under the block's first word and its name."""
    found: dict[str, str] = {}
    block = ""
    for line in text.splitlines():
        if line and not line[0].isspace():
            title = DMI.match(line.strip())
            block = title[1] if title else ""
        elif block and ": " in line:
            name, _colon, value = line.strip().partition(": ")
            found.setdefault(f"{block} {name}", value.strip())
    return found


def _with_drives(line: int, device: dict[str, str], serials: Sequence[str]) -> Iterator[ListedRow]:
    device = {**device, "asset": _said(device["asset"]), "serial": _said(device["serial"])}
    if not device["asset"] and not device["serial"]:
        yield row_of(line, device, NO_DEVICE)
        return
    if not any(serials):
        yield row_of(line, device)
    for serial in serials:
        yield row_of(line, {**device, "drive_serial": serial}, "" if serial else NO_SERIAL)


def _said(text: str) -> str:
    """What a firmware says, without the words by which it says nothing."""
    return "" if normal(text) in FILLERS else text


def _asset(line: int, names: Sequence[str], cells: Sequence[str]) -> ListedRow:
    found = {SNIPE_COLUMNS[name]: cell for name, cell in zip(names, cells, strict=False) if name in SNIPE_COLUMNS}
    found["kind"] = kind_of(found.get("kind", ""), otherwise="desktop")
    more = any(cell.strip() for cell in cells[len(names) :])
    return row_of(line, found, "more cells than the first line" if more else "")


def _bounded(rows: Iterator[ListedRow]) -> tuple[ListedRow, ...]:
    found = []
    for row in rows:
        found.append(row)
        if len(found) > MAX_ROWS:
            raise BadInput("this list is too large: split it", "list-size")
    return tuple(found)


def _part(document: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    found = document.get(name)
    return found if isinstance(found, dict) else {}


def _parts(document: Mapping[str, Any], name: str) -> list[Mapping[str, Any]]:
    found = document.get(name)
    return [one for one in found if isinstance(one, dict)] if isinstance(found, list) else []


def _text(value: Any) -> str:
    if isinstance(value, str):
        return value.strip()
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else ""
