"""Every screen at 80 x 25 and 120 x 40, in both languages, reached by keys: it fits, in glyphs that every font has."""

import asyncio
from math import inf

import pytest

from station_agent.checks.page import is_safe, safe
from station_agent.checks.screen_console import style_of
from station_agent.console import pictures
from station_agent.console.blocks import SHAPES, block_lines
from station_agent.console.frame import Size, text_of
from station_agent.console.help import KEYS, MEANINGS, help_lines
from station_agent.console.pictures import APPROVED, LARGE, PICTURES, SCENES, SMALL, scene, screens
from station_agent.console.screen_app import BenchApp
from station_agent.console.signs import SIGNS
from station_agent.control.view import BenchView, Phrase, ReasonView, Tile, TileState
from station_agent.language import voice

BOTH = ("fr", "en")
SIZES = (SMALL, LARGE)
HOSTILE = "\x1b[2J\u202e✓{0.__class__}\n\tÉ%s" + "x" * 300


@pytest.mark.parametrize("lang", BOTH)
@pytest.mark.parametrize("size", SIZES, ids=("80x25", "120x40"))
def test_every_screen_fills_its_size_with_glyphs_that_every_console_font_has(lang: str, size: Size) -> None:
    for name, rows in screens(lang, size):
        assert len(rows) == size.rows, name
        for line in rows:
            assert sum(len(segment.text) for segment in line) <= size.columns, (name, line)
            for segment in line:
                assert all(is_safe(glyph) for glyph in segment.text), (name, segment.text)
                assert style_of(segment.style).color is not None, name


@pytest.mark.parametrize("lang", BOTH)
def test_no_sentence_of_the_pictures_holds_a_glyph_that_had_to_be_replaced(lang: str) -> None:
    for name, rows in screens(lang, SMALL):
        asked = sum(text.count("?") for text in text_of(rows))
        known = sum(text.count("[??]") * 2 for text in text_of(rows))
        assert asked - known <= 4, name  # "health ?", the question of a title, the key "?" of the help


@pytest.mark.parametrize("lang", BOTH)
@pytest.mark.parametrize("size", SIZES, ids=("80x25", "120x40"))
def test_every_key_of_a_screen_is_named_whole(lang: str, size: Size) -> None:
    for name, keys in SCENES.items():
        console = scene(lang, size, keys)
        page = console.screen.page(size)
        foot = text_of(console.rows()[-2:])
        for action in page.actions:
            assert any(f" {action.name or action.key}  {action.words}" in f"{line} " for line in foot), (name, action)


@pytest.mark.parametrize("lang", BOTH)
@pytest.mark.parametrize("size", SIZES, ids=("80x25", "120x40"))
def test_help_is_one_screen_and_nothing_of_it_is_cut(lang: str, size: Size) -> None:
    console = scene(lang, size, ("enter", "h"))
    shown = text_of(console.rows())
    keys, signs = help_lines(console.voice)
    assert (len(keys), len(signs)) == (len(KEYS), len(MEANINGS))
    for key, words in keys:
        assert any(key in line and safe(words) in line for line in shown), words
    for sign, words in signs:
        assert any(sign in line and line.endswith(safe(words)) for line in shown), (sign, words)


def test_help_opens_on_every_screen_and_goes_back_to_it() -> None:
    for name, keys in SCENES.items():
        if name in ("blank", "help"):
            continue
        console = scene("en", SMALL, keys)
        before = console.screen
        console.press("f1")
        assert text_of(console.rows())[0].startswith(" Help"), name
        console.press("escape")
        assert console.screen is before, name


def test_the_language_changes_at_once_on_every_screen_also_in_what_was_said_before() -> None:
    console = scene("en", SMALL, ("enter", "S"))
    assert any("Nothing is chosen" in line for line in text_of(console.rows()))
    console.press("f2")
    assert text_of(console.rows())[1].startswith(" Rapports")
    console.press("L")
    assert text_of(console.rows())[1].startswith(" Reports")


def test_every_state_has_its_own_sign_and_its_own_word_in_both_languages() -> None:
    assert set(SIGNS) == set(TileState)
    signs = [sign.sign for sign in SIGNS.values()]
    assert len(set(signs)) == len(signs)
    for lang in BOTH:
        words = [voice(lang, {}).say(sign.word) for sign in SIGNS.values()]
        assert len(set(words)) == len(words)
        assert max(len(word) for word in words) <= 11  # so that slot 24, sign and word fit in a tile of 20 columns


def test_green_is_for_erased_alone_and_amber_for_unconfirmed_alone() -> None:
    assert [state for state, sign in SIGNS.items() if sign.style == "green"] == [TileState.ERASED]
    assert [state for state, sign in SIGNS.items() if sign.style == "amber"] == [TileState.UNCONFIRMED]


def test_the_large_letters_have_five_rows_of_three_columns() -> None:
    assert {glyph: len(shape) for glyph, shape in SHAPES.items() if len(shape) != 19} == {}
    assert block_lines("Ok")[0] == "███ █ █"
    assert block_lines("É") == block_lines("E")
    for lang in BOTH:
        for word in ("DONE", "LOOK HERE"):
            assert all(glyph in SHAPES for glyph in voice(lang, {}).say(word)), word


def test_the_pictures_in_the_tree_are_what_the_console_shows() -> None:
    made = dict(pictures.pictures())
    kept = {str(path.relative_to(PICTURES)): path.read_text("utf-8") for path in PICTURES.rglob("*.svg")}
    assert sorted(kept) == sorted(made), "python -m station_agent.console.pictures"
    assert [name for name, text in made.items() if kept[name] != text] == []


