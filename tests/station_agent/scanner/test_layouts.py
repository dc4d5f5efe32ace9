"""Keys mean what the scanner means by them, not what the console does."""

import re
from pathlib import Path

import pytest

from station_agent.scanner.keycodes import (
    TEST_CODE,
    Stroke,
    Text,
    Undecodable,
    decode,
    layouts,
    layouts_of_test_code,
)
from tests.station_agent.scanner.strokes import strokes_of

CODES = Path("/usr/include/linux/input-event-codes.h")
PLAIN = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-"


@pytest.mark.parametrize("name", ["us", "fr"])
def test_every_character_of_our_codes_is_in_every_layout(name: str) -> None:
    assert decode(strokes_of(PLAIN, layouts()[name]), layouts()[name]) == Text(PLAIN)


@pytest.mark.parametrize("name", ["us", "fr"])
def test_the_test_code_tells_the_layout(name: str) -> None:
    assert layouts_of_test_code(strokes_of(TEST_CODE, layouts()[name])) == (name,)


def test_another_code_is_no_test_code() -> None:
    assert layouts_of_test_code(strokes_of("AZ08-", layouts()["us"])) == ()


def test_figures_of_a_us_scanner_are_what_they_are_and_not_what_azerty_shows() -> None:
    strokes = strokes_of("1234567890", layouts()["us"])
    assert decode(strokes, layouts()["us"]) == Text("1234567890")
    assert decode(strokes, layouts()["fr"]) == Text("&é\"'(-è_çà")


def test_a_key_without_a_character_gives_no_part_of_the_text() -> None:
    assert decode((Stroke(30), Stroke(199)), layouts()["us"]) == Undecodable("us", (199,))


@pytest.mark.skipif(not CODES.exists(), reason="the kernel's headers are not installed")
def test_the_letters_lie_where_the_kernel_says() -> None:
    numbers = dict(re.findall(r"#define KEY_([A-Z0-9])\s+(\d+)", CODES.read_text("utf-8")))
    us = layouts()["us"]
    assert {letter: us.letters[Stroke(int(code))].upper() for letter, code in numbers.items()} == {
        letter: letter for letter in numbers
    }
    assert len(numbers) == 36
