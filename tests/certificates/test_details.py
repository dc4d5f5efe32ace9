"""Facts behind reasons: in the reader's language where the sentence is known, letter for letter where it is not."""

import re

import pytest

from certificates.wording import words
from certificates.wording.details import SENTENCES, detail_words
from certificates.wording.error_details import error_words


@pytest.mark.parametrize(
    ("detail", "french"),
    [
        ("2 sectors not written, first at LBA 99999", "secteurs non écrits\u00a0: 2, le premier au LBA 99999"),
        ("HPA unknown", "HPA inconnue"),
        ("HPA none, DCO unknown, AMA present", "HPA absente, DCO inconnue, AMA présente"),
        ("mounted on / (vda)", "monté sur / (vda)"),
        ("policy default prefers overwrite.keystream", "la politique default préfère overwrite.keystream"),
        ("size is 0 after EIO", "la taille est 0 après EIO"),
        ("something nobody has listed: 7", "something nobody has listed: 7"),
    ],
)
def test_a_fact_is_said_in_french_and_stays_as_signed_in_english(detail: str, french: str) -> None:
    assert detail_words(detail, "fr") == french
    assert detail_words(detail, "en") == detail


@pytest.mark.parametrize("sentence", SENTENCES)
def test_every_sentence_is_found_under_its_own_pattern(sentence: str) -> None:
    names = re.findall(r"\{(\w+)\}", sentence)
    facts = {name: f"{number}X" for number, name in enumerate(names)}
    assert detail_words(sentence.format(**facts), "fr") == words("fr").gettext(sentence).format(**facts)


def test_braces_and_markup_of_a_drive_are_facts_not_places() -> None:
    assert detail_words("{name} is read-only", "fr") == "{name} est en lecture seule"
    assert detail_words("<b>{x}</b> is read-only", "fr") == "<b>{x}</b> est en lecture seule"


@pytest.mark.parametrize(
    ("detail", "french"),
    [
        (
            "no marks were planted before the erase: it was started elsewhere; 3 old contents were looked for",
            (
                "aucune marque posée avant l’effacement\u00a0: il a été lancé ailleurs\u00a0; "
                "anciens contenus recherchés\u00a0: 3"
            ),
        ),
        (
            "the sanitize failed: reason not listed: STATUS 51h ERROR 04h",
            "le sanitize a échoué\u00a0: raison non répertoriée\u00a0: STATUS 51h ERROR 04h",
        ),
        (
            "whether the drive took the command is not known: NVMe status 4002h, invalid field, do not retry",
            (
                "impossible de savoir si le disque a pris la commande\u00a0: "
                "état NVMe 4002h, champ invalide, ne pas répéter"
            ),
        ),
        ("the drive announces no block erase", "le disque n’annonce pas d’effacement par blocs"),
        ("the drive announces no overwrite", "le disque n’annonce pas de réécriture"),
        ("{fact}: {what}, then {fact}", "{fact}\u00a0: {what}, puis {fact}"),
    ],
)
def test_facts_within_a_fact_are_said_too(detail: str, french: str) -> None:
    assert detail_words(detail, "fr") == french
    assert detail_words(detail, "en") == detail


def test_an_error_that_is_only_full_of_colons_stays_letter_for_letter() -> None:
    """A path may have any number of them."""
    for text in ("a: " * 1000 + "b", "[Errno 2] a: " * 500 + "b", ": " * 1000):
        assert error_words(text, "fr") == text
    assert error_words("[Errno 13] Permission denied: '/x: y'", "fr") != "[Errno 13] Permission denied: '/x: y'"
