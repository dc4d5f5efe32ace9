"""The colours of both themes: words and charts stand out from what is behind them, none is lost."""

import re

import pytest

from hub.pages.assets import FOLDER

COLOUR = re.compile(r"--([a-z0-9-]+): #([0-9a-f]{6});")
WORDS = (
    ("ink", "paper"),
    ("ink", "sheet"),
    ("ink", "field"),
    ("ink", "grey-tint"),
    ("ink", "busy-tint"),
    ("ink", "row-hover"),
    ("ink", "row-wait"),
    ("ink", "row-bad"),
    ("ink", "chart-ground"),
    ("soft", "paper"),
    ("soft", "sheet"),
    ("soft", "row-hover"),
    ("soft", "row-wait"),
    ("soft", "row-bad"),
    ("blue", "paper"),
    ("blue", "sheet"),
    ("blue", "blue-tint"),
    ("blue", "grey-tint"),
    ("blue-deep", "blue-tint"),
    ("blue-deep", "sheet"),
    ("orange-ink", "orange-tint"),
    ("red-ink", "red-tint"),
    ("red-ink", "sheet"),
    ("grey-ink", "grey-tint"),
    ("on-blue", "blue"),
    ("on-blue", "blue-deep"),
)
DRAWINGS = (
    *((f"chart-{number}", "sheet") for number in range(1, 7)),
    *((f"chart-{number}", "chart-ground") for number in range(1, 7)),
    ("ok", "sheet"),
    ("bad", "sheet"),
    ("busy", "sheet"),
    ("none-deep", "sheet"),
    ("field-line", "field"),
    ("field-line", "paper"),
)
THEMES = ("etabli.css", "dark.css")
FIXED = {"#000", "#fff", "#1c2733", "#999"}  # on the bar, on orange and on paper, which are the same in both themes


def colours(sheet: str) -> dict[str, str]:
    return dict(COLOUR.findall((FOLDER / sheet).read_text(encoding="utf-8")))


def luminance(colour: str) -> float:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (0, 2, 4)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("sheet", THEMES)
@pytest.mark.parametrize(("front", "back"), WORDS)
def test_words_stand_out_from_what_is_behind_them(sheet: str, front: str, back: str) -> None:
    said = colours(sheet)
    assert contrast(said[front], said[back]) >= 4.5


@pytest.mark.parametrize("sheet", THEMES)
@pytest.mark.parametrize(("front", "back"), DRAWINGS)
def test_drawings_stand_out_from_what_is_behind_them(sheet: str, front: str, back: str) -> None:
    said = colours(sheet)
    assert contrast(said[front], said[back]) >= 3


@pytest.mark.parametrize("sheet", THEMES)
def test_words_on_the_bar_are_white_and_those_of_a_count_dark(sheet: str) -> None:
    said = colours(sheet)
    assert contrast("ffffff", said["bar"]) >= 4.5
    assert contrast("1c2733", said["orange"]) >= 4.5


def test_the_dark_sheet_says_every_colour_of_the_light_one_again() -> None:
    assert list(colours("dark.css")) == list(colours("etabli.css"))


def test_no_rule_names_a_colour_that_the_dark_sheet_could_not_change() -> None:
    _root, rules = (FOLDER / "etabli.css").read_text(encoding="utf-8").split("}", 1)
    assert set(re.findall(r"#[0-9a-f]{3,6}\b", rules)) <= FIXED
