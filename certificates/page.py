"""The one page of a certificate (A4): drawn from an account, top to bottom, with nothing but lines, tints and text.

Reading order: what, for whom, the verdict and its exceptions, the drive, how and by whom, what is not covered, how to
verify. Measures are in points.
"""

from collections.abc import Callable, Sequence

from reportlab.lib.pagesizes import A4
from reportlab.pdfgen.canvas import Canvas

from certificates.account import CertificateAccount, ErasureAccount
from certificates.envelope import payload_type
from certificates.keys import fingerprint
from certificates.layout import CODE, STRONG, TEXT, Setting, Style, draw, fit
from certificates.qr import draw_qr

PAGE = A4
Say = Callable[[str], str]

_LEFT, _RIGHT, _TOP = 51.0, PAGE[0] - 51.0, PAGE[1] - 42.0
_WIDTH = _RIGHT - _LEFT
_GUTTER = 24.0
_COLUMN = (_WIDTH - _GUTTER) / 2
_INK, _SOFT, _LINE = (0.09, 0.11, 0.14), (0.38, 0.42, 0.47), (0.84, 0.86, 0.88)
_TINTS = {
    "ERASED": ((0.925, 0.965, 0.94), (0.05, 0.38, 0.24)),
    "ERASED_WITH_EXCEPTIONS": ((0.995, 0.955, 0.87), (0.55, 0.30, 0.02)),
}
_TITLE = Style(STRONG, (27.0, 24.0))
_LABEL = Style(TEXT, (7.6, 7.0, 6.4))
_VALUE = Style(TEXT, (9.6, 9.0, 8.4, 7.8, 7.0), 1.24)
_SMALL = Style(TEXT, (8.4, 7.8, 7.2), 1.3)
_FINE = Style(CODE, (6.4, 6.0, 5.4), 1.35)


def draw_page(canvas: Canvas, account: CertificateAccount, say: Say) -> None:
    """Draw the whole page."""
    y = _head(canvas, account, say)
    y = _verdict(canvas, account.erasure, say, y - 15)
    y = _drive(canvas, account.erasure, say, y - 20)
    y = _rule(canvas, y - 13)
    y = _facts(canvas, account, say, y - 13)
    y = _rule(canvas, y - 5)
    _uncovered(canvas, account.erasure, say, y - 11)
    _proof(canvas, account, say)
    if account.erasure.simulated:
        _watermark(canvas, say)


def _head(canvas: Canvas, account: CertificateAccount, say: Say) -> float:
    issuer = fit(account.issuer[0], Style(STRONG, (10.5, 9.5, 8.5, 7.5)), _WIDTH * 0.66, 2)
    _ink(canvas, _INK)
    y = draw(canvas, issuer, _LEFT, _TOP)
    _ink(canvas, _SOFT)
    y = draw(canvas, fit(" · ".join(account.issuer[1:]), _SMALL, _WIDTH * 0.66, 3), _LEFT, y)
    _ink(canvas, _INK)
    y = draw(canvas, fit(say("Erasure certificate"), _TITLE, _WIDTH, 1), _LEFT, y - 17)
    line = say("No. {number} · issued on {date}").format(number=account.number, date=account.issued)
    _ink(canvas, _SOFT)
    return draw(canvas, fit(line, Style(TEXT, (11.0, 10.0, 9.0, 8.0)), _WIDTH, 1), _LEFT, y - 1)


