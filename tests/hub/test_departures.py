"""Indicators of what left, the reuse target, open statistics, what donors state: pure, exact, never a made-up zero."""

from datetime import UTC, date, datetime
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.errors import BadInput
from hub.figures import departures, materials, opened, regions
from hub.figures.reen import Counts, Item, is_too_old, reckon, target_of
from hub.figures.reen_reading import committed
from hub.figures.rows import Book, ExitRow, Figure, LotRow, ReturnRow
from hub.lots.factors import SHIPPED, read_factors
from hub.lots.stated import STATED, bounds, stated
from hub.partnered import RegisteredDocument

BEGIN, END = datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 7, 1, tzinfo=UTC)


def out(line: int, thing: str = "", mode: str = "gift", **told: object) -> ExitRow:
    facts = {"kind": "laptop", "units": 1, "day": date(2026, 3, 1), "batch": 1, "lot": "A", "donor": "CAF", **told}
    return ExitRow(line=line, thing=thing, mode=mode, **facts)  # type: ignore[arg-type]


def told(figure: Figure, group: str) -> dict[str, Fraction | None]:
    return {line.name: line.value for line in figure.lines if line.group == group}


def test_a_device_that_left_twice_counts_once_and_units_by_number_each_time() -> None:
    book = Book(BEGIN, END, exits=(out(1, "d"), out(2, "d", "sale"), out(3, kind="screen", units=4)))
    assert told(departures.modes(book), "kind") == {"screen": 4, "laptop": 1}
    assert told(departures.modes(book), "mode") == {"sale": 1, "gift": 5, "loan": 0, "rental": 0}


def test_the_rate_of_reuse_is_of_the_lots_of_the_period_and_what_came_back_is_not_in_it() -> None:
    lot = LotRow("A", "CAF", {"received": {"laptop": 3}}, frozenset({"received"}))
    book = Book(BEGIN, END, (lot,), exits=(out(1, "d"), out(2, "e", back=True), out(3, "f", lot="OLD")))
    assert told(departures.reused(book), "total") == {"rate": Fraction(100, 3), "reused": 1, "received": 3}
    assert told(departures.reused(book), "lot") == {"A": Fraction(100, 3)}


def test_a_return_counts_once_per_device_and_only_within_the_warranty_in_the_rate() -> None:
    book = Book(
        BEGIN,
        END,
        exits=tuple(out(n, f"d{n}") for n in range(1, 8)),
        returns=(
            ReturnRow(1, "d1", "battery", within=True),
            ReturnRow(1, "d1", "screen", within=True),
            ReturnRow(2, "d2", "screen"),
            ReturnRow(9, "elsewhere", "screen", within=True),
        ),
    )
    figure = departures.returned(book)
    assert told(figure, "total") == {"rate": Fraction(100, 7), "within": 1, "outside": 1, "delivered": 7}
    assert told(figure, "reason") == {"battery": 1, "screen": 1}


def test_parts_are_told_by_kind_and_what_is_to_be_found_by_lot() -> None:
    book = Book(
        BEGIN, END, parts_taken={"battery": 2}, parts_used={"battery": 1}, needs=(("screen", "A"), ("keys", "A"))
    )
    assert told(materials.parts(book), "total") == {"taken": 2, "used-again": 1}
    assert told(materials.wanted(book), "lot") == {"A": 2}
    assert materials.parts(Book(BEGIN, END)).missing == "no-part"


def test_a_kind_without_a_published_figure_is_none_and_not_zero() -> None:
    book = Book(BEGIN, END, exits=(out(1, "t", kind="tablet"),), factors=read_factors(SHIPPED.read_bytes()))
    figure = materials.avoided(book)
    assert told(figure, "co2e_g") == {"tablet": None}
    assert told(figure, "total") == {"co2e_g": None, "matter_g": None, "ewaste_g": None}
    assert figure.notes == ("estimate", "left-out")
    assert figure.basis is not None
    assert figure.basis["id"] == "fr-ademe-2022-09"


def test_factors_have_as_many_lines_in_english_or_are_refused() -> None:
    text = SHIPPED.read_text(encoding="utf-8")
    cut = text.replace('    "Replaced parts lower the gain and are not counted",\n', "")
    assert cut != text
    with pytest.raises(BadInput, match="as many lines"):
        read_factors(cut.encode())


