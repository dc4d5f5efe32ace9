"""The year of manufacture: each source, which one decides, and what is left unsaid."""

from pathlib import Path
from typing import Any

import pytest

from diagnostics import machine_wording, wording
from diagnostics.errors import PolicyError
from diagnostics.years import YearFacts, year_of_make

I5_8 = "Intel(R) Core(TM) i5-8350U CPU @ 1.70GHz"


@pytest.mark.parametrize(
    ("facts", "year", "source", "meaning"),
    [
        ({"maker": "HP", "serial": "CND8261DMO", "processor": I5_8}, 2018, "serial", "made"),
        ({"maker": "Apple Inc.", "serial": "C02LDEMODM25", "panel_year": 2013}, 2013, "serial", "made"),
        ({"maker": "Apple Inc.", "serial": "C02DDEMODM25", "bios_date": "01/10/2022"}, 2020, "serial", "made"),
        ({"maker": "Apple Inc.", "serial": "W80123DEM0X", "bios_date": "10/12/2011"}, 2010, "serial", "made"),
        ({"panel_year": 2016, "bios_date": "03/02/2020"}, 2016, "panel", "made"),
        ({"battery_made": "2015-03-01", "bios_date": "03/02/2020"}, 2015, "battery", "made"),
        ({"processor": I5_8, "bios_date": "03/02/2020"}, 2017, "processor", "not-before"),
        ({"processor": I5_8, "panel_year": 2012}, 2017, "processor", "not-before"),
        ({"bios_date": "05/20/08"}, 2008, "bios", "about"),
        ({"bios_date": "05/20/98"}, 1998, "bios", "about"),
        ({}, None, "", ""),
        ({"bios_date": "not a date", "battery_made": "13 May"}, None, "", ""),
    ],
)
def test_the_best_source_decides(facts: dict[str, Any], year: int | None, source: str, meaning: str) -> None:
    read = year_of_make(YearFacts(**facts))
    assert (read.year, read.source, read.meaning) == (year, source, meaning)
    assert str(year or "Nothing") in wording.render(*machine_wording.year(read.source, read.year))


def test_a_serial_that_could_mean_two_years_and_is_not_settled_says_nothing() -> None:
    assert year_of_make(YearFacts(maker="HP", serial="CND8261DMO")).claims == ()


def test_the_serial_of_another_maker_is_not_read_by_the_rule_of_one() -> None:
    assert year_of_make(YearFacts(maker="DEMO", serial="CND8261DMO", panel_year=2018)).source == "panel"


def test_claims_far_apart_are_a_doubt_and_all_are_kept() -> None:
    read = year_of_make(YearFacts(panel_year=2011, battery_made="2019-01-01", bios_date="01/01/2012"))
    assert (read.year, read.doubt) == (2011, True)
    assert read.claims == (("panel", 2011), ("battery", 2019), ("bios", 2012))


@pytest.mark.parametrize(
    ("name", "year"),
    [
        ("Intel(R) Core(TM)2 Duo CPU     P8600  @ 2.40GHz", 2006),
        ("Intel(R) Core(TM) i5-4590 CPU @ 3.30GHz", 2013),
        ("Intel(R) Core(TM) i7-10510U CPU @ 1.80GHz", 2019),
        ("Intel(R) Core(TM) i5-1035G1 CPU @ 1.00GHz", 2019),
        ("11th Gen Intel(R) Core(TM) i5-1135G7 @ 2.40GHz", 2020),
        ("AMD Ryzen 5 PRO 4650U with Radeon Graphics", 2020),
        ("Intel(R) Pentium(R) CPU N3710 @ 1.60GHz", None),
    ],
)
def test_a_processor_tells_the_year_from_which_it_was_sold(name: str, year: int | None) -> None:
    assert year_of_make(YearFacts(processor=name)).year == year


@pytest.mark.parametrize(
    "text", ["", "version = 1", "version = 1\n[[serial]]\npattern = '('\n[[processor]]\npattern = 'x'"]
)
def test_malformed_rules_are_refused(tmp_path: Path, text: str) -> None:
    rules = tmp_path / "rules.toml"
    rules.write_text(text, encoding="utf-8")
    with pytest.raises(PolicyError, match=r"rules\.toml"):
        year_of_make(YearFacts(), rules)
