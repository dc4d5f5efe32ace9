"""A built-in panel by its EDID (VESA E-EDID 1.4, base block): maker, model, size, native resolution, year."""

from dataclasses import dataclass
from typing import Any

from diagnostics import plain

_MAGIC = bytes.fromhex("00ffffffffffff00")
_BLOCK = 128
_DESCRIPTORS = (54, 72, 90, 108)
_NAME, _TEXT = 0xFC, 0xFE
_FIRST_YEAR = 1990


@dataclass(frozen=True, slots=True)
class Panel:
    """One panel. Lengths in millimetres, resolution in pixels; None where the EDID does not say."""

    connector: str
    maker: str  # three letters of the PNP registry
    model: str
    width_mm: int | None
    height_mm: int | None
    width_px: int | None
    height_px: int | None
    year: int | None

    def to_document(self) -> dict[str, Any]:
        """Return plain JSON types."""
        return {name: getattr(self, name) for name in self.__slots__}


def decode(data: bytes, connector: str) -> Panel | None:
    """Decode a base block; None where it is short, has no magic or a wrong checksum."""
    block = data[:_BLOCK]
    if len(block) < _BLOCK or not block.startswith(_MAGIC) or sum(block) % 256:
        return None
    width_mm, height_mm, width_px, height_px = _native(block)
    return Panel(
        connector=connector,
        maker=_maker(block),
        model=_model(block),
        width_mm=width_mm or block[21] * 10 or None,
        height_mm=height_mm or block[22] * 10 or None,
        width_px=width_px,
        height_px=height_px,
        year=block[17] + _FIRST_YEAR if block[17] else None,
    )


def _maker(block: bytes) -> str:
    packed = int.from_bytes(block[8:10], "big")
    return "".join(chr(ord("@") + (packed >> shift & 31)) for shift in (10, 5, 0))


def _model(block: bytes) -> str:
    for wanted in (_NAME, _TEXT):
        for place in _DESCRIPTORS:
            if block[place : place + 3] == b"\0\0\0" and block[place + 3] == wanted:
                return plain.text(block[place + 5 : place + 18].split(b"\n")[0].decode("latin-1"))
    return f"{int.from_bytes(block[10:12], 'little'):04X}"


def _native(block: bytes) -> tuple[int | None, int | None, int | None, int | None]:
    """Return width and height in mm and in pixels of the first detailed timing."""
    if not any(block[54:56]):
        return None, None, None, None
    timing = block[54:72]
    width_mm, height_mm = timing[12] | timing[14] >> 4 << 8, timing[13] | (timing[14] & 15) << 8
    return width_mm or None, height_mm or None, timing[2] | timing[4] >> 4 << 8, timing[5] | timing[7] >> 4 << 8
