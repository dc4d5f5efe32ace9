"""An attestation as a sealed PDF: one A4 page to read, the signed statement attached, a seal over every byte.

The page is a view; what counts is the signed statement inside. Same statement, key and language: the same bytes.
"""

import io

from reportlab.lib.pagesizes import A4
from reportlab.pdfgen.canvas import Canvas

from certificates.attachment import attach
from certificates.attestation import AttestationAccount, attestation_account
from certificates.errors import KeyMismatch, SigningRefused
from certificates.keys import SigningKey, fingerprint
from certificates.language import mark as _
from certificates.layout import CODE, STRONG, TEXT, Colour, Pen, Style, fit, register_fonts
from certificates.proof import Proof
from certificates.qr import draw_qr
from certificates.seal import seal
from certificates.verify import VerifiedStatement
from certificates.wording import words

_LEFT, _RIGHT, _TOP, _FOOT = 51.0, A4[0] - 51.0, A4[1] - 46.0, 52.0
_WIDTH, _LABEL_WIDTH, _QR = _RIGHT - _LEFT, 120.0, 96.0
_INK: Colour = (0.09, 0.11, 0.14)
_SOFT: Colour = (0.36, 0.40, 0.45)
_GROUND: Colour = (0.94, 0.945, 0.95)
_ALARM: Colour = (0.78, 0.09, 0.09)
_TITLE = Style(STRONG, (24.0, 21.0, 18.0), 1.2)
_WORD = Style(STRONG, (22.0, 19.0), 1.2)
_BODY = Style(TEXT, (10.0, 9.4, 8.6, 7.6), 1.3)
_LABEL = Style(TEXT, (8.6, 8.0, 7.2), 1.3)
_HEADING = Style(STRONG, (10.0, 9.2, 8.4))
_FINE = Style(CODE, (6.6, 6.2, 5.6), 1.4)
_OFFLINE = _(
    "Offline: “etabli-verify” with this file and the issuer’s trust file checks every byte. Whether it was taken back "
    "since, only the issuer can say."
)


def render_attestation(
    statement: VerifiedStatement, hub_key: SigningKey, lang: str, proof: Proof | None = None
) -> bytes:
    """Render, attach and seal; `lang` "fr" or "en".

    KeyMismatch when the key is not the one that signed; SigningRefused for a simulated one and a production key.
    """
    if hub_key.kid != statement.signer.kid:
        raise KeyMismatch("the key that signed the attestation seals its PDF")
    if statement.simulated and not hub_key.demo:
        raise SigningRefused("a production key never seals a simulated attestation")
    say = words(lang).gettext
    page = _draw(attestation_account(statement, lang), lang)
    beside, about = (proof.to_json() if proof else None), say("Proof that these statements stand in the public log")
    own = statement.envelope.data
    return seal(attach(page, own, say("Signed statement behind this attestation"), beside, about), hub_key)


def _draw(account: AttestationAccount, lang: str) -> bytes:
    register_fonts()
    buffer = io.BytesIO()
    canvas = Canvas(buffer, pagesize=A4, invariant=True, pageCompression=1, lang=lang, initialFontName=TEXT)  # type: ignore[arg-type]  # the stubs say float
    canvas.setTitle(f"{account.title} {account.number}")
    canvas.setAuthor(account.issuer[0])
    canvas.setSubject(account.statement_id)
    canvas.setCreator("Établi")
    canvas.setProducer("Établi")
    pen = Pen(canvas)
    _body(pen, account, lang)
    _proof(pen, canvas, account, lang)
    canvas.showPage()
    canvas.save()
    return buffer.getvalue()


def _body(pen: Pen, account: AttestationAccount, lang: str) -> None:
    say = words(lang).gettext
    y = pen.text(fit(account.issuer[0], _HEADING, _WIDTH * 0.66, 2), _LEFT, _TOP, _INK)
    y = pen.text(fit(" · ".join(account.issuer[1:]), _LABEL, _WIDTH * 0.66, 2), _LEFT, y, _SOFT)
    y = pen.text(fit(account.title, _TITLE, _WIDTH, 2), _LEFT, y - 12, _INK)
    line = say("No. {number} · issued on {date}").format(number=account.number, date=account.issued)
    y = pen.text(fit(line, _BODY, _WIDTH, 1), _LEFT, y - 2, _SOFT)
    if account.simulated:
        y = pen.text(fit(say("SIMULATION — WITHOUT VALUE"), _HEADING, _WIDTH, 1), _LEFT, y - 4, _ALARM)
    limits = fit(account.limits, _BODY, _WIDTH - 40, 2)
    under = pen.block(_LEFT, y - 12, _WIDTH, 44 + limits.height, _GROUND)
    y = pen.text(fit(account.word, _WORD, _WIDTH - 40, 1), _LEFT + 20, y - 20, _INK)
    pen.text(limits, _LEFT + 20, y - 3, _INK)
    y = under - 14
    for label, value in account.rows:
        low = pen.text(fit(label, _LABEL, _LABEL_WIDTH - 8, 2), _LEFT, y - 1, _SOFT)
        y = min(low, pen.text(fit(value, _BODY, _WIDTH - _LABEL_WIDTH, 4), _LEFT + _LABEL_WIDTH, y, _INK)) - 4


def _proof(pen: Pen, canvas: Canvas, account: AttestationAccount, lang: str) -> None:
    say = words(lang).gettext
    draw_qr(canvas, account.verify_url, _LEFT - 9, _FOOT, _QR + 9)
    x = _LEFT + _QR + 10
    width = _RIGHT - x
    y = pen.text(fit(say("Verify this attestation"), _HEADING, width, 1), x, _FOOT + _QR, _INK)
    y = pen.text(fit(say("Online: {url}").format(url=account.verify_url), _LABEL, width, 2), x, y - 1, _SOFT)
    y = pen.text(fit(say(_OFFLINE), _LABEL, width, 3), x, y, _SOFT) - 4
    for label, value in (
        (say("Statement"), account.statement_id),
        (say("Key fingerprint"), fingerprint(account.kid)),
    ):
        pen.text(fit(label, _LABEL, 84, 1), x, y + 0.9, _SOFT)
        y = pen.text(fit(value, _FINE, width - 88, 1), x + 88, y, _INK)
    words_ = say("Statement of the issuer; no certification by a third party is claimed.")
    if pen.cut:
        words_ = say("“…” marks text shortened on this page; the attached statements carry it in full.")
    pen.text(fit(words_, _LABEL, _WIDTH, 1), _LEFT, _FOOT - 8, _SOFT)
