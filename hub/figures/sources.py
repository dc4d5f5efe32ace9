"""What came and what became of it by product and source (S1-7), and the counters of a programme (S2-29). Pure."""

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from hub.exits.modes import GIFT, LOAN, RENTAL, RETURNED, SALE
from hub.figures.departures import RECEIVED, recycled_of, repaired_of
from hub.figures.rows import Book, ExitRow, once

MEMBERS = ("received", "repaired", "recycled", "sold", "given", "lent")
Key = tuple[str, str]  # source and kind


@dataclass(frozen=True, slots=True)
class SourceRow:
    """Units of one kind from one source, in the order of `MEMBERS`."""

    donor: str
    kind: str
    numbers: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Counters:
    """Units that came, units that left whatever became of them (none given back), units that somebody uses again."""

    collected: int
    treated: int
    distributed: int


def by_source(book: Book) -> tuple[SourceRow, ...]:
    """Every kind of every source that came or left in the period, by source and kind."""
    came = Counter[Key]()
    for lot in book.lots:
        for kind, number in lot.counts.get(RECEIVED, {}).items():
            came[lot.donor, kind] += number
    sorts = (
        came,
        _keyed(repaired_of(book)),
        _keyed(recycled_of(book)),
        *(_keyed(_of(book, modes)) for modes in ({SALE}, {GIFT}, {LOAN, RENTAL})),
    )
    keys = sorted({key for found in sorts for key, number in found.items() if number})
    return tuple(SourceRow(donor, kind, tuple(found[donor, kind] for found in sorts)) for donor, kind in keys)


def counters(book: Book) -> Counters:
    """The three counters of a period; a device counts once in each."""
    treated = once(row for row in book.left if row.mode != RETURNED)
    return Counters(sum(lot.total(RECEIVED) for lot in book.lots), _units(treated), _units(book.delivered))


def counted_by(rows: Iterable[ExitRow], word: Callable[[ExitRow], str]) -> Counter[str]:
    """Units by a word of each row."""
    found = Counter[str]()
    for row in rows:
        found[word(row)] += row.units
    return found


def _of(book: Book, modes: set[str]) -> tuple[ExitRow, ...]:
    return once(row for row in book.left if row.mode in modes)


def _keyed(rows: Iterable[ExitRow]) -> Counter[Key]:
    found = Counter[Key]()
    for row in rows:
        found[row.donor, row.kind] += row.units
    return found


def _units(rows: Iterable[ExitRow]) -> int:
    return sum(row.units for row in rows)
