"""A binder of certificates: every page as issued, listed by class, and never VALID."""

import io
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pikepdf
import pytest

from certificates import binder
from certificates.attachment import attach
from certificates.binder import bind
from certificates.binder_pages import Contents, Entry, Group, draw_contents
from certificates.cli import main
from certificates.errors import BinderError
from certificates.pdf import render_certificate
from certificates.seal import BINDER_LINE, seal
from certificates.verdicts import Verdict, judge
from certificates.wording import judgement_sentence

GROUPS = (Group.EXCEPTIONS, Group.CLEAR, Group.OVERTAKEN, Group.PURGE)
HOSTILE = "<b>x</b>\x00\x1b[31m\N{RIGHT-TO-LEFT OVERRIDE}=cmd|'/c calc'!A1 \U0001f600 " + "S" * 4000


def entry(number: int, group: Group = Group.PURGE, serial: str = "") -> Entry:
    return Entry(f"ETB-2026-{number:06d}", "WDC WD5000", serial or f"WD-{number:04d}", group)


def contents(*entries: Entry, lang: str = "en", **changed: Any) -> Contents:
    return replace(Contents("Atelier", "Mairie", "LOT-1", "2026-11-21T10:00:00Z", entries, lang), **changed)


@pytest.fixture(scope="module")
def pdf(workshop: Any) -> bytes:
    data: bytes = render_certificate(workshop.bundle(), workshop.hub)
    return data


def text_of(page: Any) -> str:
    tables = {name: to_unicode(font) for name, font in page.Resources.Font.items()}
    table: dict[int, str] = {}
    shown = []
    steps: Any = pikepdf.parse_content_stream(page)
    for operands, operator in steps:
        if str(operator) == "Tf":
            table = tables[str(operands[0])]
        elif str(operator) == "Tj":
            shown.append("".join(table.get(code, "?") for code in bytes(operands[0])))
    return "\n".join(shown)


def to_unicode(font: Any) -> dict[int, str]:
    pairs = re.findall(r"<([0-9A-F]{2})> <([0-9A-F]{4})>", bytes(font.ToUnicode.read_bytes()).decode())
    return {int(code, 16): chr(int(letter, 16)) for code, letter in pairs}


def test_every_certificate_is_there_as_issued_and_on_the_page_that_the_list_names(pdf: bytes, tmp_path: Path) -> None:
    listed = contents(*(entry(number, GROUPS[number % 4]) for number in range(12)))
    size = bind(listed, [pdf] * 12, tmp_path / "b.pdf")
    with pikepdf.open(tmp_path / "b.pdf") as found, pikepdf.open(io.BytesIO(pdf)) as issued:
        assert len(found.pages) == 13
        own = issued.pages[0].Contents.read_bytes()
        assert all(page.Contents.read_bytes() == own for page in found.pages[1:])
        lines = text_of(found.pages[0]).split("\n")
        assert not found.attachments
        with found.open_outline() as outline:
            assert [one.title.split(" ")[0] for one in outline.root] == [one.number for one in listed.entries]
    places = [lines[lines.index(one.number) + 3] for one in listed.entries]
    assert places == [str(page) for page in range(2, 14)]
    assert size == (tmp_path / "b.pdf").stat().st_size


def test_exceptions_and_what_no_longer_counts_stand_after_the_erased_and_are_never_added_up(tmp_path: Path) -> None:
    listed = contents(*(entry(number, GROUPS[number % 4]) for number in range(9)))
    assert [one.group for one in listed.entries] == [
        *[Group.PURGE] * 2, *[Group.CLEAR] * 2, *[Group.EXCEPTIONS] * 3, *[Group.OVERTAKEN] * 2
    ]  # fmt: skip
    with pikepdf.open(io.BytesIO(draw_contents(listed))) as found:
        text = text_of(found.pages[0])
    for words in (
        "2 · Erased (Purge)",
        "2 · Erased (Clear)",
        "3 · Erased with exceptions",
        "2 · Issued, but no longer",
    ):
        assert words in text
    assert "\n9 · " not in text


