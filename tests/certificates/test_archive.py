"""Documents to keep: PDF/A-3U but for the line of the seal, which stands after the end on purpose."""

import io
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pikepdf
import pytest
from PIL import Image, ImageCms
from reportlab.pdfgen.canvas import Canvas

from certificates.archive_form import About, to_keep
from certificates.attestation_pdf import render_attestation
from certificates.binder import bind
from certificates.binder_pages import Contents, Entry, Group
from certificates.colour_profile import srgb_profile
from certificates.issue import sign_statement
from certificates.layout import TEXT, Pen, Style, fit, register_fonts
from certificates.marks import Mark
from certificates.pdf import render_certificate
from certificates.seal import BINDER_LINE
from certificates.verify import verify_envelope
from tests.certificates.archive.letters import glyphs_of, tables_of, widths_of
from tests.certificates.archive.rules import broken
from tests.certificates.attestations import attestation_payload

AFTER_THE_END = "6.1.3 data after the last end-of-file marker"
HOSTILE = "</rdf:li> & <b> ]]> \x00\x1b[31m \N{RIGHT-TO-LEFT OVERRIDE} 😀"


def without_seal(data: bytes) -> bytes:
    return data[: data.rindex(b"%etabli-")]


@pytest.fixture(scope="module")
def kept(workshop: Any) -> bytes:
    return without_seal(render_certificate(workshop.bundle(), workshop.hub))


@pytest.mark.parametrize("lang", ["fr", "en"])
def test_a_certificate_keeps_every_rule_but_the_one_of_the_seal(workshop: Any, demo_workshop: Any, lang: str) -> None:
    for one in (workshop, demo_workshop):
        data = render_certificate(one.bundle(), one.hub, lang)
        assert broken(data) == [AFTER_THE_END]
        assert broken(without_seal(data)) == []


def test_an_attestation_keeps_them_too(workshop: Any) -> None:
    signed = sign_statement(workshop.hub, attestation_payload(kid=workshop.hub.kid))
    data = render_attestation(verify_envelope(signed.data, workshop.trust), workshop.hub, "fr")
    assert broken(data) == [AFTER_THE_END]
    assert broken(without_seal(data)) == []


def test_a_binder_keeps_them_too(workshop: Any, tmp_path: Path) -> None:
    entries = tuple(Entry(f"ETB-{number}", "WDC", f"S-{number}", Group.PURGE) for number in range(3))
    contents = Contents("Atelier & Cie", "Mairie", "LOT-1", "2026-11-21T10:00:00Z", entries, "fr")
    bind(contents, [render_certificate(workshop.bundle(), workshop.hub)] * 3, tmp_path / "b.pdf")
    data = (tmp_path / "b.pdf").read_bytes()
    assert data.endswith(BINDER_LINE)
    assert broken(data) == [AFTER_THE_END]
    assert broken(without_seal(data)) == []


def test_words_of_strangers_stand_in_the_metadata_as_words() -> None:
    register_fonts()
    buffer = io.BytesIO()
    canvas = Canvas(buffer, invariant=True, initialFontName=TEXT)
    marks: list[Mark] = []
    Pen(canvas, marks).text(fit(HOSTILE, Style(TEXT, (9.0,)), 500, 2), 40, 700, (0, 0, 0))
    canvas.save()
    about = About(HOSTILE, HOSTILE, HOSTILE, "2026-11-21T10:00:00Z", "fr")
    data = to_keep(buffer.getvalue(), about, [marks])
    assert broken(data) == []
    with pikepdf.open(io.BytesIO(data)) as document:
        assert str(document.trailer.Info.Title) == "</rdf:li> & <b> ]]> \\u{0}\\u{1B}[31m \\u{202E} 😀"


def test_the_order_of_reading_is_that_of_the_page_and_the_square_code_says_its_address(kept: bytes) -> None:
    with pikepdf.open(io.BytesIO(kept)) as document:
        parts = list(document.Root.StructTreeRoot.K.K)
        roles = [str(one.S) for one in parts]
        assert roles.count("/H1") == 1
        assert roles.count("/H2") == 3
        (figure,) = (one for one in parts if one.S == "/Figure")
        assert str(figure.Alt).startswith("https://atelier.example/v/")


def test_the_profile_means_the_colours_of_srgb() -> None:
    ours = ImageCms.ImageCmsProfile(io.BytesIO(srgb_profile()))
    theirs = ImageCms.createProfile("sRGB")
    picture = Image.new("RGB", (256, 3))
    for step in range(256):
        for row, colour in enumerate(((step, step, step), (step, 255 - step, 40), (10, step, 255 - step))):
            picture.putpixel((step, row), colour)
    seen = ImageCms.profileToProfile(picture, ours, theirs)
    assert seen is not None
    assert max(abs(one - other) for one, other in zip(picture.tobytes(), seen.tobytes(), strict=True)) <= 1


