"""The indicators: pure functions over counted rows, exact, and never a zero where nothing is known."""

from datetime import UTC, date, datetime, timedelta
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.errors import BadInput
from hub.figures import indicators, materials, periods, spreadsheet
from hub.figures.rows import Book, Change, Figure, LotRow, RunRow

BEGIN, END = datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 7, 1, tzinfo=UTC)


def lot(code: str, donor: str, /, **counts: dict[str, int]) -> LotRow:
    return LotRow(code, donor, counts, frozenset(counts))


def book(*lots: LotRow, **rest: object) -> Book:
    return Book(BEGIN, END, lots, **rest)  # type: ignore[arg-type]


def lines(figure: Figure, group: str) -> dict[str, Fraction]:
    return {line.name: line.value for line in figure.lines if line.group == group}


def test_every_indicator_of_the_reference_is_there_and_one_without_rows_says_why() -> None:
    found = indicators.figures(book())
    assert [figure.id for figure in found] == [f"K-{n}" for n in range(1, 19)]
    assert all(figure.missing and not figure.lines for figure in found)
    assert {one.id for one in indicators.COUNTED}.isdisjoint(indicators.NOT_YET)


def test_what_was_collected_is_told_by_kind_and_by_source() -> None:
    figure = indicators.collected(
        book(lot("A", "CAF", received={"laptop": 3, "screen": 2}), lot("B", "CHU", received={"laptop": 1}))
    )
    assert lines(figure, "total") == {"received": 6}
    assert lines(figure, "kind") == {"laptop": 4, "screen": 2}
    assert lines(figure, "donor") == {"CAF": 5, "CHU": 1}
    assert figure.notes == ()


def test_a_lot_that_nobody_counted_is_left_out_and_said() -> None:
    figure = indicators.collected(
        book(lot("A", "CAF", received={"laptop": 0}), lot("B", "CHU", announced={"laptop": 9}))
    )
    assert lines(figure, "total") == {"received": 0}
    assert figure.notes == ("uncounted",)
    assert indicators.collected(book(lot("B", "CHU", announced={"laptop": 9}))).missing == "no-count"


def test_the_gap_is_announced_less_received_and_may_be_negative() -> None:
    figure = indicators.gap(
        book(
            lot(
                "A",
                "CAF",
                announced={"laptop": 10},
                collected={"laptop": 9},
                received={"laptop": 7},
                refused={"laptop": 1},
            ),
            lot("B", "CAF", announced={"laptop": 1}, received={"laptop": 3}),
            lot("C", "CAF", announced={"laptop": 100}),
        )
    )
    assert lines(figure, "total") == {"gap": 1}
    assert lines(figure, "lot") == {"A": 3, "B": -2}
    assert lines(figure, "step") == {"announced": 11, "collected": 9, "received": 10, "refused": 1}
    assert figure.notes == ("uncounted",)


def test_a_step_that_nobody_counted_is_no_zero() -> None:
    figure = indicators.gap(
        book(lot("A", "CAF", announced={"laptop": 1}, received={"laptop": 1}, refused={"laptop": 0}))
    )
    assert lines(figure, "step") == {"announced": 1, "received": 1, "refused": 0}


def test_erasures_have_five_verdicts_apart_and_no_figure_of_success() -> None:
    runs = (RunRow("nvme.format", "ERASED"), RunRow("nvme.format", "FAILED"), RunRow("", "NOT_ERASED"))
    figure = indicators.erasures(book(runs=runs, records=("destroyed", "destroyed", "absent")))
    assert lines(figure, "verdict") == {
        "ERASED": 1, "ERASED_WITH_EXCEPTIONS": 0, "UNCONFIRMED": 0, "FAILED": 1, "NOT_ERASED": 1,
    }  # fmt: skip
    assert lines(figure, "record") == {"destroyed": 2, "absent": 1, "returned": 0, "lost": 0}
    assert lines(figure, "method") == {"nvme.format": 2}
    assert "total" not in {line.group for line in figure.lines}


def change(thing: str, after: str, days: float) -> Change:
    return Change("lot", thing, after, BEGIN + timedelta(days=days))


def test_a_delay_is_the_median_of_the_changes_that_ended_in_the_period() -> None:
    changes = (
        change("a", "announced", -3),
        change("a", "received", 1),
        change("b", "announced", 0),
        change("b", "received", 1),
        change("c", "announced", -9),
        change("c", "received", -8),  # ended before the period
        change("d", "announced", 180),
        change("d", "received", 181),  # ended at its end: not within
    )
    assert lines(indicators.delays(book(changes=changes)), "lot") == {"announced>received": Fraction(5, 2)}
    assert indicators.delays(book(changes=changes[:1])).missing == "no-change"


