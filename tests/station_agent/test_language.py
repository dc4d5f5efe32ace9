"""Both languages: every sentence of the bench has its French, with the same places, in glyphs that the console has."""

import string
from collections.abc import Iterator
from pathlib import Path

import pytest
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

import station_agent
from certificates.command_line import language_asked
from station_agent.language import LOCALE, visible, voice, without_controls

PACKAGE = Path(station_agent.__file__).parent
KEYWORDS: dict[str, tuple[int, ...] | None] = {"say": None, "mark": None, "count": (1, 2)}
SAFE = set(string.printable) | set("àâäçéèêëîïôöùûüÿœæÀÂÄÇÉÈÊËÎÏÔÖÙÛÜŸŒÆ«»€–—•≤≥°\u00a0\u202f")


def sentences() -> Iterator[str]:
    for _, _, message, _, _ in extract_from_dir(PACKAGE, method_map=[("**.py", "python")], keywords=KEYWORDS):
        yield message if isinstance(message, str) else message[0]


def french() -> dict[str, tuple[str, ...]]:
    with (LOCALE / "fr.po").open("rb") as handle:
        read = read_po(handle, locale="fr", abort_invalid=True)
    return {
        entry.id if isinstance(entry.id, str) else entry.id[0]: (
            (entry.string,) if isinstance(entry.string, str) else tuple(entry.string)
        )
        for entry in read
        if entry.id
    }


def places(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


def test_every_sentence_has_its_french_and_no_french_is_left_over() -> None:
    assert set(sentences()) == set(french())
    assert len(french()) > 150


def test_translations_are_not_empty_and_have_the_same_places() -> None:
    for english, forms in french().items():
        assert all(forms), english
        assert {frozenset(places(form)) for form in forms} == {frozenset(places(english))}, english


def test_every_glyph_is_on_the_console_fonts() -> None:
    for english, forms in french().items():
        assert set("".join(forms)) <= SAFE, english


def test_french_typography_has_no_break_spaces_before_high_punctuation() -> None:
    for forms in french().values():
        assert all(f" {sign}" not in form for form in forms for sign in (":", ";", "?", "%"))


@pytest.mark.parametrize(
    ("option", "environ", "lang"),
    [("en", {"ETABLI_LANG": "fr"}, "en"), (None, {"ETABLI_LANG": "en"}, "en"), (None, {"LANG": "C"}, "fr")],
)
def test_the_language_is_chosen_by_option_then_environment_then_french(
    option: str | None, environ: dict[str, str], lang: str
) -> None:
    assert voice(option, environ).lang == lang


def test_a_sentence_is_said_in_french() -> None:
    assert voice("fr", {}).say("[OK] ERASED") == "[OK] EFFACÉ"
    assert voice("fr", {}).count("{n} sector", "{n} sectors", 0) == "0 secteur"


@pytest.mark.parametrize(
    ("arguments", "found"), [(["erase", "--lang", "en"], "en"), (["--lang=fr"], "fr"), (["--lang"], None), ([], None)]
)
def test_the_language_option_is_found_before_parsing(arguments: list[str], found: str | None) -> None:
    assert language_asked(arguments) == found


def test_control_and_direction_marks_are_shown() -> None:
    assert visible("a\u202eb\x07") == "a\\xE2\\x80\\xAEb\\x07"
    assert visible("a\ud800\udc80") == "a\\xED\\xA0\\x80\\xED\\xB2\\x80"
    assert visible("a\udc80") == "a\\x80"


def test_what_steers_a_terminal_is_shown_and_letters_stay() -> None:
    assert without_controls("Fermé\u00a0: 漢 \u009b2J\x1b[0m\u202e\ud800") == (
        "Fermé\u00a0: 漢 \\xC2\\x9B2J\\x1B[0m\\xE2\\x80\\xAE\\xED\\xA0\\x80"
    )
