"""Sheets of tags as PDF: a QR code and the same code in letters on each label. Draws; knows no database.

The QR code holds the address of the page about the device, for whoever has it; a bench reads the tag in it and needs no
network for that. The letters are the code itself, to be typed.
"""

import io
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from reportlab.lib.units import mm
from reportlab.pdfbase.pdfmetrics import stringWidth
from reportlab.pdfgen.canvas import Canvas

from certificates.qr import draw_qr
from hub.tags.formats import PAGE, Format
from hub.tags.own_codes import scanned_of, tag_code

FONT: Final = "Helvetica"
EDGE: Final = 15  # tenths of a millimetre that stay white at each edge of a label
SMALLEST, READABLE, CLEAR, LARGEST = 2.5, 5.5, 8.0, 12.0  # points
WHOLE: Final = 16  # characters that stay on one line if they can be read at all
MOST_LINES: Final = 6


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
    lines = broken(_printable(code), _points(room))
    size = min(_size(line, room, LARGEST) for line in lines)
    part = _printable(label.part)
    smaller = _size(part, room, max(size, READABLE)) if part else 0.0
    y = middle + (_tenths(size) * (len(lines) - 1) + _tenths(smaller)) // 2
    for line in lines:
        _write(canvas, line, (x, y), size)
        y -= _tenths(size)
    if part:
        _write(canvas, part, (x, y + _tenths(size) - _tenths(smaller)), smaller)


def broken(text: str, room: float) -> tuple[str, ...]:
    """The text as lines of equal length, as few as go into `room` points in a size that can be read."""
    wanted = READABLE if len(text) <= WHOLE else CLEAR
    most = max(1, int(room / (stringWidth(text, FONT, wanted) or 1) * len(text)))
    count = min(MOST_LINES, max(1, -(-len(text) // most)))
    length = -(-len(text) // count) or 1
    return tuple(text[at : at + length] for at in range(0, len(text), length)) or ("",)


def _size(text: str, room: int, largest: float) -> float:
    return max(SMALLEST, min(largest, _points(room) / (stringWidth(text, FONT, 1) or 1)))


def _write(canvas: Canvas, text: str, place: tuple[int, int], size: float) -> None:
    canvas.setFont(FONT, size)
    canvas.drawString(_points(place[0]), _points(place[1]), text)


def _printable(text: str) -> str:
    """What the built-in font can draw; anything else shows as a question mark. The QR code holds it as it is."""
    return text.encode("cp1252", "replace").decode("cp1252")


def _tenths(points: float) -> int:
    """The height of a line of this size, in tenths of a millimetre."""
    return round(points * 11.5 / mm)


def _points(tenths: int) -> float:
    return tenths * mm / 10
