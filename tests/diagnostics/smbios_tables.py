"""SMBIOS tables put together from DMTF DSP0134, so that readers meet bytes that their own author did not decode.

Written from the standard, not from `diagnostics`; `dmidecode`, where it is there, reads the same bytes as a third.
"""

from collections.abc import Iterable, Mapping
from typing import Any

FORMS = {"Other": 1, "Unknown": 2, "DIMM": 9, "TSOP": 10, "Row Of Chips": 11, "RIMM": 12, "SODIMM": 13, "FB-DIMM": 15}
KINDS = {
    "Other": 1, "Unknown": 2, "DRAM": 3, "Flash": 9, "SDRAM": 0x0F, "DDR": 0x12, "DDR2": 0x13, "DDR2 FB-DIMM": 0x14,
    "DDR3": 0x18, "DDR4": 0x1A, "LPDDR": 0x1B, "LPDDR2": 0x1C, "LPDDR3": 0x1D, "LPDDR4": 0x1E, "DDR5": 0x22,
    "LPDDR5": 0x23,
}  # fmt: skip
CHEMISTRIES = {
    "Other": 1, "Unknown": 2, "Lead Acid": 3, "Nickel Cadmium": 4, "Nickel Metal Hydride": 5, "Lithium Ion": 6,
    "Zinc Air": 7, "Lithium Polymer": 8,
}  # fmt: skip
PASSWORDS = {"Disabled": 0, "Enabled": 1, "Not Implemented": 2, "Unknown": 3}
Row = Mapping[str, Any]


class Structure:
    """One structure: its formatted part by offsets, its strings by number."""

    def __init__(self, kind: int, length: int, handle: int) -> None:
        self.data = bytearray(length)
        self.data[0], self.data[1] = kind, length
        self.put(2, handle, 2)
        self.strings: list[bytes] = []

    def put(self, offset: int, value: int, size: int = 1) -> "Structure":
        self.data[offset : offset + size] = value.to_bytes(size, "little")
        return self

    def text(self, offset: int, words: str) -> "Structure":
        """Store a string; an empty one has the number 0 ("Not Specified")."""
        if words:
            self.strings.append(words.encode("utf-8"))
            self.put(offset, len(self.strings))
        return self

    def texts(self, row: Row, **places: int) -> "Structure":
        for name, offset in places.items():
            self.text(offset, str(row.get(name, "")))
        return self

    def packed(self) -> bytes:
        return bytes(self.data) + (b"".join(word + b"\0" for word in self.strings) or b"\0") + b"\0"


def table(rows: Iterable[Row]) -> bytes:
    """Pack rows such as the [[smbios]] of a machine: each has a `type` and the members of that type."""
    found = [_structure(row, number).packed() for number, row in enumerate(rows, start=1)]
    return b"".join(found) + Structure(127, 4, 0xFEFF).packed()


def entry_point(length: int) -> bytes:
    """Make the 64-bit entry point that `dmidecode --from-dump` wants, with the table at offset 32 (clause 5.2.2)."""
    point = bytearray(24)
    point[0:5] = b"_SM3_"
    point[6], point[7], point[8], point[10] = 24, 3, 2, 1
    point[12:16] = length.to_bytes(4, "little")
    point[16:24] = (32).to_bytes(8, "little")
    point[5] = -sum(point) & 0xFF
    return bytes(point) + bytes(8)


def _structure(row: Row, number: int) -> Structure:
    handle = int(row.get("handle", number))
    return _MAKERS[int(row["type"])](row, handle)


def _bios(row: Row, handle: int) -> Structure:
    return Structure(0, 24, handle).texts(row, vendor=4, version=5, date=8)


def _system(row: Row, handle: int) -> Structure:
    item = Structure(1, 27, handle).texts(row, maker=4, product=5, version=6, serial=7, sku=0x19, family=0x1A)
    digits = str(row.get("uuid", "")).replace("-", "")
    if len(digits) == 32:
        raw = bytes.fromhex(digits)  # the first three fields are little-endian (clause 7.2.1)
        item.data[8:24] = raw[3::-1] + raw[5:3:-1] + raw[7:5:-1] + raw[8:]
    return item


