"""The sheet beside the bench (A4): the test code of the scanner, the commands, and badges to cut out.

Codes are Code 128 and large enough for plain scanners. A badge is on paper only: its token is not kept in clear.
"""

import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from reportlab.graphics.barcode.code128 import Code128
from reportlab.lib.pagesizes import A4
from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas

from certificates.layout import CODE, STRONG, TEXT, Colour, Pen, Style, fit, register_fonts
from station_agent.language import Voice, mark
from station_agent.scanner.keycodes import TEST_CODE
from station_agent.scanner.own_codes import Own, SheetCommand, own_code

COMMANDS: Final[Mapping[SheetCommand, tuple[str, str]]] = {
    SheetCommand.START: (mark("Start"), mark("as the key S; a confirmation follows")),
    SheetCommand.STOP: (mark("Stop"), mark("asks first which drive")),
    SheetCommand.CONFIRM: (mark("Yes"), mark("never instead of a serial number")),
    SheetCommand.BACK: (mark("Back"), mark("leave this screen")),
    SheetCommand.HELP: (mark("Help"), mark("help for this screen")),
    SheetCommand.LANGUAGE: (mark("Language"), mark("French or English")),
    SheetCommand.BIGFONT: (mark("Big letters"), mark("and back")),
    SheetCommand.UNFREEZE: (mark("Unfreeze"), mark("the bench sleeps 5 s; the screen goes black")),
    SheetCommand.MUTE: (mark("Sound"), mark("off and on")),
    SheetCommand.LABEL: (mark("Label"), mark("print the label of the chosen device")),
    SheetCommand.SIGNOUT: (mark("Sign out"), mark("running drives go on")),
}
INK: Final[Colour] = (0.0, 0.0, 0.0)
SOFT: Final[Colour] = (0.36, 0.40, 0.45)
LEFT, TOP = 15 * mm, A4[1] - 14 * mm
WIDTH: Final = A4[0] - 2 * LEFT
GUTTER: Final = 8 * mm
COLUMN: Final = (WIDTH - GUTTER) / 2
ROW: Final = 29 * mm
BADGE_WIDTH, BADGE_HEIGHT = 85.6 * mm, 54.0 * mm  # the size of a bank card (ISO/IEC 7810 ID-1)
BADGES_ON_PAGE: Final = 8
TITLE: Final = Style(STRONG, (20.0, 16.0))
NAME: Final = Style(STRONG, (12.0, 10.0, 8.0))
NOTE: Final = Style(TEXT, (9.0, 8.0, 7.0), 1.25)
PRINT: Final = Style(CODE, (7.5, 6.5))
BIG: Final = Style(STRONG, (22.0, 18.0, 14.0, 10.0))
WIDEST: Final = 0.95  # points of one bar


@dataclass(frozen=True, slots=True)
class Badge:
    """A badge to print."""

    name: str
    token: str = field(repr=False)


def sheet_pdf(voice: Voice, badges: Sequence[Badge] = ()) -> bytes:
    """Draw the sheet, and pages of badges after it. The same badges give the same bytes."""
    register_fonts()
    buffer = io.BytesIO()
    canvas = Canvas(buffer, pagesize=A4, invariant=True, pageCompression=1, lang=voice.lang, initialFontName=TEXT)  # type: ignore[arg-type]  # the stubs say float
    canvas.setTitle(voice.say("Sheet of the bench"))
    canvas.setCreator("Établi")
    canvas.setProducer("Établi")
    _commands(canvas, voice)
    for first in range(0, len(badges), BADGES_ON_PAGE):
        canvas.showPage()
        _badges(canvas, voice, badges[first : first + BADGES_ON_PAGE])
    canvas.showPage()
    canvas.save()
    return buffer.getvalue()


def _commands(canvas: Canvas, voice: Voice) -> None:
    pen = Pen(canvas)
    y = pen.text(fit(voice.say("Sheet of the bench"), TITLE, WIDTH, 1), LEFT, TOP, INK) - 4
    told = voice.say(
        "1. New scanner, or another bench? Scan this test code first: the bench finds out which device the scanner is "
        "and how its keyboard is set."
    )
    y = pen.text(fit(told, NOTE, WIDTH, 2), LEFT, y, INK) - 4
    _barcode(canvas, TEST_CODE, (LEFT, y), COLUMN, 14 * mm)
    note = voice.say("The scanner must act as a USB keyboard and send Enter after each code (its own manual says how).")
    pen.text(fit(note, NOTE, COLUMN, 3), LEFT + COLUMN + GUTTER, y - 2, SOFT)
    y -= 24 * mm
    y = pen.text(fit(voice.say("2. Commands"), NAME, WIDTH, 1), LEFT, y, INK) - 5
    for place, (command, (name, note)) in enumerate(COMMANDS.items()):
        row, column = divmod(place, 2)
        x, top = LEFT + column * (COLUMN + GUTTER), y - row * ROW
        label = fit(voice.say(name), NAME, COLUMN, 1)
        under = pen.text(label, x, top, INK)
        beside = x + label.width + 6
        pen.text(fit(voice.say(note), NOTE, x + COLUMN - beside, 1), beside, top - 2.5, SOFT)
        _barcode(canvas, own_code(Own.COMMAND, command), (x, under - 2), COLUMN, 13 * mm)


def _badges(canvas: Canvas, voice: Voice, badges: Sequence[Badge]) -> None:
    pen = Pen(canvas)
    left = (A4[0] - 2 * BADGE_WIDTH) / 2
    for place, badge in enumerate(badges):
        row, column = divmod(place, 2)
        x, top = left + column * BADGE_WIDTH, TOP - row * BADGE_HEIGHT
        canvas.setStrokeColorRGB(*SOFT)
        canvas.setDash(2, 3)
        canvas.rect(x, top - BADGE_HEIGHT, BADGE_WIDTH, BADGE_HEIGHT)
        canvas.setDash()
        room = BADGE_WIDTH - 8 * mm
        y = pen.text(fit(badge.name, BIG, room, 1), x + 4 * mm, top - 4 * mm, INK) - 2
        told = voice.say(
            "Badge of the bench. It signs you in without a PIN: keep it like a key. A new badge voids this one."
        )
        y = pen.text(fit(told, NOTE, room, 3), x + 4 * mm, y, SOFT) - 5
        _bars(canvas, own_code(Own.OPERATOR, badge.token), (x + 4 * mm, y), room, 15 * mm)


def _barcode(canvas: Canvas, text: str, place: tuple[float, float], room: float, height: float) -> None:
    """Draw bars with their upper left corner at `place`, and what they say below them."""
    _bars(canvas, text, place, room, height)
    Pen(canvas).text(fit(text, PRINT, room, 1), place[0], place[1] - height - 1, INK)


def _bars(canvas: Canvas, text: str, place: tuple[float, float], room: float, height: float) -> None:
    bar = min(WIDEST, room / (Code128(text, barWidth=1, quiet=0).width + 10))
    canvas.setFillColorRGB(*INK)  # bars take the colour of what was drawn last
    Code128(text, barWidth=bar, barHeight=height, quiet=0).drawOn(canvas, place[0], place[1] - height)
