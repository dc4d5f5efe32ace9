"""The check for words that the law bans: it fires on each sort of file, and the tree is free of them."""

from pathlib import Path
from typing import Any

import pytest

from diagnostics.grading import banned_words
from tests.lint.banned_words import problems

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize(
    ("place", "line"),
    [
        ("hub/templates/label.html", "<p>{{ _('Comme neuf') }}</p>"),
        ("hub/templates/label.html", "<p>Comme&nbsp;neuf</p>"),
        ("hub/locale/fr.po", 'msgstr "Grade A : à neuf"'),
        ("certificates/wording/__init__.py", 'A = "like new"'),
        ("diagnostics/grade_policy.toml", 'letter = "état neuf"'),
    ],
)
def test_a_planted_word_is_found_in_every_sort_of_file(tmp_path: Path, place: str, line: str) -> None:
    path = tmp_path / place
    path.parent.mkdir(parents=True)
    path.write_text(f"innocent\n{line}\n", encoding="utf-8")
    (problem,) = problems(tmp_path)
    assert problem.startswith(f"{place}:2: the law bans")


def test_the_tree_is_free_of_them() -> None:
    assert problems(ROOT) == []


def test_no_sentence_of_a_certificate_holds_one() -> None:
    from babel.messages.pofile import read_po

    for package in ("certificates", "diagnostics", "hub", "station_agent"):
        with (ROOT / package / "locale/fr.po").open("rb") as file:
            texts: list[Any] = [part for message in read_po(file, locale="fr") for part in (message.id, message.string)]
        assert len(texts) > 100
        assert [text for text in texts if banned_words(str(text))] == [], package