def _board(row: Row, handle: int) -> Structure:
    return Structure(2, 15, handle).texts(row, maker=4, product=5, version=6, serial=7)


def _chassis(row: Row, handle: int) -> Structure:
    return Structure(3, 21, handle).texts(row, maker=4, serial=7).put(5, int(row.get("kind", 2)))


def _processor(row: Row, handle: int) -> Structure:
    item = Structure(4, 48, handle).texts(row, socket=4, maker=7, version=0x10)
    cores, threads = int(row.get("cores", 0)), int(row.get("threads", 0))
    item.put(5, 3).put(0x18, 0x41 if row.get("populated", True) else 0)
    item.put(0x23, min(cores, 255)).put(0x25, min(threads, 255))
    return item.put(0x2A, cores, 2).put(0x2E, threads, 2)


def _connector(row: Row, handle: int) -> Structure:
    return Structure(8, 9, handle).texts(row, internal=4, external=6)


def _array(row: Row, handle: int) -> Structure:
    item = Structure(16, 23, handle).put(4, 3).put(5, int(row.get("use", 3))).put(0x0D, int(row.get("slots", 1)), 2)
    kibibytes = int(row.get("maximum_gib", 0)) << 20
    if kibibytes >= 0x80000000:
        return item.put(7, 0x80000000, 4).put(0x0F, kibibytes << 10, 8)
    return item.put(7, kibibytes, 4)


def _module(row: Row, handle: int) -> Structure:
    item = Structure(17, 40, handle).put(4, int(row.get("array", 0)), 2)
    item.put(0x0E, FORMS.get(str(row.get("form", "Unknown")), 2)).put(0x12, KINDS.get(str(row.get("kind", "")), 2))
    item.texts(row, slot=0x10, bank=0x11, maker=0x17, part=0x1A)
    item.put(0x15, int(row.get("speed", 0)), 2).put(0x20, int(row.get("running", 0)), 2)
    return _sized(item, row.get("size_kib", 0))


def _sized(item: Structure, kibibytes: int | None) -> Structure:
    """Store a size as clause 7.18.4 wants it; None is "fitted, size unknown"."""
    if kibibytes is None:
        return item.put(0x0C, 0xFFFF, 2)
    mebibytes = kibibytes >> 10
    if mebibytes >= 0x7FFF:
        return item.put(0x0C, 0x7FFF, 2).put(0x1C, mebibytes, 4)
    return item.put(0x0C, mebibytes or (0x8000 | kibibytes if kibibytes else 0), 2)


def _battery(row: Row, handle: int) -> Structure:
    item = Structure(22, 26, handle).texts(row, maker=5, made=6, name=8, sbds_chemistry=0x14)
    item.put(9, CHEMISTRIES.get(str(row.get("chemistry", "Unknown")), 2))
    capacity = int(row.get("design_mwh", 0))
    factor = 1 if capacity <= 0xFFFF else 10  # clause 7.23: a multiplier for large ones
    item.put(0x0A, capacity // factor, 2).put(0x15, factor)
    year, month, day = (int(part) for part in str(row.get("sbds_made", "1980-0-0")).split("-"))
    return item.put(0x12, (year - 1980) << 9 | month << 5 | day, 2)


def _security(row: Row, handle: int) -> Structure:
    power_on, administrator = (PASSWORDS[str(row.get(name, "Unknown"))] for name in ("power_on", "administrator"))
    return Structure(24, 5, handle).put(4, power_on << 6 | PASSWORDS["Unknown"] << 4 | administrator << 2 | 3)


def _tpm(row: Row, handle: int) -> Structure:
    return Structure(43, 31, handle).put(8, int(row["major"])).put(9, int(row["minor"]))


_MAKERS = {
    0: _bios, 1: _system, 2: _board, 3: _chassis, 4: _processor, 8: _connector, 16: _array, 17: _module, 22: _battery,
    24: _security, 43: _tpm,
}  # fmt: skip
