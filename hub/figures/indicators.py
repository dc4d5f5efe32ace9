"""The indicators (field reference, section 6), each a pure function over counted rows with exact fractions.

What has no rows yet is *not available* with its reason, never zero. To plug one in: give `Book` its rows, write its
function here or in a neighbour, put it into `COUNTED`, and take its line out of `NOT_YET`.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction

from hub.figures import bound_figures, defaults, departures, materials
from hub.figures.departures import NO_COUNT, NO_LOT
from hub.figures.rows import PER_CENT, Book, Change, Figure, Line, ranked

ANNOUNCED, COLLECTED, RECEIVED, REFUSED = "announced", "collected", "received", "refused"
STEPS = (ANNOUNCED, COLLECTED, RECEIVED, REFUSED)
VERDICTS = ("ERASED", "ERASED_WITH_EXCEPTIONS", "UNCONFIRMED", "FAILED", "NOT_ERASED")
RECORDS = ("destroyed", "absent", "returned", "lost")
SOCIAL = ("insertion-trained", "work-at-exit", "attendance", "members", "volunteer-hours")
SECONDS_OF_A_DAY = 86_400
NO_RUN, NO_CHANGE, NOT_TYPED = "no-run", "no-change", "not-typed"
ORDER = tuple(f"K-{number}" for number in range(1, 19))
# indicator: why it has no figure yet
NOT_YET: Mapping[str, str] = {}


@dataclass(frozen=True, slots=True)
class Indicator:
    """An indicator that is counted: a change of its rule is a new version."""

    id: str
    version: int
    count: Callable[[Book], Figure]


def figures(book: Book) -> tuple[Figure, ...]:
    """Every indicator of a period in its order; one that cannot be counted says why."""
    counted = {one.id: one.count for one in COUNTED}
    return tuple(counted[id_](book) if id_ in counted else Figure(id_, 1, missing=NOT_YET[id_]) for id_ in ORDER)


def collected(book: Book) -> Figure:
    """K-1: units received, by kind, by source, by type of donor, by region and by the way it came."""
    lots = [lot for lot in book.lots if RECEIVED in lot.told]
    if not lots:
        return Figure("K-1", 2, missing=NO_COUNT if book.lots else NO_LOT)
    kinds, donors, types, areas = (Counter[str]() for _ in range(4))
    ways = Counter[str]()
    for lot in lots:
        kinds.update(lot.counts[RECEIVED])
        donors[lot.donor] += lot.total(RECEIVED)
        types[lot.donor_type] += lot.total(RECEIVED)
        areas[lot.region] += lot.total(RECEIVED)
        ways[lot.channel] += lot.total(RECEIVED)
    del types[""], areas[""], ways[""]
    lines = (
        Line("total", RECEIVED, Fraction(kinds.total())),
        *ranked("kind", kinds),
        *ranked("donor", donors),
        *ranked("donor-type", types),
        *ranked("region", areas),
        *ranked("channel", ways),
    )
    return Figure("K-1", 2, lines, notes=_uncounted(book))


def gap(book: Book) -> Figure:
    """K-2: announced less received, over the lots in which both were counted; with what was collected and refused."""
    both = [lot for lot in book.lots if {ANNOUNCED, RECEIVED} <= lot.told]
    if not both:
        return Figure("K-2", 1, missing=NO_COUNT if book.lots else NO_LOT)
    told = [step for step in STEPS if any(step in lot.told for lot in both)]
    steps = [Line("step", step, Fraction(sum(lot.total(step) for lot in both))) for step in told]
    gaps = [Line("lot", lot.code, Fraction(lot.total(ANNOUNCED) - lot.total(RECEIVED))) for lot in both]
    whole = Line("total", "gap", Fraction(sum(lot.total(ANNOUNCED) - lot.total(RECEIVED) for lot in both)))
    return Figure("K-2", 1, (whole, *steps, *gaps), notes=("uncounted",) if len(both) < len(book.lots) else ())


def erasures(book: Book) -> Figure:
    """K-7: runs by verdict and by technique, and drives explained by a record: never one figure of success."""
    if not book.runs and not book.records:
        return Figure("K-7", 1, missing=NO_RUN)
    verdicts, methods = (
        Counter(run.verdict for run in book.runs),
        Counter(run.method for run in book.runs if run.method),
    )
    records = Counter(book.records)
    lines = (
        *(Line("verdict", word, Fraction(verdicts[word])) for word in VERDICTS),
        *(Line("record", how, Fraction(records[how])) for how in RECORDS),
        *ranked("method", methods),
    )
    return Figure("K-7", 1, lines)


def delays(book: Book) -> Figure:
    """K-10: the median of days between one step and the next, for lots and for devices, of changes in the period.

    With it, for what left for reuse in the period: the median of days from the reception of its lot to its exit.
    """
    spans: dict[tuple[str, str], list[Fraction]] = defaultdict(list)
    before: dict[tuple[str, str], Change] = {}
    for change in book.changes:
        last = before.get((change.sort, change.thing))
        if last is not None and book.begin <= change.at < book.end:
            seconds = Fraction((change.at - last.at).total_seconds())
            spans[change.sort, f"{last.after}>{change.after}"].append(seconds / SECONDS_OF_A_DAY)
        before[change.sort, change.thing] = change
    whole = [Fraction((row.day - row.received).days) for row in book.delivered if row.received is not None]
    if not spans and not whole:
        return Figure("K-10", 2, missing=NO_CHANGE)
    lines = tuple(Line(sort, name, median(days), "days") for (sort, name), days in spans.items())
    return Figure("K-10", 2, (*lines, *((Line("whole", "received>left", median(whole), "days"),) if whole else ())))


def dependence(book: Book) -> Figure:
    """K-17: the share of the largest donor in what was received, in per cent, with a warning above the limit."""
    donors = Counter[str]()
    for lot in book.lots:
        donors[lot.donor] += lot.total(RECEIVED)
    whole = donors.total()
    if not whole:
        return Figure("K-17", 1, missing=NO_COUNT if book.lots else NO_LOT)
    name, largest = max(donors.items(), key=lambda pair: (pair[1], pair[0]))
    share = Fraction(PER_CENT * largest, whole)
    notes = ("depends",) if share > defaults.shipped().dependence_above else ()
    return Figure("K-17", 1, (Line("donor", name, share, "percent"),), notes=notes)


def social(book: Book) -> Figure:
    """K-18: the figures that somebody typed for this very period."""
    lines = tuple(Line("social", kind, Fraction(book.social[kind])) for kind in SOCIAL if kind in book.social)
    return Figure("K-18", 1, lines, missing="" if lines else NOT_TYPED)


COUNTED = (
    Indicator("K-1", 2, collected),
    Indicator("K-2", 1, gap),
    Indicator("K-3", 2, departures.reused),
    Indicator("K-4", 2, departures.made_use_of),
    Indicator("K-5", 2, departures.modes),
    Indicator("K-6", 2, materials.parts),
    Indicator("K-7", 1, erasures),
    Indicator("K-8", 2, departures.nonconformity),
    Indicator("K-9", 2, departures.returned),
    Indicator("K-10", 2, delays),
    Indicator("K-11", 2, materials.wanted),
    Indicator("K-12", 2, materials.masses),
    Indicator("K-13", 2, materials.avoided),
    Indicator("K-14", 2, departures.households),
    Indicator("K-15", 2, bound_figures.value),
    Indicator("K-16", 2, bound_figures.reen),
    Indicator("K-17", 1, dependence),
    Indicator("K-18", 1, social),
)


def median(values: Iterable[Fraction]) -> Fraction:
    """The exact median of one value or more."""
    ordered = sorted(values)
    middle = len(ordered) // 2
    return ordered[middle] if len(ordered) % 2 else (ordered[middle - 1] + ordered[middle]) / 2


def _uncounted(book: Book) -> tuple[str, ...]:
    return ("uncounted",) if any(RECEIVED not in lot.told for lot in book.lots) else ()
