"""Labels as PDF: one to a page of its own size, or 24 on a sheet of A4 (70 x 37 mm, three by eight). Points.

The same faces give the same bytes. Fonts are those of the certificates: the words are drawn as given, never as markup.
"""

import io
from collections.abc import Sequence
from typing import Final

from reportlab.graphics.barcode.code128 import Code128
from reportlab.lib.pagesizes import A4
from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas

from certificates.layout import CODE, STRONG, TEXT, Colour, Pen, Style, fit, register_fonts
from certificates.qr import draw_qr
from station_agent.labels.face import HEIGHT_MM, WIDTH_MM, Face

WIDTH, HEIGHT = WIDTH_MM * mm, HEIGHT_MM * mm
COLUMNS, ROWS = 3, 8
PLACES: Final = COLUMNS * ROWS
MARGIN: Final = 7.0
QR_SIDE: Final = 66.0
INK: Final[Colour] = (0.0, 0.0, 0.0)
PAPER: Final[Colour] = (1.0, 1.0, 1.0)
ALARM: Final[Colour] = (0.78, 0.05, 0.05)
HEADING: Final = Style(STRONG, (15.0, 13.0, 11.0, 9.5, 8.0))
LETTER: Final = Style(STRONG, (26.0, 18.0, 12.0, 8.0))
LINE: Final = Style(TEXT, (7.6, 7.0, 6.4, 5.8), 1.18)
FOOT: Final = Style(CODE, (5.6, 5.0))
RIBBON: Final = Style(STRONG, (6.4, 5.6))
NARROWEST: Final = 0.54  # points of one bar: 7.5 thousandths of an inch, what plain scanners read
WIDEST: Final = 0.9
QUIET: Final = 10  # bars of quiet zone


def labels_pdf(faces: Sequence[Face], lang: str) -> bytes:
    """Draw each label on a page of its own size."""
    register_fonts()
    buffer = io.BytesIO()
    canvas = _canvas(buffer, (WIDTH, HEIGHT), lang)
    for face in faces:
        draw_label(canvas, face, 0, 0)
        canvas.showPage()
    canvas.save()
    return buffer.getvalue()


def sheet_pdf(faces: Sequence[Face], lang: str, *, skip: int = 0) -> bytes:
    """Draw labels on sheets of A4, row by row, and leave the first `skip` places of the first sheet empty."""
    register_fonts()
    buffer = io.BytesIO()
    canvas = _canvas(buffer, A4, lang)
    places = range(skip, skip + len(faces))
    for place, face in zip(places, faces, strict=True):
        row, column = divmod(place % PLACES, COLUMNS)
        draw_label(canvas, face, column * WIDTH, A4[1] - (A4[1] - ROWS * HEIGHT) / 2 - (row + 1) * HEIGHT)
        if place % PLACES == PLACES - 1 or place == places[-1]:
            canvas.showPage()
    canvas.save()
    return buffer.getvalue()


def draw_label(canvas: Canvas, face: Face, x: float, y: float) -> None:
    """Draw one label with its lower left corner at (x, y)."""
    pen = Pen(canvas)
    head = _head(pen, face, x, y)
    draw_qr(canvas, face.qr, x + MARGIN - 4, y + MARGIN - 3, QR_SIDE)
    left = x + MARGIN + QR_SIDE
    below = head - 1.5
    floor = y + MARGIN + 8
    if face.barcode and (bars := _bars(face.barcode, x + WIDTH - MARGIN - left)) is not None:
        canvas.setFillColorRGB(*INK)  # bars take the colour of what was drawn last
        bars.drawOn(canvas, left, floor)
        floor += bars.height + 2
    lines = face.lines if not face.ribbon else (*face.lines, "")
    setting = min((7.6, *((below - floor) / (len(lines) * LINE.leading),)), default=7.6)
    style = Style(TEXT, tuple(size for size in LINE.sizes if size <= setting) or (setting,), LINE.leading)
    for line in face.lines:
        below = pen.text(fit(line, style, x + WIDTH - MARGIN - left, 1), left, below, INK)
    if face.ribbon:
        pen.text(fit(face.ribbon, RIBBON, x + WIDTH - MARGIN - left, 1), left, below, ALARM)
    pen.text(fit(face.foot, FOOT, x + WIDTH - MARGIN - left, 1), left, y + MARGIN + 5, INK)


def _head(pen: Pen, face: Face, x: float, y: float) -> float:
    """Draw heading and letter, white on red for an alarm; give the y under them."""
    top, width = y + HEIGHT - MARGIN, WIDTH - 2 * MARGIN
    letter = fit(face.letter, LETTER, 30, 1) if face.letter else None
    heading = fit(face.heading, HEADING, width - (34 if letter else 0), 1)
    if face.alarm:
        pen.block(x, y + HEIGHT, WIDTH, MARGIN + 19, ALARM)
    pen.text(heading, x + MARGIN, top, PAPER if face.alarm else INK)
    if letter is not None:
        pen.text(letter, x + WIDTH - MARGIN - letter.width, top + 3, INK)
    return top - (20 if not letter else 24)


def _bars(text: str, room: float) -> Code128 | None:
    """Give the bars of a text with quiet zones in `room` points; None when they would be too fine to be read."""
    modules = Code128(text, barWidth=1, quiet=0).width + 2 * QUIET
    bar = min(WIDEST, room / modules)
    if bar < NARROWEST:
        return None
    return Code128(text, barWidth=bar, barHeight=13, quiet=1, lquiet=QUIET * bar, rquiet=QUIET * bar)


def _canvas(buffer: io.BytesIO, page: tuple[float, float], lang: str) -> Canvas:
    canvas = Canvas(buffer, pagesize=page, invariant=True, pageCompression=1, lang=lang, initialFontName=TEXT)  # type: ignore[arg-type]  # the stubs say float
    canvas.setCreator("Établi")
    canvas.setProducer("Établi")
    return canvas
