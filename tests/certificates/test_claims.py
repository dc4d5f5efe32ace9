"""No certificate prints a claim that somebody typed into a name; the signed statements keep every character."""

import re
from typing import Any

import pytest

import diagnostics.grading as theirs
from certificates import claims as ours
from certificates.account import certificate_account
from certificates.pdf import render_certificate
from diagnostics.grading import banned
from tests.certificates.test_pdf import page_text

HOSTILE = (
    "comme neuf", "COMME\N{NO-BREAK SPACE}NEUVES", "c o m m e  n e u f", "cоmmе nеuf",
    "comme\N{ZERO WIDTH SPACE}neuf", "com\N{SOFT HYPHEN}me neuf", "ＣＯＭＭＥ ＮＥＵＦ",
    "Commë-nëuf", "commeneuf", "𝐜𝐨𝐦𝐦𝐞 𝐧𝐞𝐮𝐟", "état neuf", "e\u0301tat de neuf", "ÉTAT_NEUF", "à neuf",
    "remis à neuf", "like new", "l\N{WORD JOINER}ike n\N{WORD JOINER}ew", "as new", "good as new",
)  # fmt: skip
GATED = ("reconditionné", "RECONDITIONNÉES", "re-conditionnes", "r е conditionné", "refurbished", "Refurb")
INNOCENT = (
    "", "MAIRIE-01", "neuf disques", "à neuf heures", "un disque neuf", "Neuf-Brisach", "programme neuf", "Texas new",
    "Alike Newton", "atelier de reconditionnement", "à reconditionner", "non  reconditionné", "not refurbished",
)  # fmt: skip


@pytest.mark.parametrize("text", [*HOSTILE, *GATED])
def test_a_claim_is_found_however_it_is_written_and_masked(text: str) -> None:
    for room in (ours, theirs):
        assert room.claims(f"Lot: {text}!")
        assert room.claims(room.unclaimed(f"Lot: {text}!")) == ()
        assert room.unclaimed(f"Lot: {text}!").startswith("Lot: ")


@pytest.mark.parametrize("word", ["a", "as", "remis", "like", "good", "comme", "etat"])
@pytest.mark.parametrize("blank", ["&_;", "&#_;", "&a;", "& ", "_"])
def test_a_text_of_blanks_is_no_riddle(word: str, blank: str) -> None:
    """Of blanks that two rules take in turn each doubles the work: nobody would see the end of a hundred."""
    for room in (ours, banned):
        both = re.compile(rf"(?=[\W_]*\Z){room._ENTITY}")
        assert both.match(blank) is None
        assert room.claims(f"{word}{blank * 100}x") == ()


@pytest.mark.parametrize("text", INNOCENT)
def test_innocent_words_stay(text: str) -> None:
    for room in (ours, theirs):
        assert room.claims(text) == ()
        assert room.unclaimed(text) == text


@pytest.mark.parametrize("text", ["", "&", "&&acute;", "\ud800", "\x00" * 9, "&eacute;" * 50, "ﷺ" * 40, "c" * 20_000])
def test_no_text_breaks_the_search(text: str) -> None:
    assert (ours.unclaimed(text), theirs.unclaimed(text)) == (text, text)


def test_no_hostile_name_reaches_the_page_of_a_certificate(workshop: Any) -> None:
    for said in (*HOSTILE, *GATED):
        changes = {"lot__label": f"Portables {said}", "donor__name": f"Mairie {said}", "device__asset": f"A {said}"}
        bundle = workshop.bundle(certificate=changes)
        for lang in ("fr", "en"):
            account = certificate_account(bundle, lang)
            assert ours.claims(f"{account.lot} {account.donor} {account.asset} {account.remark}") == (), said
            assert account.lot.strip() == bundle.certificate.payload["lot"]["code"]
        assert ours.claims(bundle.certificate.payload["lot"]["label"])  # the control: what is signed is whole


@pytest.mark.parametrize("lang", ["fr", "en"])
def test_the_text_of_the_pdf_carries_none_of_them(workshop: Any, lang: str) -> None:
    changes = {"lot__label": HOSTILE[2], "donor__name": f"Mairie {GATED[0]}", "device__asset": f"A {HOSTILE[0]}"}
    text = page_text(render_certificate(workshop.bundle(certificate=changes), workshop.hub, lang))
    assert ours.claims(text) == ()
    assert "[***]" in text
    assert {"fr": "le donateur du lot", "en": "the donor of lot"}[lang] in " ".join(text.split())
