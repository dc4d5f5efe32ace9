"""The SMBIOS table of a machine (DMTF DSP0134), as the kernel gives it in sys/firmware/dmi/tables/DMI.

Walks the structures and decodes portable batteries (type 22) and hardware passwords (24); memory and processors have
modules of their own. It stops at the first malformed structure and keeps what came before; it never raises.
"""

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from uuid import UUID

from diagnostics import plain
from diagnostics.placeholders import is_placeholder

_END = 127
_HEADER = 4
_CHEMISTRIES = {
    0x03: "Lead acid", 0x04: "NiCd", 0x05: "NiMH", 0x06: "Li-ion", 0x07: "Zinc air", 0x08: "Li-poly",
}  # fmt: skip
_PASSWORD_STATES = ("disabled", "enabled", "not-implemented", "unknown")


@dataclass(frozen=True, slots=True)
class Structure:
    """One structure of the table: its type, its formatted part and its strings."""

    kind: int
    data: bytes
    strings: tuple[str, ...]

    @property
    def handle(self) -> int:
        """Return the handle by which other structures name this one."""
        return self.word(2) or 0

    def byte(self, offset: int) -> int | None:
        """Return the byte at `offset`, None beyond the formatted part."""
        return self.data[offset] if offset < len(self.data) else None

    def word(self, offset: int) -> int | None:
        """Return the 16-bit word at `offset`."""
        return struct.unpack_from("<H", self.data, offset)[0] if offset + 2 <= len(self.data) else None

    def double(self, offset: int) -> int | None:
        """Return the 32-bit word at `offset`."""
        return struct.unpack_from("<I", self.data, offset)[0] if offset + 4 <= len(self.data) else None

    def quad(self, offset: int) -> int | None:
        """Return the 64-bit word at `offset`."""
        return struct.unpack_from("<Q", self.data, offset)[0] if offset + 8 <= len(self.data) else None

    def string(self, offset: int) -> str:
        """Return the string whose number stands at `offset`, "" where there is none."""
        place = self.byte(offset) or 0
        return self.strings[place - 1] if 0 < place <= len(self.strings) else ""


@dataclass(frozen=True, slots=True)
class PortableBattery:
    """One portable battery of the firmware. Design capacity in mWh, None where it is not stated."""

    maker: str
    name: str
    chemistry: str
    design_mwh: int | None
    made: str  # "YYYY-MM-DD", or the firmware's own words


def structures(table: bytes) -> Iterator[Structure]:
    """Walk the table until its end marker or the first malformed structure."""
    place = 0
    while place + _HEADER <= len(table):
        kind, length = table[place], table[place + 1]
        ending = table.find(b"\0\0", place + length)
        if length < _HEADER or ending < 0 or kind == _END:
            return
        strings = table[place + length : ending].split(b"\0")
        words = tuple(plain.text(word.decode("utf-8", "backslashreplace")) for word in strings)
        yield Structure(kind, table[place : place + length], words)
        place = ending + 2


def passwords(table: bytes) -> dict[str, str]:
    """Return the state of the firmware's passwords: "administrator" and "power-on", or nothing (type 24)."""
    for item in structures(table):
        settings = item.byte(4) if item.kind == 24 else None  # noqa: PLR2004 - type 24, Hardware Security
        if settings is not None:
            power_on, administrator = settings >> 6 & 3, settings >> 2 & 3
            return {"administrator": _PASSWORD_STATES[administrator], "power-on": _PASSWORD_STATES[power_on]}
    return {}


def portable_batteries(table: bytes) -> tuple[PortableBattery, ...]:
    """Return what the firmware knows of each portable battery (type 22), with holes where it says nothing."""
    return tuple(_battery(item) for item in structures(table) if item.kind == 22)  # noqa: PLR2004 - type 22


def first(table: bytes, kind: int) -> Structure:
    """Return the first structure of a type; an empty one, whose every member is "nothing", where there is none."""
    return next((item for item in structures(table) if item.kind == kind), Structure(kind, b"", ()))


def uuid(item: Structure) -> str:
    """Return the UUID of a system structure (type 1) as the kernel prints it, "" where there is none (clause 7.2.1)."""
    raw = item.data[8:24]
    if len(raw) < 16 or len(set(raw)) == 1:  # noqa: PLR2004 - 128 bits
        return ""
    return str(UUID(bytes_le=raw))


def _battery(item: Structure) -> PortableBattery:
    capacity = (item.word(0x0A) or 0) * max(item.byte(0x15) or 1, 1)
    maker, name, chemistry = (_told(item.string(place)) for place in (5, 8, 0x14))
    chemistry = chemistry or _CHEMISTRIES.get(item.byte(9) or 0, "")
    return PortableBattery(maker, name, chemistry, capacity or None, _battery_date(item) if maker or name else "")


def _told(words: str) -> str:
    return "" if is_placeholder(words) else words


def _battery_date(item: Structure) -> str:
    """Return "YYYY-MM-DD" of the smart battery's own date word, else the words of the firmware."""
    packed = item.word(0x12) or 0
    year, month, day = 1980 + (packed >> 9), packed >> 5 & 15, packed & 31
    if packed and 1 <= month <= 12 and 1 <= day <= 31:  # noqa: PLR2004 - a calendar
        return f"{year:04}-{month:02}-{day:02}"
    words = item.string(6)
    return words if any(letter.isdecimal() for letter in words) and not is_placeholder(words) else ""
