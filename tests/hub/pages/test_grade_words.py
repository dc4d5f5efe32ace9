"""The grade in words."""

import pytest

from hub.models import Diagnostic
from hub.pages.grade_words import letter_word
from hub.pages.report_facts import report_facts


@pytest.mark.parametrize("letter", ["", "none"])
def test_a_machine_without_a_grade_is_said_to_be_not_graded(letter: str) -> None:
    assert letter_word(letter, "en") == "not graded"
    assert letter_word(letter, "fr") == "non gradé"


def test_a_letter_stays_a_letter() -> None:
    assert letter_word("B", "fr") == "B"


@pytest.mark.parametrize(
    ("check", "value", "english", "french"),
    [
        ("triage", "reuse", "For reuse", "Réemployable"),
        ("triage", "weee", "E-waste recycling", "Recyclage DEEE"),
        ("triage", "of-tomorrow", "of-tomorrow", "of-tomorrow"),
        ("parts", "wifi-card, screen", "Wi-Fi card, screen", "carte Wi-Fi, écran"),
        ("battery", "82 %", "82 %", "82 %"),
    ],
)
def test_what_a_person_chose_in_a_check_is_said_in_words(check: str, value: str, english: str, french: str) -> None:
    report = {"checks": [{"id": check, "result": "pass", "value": value}]}
    for lang, word in (("en", english), ("fr", french)):
        facts = report_facts(Diagnostic(payload={"report": report}), lang)
        assert facts is not None
        assert facts.checks[0].value == word
