"""The certificate as a sealed PDF: one A4 page to read, the signed bundle attached, a seal over every byte.

The page is a view; what counts are the signed statements inside. The same bundle, key and language give the same bytes.
"""

import io

from reportlab.pdfgen.canvas import Canvas

from certificates.account import certificate_account
from certificates.attachment import attach
from certificates.bundle import VerifiedBundle
from certificates.errors import KeyMismatch, SigningRefused
from certificates.keys import SigningKey
from certificates.layout import TEXT, register_fonts
from certificates.page import PAGE, draw_page
from certificates.proof import Proof
from certificates.seal import seal
from certificates.wording import words


def render_certificate(
    bundle: VerifiedBundle, hub_key: SigningKey, lang: str | None = None, proof: Proof | None = None
) -> bytes:
    """Render, attach and seal; `lang` "fr" or "en", else the language of the certificate.

    A proof of the log travels beside the bundle; the seal covers it, so a newer one goes beside the file, not into it.
    KeyMismatch when the key is not the one that signed the certificate; SigningRefused for a simulated bundle and a
    production key.
    """
    if hub_key.kid != bundle.certificate.signer.kid:
        raise KeyMismatch("the key that signed the certificate seals its PDF")
    if bundle.simulated and not hub_key.demo:
        raise SigningRefused("a production key never seals a simulated certificate")
    lang = lang or bundle.certificate.payload["lang"]
    say = words(lang).gettext
    beside, about = (proof.to_json() if proof else None), say("Proof that these statements stand in the public log")
    page, about_bundle = _draw(bundle, lang), say("Signed statements behind this certificate")
    return seal(attach(page, bundle.data, about_bundle, beside, about), hub_key)


def _draw(bundle: VerifiedBundle, lang: str) -> bytes:
    account = certificate_account(bundle, lang)
    say = words(lang).gettext
    buffer = io.BytesIO()
    register_fonts()
    canvas = Canvas(buffer, pagesize=PAGE, invariant=True, pageCompression=1, lang=lang, initialFontName=TEXT)  # type: ignore[arg-type]  # the stubs say float
    canvas.setTitle(f"{say('Erasure certificate')} {account.number}")
    canvas.setAuthor(account.issuer[0])
    canvas.setSubject(account.erasure.statement_id)
    canvas.setCreator("Établi")
    canvas.setProducer("Établi")
    draw_page(canvas, account, say)
    canvas.showPage()
    canvas.save()
    return buffer.getvalue()
