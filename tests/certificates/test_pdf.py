"""The sealed PDF: reproducible, one page, and not VALID after any edit."""

import io
import random
import re
from typing import Any

import pikepdf
import pytest
from reportlab.pdfgen.canvas import Canvas

from certificates import layout
from certificates.attachment import attach, extract
from certificates.bundle import FILE_NAME
from certificates.errors import KeyMismatch, SealError
from certificates.layout import CODE, STRONG, TEXT, Pen, Style, fit
from certificates.pdf import render_certificate
from certificates.seal import open_seal, seal
from certificates.verdicts import judge

EDITS = 2_000
HOSTILE = {
    "markup": "<b>bold</b><img src='file:///etc/passwd'/>",
    "controls": "\\x00\\x1B[31m\\x07",
    "shell": "; rm -rf / #",
    "long": "S" * 4096,
}


@pytest.fixture(scope="session")
def pdf(workshop: Any) -> Any:
    return render_certificate(workshop.bundle(), workshop.hub)


def page_text(data: bytes) -> str:
    """Text drawn on the page, through the ToUnicode tables of its fonts."""
    shown = []
    with pikepdf.open(io.BytesIO(data)) as document:
        assert len(document.pages) == 1
        page = document.pages[0]
        tables = {name: to_unicode(font) for name, font in page.Resources.Font.items()}
        table = {}
        for operands, operator in pikepdf.parse_content_stream(page):
            if str(operator) == "Tf":
                table = tables[str(operands[0])]
            elif str(operator) == "Tj":
                shown.append("".join(table.get(code, "?") for code in bytes(operands[0])))
            elif str(operator) in ("T*", "ET"):
                shown.append("\n")
    return "".join(shown)


def to_unicode(font: Any) -> dict[int, str]:
    pairs = re.findall(r"<([0-9A-F]{2})> <([0-9A-F]{4})>", bytes(font.ToUnicode.read_bytes()).decode())
    return {int(code, 16): chr(int(letter, 16)) for code, letter in pairs}


def test_rendering_again_gives_the_same_bytes(workshop: Any, pdf: Any) -> None:
    assert render_certificate(workshop.bundle(), workshop.hub) == pdf
    assert render_certificate(workshop.bundle(), workshop.hub, "fr") == pdf
    assert render_certificate(workshop.bundle(), workshop.hub, "en") != pdf


def test_a_sealed_certificate_is_valid_and_carries_its_bundle(workshop: Any, pdf: Any) -> None:
    judgement = judge(pdf, workshop.trust)
    assert judgement.verdict == "VALID"
    assert judgement.bundle.data == workshop.bundle().data
    assert extract(open_seal(pdf, workshop.trust)[0]) == workshop.bundle().data


def edited(data: bytes, dice: random.Random) -> bytes:
    place, kind = dice.randrange(len(data)), dice.randrange(6)
    some = dice.randbytes(dice.randint(1, 40))
    match kind:
        case 0:
            return data[:place] + bytes([data[place] ^ (1 << dice.randrange(8))]) + data[place + 1 :]
        case 1:
            return data[:place] + some + data[place:]
        case 2:
            return data[:place] + data[place + dice.randint(1, 40) :]
        case 3:
            return data[:place]
        case 4:
            return data + some
        case _:
            return data[:place] + some + data[place + len(some) :]


def test_two_thousand_random_edits_are_found(workshop: Any, pdf: Any) -> None:
    dice = random.Random(20261121)
    tried = 0
    while tried < EDITS:
        changed = edited(pdf, dice)
        if changed == pdf:
            continue
        assert judge(changed, workshop.trust).verdict in ("INVALID", "UNKNOWN-KEY")
        tried += 1


def test_every_bit_of_the_seal_counts(workshop: Any, pdf: Any) -> None:
    for place in range(len(pdf) - 200, len(pdf)):
        for bit in range(8):
            changed = bytearray(pdf)
            changed[place] ^= 1 << bit
            assert judge(bytes(changed), workshop.trust).verdict in ("INVALID", "UNKNOWN-KEY")


def test_an_incremental_update_is_found(workshop: Any, pdf: Any) -> None:
    update = b"\n1 0 obj\n<< /Type /Catalog >>\nendobj\nxref\n0 1\n0000000000 65535 f \ntrailer\n<<>>\n%%EOF\n"
    line = pdf[pdf.rindex(b"%etabli-seal") :]
    for changed in (pdf + update, pdf + update + line, pdf[: -len(line)] + update + line):
        assert judge(changed, workshop.trust).code in ("seal", "signature")