def test_letters_of_one_width_are_embedded_with_that_width(kept: bytes) -> None:
    with pikepdf.open(io.BytesIO(kept)) as document:
        (mono,) = (font for font in document.pages[0].Resources.Font.values() if str(font.BaseFont).endswith("Mono"))
        tables = tables_of(bytes(mono.FontDescriptor.FontFile2.read_bytes()))
    widths = widths_of(tables)
    assert {round(widths[min(one, len(widths) - 1)]) for one in glyphs_of(tables).values() if one} == {602}


def _profile(pdf: pikepdf.Pdf, data: bytes) -> None:
    pdf.Root.OutputIntents[0].DestOutputProfile.write(data)


def _drawn(pdf: pikepdf.Pdf, more: bytes) -> None:
    pdf.pages[0].contents_add(more)


def _font(pdf: pikepdf.Pdf) -> Any:
    return pdf.pages[0].Resources.Font["/F1+0"]


def _no_words(pdf: pikepdf.Pdf) -> None:
    for one in pdf.Root.StructTreeRoot.K.K:
        if one.S == "/Figure":
            del one["/Alt"]


def without(place: str) -> Callable[[pikepdf.Pdf], None]:
    def take(pdf: pikepdf.Pdf) -> None:
        del pdf.Root[place]

    return take


def _lighter(pdf: pikepdf.Pdf) -> None:
    pdf.pages[0].Resources.ExtGState = pikepdf.Dictionary(G=pikepdf.Dictionary(ca=0.5))


def _narrow(pdf: pikepdf.Pdf) -> None:
    _font(pdf).Widths = pikepdf.Array([1] * 128)


def _encoded(pdf: pikepdf.Pdf) -> None:
    _font(pdf).Encoding = pikepdf.Name.WinAnsiEncoding


def _another_title(pdf: pikepdf.Pdf) -> None:
    pdf.trailer.Info.Title = pikepdf.String("another")


BREAKS: dict[str, Callable[[pikepdf.Pdf], Any]] = {
    "6.2.3": without("/OutputIntents"),
    "6.2.3 not": lambda pdf: _profile(pdf, b"no profile at all"),
    "6.2.4.3": lambda pdf: _drawn(pdf, b"0 0 0 1 k"),
    "6.2.10": _lighter,
    "6.2.11.4.1": lambda pdf: _font(pdf).__delitem__("/FontDescriptor"),
    "6.2.11.5": _narrow,
    "6.2.11.6": _encoded,
    "6.2.11.7.2": lambda pdf: _font(pdf).__delitem__("/ToUnicode"),
    "6.2.11.8": lambda pdf: _drawn(pdf, b"/Artifact BMC BT /F1+0 9 Tf <1f> Tj ET EMC"),
    "6.5.2": lambda pdf: pdf.Root.__setitem__("/AA", pikepdf.Dictionary()),
    "6.6.2.1": without("/Metadata"),
    "6.6.3": _another_title,
    "6.7.2": lambda pdf: _drawn(pdf, b"BT /F1+0 9 Tf (e) Tj ET"),
    "6.7.3": lambda pdf: pdf.Root.StructTreeRoot.ParentTree.Nums[1].__delitem__(0),
    "6.7.3 a figure": _no_words,
    "6.7.4": without("/Lang"),
    "6.8": without("/AF"),
    "6.8 a file": lambda pdf: pdf.Root.AF[0].__delitem__("/AFRelationship"),
}


@pytest.mark.parametrize("rule", BREAKS)
def test_the_checker_finds_a_file_that_breaks_the_rule(kept: bytes, rule: str) -> None:
    written = io.BytesIO()
    with pikepdf.open(io.BytesIO(kept)) as document:
        BREAKS[rule](document)
        document.save(written)
    found = broken(written.getvalue())
    assert found
    assert all(one.startswith(rule.split(" ", maxsplit=1)[0]) for one in found), found


@pytest.mark.world
def test_poppler_reads_it_without_a_word(kept: bytes, tmp_path: Path) -> None:
    if shutil.which("pdftotext") is None:
        pytest.skip("pdftotext of poppler is not installed")
    (tmp_path / "c.pdf").write_bytes(kept)
    done = subprocess.run(["pdftotext", str(tmp_path / "c.pdf"), "-"], capture_output=True, check=True, timeout=60)
    assert done.stderr == b""
    assert "Attestation d’effacement" in done.stdout.decode()
