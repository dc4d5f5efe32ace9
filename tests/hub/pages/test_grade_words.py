"""The grade in words."""

import pytest

from hub.pages.grade_words import letter_word


@pytest.mark.parametrize("letter", ["", "none"])
def test_a_machine_without_a_grade_is_said_to_be_not_graded(letter: str) -> None:
    assert letter_word(letter, "en") == "not graded"
    assert letter_word(letter, "fr") == "non gradé"


def test_a_letter_stays_a_letter() -> None:
    assert letter_word("B", "fr") == "B"
