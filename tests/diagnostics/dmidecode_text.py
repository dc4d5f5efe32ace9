"""A `dmidecode` text as the rows that `smbios_tables` packs: the way of recorded machines to the real readers."""

import re
from collections.abc import Iterator
from typing import Any

Row = dict[str, Any]
CHASSIS = {
    "Other": 1, "Unknown": 2, "Desktop": 3, "Low Profile Desktop": 4, "Pizza Box": 5, "Mini Tower": 6, "Tower": 7,
    "Portable": 8, "Laptop": 9, "Notebook": 10, "Hand Held": 11, "All In One": 13, "Sub Notebook": 14,
    "Space-saving": 15, "Main Server Chassis": 17, "Tablet": 30, "Convertible": 31, "Detachable": 32, "Mini PC": 35,
    "Stick PC": 36,
}  # fmt: skip
USES = {"System Memory": 3, "Flash Memory": 5, "Video Memory": 4, "Non-volatile RAM": 6, "Cache Memory": 7}
UNITS = {"kB": 1, "KB": 1, "MB": 1 << 10, "GB": 1 << 20, "TB": 1 << 30}
HANDLE = re.compile(r"^Handle 0x([0-9A-Fa-f]+), DMI type (\d+), \d+ bytes$", re.MULTILINE)
NOTHING = ("Not Specified", "<BAD INDEX>")


def rows(text: str) -> list[Row]:
    """The structures of a text whose types have a maker in `smbios_tables`, in their order."""
    return [row for handle, kind, words in sections(text) if (row := _row(handle, kind, words))]


def sections(text: str) -> Iterator[tuple[int, int, Row]]:
    """Each structure: its handle, its type and its words."""
    marks = list(HANDLE.finditer(text))
    for mark, following in zip(marks, [*marks, None][1:], strict=True):
        body = text[mark.end() : following.start() if following else len(text)]
        pairs = re.findall(r"^\t([A-Za-z][^:\t]*):[ ]?(.*)$", body, flags=re.MULTILINE)
        words = {name: "" if value.strip() in NOTHING else value for name, value in reversed(pairs)}
        yield int(mark.group(1), 16), int(mark.group(2)), words


def kibibytes(words: str) -> int | None:
    """A size as dmidecode writes it: 0 for an empty slot, None for one that nobody knows."""
    match = re.fullmatch(r"(\d+) (kB|KB|MB|GB|TB)", words.strip())
    if match:
        return int(match.group(1)) * UNITS[match.group(2)]
    return None if words.strip() == "Unknown" else 0


def _number(words: str) -> int:
    match = re.match(r"(\d+)", words.strip())
    return int(match.group(1)) if match else 0


def _row(handle: int, kind: int, words: Row) -> Row:
    def word(name: str) -> str:
        return str(words.get(name, ""))

    known: dict[int, Row] = {
        0: {"vendor": word("Vendor"), "version": word("Version"), "date": word("Release Date")},
        1: {"sku": word("SKU Number"), "family": word("Family"), "uuid": word("UUID")},
        3: {"kind": CHASSIS.get(word("Type"), 2)},
        4: {"cores": _number(word("Core Count")), "threads": _number(word("Thread Count")), "socket": word("Socket")},
        16: {"use": USES.get(word("Use"), 1), "slots": _number(word("Number Of Devices"))},
        17: _module(words),
        22: _battery(words),
        24: {"administrator": word("Administrator Password Status"), "power_on": word("Power-On Password Status")},
    }
    if kind not in {*known, 2}:
        return {}
    common = {"maker": word("Manufacturer"), "product": word("Product Name"), "serial": word("Serial Number")}
    row = {"type": kind, "handle": handle, **common, "version": word("Version"), **known.get(kind, {})}
    if kind == 4:
        row["populated"] = "Unpopulated" not in word("Status")
    if kind == 16:
        row["maximum_gib"] = (kibibytes(word("Maximum Capacity")) or 0) >> 20
    return row


def _module(words: Row) -> Row:
    speed, running = (
        words.get("Speed", ""),
        words.get("Configured Memory Speed", words.get("Configured Clock Speed", "")),
    )
    return {
        "array": int(str(words.get("Array Handle", "0x0")), 16),
        "size_kib": kibibytes(str(words.get("Size", ""))),
        "form": words.get("Form Factor", ""),
        "kind": words.get("Type", ""),
        "slot": words.get("Locator", ""),
        "bank": words.get("Bank Locator", ""),
        "part": words.get("Part Number", ""),
        "speed": _number(str(speed)) if "T/s" in str(speed) or "MHz" in str(speed) else 0,
        "running": _number(str(running)),
    }


def _battery(words: Row) -> Row:
    return {
        "made": words.get("Manufacture Date", ""),
        "sbds_made": words.get("SBDS Manufacture Date", "") or "1980-0-0",
        "name": words.get("Name", ""),
        "chemistry": words.get("Chemistry", ""),
        "sbds_chemistry": words.get("SBDS Chemistry", ""),
        "design_mwh": _number(str(words.get("Design Capacity", ""))),
    }