def test_a_long_list_goes_over_pages_and_no_heading_stands_alone_at_the_foot() -> None:
    for count in range(28, 44):
        listed = contents(*(entry(number) for number in range(count)), entry(900, Group.EXCEPTIONS), lang="fr")
        with pikepdf.open(io.BytesIO(draw_contents(listed))) as found:
            texts = [text_of(page).split("\n") for page in found.pages]
        assert sum(line.startswith("ETB-") for text in texts for line in text) == count + 1
        assert all(text[-2] != "Effacés avec réserves" and text[-2].isdigit() for text in texts)


def test_hostile_names_are_drawn_and_stay_on_their_line(pdf: bytes, tmp_path: Path) -> None:
    listed = contents(entry(1, serial=HOSTILE), donor=HOSTILE, issuer=HOSTILE, lot=HOSTILE)
    bind(listed, [pdf], tmp_path / "b.pdf")
    with pikepdf.open(tmp_path / "b.pdf") as found:
        assert len(found.pages) == 2
        assert "\\u{1B}[31m" in text_of(found.pages[0])


def test_a_binder_is_never_valid_and_a_verifier_says_what_it_is(
    workshop: Any, pdf: bytes, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    bind(contents(entry(1)), [pdf], tmp_path / "b.pdf")
    data = (tmp_path / "b.pdf").read_bytes()
    for one in (data, pdf + BINDER_LINE, b"%PDF-1.7\n" + BINDER_LINE):
        found = judge(one, workshop.trust)
        assert (found.verdict, found.code, found.checked) == (Verdict.INVALID, "binder", ())
        assert "Nothing in it was checked" in judgement_sentence(found.told, "en")
    assert main([str(tmp_path / "b.pdf"), "--lang", "fr"]) == 1
    said = " ".join(capsys.readouterr().out.split())
    assert "réunit des attestations pour la lecture" in said
    assert "n’est pas authentique" not in said


def test_a_seal_or_an_attachment_on_a_binder_makes_no_certificate_of_it(
    workshop: Any, pdf: bytes, tmp_path: Path
) -> None:
    bind(contents(entry(1)), [pdf], tmp_path / "b.pdf")
    data = (tmp_path / "b.pdf").read_bytes()
    assert judge(seal(data, workshop.hub), workshop.trust).verdict is Verdict.INVALID
    stolen = attach(data, workshop.bundle().data, "x")
    assert judge(stolen, workshop.trust).verdict is Verdict.INVALID


@pytest.mark.parametrize("data", [b"", b"%PDF-1.7 nonsense", b"\x00" * 100])
def test_what_is_no_certificate_goes_into_no_binder(data: bytes, tmp_path: Path) -> None:
    with pytest.raises(BinderError, match="ETB-2026-000001 is no readable PDF"):
        bind(contents(entry(1)), [data], tmp_path / "b.pdf")


def test_the_list_and_the_certificates_are_as_many(pdf: bytes, tmp_path: Path) -> None:
    two = contents(entry(1), entry(2))
    with pytest.raises(BinderError, match="1 certificates came, 2 are listed"):
        bind(two, [pdf], tmp_path / "a.pdf")
    with pytest.raises(BinderError, match="more certificates came"):
        bind(two, [pdf] * 3, tmp_path / "b.pdf")
    with pytest.raises(BinderError, match="not 0"):
        bind(contents(), [], tmp_path / "c.pdf")
    doubled = io.BytesIO()
    with pikepdf.open(io.BytesIO(pdf)) as document:
        document.pages.append(document.pages[0])
        document.save(doubled)
    with pytest.raises(BinderError, match="2 pages instead of one"):
        bind(contents(entry(1)), [doubled.getvalue()], tmp_path / "d.pdf")


def test_the_number_of_certificates_is_bounded(pdf: bytes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(binder, "MOST", 2)
    with pytest.raises(BinderError, match="1 to 2 certificates, not 3"):
        bind(contents(*(entry(number) for number in range(3))), [pdf] * 3, tmp_path / "b.pdf")