@given(st.lists(st.fractions(), min_size=1, max_size=30))
def test_a_median_has_half_of_the_values_on_each_side(values: list[Fraction]) -> None:
    found = indicators.median(values)
    assert 2 * sum(value < found for value in values) <= len(values)
    assert 2 * sum(value > found for value in values) <= len(values)


def test_a_mass_is_estimated_and_what_has_no_weight_is_counted_apart() -> None:
    figure = materials.masses(book(lot("A", "CAF", received={"laptop": 2, "phone": 1, "parts": 4})))
    assert lines(figure, "total") == {"mass": 3470, "without-weight": 4}
    assert lines(figure, "kind") == {"laptop": 3300, "phone": 170}
    assert figure.notes == ("estimated",)


@pytest.mark.parametrize(("largest", "notes"), [(1, ()), (2, ("depends",))])
def test_half_from_one_donor_is_no_dependence_and_more_is(largest: int, notes: tuple[str, ...]) -> None:
    figure = indicators.dependence(
        book(lot("A", "CAF", received={"laptop": largest}), lot("B", "CHU", received={"laptop": 1}))
    )
    assert figure.notes == notes
    assert indicators.dependence(book(lot("A", "CAF", received={"laptop": 0}))).missing == "no-count"


@given(st.dictionaries(st.text("ABC", min_size=1, max_size=2), st.integers(0, 10**6), min_size=1))
def test_the_share_of_the_largest_donor_is_exact(received: dict[str, int]) -> None:
    lots = [lot(donor, donor, received={"laptop": number}) for donor, number in received.items()]
    figure, whole = indicators.dependence(book(*lots)), sum(received.values())
    if not whole:
        assert figure.missing == "no-count"
    else:
        assert figure.lines[0].value == Fraction(100 * max(received.values()), whole)


def test_social_figures_are_those_that_were_typed() -> None:
    assert lines(indicators.social(book(social={"members": 0})), "social") == {"members": 0}
    assert indicators.social(book()).missing == "not-typed"


def test_a_half_year_ends_where_the_next_begins() -> None:
    first, second = periods.half_year("2026-S1"), periods.half_year("2026-S2")
    assert first.end == second.begin == datetime(2026, 7, 1, tzinfo=UTC)
    assert (periods.half_of(date(2026, 6, 30)), periods.half_of(date(2026, 7, 1))) == ("2026-S1", "2026-S2")
    assert periods.before("2026-S1") == "2025-S2"
    assert periods.half_year(" 2024-S1 ").key == "2024-01-01/2024-06-30"


@pytest.mark.parametrize("name", ["", "2026", "2026-S3", "26-S1", "2026-S1x", "1999-S1", "٢٠٢٦-S1"])
def test_a_half_year_of_no_such_name_is_refused(name: str) -> None:
    with pytest.raises(BadInput):
        periods.half_year(name)


@pytest.mark.parametrize(
    ("first", "last"),
    [
        ("", ""),
        ("2026-02-30", "2026-03-01"),
        ("2026-02-02", "2026-02-01"),
        ("1900-01-01", "2026-01-01"),
        ("9999-12-31", "9999-12-31"),
        ("hier", "demain"),
    ],
)
def test_a_period_that_is_none_is_refused(first: str, last: str) -> None:
    with pytest.raises(BadInput):
        periods.period_between(first, last)


def test_a_period_of_one_day_is_a_day() -> None:
    day = periods.period_between("2026-03-01", "2026-03-01")
    assert day.end - day.begin == timedelta(days=1)


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "  =1", "\r=1", "|calc", "%x", "\n@x"])
def test_no_cell_of_a_sheet_is_a_formula(text: str) -> None:
    assert spreadsheet.safe(text) == f"'{text}"


@given(st.text())
def test_a_safe_cell_never_begins_a_formula(text: str) -> None:
    assert spreadsheet.safe(text).lstrip()[:1] not in {*"=+-@"}
    spreadsheet.sheet([(text, Fraction(1))]).decode("utf-8-sig")


def test_figures_have_a_decimal_comma_and_are_cut_not_rounded() -> None:
    assert [spreadsheet.decimal(Fraction(*one)) for one in ((3, 1), (-3, 1), (1, 3), (2, 3), (-1, 2), (-1, 10**6))] == [
        "3", "-3", "0,3333", "0,6666", "-0,5000", "0,0000",
    ]  # fmt: skip


def test_a_sheet_has_its_mark_semicolons_and_quoted_cells() -> None:
    assert spreadsheet.sheet([("a;b", "=c", Fraction(5, 2))]) == b'\xef\xbb\xbf"a;b";\'=c;2,5000\r\n'
