"""The impact estimate: exact sums, nothing borrowed and nothing zero that is unknown, frozen with the closing."""

from typing import Any

import pytest

from hub.errors import BadInput
from hub.lots import closing, counts, donation
from hub.lots.blocking import book_of
from hub.lots.counts import Counted
from hub.lots.factors import OWN, SHIPPED, factors_of, read_factors
from hub.lots.impact import impact
from tests.hub.lot_work import LotWork

BETTER = SHIPPED.read_text(encoding="utf-8").replace("co2e_g = 27000", "co2e_g = 99000").replace('"fr-ademe', '"other')


def test_units_times_factor_times_years_in_grams() -> None:
    found = impact(
        {("reuse", "laptop"): 10, ("reuse", "phone"): 2, ("weee", "laptop"): 5}, read_factors(SHIPPED.read_bytes())
    )
    assert found["avoided"]["co2e_g"] == {"grams": 10 * 27_000 * 3 + 2 * 24_600 * 2, "without": []}
    assert found["avoided"]["ewaste_g"] == {"grams": 10 * 314 * 3, "without": ["phone"]}
    assert found["outcomes"]["weee"] == {"units": 5, "grams": 5 * 1650, "without": []}
    assert (found["estimate"], found["factors"]["id"], found["weighed"]) == (True, "fr-ademe-2022-09", 0)


def test_what_is_not_published_is_no_zero() -> None:
    found = impact({("reuse", "desktop"): 4, ("parts", "parts"): 3}, read_factors(SHIPPED.read_bytes()))
    assert found["avoided"]["co2e_g"] == {"grams": None, "without": ["desktop"]}
    assert found["kinds"][0]["co2e_g"] is None
    assert found["outcomes"]["parts"] == {"units": 3, "grams": None, "without": ["parts"]}
    nothing = impact({}, read_factors(SHIPPED.read_bytes()))
    assert nothing["avoided"]["co2e_g"] == {"grams": 0, "without": []}


def test_a_closed_lot_keeps_its_estimate_when_the_factors_change(fresh_world: Any) -> None:
    work = LotWork(fresh_world())
    work.finish()
    work.do(counts.count, Counted("received", "screen", 3))
    work.do(counts.count, Counted("sorted", "screen", 3, "reuse"))
    before = work.close()
    section = closing.document_of(before)["impact"]
    assert section["avoided"]["co2e_g"] == {"grams": 2 * 27_000 * 3, "without": ["screen"]}
    (work.world.hub.settings.data_dir / OWN).write_text(BETTER, encoding="utf-8")
    shown, frozen = work.do(lambda *at: donation.impact_of(*at, book_of(*at)))
    assert (shown, frozen) == (section, True)
    work.do(closing.reopen, "encore")
    shown, frozen = work.do(lambda *at: donation.impact_of(*at, book_of(*at)))
    assert (shown["factors"]["id"], frozen) == ("other-2022-09", False)
    after = closing.document_of(work.close())["impact"]
    assert after["avoided"]["co2e_g"]["grams"] == 2 * 99_000 * 3
    assert closing.document_of(before)["impact"] == section


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("co2e_g = 27000", "co2e_g = -1"),
        ("co2e_g = 27000", "co2e_g = 27.5"),
        ("co2e_g = 27000", 'co2e_g = "27"'),
        ("co2e_g = 27000", "co2e_g = true"),
        ("years = 3", ""),
        ("[kinds.laptop]", "[kinds.toaster]"),
        ("version = 2", "version = true"),
        ('scope = "', 'scope = "\\u0007'),
        ("mass_g = 1650", "mass_g = 1650\nprice = 3"),
        ("hypotheses = [", "hypotheses = []\nother = ["),
        ("[kinds.laptop]", "[[["),
    ],
)
def test_factors_that_say_something_else_are_refused(old: str, new: str) -> None:
    text = SHIPPED.read_text(encoding="utf-8")
    assert old in text
    with pytest.raises(BadInput, match="the factors of this site cannot be"):
        read_factors(text.replace(old, new, 1).encode())


@pytest.mark.parametrize("data", [b"", b"\x00" * 50, b"\xff\xfe", b"id = " + b"[" * 500])
def test_hostile_factors_are_refused(data: bytes, tmp_path: Any) -> None:
    (tmp_path / OWN).write_bytes(data)
    with pytest.raises(BadInput, match="the factors of this site"):
        factors_of(tmp_path)
