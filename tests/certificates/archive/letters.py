"""Fonts of a page against ISO 19005-3:2012, 6.2.11: embedded, every code has a glyph, its true width and a meaning.

Reads TrueType by itself (ISO/IEC 14496-22: head, hhea, hmtx, cmap formats 0 and 6), so that who wrote the font and who
checks it are not the same.
"""

import re
import struct
from collections.abc import Iterator
from typing import Any

import pikepdf

SHOWS = {"Tj", "'", '"', "TJ"}
SYMBOLIC = 4


def wrong_fonts(document: pikepdf.Pdf) -> Iterator[str]:
    for page in document.pages:
        for name, codes in used(page).items():
            yield from wrong_font(page.Resources.Font[name], codes)


def used(page: Any) -> dict[str, set[int]]:
    """The codes that are shown, by font."""
    found: dict[str, set[int]] = {}
    font = ""
    for operands, operator in pikepdf.parse_content_stream(page):
        if str(operator) == "Tf":
            font = str(operands[0])
        elif str(operator) in SHOWS:
            texts = operands[0] if str(operator) == "TJ" else operands[-1:]
            found.setdefault(font, set()).update(*(bytes(one) for one in texts if isinstance(one, pikepdf.String)))
    return found


def wrong_font(font: Any, codes: set[int]) -> Iterator[str]:
    described = font.get("/FontDescriptor")
    if described is None or "/FontFile2" not in described:
        yield "6.2.11.4.1 font not embedded"
        return
    if not int(described.Flags) & SYMBOLIC or "/Encoding" in font:
        yield "6.2.11.6 symbolic font with an encoding"
    tables = tables_of(bytes(described.FontFile2.read_bytes()))
    glyphs, widths = glyphs_of(tables), widths_of(tables)
    meant = meanings(bytes(font.ToUnicode.read_bytes())) if "/ToUnicode" in font else {}
    if any(text in {"\0", "\ufeff", "\ufffe"} for text in meant.values()):
        yield "6.2.11.7.2 a code means nothing"
    for code in sorted(codes):
        glyph = glyphs.get(code, 0)
        if glyph == 0:
            yield f"6.2.11.8 code {code} shows .notdef"
            continue
        if abs(widths[min(glyph, len(widths) - 1)] - float(font.Widths[code - int(font.FirstChar)])) > 1:
            yield f"6.2.11.5 width of code {code}"
        if code not in meant:
            yield f"6.2.11.7.2 code {code} has no meaning"


def meanings(table: bytes) -> dict[int, str]:
    pairs = re.findall(rb"<([0-9A-F]{2})> <([0-9A-F]{4,})>\n", table)
    return {int(code, 16): bytes.fromhex(text.decode()).decode("utf-16-be") for code, text in pairs}


def tables_of(font: bytes) -> dict[bytes, bytes]:
    count = struct.unpack(">H", font[4:6])[0]
    rows = (struct.unpack(">4s4xII", font[12 + 16 * row : 28 + 16 * row]) for row in range(count))
    return {name: font[start : start + size] for name, start, size in rows}


def widths_of(tables: dict[bytes, bytes]) -> list[float]:
    """Width of each glyph in thousandths of the em."""
    em = struct.unpack(">H", tables[b"head"][18:20])[0]
    count = struct.unpack(">H", tables[b"hhea"][34:36])[0]
    rows = struct.unpack(f">{2 * count}H", tables[b"hmtx"][: 4 * count])
    return [width * 1000 / em for width in rows[::2]]


def glyphs_of(tables: dict[bytes, bytes]) -> dict[int, int]:
    cmap = tables[b"cmap"]
    count = struct.unpack(">H", cmap[2:4])[0]
    assert count == 1, "6.2.11.6: the cmap of a symbolic font has one table"
    part = cmap[struct.unpack(">I", cmap[8:12])[0] :]
    kind = struct.unpack(">H", part[:2])[0]
    if kind == 0:
        return dict(enumerate(part[6:262]))
    assert kind == 6, f"cmap format {kind}"
    first, entries = struct.unpack(">HH", part[6:10])
    return dict(enumerate(struct.unpack(f">{entries}H", part[10 : 10 + 2 * entries]), first))
