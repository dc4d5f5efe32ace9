"""Slips drawn as PDF, A4: text as given, and what does not fit a page goes on to the next one. Knows no database.

The same slip gives the same bytes.
"""

import io
from collections.abc import Sequence
from typing import Final

from reportlab.lib.pagesizes import A4
from reportlab.pdfgen.canvas import Canvas

from certificates.layout import CODE, STRONG, TEXT, Colour, Pen, Setting, Style, fit, register_fonts
from certificates.qr import draw_qr
from hub.slips import Slip, Table

LEFT, RIGHT, TOP, BOTTOM = 51.0, A4[0] - 51.0, A4[1] - 46.0, 60.0  # points
WIDTH, LABEL, QR, SIGNED, GAP = RIGHT - LEFT, 150.0, 96.0, 84.0, 10.0
INK: Final[Colour] = (0.09, 0.11, 0.14)
SOFT: Final[Colour] = (0.36, 0.40, 0.45)
LINE: Final[Colour] = (0.80, 0.82, 0.85)
TITLE = Style(STRONG, (22.0, 19.0, 16.0), 1.2)
HEADING = Style(STRONG, (11.0, 10.0, 9.0))
BODY = Style(TEXT, (10.0, 9.4, 8.6, 7.6), 1.3)
SMALL = Style(TEXT, (8.6, 8.0, 7.2), 1.3)
LETTERS = Style(CODE, (16.0, 13.0, 10.0, 8.0), 1.3)


def draw(slip: Slip, lang: str) -> bytes:
    """The PDF, A4, on as many pages as it needs."""
    register_fonts()
    buffer = io.BytesIO()
    canvas = Canvas(buffer, pagesize=A4, invariant=True, pageCompression=1, lang=lang, initialFontName=TEXT)  # type: ignore[arg-type]  # the stubs say float
    canvas.setTitle(slip.title)
    canvas.setAuthor(slip.issuer)
    canvas.setCreator("Établi")
    canvas.setProducer("Établi")
    _Sheet(canvas, slip).fill()
    canvas.showPage()
    canvas.save()
    return buffer.getvalue()


class _Sheet:
    """The page under the pen: `y` is where the next thing goes, in points from the bottom."""

    def __init__(self, canvas: Canvas, slip: Slip) -> None:
        self.canvas, self.slip, self.pen, self.y = canvas, slip, Pen(canvas), TOP

    def fill(self) -> None:
        self._head()
        for label, value in self.slip.facts:
            self._columns((LABEL, WIDTH - LABEL), (label, value), (SMALL, BODY), (SOFT, INK))
        if self.slip.table is not None:
            self._table(self.slip.table)
        self.y -= GAP
        for note in self.slip.notes:
            self._columns((WIDTH,), (note,), (SMALL,), (SOFT,))
        self._signatures()

    def _head(self) -> None:
        slip, width = self.slip, WIDTH - (QR + GAP if self.slip.address else 0)
        self._down(fit(slip.issuer, HEADING, width, 2))
        self._down(fit(slip.contact, SMALL, width, 2), SOFT)
        self.y -= GAP
        self._down(fit(slip.title, TITLE, width, 2))
        if slip.code:
            self._down(fit(slip.code, LETTERS, width, 2))
        if slip.address:
            draw_qr(self.canvas, slip.address, RIGHT - QR, TOP - QR, QR)
            self.y = min(self.y, TOP - QR)
            self._down(fit(slip.address, SMALL, WIDTH, 2), SOFT)
        self.y -= GAP

    def _table(self, table: Table) -> None:
        widths = tuple(WIDTH * share for share in table.shares)
        self.y -= GAP
        self._down(fit(table.title, HEADING, WIDTH, 1))
        self._columns(widths, table.heads, (SMALL,) * len(widths), (SOFT,) * len(widths), ruled=True)
        for row in table.rows:
            self._columns(widths, row, (BODY,) * len(widths), (INK,) * len(widths), ruled=True)

    def _signatures(self) -> None:
        if not self.slip.signatures:
            return
        self._room(SIGNED + GAP)
        self.y -= GAP
        width = WIDTH / len(self.slip.signatures)
        for place, (who, name) in enumerate(self.slip.signatures):
            x = LEFT + place * width
            under = self.pen.text(fit(who, HEADING, width - GAP, 2), x, self.y, INK)
            self.pen.text(fit(name, SMALL, width - GAP, 1), x, under, SOFT)
            self.pen.block(x, self.y - SIGNED, width - GAP, 0.6, LINE)
        self.y -= SIGNED

    def _columns(
        self,
        widths: Sequence[float],
        texts: Sequence[str],
        styles: Sequence[Style],
        colours: Sequence[Colour],
        *,
        ruled: bool = False,
    ) -> None:
        told = zip(texts, styles, widths, strict=True)
        cells = [fit(text, style, width - GAP, 8) for text, style, width in told]
        height = max(cell.height for cell in cells) + 5
        self._room(height)
        x = LEFT
        for cell, width, colour in zip(cells, widths, colours, strict=True):
            self.pen.text(cell, x, self.y, colour)
            x += width
        self.y -= height
        if ruled:
            self.pen.block(LEFT, self.y + 2, WIDTH, 0.5, LINE)

    def _room(self, height: float) -> None:
        if self.y - height < BOTTOM:
            self.canvas.showPage()
            self.y = TOP

    def _down(self, setting: Setting, colour: Colour = INK) -> None:
        self._room(setting.height)
        self.y = self.pen.text(setting, LEFT, self.y, colour) - 3