def test_a_second_seal_around_the_first_needs_a_hub_key(workshop: Any, pdf: Any) -> None:
    resealed = seal(pdf + b"more\n", workshop.station)
    assert judge(resealed, workshop.trust).code == "key-mismatch"


def test_a_pdf_without_a_seal_is_not_valid(workshop: Any, pdf: Any) -> None:
    bare = pdf[: pdf.rindex(b"%etabli-seal")]
    judgement = judge(bare, workshop.trust)
    assert (judgement.verdict, judgement.code) == ("INVALID", "seal")


def test_a_seal_of_another_hub_key_does_not_cover_this_certificate(workshop: Any, demo_workshop: Any, pdf: Any) -> None:
    from certificates.trust import Trust

    both = Trust.of("", "", [*workshop.trust.keys.values(), *demo_workshop.trust.keys.values()])
    resealed = seal(pdf[: pdf.rindex(b"%etabli-seal")], demo_workshop.hub)
    assert judge(resealed, both).code == "seal"


def test_only_the_key_of_the_certificate_renders_it(workshop: Any, demo_workshop: Any) -> None:
    with pytest.raises(KeyMismatch):
        render_certificate(workshop.bundle(), demo_workshop.hub)


def test_a_sealed_pdf_has_exactly_one_attachment(workshop: Any, pdf: Any) -> None:
    with pikepdf.open(io.BytesIO(pdf)) as document:
        assert list(document.attachments) == [FILE_NAME]
        document.attachments["more.txt"] = pikepdf.AttachedFileSpec(document, b"x", filename="more.txt")
        written = io.BytesIO()
        document.save(written)
    assert judge(seal(written.getvalue(), workshop.hub), workshop.trust).code == "seal"
    assert judge(seal(b"%PDF-1.4 nothing\n", workshop.hub), workshop.trust).code == "seal"


def test_an_attachment_without_room_is_refused() -> None:
    plain = io.BytesIO()
    Canvas(plain).save()
    with pytest.raises(SealError, match="too large"):
        extract(attach(plain.getvalue(), b"x" * 500_000, ""))


def test_the_page_says_what_the_statements_say(pdf: Any, workshop: Any) -> None:
    text = page_text(pdf).replace("\u00a0", " ").replace("\u202f", " ")
    bundle = workshop.bundle()
    for fact in (
        "Attestation d’effacement",
        "N° 2026-000123 · émise le 21/11/2026",
        "Effacé",
        "Clear",
        "WDC WD5000LPCX-24VHAT0",
        "WD-WXA1A95E7R2K",
        "50014ee6b1a2c3d4",
        "500 Go (500 107 862 016 octets)",
        "Communauté de communes du Val d’Œuvre",
        "ETB-00417",
        "Noémie Lefèvre",
        "op-7f3a",
        bundle.erasure.id,
        bundle.certificate.id,
        bundle.erasure.payload["evidence_sha256"],
        bundle.certificate.payload["verify_url"],
        "Ce que cette attestation ne couvre pas",
    ):
        assert fact in text, fact
    assert "?" not in text.replace("https://atelier.example/v/", "")
    assert "SIMULATION" not in text
    assert "NIST" not in text


def test_every_font_of_the_page_is_embedded(pdf: Any) -> None:
    with pikepdf.open(io.BytesIO(pdf)) as document:
        fonts = document.pages[0].Resources.Font
        assert len(fonts) >= 3
        for font in fonts.values():
            assert "/FontFile2" in font.FontDescriptor


def test_the_page_speaks_english_too(workshop: Any) -> None:
    text = page_text(render_certificate(workshop.bundle(), workshop.hub, "en"))
    for fact in ("Erasure certificate", "Erased", "Not covered by this certificate", "21 November 2026"):
        assert fact in text


@pytest.mark.parametrize(("lang", "words"), [("fr", "SIMULATION — SANS VALEUR"), ("en", "SIMULATION — WITHOUT VALUE")])
def test_a_simulation_is_marked_on_the_page(demo_workshop: Any, lang: Any, words: Any) -> None:
    text = page_text(render_certificate(demo_workshop.bundle(), demo_workshop.hub, lang))
    assert text.count(words) == 2