@pytest.mark.parametrize(
    ("since", "old"),
    [
        ("2016-06-01", False),
        ("2016-05-31", True),
        ("2016-06", False),
        ("2016-05", True),
        ("2016", None),
        ("2015", True),
        ("2017", False),
        ("", None),
    ],
)
def test_ten_years_to_the_day_are_not_over_ten_and_a_year_alone_may_tell_nothing(
    since: str, *, old: bool | None
) -> None:
    assert is_too_old(since, date(2026, 6, 1)) is old
    assert is_too_old("2016-02-29", date(2026, 2, 28)) is False
    assert is_too_old("2016-02-29", date(2026, 3, 1)) is True


def item(**changed: object) -> Item:
    facts = {"lot": "A", "tag": "T", "serial": "S", "kind": "laptop", "name": "", "handed": date(2026, 6, 1),
             "since": "2020", "special": False, "convention": "2026-01-01", "left": "2026-07-01"}  # fmt: skip
    return Item(**{**facts, **changed})  # type: ignore[arg-type]


def test_an_item_counts_only_when_nothing_speaks_against_it() -> None:
    items = [
        item(),
        item(left=""),
        item(convention=""),
        item(since=""),
        item(since="2001"),
        item(special=True, since=""),
    ]
    found = reckon("CAF", 2025, items, 3)
    assert [why for _item, why in found.items] == [*reversed(Counts)]
    assert (found.sent, found.rate, found.target, found.is_reached) == (1, Fraction(100, 3), 50, False)
    assert reckon("CAF", 2025, items, None).rate is None
    assert reckon("CAF", 2025, items, 0).rate is None, "nothing retired has no rate"
    assert reckon("CAF", 2025, items, 2).is_reached is True, "the target itself is enough"
    assert [target_of(year) for year in (2022, 2023, 2024, 2025, 2030)] == [None, 25, 35, 50, 50]


def test_only_a_convention_that_was_signed_before_the_day_and_still_held_commits() -> None:
    papers = [
        RegisteredDocument(signed=signed, expires=end)
        for signed, end in (("2026-01-05", "2026-05-31"), ("2026-06-02", ""))
    ]
    said = {
        day: committed(papers, date.fromisoformat(day))
        for day in ("2026-01-04", "2026-05-31", "2026-06-01", "2026-06-02")
    }
    assert said == {"2026-01-04": "", "2026-05-31": "2026-01-05", "2026-06-01": "", "2026-06-02": "2026-06-02"}


@given(st.dictionaries(st.text("abcd", min_size=1, max_size=1), st.integers(0, 30), max_size=4))
def test_no_open_group_is_small_and_no_subtraction_gives_one_back(groups: dict[str, int]) -> None:
    found, whole = opened.told(groups), sum(groups.values())
    assert all(number >= opened.LEAST for number in found.values())
    assert sum(found.values()) == (whole if whole >= opened.LEAST else 0)
    hidden = [number for name, number in groups.items() if number and name not in found]
    if any(number < opened.LEAST for number in hidden) and found:
        assert len(hidden) > 1 or set(found) == {opened.OTHER}


@given(st.sampled_from(STATED), st.text(max_size=40))
def test_whatever_is_typed_is_kept_exactly_unknown_or_refused(about: str, text: str) -> None:
    kept = stated(about, text)
    assert kept is None or len(kept) <= 16
    if kept and about in {"purchased", "made"}:
        first, last = bounds(kept)
        assert first <= last
        assert stated(about, kept) == kept


@pytest.mark.parametrize(
    ("about", "text", "kept"),
    [
        ("purchased", "03/05/2019", "2019-05-03"),
        ("made", "5/2019", "2019-05"),
        ("made", "2019-05-03T00:00:00", "2019-05-03"),
        ("made", "2019-02-30", None),
        ("made", "inconnu", ""),
        ("made", "1066", None),
        ("value", "1 200,5 €", "120050"),
        ("value", "-3", None),
        ("value", "100000,01", None),
        ("special", "Oui", "yes"),
        ("special", "peut-être", None),
    ],
)
def test_days_amounts_and_answers_are_read_as_people_write_them(about: str, text: str, kept: str | None) -> None:
    assert stated(about, text) == kept


def test_every_department_is_of_one_region() -> None:
    codes = [code for found in regions.regions().values() for code in found]
    assert len(codes) == len(set(codes)) == 101
    assert len(regions.regions()) == 18
    assert regions.region_of("29") == "Bretagne"
    assert regions.region_of("20") == ""