def _verdict(canvas: Canvas, erasure: ErasureAccount, say: Say, y: float) -> float:
    tint, ink = _TINTS[erasure.verdict_code]
    inner = _WIDTH - 36
    word = fit(erasure.verdict, Style(STRONG, (25.0, 22.0)), inner, 1)
    sentence = fit(erasure.sentence, Style(TEXT, (9.6, 9.0)), inner, 2)
    lines = [_exception(text, inner, len(erasure.exceptions)) for text in erasure.exceptions[:_MOST_EXCEPTIONS]]
    if len(erasure.exceptions) > _MOST_EXCEPTIONS:
        more = say("and {count} more, listed in the attached statement")
        lines.append(_exception(more.format(count=len(erasure.exceptions) - _MOST_EXCEPTIONS), inner, 2))
    height = word.height + sentence.height + sum(line.height for line in lines) + (26 if lines else 20)
    _fill(canvas, tint, y, height)
    canvas.setFillColorRGB(*ink)
    canvas.rect(_LEFT, y - height, 3.2, height, stroke=0, fill=1)
    below = draw(canvas, word, _LEFT + 18, y - 6)
    for line in lines:
        below = draw(canvas, line, _LEFT + 18, below)
    _ink(canvas, _INK)
    draw(canvas, sentence, _LEFT + 18, below - (6 if lines else 0))
    return y - height


_MOST_EXCEPTIONS = 3


def _exception(text: str, width: float, count: int) -> Setting:
    sizes = (13.0, 12.0, 11.0, 10.0) if count <= 1 else (11.0, 10.0, 9.0)
    return fit(text, Style(STRONG, sizes), width, 2)


def _drive(canvas: Canvas, erasure: ErasureAccount, say: Say, y: float) -> float:
    _ink(canvas, _INK)
    y = draw(canvas, fit(erasure.model, Style(STRONG, (17.0, 15.0, 13.0, 11.0, 9.0)), _WIDTH, 2), _LEFT, y)
    cells = (
        (say("Serial number"), erasure.serial, 0.0, _COLUMN, Style(CODE, (12.5, 11.0, 9.5, 8.0, 6.5), 1.3)),
        (say("WWN / EUI"), erasure.wwn, _COLUMN + _GUTTER, _COLUMN, Style(CODE, (12.5, 11.0, 9.5, 8.0, 6.5), 1.3)),
    )
    row = min(_cell(canvas, label, value, style, _LEFT + x, y - 9, width) for label, value, x, width, style in cells)
    third = (_WIDTH - 2 * _GUTTER) / 3
    size = say("{capacity} ({bytes})").format(capacity=erasure.capacity, bytes=erasure.size)
    others = ((say("Capacity"), size), (say("Connection"), erasure.connection), (say("Firmware"), erasure.firmware))
    style = Style(STRONG, (10.5, 9.6, 8.8, 8.0, 7.0), 1.24)
    return min(
        _cell(canvas, label, value, style, _LEFT + place * (third + _GUTTER), row - 7, third)
        for place, (label, value) in enumerate(others)
    )


def _facts(canvas: Canvas, account: CertificateAccount, say: Say, y: float) -> float:
    erasure = account.erasure
    times = say("{start} – {end} ({duration})").format(
        start=erasure.started, end=erasure.ended, duration=erasure.duration
    )
    left = (
        (say("Technique"), erasure.technique),
        (say("Level"), erasure.level),
        (say("Verification"), erasure.verification),
        (say("Erasure"), times),
        (say("Hidden areas · errors"), f"{erasure.hidden} · {erasure.errors}"),
    )
    right = (
        (say("Donor"), account.donor),
        (say("Lot · tag of the device"), f"{account.lot} · {account.asset}"),
        (say("Device"), say("{machine}, serial number {serial}").format(
            machine=erasure.machine, serial=erasure.machine_serial) if erasure.machine != erasure.machine_serial
            else erasure.machine),
        (say("Erased by"), say("{operator}, bench {station}").format(operator=erasure.operator, station=erasure.station)),
        (say("Decision"), say("Approved by {name} on {date}").format(name=account.validator, date=account.decided)),
    )  # fmt: skip
    return min(
        _column(canvas, left, _LEFT, y),
        _column(canvas, right, _LEFT + _COLUMN + _GUTTER, y),
    )


def _column(canvas: Canvas, rows: Sequence[tuple[str, str]], x: float, y: float) -> float:
    for label, value in rows:
        y = _cell(canvas, label, value, _VALUE, x, y, _COLUMN, lines=3) - 7
    return y


