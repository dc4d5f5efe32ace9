"""The questions of a new stick: three lines, each may be left as it is, no answer can stop them."""

from unicodedata import category

import pytest

from station_agent.language import voice
from station_agent.stick.asking import answers
from station_agent.stick.settings import Settings


class Person:
    """Answers from a list; when it is used up the keyboard is gone."""

    def __init__(self, *lines: str) -> None:
        self.lines, self.asked, self.heard = list(lines), list[str](), list[str]()

    def ask(self, question: str) -> str:
        self.asked.append(question)
        if not self.lines:
            raise EOFError
        return self.lines.pop(0) + "\n"


def told(*lines: str) -> tuple[Settings, Person]:
    person = Person(*lines)
    return answers(voice("fr", {}), person.ask, person.heard.append), person


def test_enter_three_times_keeps_everything_and_names_no_hub() -> None:
    assert told("", "", "")[0] == Settings(language="fr")


def test_answers_are_taken() -> None:
    found, person = told("en", "be", "https://hub.example.org", "abcd-1234")
    assert found == Settings(hub="https://hub.example.org", token="abcd-1234", language="en", keyboard="be")
    assert len(person.asked) == 4


def test_a_scanned_address_brings_its_token_and_no_fourth_question() -> None:
    found, person = told("", "", "https://hub.example.org#token=abcd-1234")
    assert (found.hub, found.token, len(person.asked)) == ("https://hub.example.org", "abcd-1234", 3)


@pytest.mark.parametrize("wrong", ["de", "fr; rm -rf /", "\x1b[2J", "x" * 5_000])
def test_an_answer_that_cannot_be_used_is_asked_for_again_and_shown_without_its_controls(wrong: str) -> None:
    found, person = told(wrong, "en", "", "")
    assert found.language == "en"
    assert len(person.asked) == 4
    assert all(category(glyph) != "Cc" for line in person.heard for glyph in line)
    assert max(map(len, person.heard)) < 200


@pytest.mark.parametrize("wrong", ["ftp://hub", "hub.example.org", "https://hub#token=a b", "https://hub#token=short"])
def test_an_address_that_is_none_is_asked_for_again(wrong: str) -> None:
    assert told("", "", wrong, "")[0].hub == ""


def test_a_keyboard_that_is_gone_keeps_what_stands_there() -> None:
    assert told()[0] == Settings(language="fr")


def test_the_questions_are_french_before_anybody_chose() -> None:
    assert told("", "", "")[1].asked[1].startswith("Clavier")
