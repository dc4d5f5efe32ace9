"""Every string that a page can show is translated, with its placeholders, and nothing stale is kept."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

ROOM = Path(__file__).resolve().parents[3] / "hub"
KEYWORDS = {"_": None, "gettext": None, "ngettext": (1, 2), "mark": None, "plural": (1, 2)}
METHODS = [
    ("**/pages/**.py", "python"), ("**/commands/**.py", "python"), ("wording.py", "python"),
    ("log/**.py", "python"), ("keys/**.py", "python"), ("witness/**.py", "python"), ("witnesses/**.py", "python"),
    ("templates/**.html", "jinja2"),
]  # fmt: skip
OPTIONS = {"templates/**.html": {"trimmed": "true", "newstyle_gettext": "true"}}
PLACE = re.compile(r"%\(\w+\)[sd]")


def source_strings() -> dict[str, str | None]:
    """Each source string and its plural, if it has one."""
    found: dict[str, str | None] = {}
    for _file, _line, message, _comments, _context in extract_from_dir(
        ROOM, METHODS, OPTIONS, keywords=KEYWORDS, strip_comment_tags=False
    ):
        single, plural = (message[0], message[1]) if isinstance(message, tuple) else (message, None)
        found[str(single)] = str(plural) if plural else found.get(str(single))
    return found


@pytest.fixture(scope="module")
def catalogue() -> Catalog:
    with (ROOM / "locale" / "fr.po").open("rb") as handle:
        return read_po(handle, locale="fr", abort_invalid=True)


def entries(catalogue: Catalog) -> Iterator[tuple[str, Message]]:
    for message in catalogue:
        if message.id:
            yield (message.id if isinstance(message.id, str) else message.id[0]), message


def forms(message: Message) -> tuple[str, ...]:
    return (message.string,) if isinstance(message.string, str) else tuple(message.string)


def test_the_extraction_finds_strings_of_templates_and_of_python() -> None:
    found = source_strings()
    assert "Skip to the content" in found
    assert "awaiting decision" in found
    assert found["%(num)s drive waits for a decision"] == "%(num)s drives wait for a decision"
    assert len(found) > 250


def test_every_source_string_has_a_french_one(catalogue: Catalog) -> None:
    french = {source for source, message in entries(catalogue) if all(forms(message)) and not message.fuzzy}
    assert sorted(set(source_strings()) - french) == []


def test_no_french_string_is_left_over(catalogue: Catalog) -> None:
    assert sorted({source for source, _message in entries(catalogue)} - set(source_strings())) == []


def test_plurals_are_translated_as_plurals(catalogue: Catalog) -> None:
    translated = dict(entries(catalogue))
    for source, plural in source_strings().items():
        if plural:
            assert translated[source].id == (source, plural)
            assert len(forms(translated[source])) == 2


def test_french_strings_keep_their_placeholders(catalogue: Catalog) -> None:
    for source, message in entries(catalogue):
        for form in forms(message):
            assert sorted(PLACE.findall(form)) == sorted(PLACE.findall(source)), source


def test_french_typography(catalogue: Catalog) -> None:
    for source, message in entries(catalogue):
        for form in forms(message):
            assert not re.search(r"[^\N{NO-BREAK SPACE}\N{NARROW NO-BREAK SPACE}\s%(][:;!?»](?=\s|$)", form), source
            assert not re.search(r"[^\N{NO-BREAK SPACE}\N{NARROW NO-BREAK SPACE}][;!?»](?=\s|$)", form), source
            assert not re.search(r" [:;!?»]", form), source
            assert "'" not in form, source


def test_french_has_one_word_for_the_hub() -> None:
    with (ROOM / "locale" / "fr.po").open(encoding="utf-8") as file:
        catalog = read_po(file)
    strings = [message.string for message in catalog]
    texts = [text for string in strings for text in ([string] if isinstance(string, str) else string or ())]
    texts = [re.sub(r"`[^`]*`", "", text) for text in texts]  # what is typed keeps its own words
    assert any("serveur" in text for text in texts)
    other = re.compile(r"(?<![-/\w{])hubs?(?![/\w}])", re.IGNORECASE)
    assert [text for text in texts if other.search(text) and "USB" not in text and "Project-Id" not in text] == []
