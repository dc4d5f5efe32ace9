"""The pictures of the stick and the appliance in the manual are what the programs print."""

import re
from pathlib import Path

import pytest

from station_agent.checks.page import is_safe
from station_agent.image import pictures
from station_agent.image.pictures import PICTURES, SCENES, asking, sheet
from station_agent.language import voice

README = PICTURES.parent / "README.md"
SHOWN = re.compile(r"!\[[^]]+\]\(([^)]+\.svg)\)")


def test_the_pictures_in_the_tree_are_what_the_programs_print() -> None:
    made = dict(pictures.pictures())
    kept = {str(path.relative_to(PICTURES)): path.read_text("utf-8") for path in PICTURES.rglob("*.svg")}
    assert sorted(kept) == sorted(made), "python -m station_agent.image.pictures"
    assert [name for name, text in made.items() if kept[name] != text] == []


def test_the_manual_shows_pictures_that_are_there_and_every_one_that_is_drawn() -> None:
    shown = SHOWN.findall(README.read_text("utf-8"))
    assert [name for name in shown if not (README.parent / name).exists()] == []
    drawn = {f"pictures/en/{name}.svg" for name in SCENES}
    assert drawn - {*shown} == set()


@pytest.mark.parametrize("lang", ["fr", "en"])
@pytest.mark.parametrize("name", sorted(SCENES))
def test_every_glyph_is_one_that_a_console_has(name: str, lang: str) -> None:
    shown = "".join(segment.text for line in SCENES[name](voice(lang, {})) for segment in line)
    assert all(is_safe(glyph) for glyph in shown)
    assert "?" not in shown  # no sentence of these asks: a "?" is a glyph that had to be replaced


def test_a_picture_that_would_lose_something_is_not_drawn() -> None:
    with pytest.raises(ValueError, match="no screen"):
        sheet([()] * 26)
    with pytest.raises(ValueError, match="no screen"):
        asking(("x" * 81,), lambda ask: ask("?"))


def test_the_script_writes_them_where_it_is_told(tmp_path: Path) -> None:
    assert pictures.write(tmp_path) == 2 * len(SCENES)
    assert (tmp_path / "fr/menu.svg").read_text("utf-8") == (PICTURES / "fr/menu.svg").read_text("utf-8")
