"""The SMBIOS table of a machine (DMTF DSP0134), as the kernel gives it in sys/firmware/dmi/tables/DMI.

Decodes what sysfs does not show: memory modules (type 17), portable batteries (22), hardware passwords (24).
It stops at the first malformed structure and keeps what came before; it never raises.
"""

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from diagnostics import plain

_END = 127
_HEADER = 4
_UNKNOWN_SIZE = 0xFFFF
_EXTENDED_SIZE = 0x7FFF
_MEMORY_KINDS = {
    0x12: "DDR", 0x13: "DDR2", 0x18: "DDR3", 0x1A: "DDR4", 0x1B: "LPDDR", 0x1C: "LPDDR2", 0x1D: "LPDDR3",
    0x1E: "LPDDR4", 0x22: "DDR5", 0x23: "LPDDR5",
}  # fmt: skip
_PASSWORD_STATES = ("disabled", "enabled", "not-implemented", "unknown")


@dataclass(frozen=True, slots=True)
class Structure:
    """One structure of the table: its type, its formatted part and its strings."""

    kind: int
    data: bytes
    strings: tuple[str, ...]

    def byte(self, offset: int) -> int | None:
        """Return the byte at `offset`, None beyond the formatted part."""
        return self.data[offset] if offset < len(self.data) else None

    def word(self, offset: int) -> int | None:
        """Return the 16-bit word at `offset`."""
        return struct.unpack_from("<H", self.data, offset)[0] if offset + 2 <= len(self.data) else None

    def double(self, offset: int) -> int | None:
        """Return the 32-bit word at `offset`."""
        return struct.unpack_from("<I", self.data, offset)[0] if offset + 4 <= len(self.data) else None

    def string(self, offset: int) -> str:
        """Return the string whose number stands at `offset`, "" where there is none."""
        place = self.byte(offset) or 0
        return self.strings[place - 1] if 0 < place <= len(self.strings) else ""


@dataclass(frozen=True, slots=True)
class MemoryModule:
    """One fitted memory module. Size in bytes, speed in MT/s (None where unknown)."""

    slot: str
    size_bytes: int
    kind: str
    speed: int | None
    maker: str
    part: str

    def to_document(self) -> dict[str, Any]:
        """Return plain JSON types."""
        return {name: getattr(self, name) for name in self.__slots__}


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


def memory_modules(table: bytes) -> tuple[MemoryModule, ...]:
    """Return the fitted modules; empty slots are left out."""
    return tuple(found for item in structures(table) if item.kind == 17 and (found := _module(item)))  # noqa: PLR2004


def passwords(table: bytes) -> dict[str, str]:
    """Return the state of the firmware's passwords: "administrator" and "power-on", or nothing (type 24)."""
    for item in structures(table):
        settings = item.byte(4) if item.kind == 24 else None  # noqa: PLR2004 - type 24, Hardware Security
        if settings is not None:
            power_on, administrator = settings >> 6 & 3, settings >> 2 & 3
            return {"administrator": _PASSWORD_STATES[administrator], "power-on": _PASSWORD_STATES[power_on]}
    return {}


def battery_design_mwh(table: bytes) -> tuple[int, ...]:
    """Return the design capacity in mWh of each portable battery (type 22) that states one."""
    found = []
    for item in structures(table):
        capacity = item.word(0x0A) if item.kind == 22 else None  # noqa: PLR2004 - type 22, Portable Battery
        if capacity:
            found.append(capacity * max(item.byte(0x15) or 1, 1))
    return tuple(found)


def _module(item: Structure) -> MemoryModule | None:
    size = _module_bytes(item)
    if not size:
        return None
    return MemoryModule(
        slot=item.string(0x10),
        size_bytes=size,
        kind=_MEMORY_KINDS.get(item.byte(0x12) or 0, ""),
        speed=item.word(0x15) or None,
        maker=item.string(0x17),
        part=item.string(0x1A),
    )


def _module_bytes(item: Structure) -> int:
    size = item.word(0x0C) or 0
    if size in (0, _UNKNOWN_SIZE):
        return 0
    if size == _EXTENDED_SIZE:
        return ((item.double(0x1C) or 0) & 0x7FFFFFFF) << 20
    return (size & 0x7FFF) << (10 if size & 0x8000 else 20)
