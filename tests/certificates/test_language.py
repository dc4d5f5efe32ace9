"""Two languages: complete, and chosen in the documented order."""

import re
from pathlib import Path
from typing import Any

import pytest
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

import certificates
from certificates import wording
from certificates.language import Catalogue, catalogue, choose_language, mark
from certificates.wording import techniques

PACKAGE = Path(certificates.__file__).parent
KEYWORDS = {"_": None, "say": None, "gettext": None}


@pytest.fixture(scope="module")
def french() -> Any:
    with (PACKAGE / "locale" / "fr.po").open("rb") as handle:
        return read_po(handle, locale="fr", abort_invalid=True)


def source_strings() -> set[str]:
    found = extract_from_dir(PACKAGE, method_map=[("**.py", "python")], keywords=KEYWORDS)
    return {message for _, _, message, _, _ in found}


def test_every_string_of_the_source_is_translated_and_none_is_left_over(french: Any) -> None:
    translated = {message.id for message in french if message.id and message.string}
    assert translated == source_strings()


def test_every_word_of_the_tables_is_translated(french: Any) -> None:
    tables = (
        *(
            wording.VERDICT,
            wording.VERDICT_SENTENCE,
            wording.LEVEL,
            techniques.METHOD,
            wording.REASON,
            wording.AREA_STATE,
        ),
        *(wording.CHECK, wording.JUDGEMENT, wording.JUDGEMENT_WORD, wording.CAUSE),
    )
    for table in tables:
        for text in table.values():
            assert french.get(text).string, text


def test_translations_keep_the_places_to_fill(french: Any) -> None:
    for message in french:
        if message.id:
            assert set(re.findall(r"{\w+}", message.id)) == set(re.findall(r"{\w+}", message.string)), message.id


def test_french_typography(french: Any) -> None:
    for message in french:
        if message.id:
            assert not re.search(r" [;:!?»]|« ", message.string), message.string
            assert "'" not in message.string.replace("{", ""), message.string


def test_the_words_of_the_trade() -> None:
    assert wording.verdict_word("ERASED_WITH_EXCEPTIONS", "fr") == "Effacé avec réserves"
    assert wording.verdict_word("ERASED_WITH_EXCEPTIONS", "en") == "Erased with exceptions"
    assert techniques.method_words("zip.drive.shred", "fr") == "zip.drive.shred"
    assert wording.reason_words("IN_USE", "fr") == "le disque est utilisé"
    assert wording.cause_words("something", "fr") == ""


def test_nothing_claims_a_certification_by_others() -> None:
    for text in source_strings():
        assert not re.search(r"certified|NIST|DoD|Gutmann|FIPS", text), text


@pytest.mark.parametrize(
    ("option", "environ", "expected"),
    [
        ("en", {"ETABLI_LANG": "fr"}, "en"),
        (None, {"ETABLI_LANG": "en", "LANG": "fr_FR.UTF-8"}, "en"),
        (None, {"LANG": "en_GB.UTF-8"}, "en"),
        (None, {"LC_ALL": "fr_FR", "LANG": "en_GB"}, "fr"),
        (None, {"LANG": "C.UTF-8"}, "fr"),
        (None, {"LANG": "de_DE.UTF-8"}, "fr"),
        (None, {}, "fr"),
        ("xx", {"LANG": "en"}, "en"),
    ],
)
def test_the_language_is_chosen_in_order(option: Any, environ: Any, expected: Any) -> None:
    assert choose_language(option, environ) == expected


def write(folder: Path, text: str) -> Path:
    head = 'msgid ""\nmsgstr ""\n"Content-Type: text/plain; charset=utf-8\\n"\n'
    head += '"Plural-Forms: nplurals=2; plural=(n > 1);\\n"\n\n'
    (folder / "fr.po").write_text(head + text, encoding="utf-8")
    return folder


def test_a_catalogue_translates_and_counts(tmp_path: Any) -> None:
    folder = write(
        tmp_path,
        'msgid "Hello"\nmsgstr "Bonjour"\n\nmsgid "{n} drive"\nmsgid_plural "{n} drives"\n'
        'msgstr[0] "{n} disque"\nmsgstr[1] "{n} disques"\n\n#, fuzzy\nmsgid "Maybe"\nmsgstr "Peut-être"\n\n'
        'msgid "Empty"\nmsgstr ""\n',
    )
    words = catalogue(folder, "fr")
    assert words.gettext("Hello") == "Bonjour"
    assert [words.ngettext("{n} drive", "{n} drives", n) for n in (0, 1, 2)] == ["{n} disque"] * 2 + ["{n} disques"]
    assert [words.gettext(text) for text in ("Maybe", "Empty", "Other")] == ["Maybe", "Empty", "Other"]
    assert words.ngettext("one", "many", 1) == "one"


def test_english_needs_no_file(tmp_path: Any) -> None:
    words = catalogue(tmp_path, "en")
    assert words == Catalogue("en")
    assert [words.ngettext("drive", "drives", n) for n in (0, 1, 2)] == ["drives", "drive", "drives"]
    assert mark("x") == "x"