def test_hostile_words_from_a_drive_or_a_hub_stay_on_their_line_and_in_safe_glyphs() -> None:
    bad = Phrase(message="{missing} {0} " + HOSTILE, facts={"a": HOSTILE})
    reason = ReasonView(code=HOSTILE, detail=HOSTILE, remedy=bad)
    tile = Tile(slot=HOSTILE, state=TileState.PROTECTED, drive="x", model=HOSTILE, serial=HOSTILE, asset=HOSTILE,
                lot=HOSTILE, reasons=(reason,))  # fmt: skip
    view = pictures.bench().model_copy(
        update={"tiles": (tile,), "name": HOSTILE, "operator": HOSTILE, "lot": HOSTILE, "asset": HOSTILE,
                "notices": (bad,), "stops_new": bad, "found_at_start": (bad,)}
    )  # fmt: skip
    for size in SIZES:
        for keys in ((), ("enter",), ("enter", "f"), ("enter", "d"), ("enter", "o"), ("enter", "k"), ("enter", "b")):
            rows = scene("fr", size, keys, view).rows()
            assert len(rows) == size.rows
            for line in rows:
                assert sum(len(segment.text) for segment in line) <= size.columns, keys
                assert all(is_safe(glyph) for segment in line for glyph in segment.text), keys


def test_an_empty_bench_says_what_to_do() -> None:
    view = pictures.bench().model_copy(update={"tiles": (), "found_at_start": ()})
    console = scene("en", SMALL, ("up", "space", "S", "d", "x", "u", "p", "m"), view)
    assert any("plug one in" in line for line in text_of(console.rows()))


def test_textual_shows_the_same_rows_and_passes_keys_on() -> None:
    console = scene("fr", SMALL, ())

    async def seen() -> tuple[list[str], list[str]]:
        app = BenchApp(console)
        async with app.run_test(size=(SMALL.columns, SMALL.rows)) as pilot:
            await pilot.press("enter")
            await pilot.pause()
            first = [app.sheet.render_line(row).text.rstrip() for row in range(SMALL.rows)]
            await pilot.resize_terminal(LARGE.columns, LARGE.rows)
            await pilot.press("h")
            app.settle(inf)
            await pilot.pause()
            second = [app.sheet.render_line(row).text.rstrip() for row in range(LARGE.rows)]
            await pilot.press("escape", "q", "enter")
        return first, second

    first, second = asyncio.run(seen())
    assert first == text_of(scene("fr", SMALL, ("enter",)).rows())
    assert second == text_of(scene("fr", LARGE, ("enter", "h")).rows())
    assert console.over


def test_the_view_is_the_contract_of_this_version() -> None:
    assert isinstance(pictures.bench(), BenchView)


def shown_with(tile: Tile, *keys: str, lang: str = "en") -> str:
    view = pictures.bench().model_copy(update={"tiles": (tile,), "found_at_start": ()})
    return "\n".join(text_of(scene(lang, SMALL, keys, view).rows()))


@pytest.mark.parametrize(
    ("limit", "short", "whole"),
    [
        ("device", "slow drive", "limited by the drive itself"), ("hub", "slow USB hub", "limited by the USB hub"),
        ("bus", "slow bus", "limited by the bus"), ("heat", "too hot", "limited by heat"),
        ("bench", "slow bench", "limited by this bench"),
    ],
)  # fmt: skip
def test_what_holds_a_run_up_and_its_temperature_now_stand_on_the_tile_and_in_the_details(
    limit: str, short: str, whole: str
) -> None:
    running = pictures.run("write", 420, limited_by=limit, celsius=57)
    tile = pictures.ready(1, "WDC", "SER-1", 10**9, state=TileState.RUNNING, run=running, celsius=31)
    assert f"{short}" in shown_with(tile)
    assert "57 °C" in shown_with(tile)
    assert "31 °C" not in shown_with(tile)
    assert whole in shown_with(tile, "d")
    assert "temperature now: 57 °C" in shown_with(tile, "d")
    for lang in BOTH:
        assert len(voice(lang, {}).say(short)) <= 18 - len(" 57 °C")


def test_a_run_that_gives_no_temperature_keeps_that_of_its_beginning() -> None:
    tile = pictures.ready(1, "WDC", "SER-1", 10**9, state=TileState.RUNNING, run=pictures.run("write", 1), celsius=31)
    assert "31 °C" in shown_with(tile)
    assert "temperature now" not in shown_with(tile, "d")


def test_who_approved_a_start_beforehand_or_what_holds_it_back_is_said_with_the_countdown() -> None:
    tile = pictures.ready(1, "WDC", "SER-1", 10**9, state=TileState.COUNTDOWN, countdown_s=24, unattended=APPROVED)
    assert "IN 24 s" in shown_with(tile)
    assert "starts by itself:" in shown_with(tile)
    assert "Camille Dupont approved lot DSIT-2026-04 beforehand (rule 3)" in shown_with(tile, "d")
    held = Phrase(message="The hub protects this serial number.")
    tile = tile.model_copy(update={"state": TileState.READY, "countdown_s": None, "unattended": held})
    assert "The hub protects this serial number." in shown_with(tile, "d")


def test_a_plan_names_the_level_that_every_other_method_would_earn() -> None:
    tile = pictures.ready(1, "SAMSUNG", "SER-1", 10**9, bus="nvme")
    assert "possible too (key m): overwrite.zeros (Clear)" in shown_with(tile, "space", "p")