def _cell(
    canvas: Canvas, label: str, value: str, style: Style, x: float, y: float, width: float, lines: int = 2
) -> float:
    _ink(canvas, _SOFT)
    y = draw(canvas, fit(label, _LABEL, width, 1), x, y)
    _ink(canvas, _INK)
    return draw(canvas, fit(value, style, width, lines), x, y)


def _uncovered(canvas: Canvas, erasure: ErasureAccount, say: Say, y: float) -> None:
    _ink(canvas, _INK)
    y = draw(canvas, fit(say("Not covered by this certificate"), Style(STRONG, (9.6,)), _WIDTH, 1), _LEFT, y)
    _ink(canvas, _SOFT)
    text = "; ".join(erasure.uncovered)
    draw(canvas, fit(text[:1].upper() + text[1:] + ".", _SMALL, _WIDTH, 3), _LEFT, y)


_QR = 96.0
_FOOT = 38.0


def _proof(canvas: Canvas, account: CertificateAccount, say: Say) -> None:
    base = _FOOT + 20
    draw_qr(canvas, account.verify_url, _LEFT - 8, base, _QR)
    x = _LEFT + _QR + 6
    width = _RIGHT - x
    _ink(canvas, _INK)
    y = draw(canvas, fit(say("Verify this certificate"), Style(STRONG, (9.6,)), width, 1), x, base + _QR - 6)
    _ink(canvas, _SOFT)
    y = draw(canvas, fit(say("Online: {url}").format(url=account.verify_url), _SMALL, width, 2), x, y)
    y = draw(canvas, fit(say(_OFFLINE), _SMALL, width, 3), x, y)
    ids = (
        (say("Erasure statement"), account.erasure.statement_id),
        (say("Certificate statement"), account.statement_id),
        (say("Evidence, SHA-256"), account.erasure.evidence),
        (say("Key fingerprint"), fingerprint(account.kid)),
    )
    y -= 3
    for label, value in ids:
        _ink(canvas, _SOFT)
        draw(canvas, fit(label, _LABEL, 84, 1), x, y + 0.8)
        y = draw(canvas, fit(value, _FINE, width - 88, 1), x + 88, y)
    _foot(canvas, account, say)


_OFFLINE = (
    "Offline: “etabli-verify” with this file and the issuer's trust file checks every byte; the signed statements "
    "are attached to this PDF."
)


def _foot(canvas: Canvas, account: CertificateAccount, say: Say) -> None:
    _rule(canvas, _FOOT + 12)
    _ink(canvas, _SOFT)
    words = say(
        "Statement of the issuer; no certification by a third party is claimed. {schema} · agent {agent} · {uuid}"
    )
    line = words.format(schema=payload_type("certificate"), agent=account.erasure.agent, uuid=account.uuid)
    draw(canvas, fit(line, Style(TEXT, (7.0, 6.6, 6.2, 5.6)), _WIDTH, 1), _LEFT, _FOOT + 9)


def _watermark(canvas: Canvas, say: Say) -> None:
    text = say("SIMULATION — WITHOUT VALUE")
    canvas.saveState()
    canvas.setFillColorRGB(0.78, 0.09, 0.09)
    draw(canvas, fit(text, Style(STRONG, (11.0,)), _WIDTH * 0.34, 1), _RIGHT - 150, _TOP)
    canvas.setFillAlpha(0.13)
    canvas.translate(PAGE[0] / 2, PAGE[1] / 2)
    canvas.rotate(52)
    canvas.setFont(STRONG, 58)
    canvas.drawCentredString(0, -18, text)
    canvas.restoreState()


def _fill(canvas: Canvas, tint: tuple[float, float, float], y: float, height: float) -> None:
    canvas.setFillColorRGB(*tint)
    canvas.rect(_LEFT, y - height, _WIDTH, height, stroke=0, fill=1)


def _rule(canvas: Canvas, y: float) -> float:
    canvas.setStrokeColorRGB(*_LINE)
    canvas.setLineWidth(0.6)
    canvas.line(_LEFT, y, _RIGHT, y)
    return y


def _ink(canvas: Canvas, colour: tuple[float, float, float]) -> None:
    canvas.setFillColorRGB(*colour)
