"""Shared figures of a network: which numbers may be told, and which workshops named. Pure rules."""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from fractions import Fraction

import pytest

from hub.figures.contributions import FIGURES, Drives, contribution, told
from hub.figures.pooled_table import Part, Told, lines
from hub.figures.rows import Book, ExitRow, LotRow
from hub.lots.factors import SHIPPED, read_factors

NONE = Drives({}, {})
FIVE = {f"donor {n}": 4 for n in range(5)}


def test_a_number_is_told_from_five_donors_on() -> None:
    assert told(FIVE, FIVE) == 20
    four = dict.fromkeys(list(FIVE)[:4], 10)
    assert told(four, four) is None
    assert told({**four, "with none": 0}, {**four, "with none": 0}) is None


def test_a_number_of_which_one_donor_has_nearly_all_is_not_told() -> None:
    assert told({**FIVE, "large": 100}, {**FIVE, "large": 100}) == 120  # 83 %
    assert told({**FIVE, "large": 120}, {**FIVE, "large": 120}) is None  # 85.7 %


@pytest.mark.parametrize("units", [{}, {"one": 0}, {"one": 10_000}])
def test_nothing_and_one_donor_are_not_told(units: dict[str, int]) -> None:
    assert told(units, units) is None


def test_the_figures_of_a_workshop_are_those_of_its_donors() -> None:
    day = date(2026, 3, 2)
    book = Book(
        datetime(2026, 1, 1, tzinfo=UTC),
        datetime(2026, 7, 1, tzinfo=UTC),
        lots=tuple(LotRow(f"L{n}", f"D{n}", {"received": {"laptop": 3}}, frozenset({"received"})) for n in range(5)),
        exits=tuple(ExitRow(n, n, f"L{n}", f"D{n}", "laptop", "gift", 2, day) for n in range(5)),
        factors=read_factors(SHIPPED.read_bytes()),
    )
    found = contribution(book, Drives(FIVE, {"one": 9}), FIGURES)
    assert found["received"] == 15
    assert found["redistributed"] == 10
    assert found["mass_g"] == 15 * 1650
    assert found["co2e_g"] == 10 * 27_000 * 3
    assert found["erased"] == 20
    assert found["recycled"] is None
    assert found["destroyed"] is None
    assert set(contribution(book, NONE, ["received"])) == {"received"}


def test_a_sum_names_those_who_agreed_and_nobody_by_subtraction() -> None:
    parts = [Part("2026-S1", "Alpha", {"received": 10}), Part("2026-S1", "Bravo", {"received": 20})]
    hidden = [Part("2026-S1", "", {"received": 30}), Part("2026-S1", "", {"received": 40})]
    assert lines(parts, "received") == (Told("2026-S1", 30, (("Alpha", 10), ("Bravo", 20))),)
    assert lines([*parts, hidden[0]], "received") == (Told("2026-S1", 60),)
    assert lines([*parts, *hidden], "received") == (Told("2026-S1", 100),), "each of the two would have the other"
    third = Part("2026-S1", "", {"received": 50})
    named = (("Alpha", 10), ("Bravo", 20))
    assert lines([*parts, *hidden, third], "received") == (Told("2026-S1", 150, named),)
    for few in (hidden[:1], hidden, [parts[0], hidden[0]]):
        assert lines(few, "received") == (Told("2026-S1", None),)
    assert lines([parts[0], *hidden], "received") == (Told("2026-S1", 80),)


@dataclass(frozen=True)
class Member:
    """A workshop that agreed, and its number in one half-year; None: too small."""

    name: str
    named: bool
    number: int | None


def network(chance: random.Random) -> list[Member]:
    numbers = [chance.choice((None, 5, 7, 10, 10, 300)) for _ in range(chance.randrange(8))]
    share = chance.choice((0.0, 0.3, 0.6, 1.0))
    return [Member(f"W{at}", chance.random() < share, number) for at, number in enumerate(numbers)]


def found_out(told: Told, counted: Sequence[Member], reader: Member | None) -> set[str]:
    """Whose number follows from a line and from the reader's own: the unit rows in the span of what is known."""
    names = [one.name for one in counted]
    rows = [[Fraction(name == shown) for name in names] for shown, _value in told.named]
    rows += [[Fraction(1)] * len(names)] if told.total is not None else []
    rows += [[Fraction(name == reader.name) for name in names]] if reader in counted and reader else []
    reduced: list[list[Fraction]] = []
    for column in range(len(names)):  # Gauss and Jordan: what is determined stands alone in its row
        at = next((row for row in rows if row[column]), None)
        if at is None:
            continue
        rows.remove(at)
        at = [value / at[column] for value in at]
        rows = [[a - row[column] * b for a, b in zip(row, at, strict=True)] for row in rows]
        reduced = [[a - row[column] * b for a, b in zip(row, at, strict=True)] for row in reduced]
        reduced.append(at)
    alone = [row for row in reduced if sum(map(bool, row)) == 1]
    return {names[row.index(Fraction(1))] for row in alone}


def test_no_reader_works_out_a_workshop_that_is_not_named_in_a_line() -> None:
    chance, told = random.Random(13), 0
    for _ in range(2000):
        members = network(chance)
        parts = [Part("2026-S1", one.name if one.named else "", {"received": one.number}) for one in members]
        for line in lines(chance.sample(parts, len(parts)), "received"):
            counted = [one for one in members if one.number is not None]
            assert line.total in {None, sum(one.number or 0 for one in counted)}
            assert set(line.named) <= {(one.name, one.number) for one in counted if one.named}
            shown, told = {name for name, _value in line.named}, told + (line.total is not None)
            for reader in (None, *members):
                own = {reader.name} if reader else set()
                assert found_out(line, counted, reader) <= shown | own, (line, members, reader)
    assert told > 1000, "a rule that tells nothing tells of nobody"


def test_a_number_that_is_too_small_is_in_no_sum_and_no_line_is_made_of_what_nobody_shares() -> None:
    small = Part("2025-S2", "Alpha", {"received": None})
    assert lines([small, Part("2026-S1", "Alpha", {"received": 10})], "received") == (
        Told("2025-S2", None),
        Told("2026-S1", 10, (("Alpha", 10),)),
    )
    assert lines([small], "erased") == ()
