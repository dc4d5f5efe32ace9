"""ISO 7064 MOD 37,36: what it must find, and exactly what it cannot."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from station_agent.scanner.check_character import ALPHABET, check_character, is_checked

BODY = st.text(st.sampled_from(ALPHABET), min_size=1, max_size=24)


def test_the_published_example_of_the_standards_users_holds() -> None:
    """The Global Release Identifier of the IFPI handbook: A1-2425G-ABC1234002-M."""
    assert check_character("A12425GABC1234002") == "M"


@given(BODY)
def test_a_code_with_its_check_character_is_sound(body: str) -> None:
    assert is_checked(body + check_character(body))


@given(body=BODY, data=st.data())
def test_every_wrong_character_is_found_also_the_last(body: str, data: st.DataObject) -> None:
    code = body + check_character(body)
    place = data.draw(st.integers(0, len(code) - 1))
    other = data.draw(st.sampled_from(ALPHABET.replace(code[place], "")))
    assert not is_checked(code[:place] + other + code[place + 1 :])


def test_every_wrong_character_is_found_at_every_place_of_one_code() -> None:
    code = "7F3K2Q" + check_character("7F3K2Q")
    wrong = [
        code[:place] + other + code[place + 1 :]
        for place in range(len(code))
        for other in ALPHABET.replace(code[place], "")
    ]
    assert len(wrong) == 7 * 35
    assert not [code for code in wrong if is_checked(code)]


def test_neighbours_that_changed_places_are_found_but_for_one_pair_in_each_state() -> None:
    """After each first character (36 states) every pair is tried: 36 of 22,680 pass, each of two neighbours in 0-Z."""
    missed = [
        (one, other)
        for first in ALPHABET
        for place, one in enumerate(ALPHABET)
        for other in ALPHABET[place + 1 :]
        if check_character(first + one + other) == check_character(first + other + one)
    ]
    assert len(missed) == 36
    assert {(ALPHABET.index(b) - ALPHABET.index(a)) % 36 for a, b in missed} == {1, 35}


@pytest.mark.parametrize("text", ["", "A", "a0", "É0", "A-0", " A0"])
def test_foreign_characters_are_never_sound(text: str) -> None:
    assert not is_checked(text)
