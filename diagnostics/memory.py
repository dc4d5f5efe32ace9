"""Memory of a machine by its firmware tables: modules with slot, size, type and speed, and the slots that are empty.

From DMTF DSP0134, types 16 (array) and 17 (device). Never guesses: a module whose size the firmware does not know has
none, and the sum is then left to the kernel.
"""

from dataclasses import dataclass
from typing import Any

from diagnostics import smbios
from diagnostics.placeholders import is_placeholder
from diagnostics.smbios import Structure

_ARRAY, _DEVICE = 16, 17
_SYSTEM_MEMORY = 3
_UNKNOWN_SIZE, _EXTENDED_SIZE = 0xFFFF, 0x7FFF
_EXTENDED_SPEED = 0xFFFF
_EXTENDED_CAPACITY = 0x80000000
_KINDS = {
    0x0F: "SDRAM", 0x12: "DDR", 0x13: "DDR2", 0x14: "DDR2", 0x18: "DDR3", 0x1A: "DDR4", 0x1B: "LPDDR", 0x1C: "LPDDR2",
    0x1D: "LPDDR3", 0x1E: "LPDDR4", 0x20: "HBM", 0x21: "HBM2", 0x22: "DDR5", 0x23: "LPDDR5",
}  # fmt: skip
_FORMS = {
    0x05: "soldered", 0x09: "DIMM", 0x0B: "soldered", 0x0C: "RIMM", 0x0D: "SODIMM", 0x0F: "FB-DIMM", 0x10: "soldered",
    0x11: "CAMM",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class MemoryModule:
    """One fitted memory module. Size in bytes, speeds in MT/s; None or "" where the firmware does not say."""

    slot: str
    size_bytes: int | None
    kind: str
    form: str  # DIMM, SODIMM, soldered, ...
    speed: int | None  # what it can
    running: int | None  # what it runs at
    maker: str
    part: str

    def to_document(self) -> dict[str, Any]:
        """Return plain JSON types."""
        return {name: getattr(self, name) for name in self.__slots__}


@dataclass(frozen=True, slots=True)
class FittedMemory:
    """Modules, names of the empty slots, and the most that the board takes in bytes (None where it does not say)."""

    modules: tuple[MemoryModule, ...]
    empty: tuple[str, ...]
    maximum_bytes: int | None

    @property
    def size_bytes(self) -> int | None:
        """Return the sum of the modules, None where there are none or the size of one is unknown."""
        sizes = [module.size_bytes for module in self.modules]
        known = [size for size in sizes if size is not None]
        return sum(known) if known and len(known) == len(sizes) else None


def read_memory(table: bytes) -> FittedMemory:
    """Return what the firmware tables tell of the memory. Flash and cartridges are no memory of the machine."""
    arrays = [item for item in smbios.structures(table) if item.kind == _ARRAY]
    other = {item.handle for item in arrays if item.byte(5) != _SYSTEM_MEMORY}
    devices = [item for item in smbios.structures(table) if item.kind == _DEVICE and item.word(4) not in other]
    return FittedMemory(
        tuple(_module(item) for item in devices if item.word(0x0C)),
        tuple(_slot(item) for item in devices if not item.word(0x0C)),
        sum(_capacity(item) for item in arrays if item.handle not in other) or None,
    )


def _module(item: Structure) -> MemoryModule:
    return MemoryModule(
        slot=_slot(item),
        size_bytes=_size(item),
        kind=_KINDS.get(item.byte(0x12) or 0, ""),
        form=_FORMS.get(item.byte(0x0E) or 0, ""),
        speed=_speed(item, 0x15, 0x54),
        running=_speed(item, 0x20, 0x58),
        maker=_named(item.string(0x17)),
        part=_named(item.string(0x1A)),
    )


def _slot(item: Structure) -> str:
    return item.string(0x10) or item.string(0x11)


def _named(word: str) -> str:
    return "" if is_placeholder(word) else word


def _size(item: Structure) -> int | None:
    size = item.word(0x0C) or 0
    if size == _UNKNOWN_SIZE:
        return None
    if size == _EXTENDED_SIZE:
        return ((item.double(0x1C) or 0) & 0x7FFFFFFF) << 20 or None
    return (size & 0x7FFF) << (10 if size & 0x8000 else 20)


def _speed(item: Structure, place: int, extended: int) -> int | None:
    speed = item.word(place)
    return item.double(extended) or None if speed == _EXTENDED_SPEED else speed or None


def _capacity(item: Structure) -> int:
    kibibytes = item.double(7) or 0
    return item.quad(0x0F) or 0 if kibibytes == _EXTENDED_CAPACITY else kibibytes << 10
