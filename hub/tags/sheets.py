"""Sheets of tags as PDF: a QR code and the same code in letters on each label. Draws; knows no database.

The QR code holds the address of the page about the device, for whoever has it; a bench reads the tag in it and needs no
network for that. The letters are the code itself, to be typed.
"""

import io
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas

from certificates.qr import draw_qr
from hub.tags.formats import PAGE, Format
from hub.tags.own_codes import scanned_of, tag_code

FONT: Final = "Helvetica"
EDGE: Final = 15  # tenths of a millimetre that stay white at each edge of a label
SMALLEST, LARGEST = 4.0, 12.0  # points


@dataclass(frozen=True, slots=True)
class Label:
    """One label: the tag as devices carry it, and a word of what it sticks on ("" for the device itself).

    `base` is the address of the hub that has a page about the device; "" for a label without a page.
    """

    asset: str
    part: str = ""
    base: str = ""


def labels_of(assets: Sequence[str], parts: Sequence[str], base: str = "") -> tuple[Label, ...]:
    """The labels of these tags: one for each part, those of one tag side by side."""
    return tuple(Label(asset, part, base) for asset in assets for part in parts)


def draw_sheets(labels: Sequence[Label], sheet: Format, start: int) -> bytes:
    """The PDF, A4, the same bytes for the same labels. `start` is the place of the first label, from 1."""
    buffer = io.BytesIO()
    canvas = Canvas(buffer, pagesize=(_points(PAGE[0]), _points(PAGE[1])), invariant=1)
    canvas.setTitle("Établi")
    for at, label in enumerate(labels, start - 1):
        if at % sheet.labels == 0 and at >= start:
            canvas.showPage()
        _draw(canvas, label, sheet, at)
    canvas.save()
    return buffer.getvalue()


def _draw(canvas: Canvas, label: Label, sheet: Format, place: int) -> None:
    left, top = sheet.corner(place)
    side = min(sheet.height, sheet.width * 45 // 100) - 2 * EDGE
    code = tag_code(label.asset)
    scanned, bottom = scanned_of(label.base, label.asset), PAGE[1] - top - (sheet.height + side) // 2
    draw_qr(canvas, scanned, _points(left + EDGE), _points(bottom), _points(side))
    x, room = left + EDGE + side + EDGE // 2, sheet.width - side - 3 * EDGE
    middle = PAGE[1] - top - sheet.height // 2
    _write(canvas, _printable(code), x, middle, room)
    if label.part:
        _write(canvas, _printable(label.part), x, middle - 45, room)


def _write(canvas: Canvas, text: str, x: int, y: int, room: int) -> None:
    width = canvas.stringWidth(text, FONT, 1) or 1
    canvas.setFont(FONT, max(SMALLEST, min(LARGEST, _points(room) / width)))
    canvas.drawString(_points(x), _points(y), text)


def _printable(text: str) -> str:
    """What the built-in font can draw; anything else shows as a question mark. The QR code holds it as it is."""
    return text.encode("cp1252", "replace").decode("cp1252")


def _points(tenths: int) -> float:
    return tenths * mm / 10
