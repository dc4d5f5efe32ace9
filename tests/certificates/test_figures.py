"""Figures and dates as people read them."""

from typing import Any

import pytest

from certificates import figures


def plain(text: str) -> str:
    return text.replace("\u00a0", "_").replace("\u202f", "_")


@pytest.mark.parametrize(
    ("size", "french", "english"),
    [
        (0, "0_o", "0_B"),
        (999, "999_o", "999_B"),
        (1_000, "1_ko", "1_kB"),
        (67_109_376, "67,1_Mo", "67.1_MB"),
        (500_107_862_016, "500_Go", "500_GB"),
        (999_999_999_999, "1_To", "1_TB"),
        (1_000_204_886_016, "1_To", "1_TB"),
        (4_000_787_030_016, "4_To", "4_TB"),
        (1_920_383_410_176, "1,9_To", "1.9_TB"),
        (10**19, "10000_Po", "10000_PB"),
    ],
)
def test_capacity_is_said_as_on_the_label(size: Any, french: Any, english: Any) -> None:
    assert plain(figures.capacity(size, "fr")) == french
    assert plain(figures.capacity(size, "en")) == english


def test_numbers_are_grouped() -> None:
    assert plain(figures.number(500107862016, "fr")) == "500_107_862_016"
    assert figures.number(500107862016, "en") == "500,107,862,016"
    assert plain(figures.size(512, "fr")) == "512_octets"


def test_a_share_is_never_rounded_up() -> None:
    assert plain(figures.percent(999_999, 1_000_000, "fr")) == "99,99_%"
    assert figures.percent(1, 1, "en") == "100.00%"
    assert figures.percent(46_050, 976_773_168, "en") == "0.00%"
    assert figures.percent(0, 0, "en") == "0.00%"


def test_dates_follow_the_language() -> None:
    assert figures.date("2026-11-21T09:12:00Z", "fr") == "21/11/2026"
    assert figures.date("2026-11-01T09:12:00Z", "en") == "1 November 2026"
    assert plain(figures.moment("2026-11-21T09:12:00Z", "fr")) == "21/11/2026 à 09:12_UTC"
    assert plain(figures.period("2026-11-20T23:00:00Z", "2026-11-21T01:30:00Z", "en")) == (
        "20 November 2026, 23:00_UTC – 21 November 2026, 01:30_UTC"
    )


@pytest.mark.parametrize(
    ("milliseconds", "text"),
    [(0, "0_ms"), (999, "999_ms"), (59_999, "59_s"), (60_000, "1_min 0_s"), (12_997_000, "3_h 36_min 37_s")],
)
def test_durations(milliseconds: Any, text: Any) -> None:
    assert plain(figures.duration(milliseconds)) == text


def test_the_invisible_is_shown() -> None:
    assert figures.shown("a\x00\u202e\u200bb\x9b é\u00a0\u202f") == "a\\u{0}\\u{202E}\\u{200B}b\\u{9B} é\u00a0\u202f"