def test_exceptions_stand_beside_the_verdict(workshop: Any) -> None:
    exception = [{"code": "HIDDEN_AREA", "detail": "dco unknown"}]
    changes = {"result__verdict": "ERASED_WITH_EXCEPTIONS", "exceptions": exception, "hidden__dco": "unknown"}
    text = page_text(render_certificate(workshop.bundle(erasure=changes), workshop.hub))
    assert "Effacé avec réserves" in text
    assert text.index("Une zone cachée") < text.index("Numéro de série")


def test_what_cannot_be_read_is_said_with_its_reason(workshop: Any) -> None:
    bundle = workshop.bundle(
        erasure={
            "subject__drive__serial": "",
            "subject__drive__wwn": " ",
            "subject__machine": None,
            "wall_src": "unset",
        }
    )
    text = " ".join(page_text(render_certificate(bundle, workshop.hub)).split())
    assert text.count("non disponible : le disque n’en donne pas") == 2
    assert "disque traité hors d’une machine" in text
    assert "l’horloge du banc n’était pas réglée" in text


class Frame(Canvas):
    """A canvas that refuses to draw text outside the margins."""

    def drawString(self, x: Any, y: Any, text: Any, *args: Any, **named: Any) -> None:  # noqa: N802
        right = x + layout._width(text, self._fontname, self._fontsize)
        assert x >= 40, text
        assert right <= 595.3 - 40, text
        assert 20 <= y <= 842 - 40, text
        drawn.append((x, right, y, self._fontsize, text))
        super().drawString(x, y, text, *args, **named)


drawn: list[tuple[float, float, float, float, str]] = []


@pytest.mark.parametrize("name", [*HOSTILE, "all at once"])
@pytest.mark.parametrize("lang", ["fr", "en"])
def test_hostile_text_never_leaves_its_place(workshop: Any, monkeypatch: Any, name: Any, lang: Any) -> None:
    text = "".join(HOSTILE.values())[:4096] if name == "all at once" else HOSTILE[name]
    human = ("\u202e\u2066" + "😀שלום漢字" + text)[:400]
    drive = {f"subject__drive__{part}": text for part in ("model", "serial")}
    drive |= {
        "subject__drive__wwn": text[:256],
        "subject__drive__bridge": text[:1000],
        "subject__machine__maker": text[:900],
    }
    said = [{"code": "HIDDEN_AREA", "detail": text[:1000]}] * 30
    erasure = {**drive, "operator": human, "station": human, "exceptions": said}
    erasure |= {"result__verdict": "ERASED_WITH_EXCEPTIONS"}
    issuer = {"name": human, "address": "\n".join([human[:60]] * 12), "siret": text[:60], "url": text[:300]}
    certificate = {"donor": {"name": human}, "issuer": issuer, "number": human[:64], "device": {"asset": human}}
    drawn.clear()
    monkeypatch.setattr("certificates.pdf.Canvas", Frame)
    data = render_certificate(workshop.bundle(erasure=erasure, certificate=certificate), workshop.hub, lang)
    assert judge(data, workshop.trust).verdict == "VALID"
    assert "\u202e" not in "".join(line[4] for line in drawn)
    assert_no_overlap(sorted(drawn, key=lambda line: -line[2]))


def assert_no_overlap(lines: Any) -> None:
    for place, (x, right, y, size, text) in enumerate(lines):
        for other_x, other_right, other_y, other_size, other in lines[place + 1 :]:
            apart = y - other_y
            if apart > 40:
                break
            beside = right <= other_x + 0.1 or other_right <= x + 0.1
            assert beside or apart >= min(size, other_size) * 0.9, (text, other)


@pytest.mark.parametrize("font", [TEXT, STRONG, CODE])
def test_no_line_is_wider_than_its_place(font: Any) -> None:
    style = Style(font, (12.0, 8.0, 6.0))
    for text in ("a b " * 300, "x" * 900, "é" * 50 + " " + "œ" * 500, "", " ", "漢" * 100):
        setting = fit(text, style, 120.0, 3)
        assert len(setting.lines) <= 3
        assert setting.width <= 120.0
    assert fit("x" * 900, style, 120.0, 3).cut
    assert not fit("short", style, 120.0, 3).cut


def test_characters_that_a_font_lacks_are_written_out() -> None:
    assert layout.drawable("a\u202e😀é", TEXT) == "a\\u{202E}\\u{1F600}é"


def test_a_measuring_pen_draws_nothing_and_counts_the_same() -> None:
    setting = fit("one two", Style(TEXT, (10.0,)), 30.0, 3)
    assert Pen(None).text(setting, 0, 100, (0, 0, 0)) == 100 - setting.height
