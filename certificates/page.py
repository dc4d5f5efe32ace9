"""The one page of a certificate (A4): drawn from an account, top to bottom, with nothing but rules, tints and text.

Reading order: what, for whom, the verdict and its exceptions, the drive, how and by whom, what is not covered, how to
verify. The body is measured first: free room becomes air between the parts, long texts get fewer lines. Points.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

from reportlab.lib.pagesizes import A4
from reportlab.pdfgen.canvas import Canvas

from certificates.account import CertificateAccount, ErasureAccount
from certificates.envelope import payload_type
from certificates.keys import fingerprint
from certificates.language import mark as _
from certificates.layout import CODE, STRONG, TEXT, Colour, Pen, Setting, Style, fit
from certificates.marks import Mark
from certificates.qr import draw_qr

PAGE = A4
Say = Callable[[str], str]

_LEFT, _RIGHT, _TOP = 51.0, PAGE[0] - 51.0, PAGE[1] - 46.0
_WIDTH = _RIGHT - _LEFT
_GUTTER = 26.0
_COLUMN = (_WIDTH - _GUTTER) / 2
_THIRD = (_WIDTH - 2 * _GUTTER) / 3
_QR = 100.0
_FOOT = 40.0
_FLOOR = _FOOT + 22 + _QR + 14  # the body ends above the proof
_MOST_AIR = 15.0
_PARTS = 6

_INK: Colour = (0.09, 0.11, 0.14)
_SOFT: Colour = (0.36, 0.40, 0.45)
_LINE: Colour = (0.84, 0.86, 0.88)
_ALARM: Colour = (0.78, 0.09, 0.09)
_PALE: Colour = (0.93, 0.66, 0.66)
_OUTLINE: Literal[1] = 1  # text rendering mode: what lies under the letters stays legible, and nothing is transparent
_TINTS: dict[str, tuple[Colour, Colour]] = {
    "ERASED": ((0.925, 0.965, 0.94), (0.05, 0.38, 0.24)),
    "ERASED_WITH_EXCEPTIONS": ((0.995, 0.955, 0.87), (0.55, 0.30, 0.02)),
}
_TITLE = Style(STRONG, (28.0, 25.0), 1.2)
_BIG_CODE = Style(CODE, (13.0, 11.5, 10.0, 8.5, 7.0), 1.3)
_MIDDLE = Style(STRONG, (10.5, 9.6, 8.8, 8.0, 7.0), 1.24)
_LABEL = Style(TEXT, (7.8, 7.2, 6.6))
_VALUE = Style(TEXT, (9.8, 9.2, 8.6, 8.0, 7.2), 1.24)
_HEADING = Style(STRONG, (9.8,))
_SMALL = Style(TEXT, (8.6, 8.0, 7.4), 1.3)
_FINE = Style(CODE, (6.6, 6.2, 5.6), 1.4)


@dataclass(frozen=True, slots=True)
class Room:
    """How generously the body is set: air between parts in points, lines a value may take, exceptions listed."""

    air: float
    lines: int
    exceptions: int


_WIDE, _TIGHT = Room(0.0, 3, 3), Room(0.0, 2, 2)


def draw_page(canvas: Canvas, account: CertificateAccount, say: Say) -> list[Mark]:
    """Draw the whole page; its marks say in which order it is read."""
    room = next((room for room in (_WIDE, _TIGHT) if _body(Pen(None), account, say, room) >= _FLOOR), _TIGHT)
    slack = _body(Pen(None), account, say, room) - _FLOOR
    air = min(_MOST_AIR, max(0.0, slack) / _PARTS)
    marks: list[Mark] = []
    pen = Pen(canvas, marks)
    _body(pen, account, say, Room(air, room.lines, room.exceptions))
    _proof(pen, canvas, account, say)
    _foot(pen, account, say)
    if account.erasure.simulated:
        _watermark(canvas, pen, say)
    return marks


def _body(pen: Pen, account: CertificateAccount, say: Say, room: Room) -> float:
    y = _head(pen, account, say, room)
    y = _verdict(pen, account.erasure, say, y - 12 - room.air, room)
    y = _drive(pen, account.erasure, say, y - 14 - room.air)
    y = _rule(pen, y - 8 - room.air / 2)
    y = _facts(pen, account, say, y - 10 - room.air / 2, room)
    y = _rule(pen, y - room.air / 2)
    return _uncovered(pen, account.erasure, say, y - 9 - room.air / 2)


def _head(pen: Pen, account: CertificateAccount, say: Say, room: Room) -> float:
    width = _WIDTH * 0.66
    y = pen.text(fit(account.issuer[0], Style(STRONG, (10.5, 9.5, 8.5, 7.5)), width, 2), _LEFT, _TOP, _INK)
    y = pen.text(fit(" · ".join(account.issuer[1:]), _SMALL, width, room.lines - 1), _LEFT, y, _SOFT)
    y = pen.text(fit(say("Erasure certificate"), _TITLE, _WIDTH, 1), _LEFT, y - 12 - room.air, _INK, "H1")
    line = say("No. {number} · issued on {date}").format(number=account.number, date=account.issued)
    return pen.text(fit(line, Style(TEXT, (11.5, 10.5, 9.5, 8.0)), _WIDTH, 1), _LEFT, y - 2, _SOFT)


def _verdict(pen: Pen, erasure: ErasureAccount, say: Say, y: float, room: Room) -> float:
    tint, ink = _TINTS[erasure.verdict_code]
    inner = _WIDTH - 40
    word = fit(erasure.verdict, Style(STRONG, (26.0, 22.0), 1.2), inner * 0.8, 1)
    sentence = fit(erasure.sentence, Style(TEXT, (10.0, 9.4)), inner, 2)
    listed = [*erasure.exceptions[: room.exceptions]]
    if len(erasure.exceptions) > room.exceptions:
        more = say("and {count} more, listed in the attached statement")
        listed.append(more.format(count=len(erasure.exceptions) - room.exceptions))
    lines = [_exception(text, inner, len(listed)) for text in listed]
    height = word.height + sentence.height + sum(line.height + 2 for line in lines) + 24
    under = pen.block(_LEFT, y, _WIDTH, height, tint)
    pen.block(_LEFT, y, 3.4, height, ink)
    level = fit(erasure.level_word, Style(STRONG, (15.0,)), inner * 0.2, 1)
    pen.text(level, _RIGHT - 20 - level.width, y - 18, ink)
    y = pen.text(word, _LEFT + 20, y - 8, ink, "H2") - 3
    for line in lines:
        y = pen.text(line, _LEFT + 20, y, ink) - 2
    pen.text(sentence, _LEFT + 20, y, _INK)
    return under


def _exception(text: str, width: float, count: int) -> Setting:
    sizes = (13.5, 12.5, 11.5, 10.0) if count <= 1 else (11.5, 10.5, 9.5)
    return fit(text, Style(STRONG, sizes), width, 2)


def _drive(pen: Pen, erasure: ErasureAccount, say: Say, y: float) -> float:
    y = pen.text(fit(erasure.model, Style(STRONG, (18.0, 16.0, 14.0, 12.0, 10.0)), _WIDTH, 2), _LEFT, y, _INK) - 5
    serial = _cell(pen, (say("Serial number"), erasure.serial), _BIG_CODE, (_LEFT, y), _COLUMN)
    wwn = _cell(pen, (say("WWN / EUI"), erasure.wwn), _BIG_CODE, (_LEFT + _COLUMN + _GUTTER, y), _COLUMN)
    size = say("{capacity} ({bytes})").format(capacity=erasure.capacity, bytes=erasure.size)
    row = (
        (say("Capacity"), size),
        (say("Connection · identity"), f"{erasure.connection} · {erasure.identity}"),
        (say("Firmware"), erasure.firmware),
    )
    y = min(serial, wwn) - 7
    return min(
        _cell(pen, cell, _MIDDLE, (_LEFT + place * (_THIRD + _GUTTER), y), _THIRD) for place, cell in enumerate(row)
    )


def _facts(pen: Pen, account: CertificateAccount, say: Say, y: float, room: Room) -> float:
    erasure = account.erasure
    left = (
        (say("Technique"), erasure.technique),
        (say("Level"), erasure.level),
        (say("Verification"), erasure.verification),
        (say("Date and duration, by the bench’s clock"), say("{period} ({duration})").format(
            period=erasure.period, duration=erasure.duration)),
        (say("Hidden areas · sectors in error"), f"{erasure.hidden} · {erasure.errors}"),
    )  # fmt: skip
    right = (
        (say("Donor"), account.donor),
        (say("Lot · tag of the device"), f"{account.lot} · {account.asset}"),
        (say("Device"), _device(erasure, say)),
        (say("Erased by"), say("{operator}, bench {station}").format(
            operator=erasure.operator, station=erasure.station)),
        (say("Validation"), _decision(account, say)),
    )  # fmt: skip
    return min(_column(pen, left, _LEFT, y, room), _column(pen, right, _LEFT + _COLUMN + _GUTTER, y, room))


def _device(erasure: ErasureAccount, say: Say) -> str:
    if erasure.machine == erasure.machine_serial:
        return erasure.machine
    return say("{machine}, serial number {serial}").format(machine=erasure.machine, serial=erasure.machine_serial)


def _decision(account: CertificateAccount, say: Say) -> str:
    form = _("Approved by {name} on {date}: “{remark}”") if account.remark else _("Approved by {name} on {date}")
    return say(form).format(name=account.validator, date=account.decided, remark=account.remark)


def _column(pen: Pen, rows: Sequence[tuple[str, str]], x: float, y: float, room: Room) -> float:
    for row in rows:
        y = _cell(pen, row, _VALUE, (x, y), _COLUMN, lines=room.lines) - 6 - room.air / 5
    return y


def _cell(
    pen: Pen, cell: tuple[str, str], style: Style, place: tuple[float, float], width: float, *, lines: int = 2
) -> float:
    (label, value), (x, y) = cell, place
    y = pen.text(fit(label, _LABEL, width, 1), x, y, _SOFT)
    return pen.text(fit(value, style, width, lines), x, y, _INK)


def _uncovered(pen: Pen, erasure: ErasureAccount, say: Say, y: float) -> float:
    y = pen.text(fit(say("Not covered by this certificate"), _HEADING, _WIDTH, 1), _LEFT, y, _INK, "H2")
    text = say("; ").join(erasure.uncovered)
    return pen.text(fit(text[:1].upper() + text[1:] + ".", _SMALL, _WIDTH, 4), _LEFT, y - 1, _SOFT)


def _proof(pen: Pen, canvas: Canvas, account: CertificateAccount, say: Say) -> None:
    base = _FOOT + 22
    with pen.part(Mark("Figure", account.verify_url)):
        draw_qr(canvas, account.verify_url, _LEFT - 9, base - 9, _QR + 9)
    x = _LEFT + _QR + 10
    width = _RIGHT - x
    y = pen.text(fit(say("Verify this certificate"), _HEADING, width, 1), x, base + _QR - 6, _INK, "H2")
    y = pen.text(fit(say("Online: {url}").format(url=account.verify_url), _SMALL, width, 2), x, y - 1, _SOFT)
    y = pen.text(fit(say(_OFFLINE), _SMALL, width, 3), x, y, _SOFT) - 4
    ids = (
        (say("Erasure statement"), account.erasure.statement_id),
        (say("Certificate statement"), account.statement_id),
        (say("Evidence, SHA-256"), account.erasure.evidence),
        (say("Key fingerprint"), fingerprint(account.kid)),
    )
    for label, value in ids:
        pen.text(fit(label, _LABEL, 84, 1), x, y + 0.9, _SOFT)
        y = pen.text(fit(value, _FINE, width - 88, 1), x + 88, y, _INK)


_OFFLINE = _(
    "Offline: “etabli-verify” with this file and the issuer’s trust file checks every byte; the signed statements are "
    "attached to this PDF."
)


def _foot(pen: Pen, account: CertificateAccount, say: Say) -> None:
    _rule(pen, _FOOT + 8)
    words = [say("Statement of the issuer; no certification by a third party is claimed.")]
    if pen.cut:
        words = [say("“…” marks text shortened on this page; the attached statements carry it in full.")]
    words.append(f"{payload_type('certificate')} · Établi {account.erasure.agent} · {account.uuid}")
    pen.text(fit(" ".join(words), Style(TEXT, (7.2, 6.8, 6.4, 6.0, 5.4)), _WIDTH, 2), _LEFT, _FOOT + 5, _SOFT)


def _watermark(canvas: Canvas, pen: Pen, say: Say) -> None:
    text = say("SIMULATION — WITHOUT VALUE")
    corner = fit(text, Style(STRONG, (11.0, 10.0)), _WIDTH * 0.33, 1)
    pen.text(corner, _RIGHT - corner.width, _TOP, _ALARM)
    with pen.part(None):
        canvas.saveState()
        canvas.setStrokeColorRGB(*_PALE)
        canvas.setLineWidth(0.7)
        canvas.translate(PAGE[0] / 2, PAGE[1] / 2 + 34)  # clear of the square code
        canvas.rotate(52)
        canvas.setFont(STRONG, 58)
        canvas.drawCentredString(0, -18, text, mode=_OUTLINE)
        canvas.restoreState()


def _rule(pen: Pen, y: float) -> float:
    return pen.block(_LEFT, y, _WIDTH, 0.6, _LINE)
