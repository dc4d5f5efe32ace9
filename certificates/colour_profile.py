"""The colours of a page, said to whoever reads it in fifty years: an ICC profile of sRGB, made from its figures.

IEC 61966-2-1 (primaries, curve), adapted to the D50 of ISO 15076-1:2005 (ICC 4.2): five hundred bytes, always the same.
"""

import struct
from collections.abc import Sequence
from functools import lru_cache
from typing import Final

NAME: Final = "sRGB IEC61966-2.1"
_LICENCE: Final = "CC0 1.0: no rights reserved"
_D50: Final = (0.96420, 1.0, 0.82491)
_PRIMARIES: Final = {  # red, green, blue as D50 sees them
    b"rXYZ": (0.436066, 0.222488, 0.013916),
    b"gXYZ": (0.385147, 0.716873, 0.097076),
    b"bXYZ": (0.143066, 0.060608, 0.714096),
}
_FROM_D65: Final = (1.047882, 0.022919, -0.050201, 0.029587, 0.990479, -0.017059, -0.009232, 0.015076, 0.751678)
_CURVE: Final = (2.4, 1 / 1.055, 0.055 / 1.055, 1 / 12.92, 0.04045)
_HEADER_BYTES: Final = 128
_DAY: Final = (2000, 1, 1, 0, 0, 0)  # when it was made is no matter: always the same bytes


@lru_cache(maxsize=1)
def srgb_profile() -> bytes:
    """A display profile, RGB to XYZ, with one curve for the three channels."""
    white = b"XYZ " + bytes(4) + _fixed(_D50)
    curve = struct.pack(">4s4xHxx", b"para", 3) + _fixed(_CURVE)
    tags = {
        b"desc": _text(NAME),
        b"cprt": _text(_LICENCE),
        b"wtpt": white,
        b"chad": b"sf32" + bytes(4) + _fixed(_FROM_D65),
        **{name: b"XYZ " + bytes(4) + _fixed(figures) for name, figures in _PRIMARIES.items()},
        **dict.fromkeys((b"rTRC", b"gTRC", b"bTRC"), curve),
    }
    table, body = _laid_out(tags)
    return _header(_HEADER_BYTES + len(table) + len(body)) + table + body


def _header(size: int) -> bytes:
    kinds = struct.pack(">I4xI4s4s4s6H", size, 0x04200000, b"mntr", b"RGB ", b"XYZ ", *_DAY)
    return (kinds + b"acsp" + bytes(28) + _fixed(_D50)).ljust(_HEADER_BYTES, b"\0")


def _laid_out(tags: dict[bytes, bytes]) -> tuple[bytes, bytes]:
    """The table of the tags and their bytes; equal ones stand once."""
    start = _HEADER_BYTES + 4 + 12 * len(tags)
    body, places = b"", dict[bytes, int]()
    table = struct.pack(">I", len(tags))
    for name, data in tags.items():
        if data not in places:
            places[data] = start + len(body)
            body += data + bytes(-len(data) % 4)
        table += struct.pack(">4sII", name, places[data], len(data))
    return table, body


def _text(text: str) -> bytes:
    data = text.encode("utf-16-be")
    return struct.pack(">4s4xII2s2sII", b"mluc", 1, 12, b"en", b"US", len(data), 28) + data


def _fixed(figures: Sequence[float]) -> bytes:
    return struct.pack(f">{len(figures)}i", *(round(figure * 65536) for figure in figures))
