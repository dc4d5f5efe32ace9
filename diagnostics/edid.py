"""A built-in panel by its EDID (VESA E-EDID 1.4, base block): maker, model, size, native resolution, year.

Every connector gives a panel: one whose EDID is damaged is named as such, with no figure taken from the damage.
"""

import math
from dataclasses import dataclass
from typing import Any

from diagnostics import plain

_MAGIC = bytes.fromhex("00ffffffffffff00")
_BLOCK = 128
_DESCRIPTORS = (54, 72, 90, 108)
_NAME, _TEXT = 0xFC, 0xFE
_FIRST_YEAR = 1990
_MODEL_YEAR = 0xFF  # week FFh: the year is that of the model
_TENTHS_OF_INCH = 2.54  # mm


@dataclass(frozen=True, slots=True)
class Panel:
    """One panel. Lengths in millimetres, resolution in pixels; None where the EDID does not say.

    `doubt` is "" for a sound EDID, else "edid-missing", "edid-short", "edid-no-header" or "edid-checksum".
    """

    connector: str
    maker: str = ""  # three letters of the PNP registry
    model: str = ""
    width_mm: int | None = None
    height_mm: int | None = None
    width_px: int | None = None
    height_px: int | None = None
    year: int | None = None
    year_of_model: bool = False
    doubt: str = ""

    @property
    def diagonal_tenths(self) -> int | None:
        """Return the diagonal in tenths of an inch: 140 is a 14-inch panel."""
        if not self.width_mm or not self.height_mm:
            return None
        return round(math.hypot(self.width_mm, self.height_mm) / _TENTHS_OF_INCH)

    def to_document(self) -> dict[str, Any]:
        """Return plain JSON types."""
        fields = {name: getattr(self, name) for name in self.__slots__}
        return fields | {"diagonal_tenths_of_inch": self.diagonal_tenths}


def decode(data: bytes, connector: str) -> Panel:
    """Decode a base block; a damaged one gives a panel with its doubt and nothing else."""
    block = data[:_BLOCK]
    if doubt := _doubt(block):
        return Panel(connector, doubt=doubt)
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
        year_of_model=block[16] == _MODEL_YEAR,
    )


def _doubt(block: bytes) -> str:
    if not block:
        return "edid-missing"
    if len(block) < _BLOCK:
        return "edid-short"
    if not block.startswith(_MAGIC):
        return "edid-no-header"
    return "edid-checksum" if sum(block) % 256 else ""


def _maker(block: bytes) -> str:
    packed = int.from_bytes(block[8:10], "big")
    letters = [packed >> shift & 31 for shift in (10, 5, 0)]
    return "".join(chr(ord("@") + letter) for letter in letters) if all(1 <= one <= 26 for one in letters) else ""  # noqa: PLR2004 - A to Z


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
    width, height = timing[2] | timing[4] >> 4 << 8, timing[5] | timing[7] >> 4 << 8
    return width_mm or None, height_mm or None, width or None, height or None
