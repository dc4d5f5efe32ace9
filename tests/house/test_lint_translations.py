"""A sentence without French, with other facts, or with English typography is found."""

from pathlib import Path

import pytest

from tests.lint import translations
from tests.lint.tree import PACKAGES

SOURCE = 'from words import mark\nLOST = mark("Drive {serial} is gone")\n'


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    for package in PACKAGES:
        (tmp_path / package / "locale").mkdir(parents=True)
    (tmp_path / "hub" / "words.py").write_text(SOURCE)
    return tmp_path


def translate(tree: Path, source: str, french: str, flags: str = "") -> list[str]:
    head = 'msgid ""\nmsgstr ""\n"Content-Type: text/plain; charset=utf-8\\n"\n\n'
    (tree / "hub" / "locale" / "fr.po").write_text(f'{head}{flags}msgid "{source}"\nmsgstr "{french}"\n')
    return translations.problems(tree)


def test_a_sound_translation_is_accepted(tree: Path) -> None:
    assert translate(tree, "Drive {serial} is gone", "Le disque {serial} a disparu\u202f!") == []


def test_a_package_without_a_book_is_told(tree: Path) -> None:
    assert translations.problems(tree) == ["hub/words.py:2: no French for 'Drive {serial} is gone'"]


@pytest.mark.parametrize("flags", ["", "#, fuzzy\n"])
def test_a_fuzzy_or_empty_translation_is_none(tree: Path, flags: str) -> None:
    french = "Le disque {serial} a disparu" if flags else ""
    assert translate(tree, "Drive {serial} is gone", french, flags) == [
        "hub/words.py:2: no French for 'Drive {serial} is gone'"
    ]


def test_a_translation_that_loses_the_serial_is_found(tree: Path) -> None:
    (told,) = translate(tree, "Drive {serial} is gone", "Le disque a disparu")
    assert "does not carry the same facts" in told


@pytest.mark.parametrize("french", ["Disque {serial} perdu !", "Disque {serial} perdu!", "Disque « {serial} »"])
def test_french_typography_is_asked_for(tree: Path, french: str) -> None:
    (told,) = translate(tree, "Drive {serial} is gone", french)
    assert "no-break space" in told


def test_a_sentence_of_a_page_counts_too(tree: Path) -> None:
    (tree / "hub" / "words.py").unlink()
    (tree / "hub" / "lot.html").write_text('<h1>{{ _("Lots") }}</h1>{% trans %}Closed{% endtrans %}\n')
    assert translations.problems(tree) == [
        "hub/lot.html:1: no French for 'Lots'",
        "hub/lot.html:1: no French for 'Closed'",
    ]


def test_both_numbers_of_a_sentence_are_needed(tree: Path) -> None:
    (tree / "hub" / "words.py").write_text('v.count("{n} drive", "{n} drives", 3)\n"a".count("b")\n')
    assert translations.problems(tree) == ["hub/words.py:1: no French for '{n} drive'"]
