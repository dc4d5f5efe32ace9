"""Indicators of parts, mass and impact: K-6, K-11, K-12, K-13. Pure functions over counted rows; grams and units.

A mass is what a scale said, else the default weight of its kind; how much was weighed is said. A factor that nobody
published is no zero and is borrowed from no other kind.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from fractions import Fraction
from typing import Any

from hub.devices.outcomes import REUSE
from hub.exits.eee import category_of
from hub.exits.modes import MODES
from hub.figures import defaults
from hub.figures.departures import NO_COUNT, NO_DELIVERY, NO_LOT, RECEIVED, lots_with
from hub.figures.rows import Book, ExitRow, Figure, Line, once, percent, ranked
from hub.lots.impact import impact

NO_PART, NO_NEED, NO_FACTORS = "no-part", "no-need", "no-factors"
AVOIDED = ("co2e_g", "matter_g", "ewaste_g")


def parts(book: Book) -> Figure:
    """K-6: parts taken from devices in the period, and parts of devices that were used again, by kind."""
    if not book.parts_taken and not book.parts_used:
        return Figure("K-6", 2, missing=NO_PART)
    lines = (
        Line("total", "taken", Fraction(sum(book.parts_taken.values()))),
        Line("total", "used-again", Fraction(sum(book.parts_used.values()))),
        *ranked("taken-part", book.parts_taken),
        *ranked("used-part", book.parts_used),
    )
    return Figure("K-6", 2, lines)


def wanted(book: Book) -> Figure:
    """K-11: parts that were still to be found at the end of the period, by kind and by lot."""
    if not book.needs:
        return Figure("K-11", 2, missing=NO_NEED)
    kinds, lots = Counter(kind for kind, _lot in book.needs), Counter(lot for _kind, lot in book.needs)
    whole = Line("total", "wanted", Fraction(len(book.needs)))
    return Figure("K-11", 2, (whole, *ranked("part", kinds), *ranked("lot", lots)))


def masses(book: Book) -> Figure:
    """K-12: the mass received, reused and sent to recycling, and how much of each was weighed."""
    lots = lots_with(book, RECEIVED)
    if not lots and not book.left:
        return Figure("K-12", 2, missing=NO_COUNT if book.lots else NO_LOT)
    came = Counter[str]()
    for lot in lots:
        came.update(lot.counts[RECEIVED])
    waste, weighed, by_category = wasted(book)
    kinds = estimated(came)
    totals = {
        "collected": sum(kinds.values()),
        "reused": sum(estimated(_kinds(book.delivered)).values()),
        "weee": waste,
    }
    shares = {"collected": 0, "reused": 0, "weee": weighed}
    grams = defaults.shipped().grams
    lines = (
        Line("total", "mass", Fraction(totals["collected"]), "grams"),
        *(Line("kind", kind, Fraction(mass), "grams") for kind, mass in sorted(kinds.items())),
        Line("total", "without-weight", Fraction(sum(n for kind, n in came.items() if kind not in grams))),
        *(Line("mass", name, Fraction(totals[name]), "grams") for name in ("reused", "weee")),
        *(Line("weighed", name, percent(shares[name], totals[name]), "percent") for name in totals if totals[name]),
        *(Line("category", name, Fraction(mass), "grams") for name, mass in sorted(by_category.items())),
    )
    uncounted = ("uncounted",) if len(lots) < len(book.lots) else ()
    return Figure("K-12", 2, lines, notes=("estimated", *uncounted))


def wasted(book: Book) -> tuple[int, int, Counter[str]]:
    """The grams that left as waste, how many of them were weighed, and the grams by category of equipment."""
    rows = once(row for row in book.left if MODES[row.mode].is_waste)
    known, grams = book.weighed, defaults.shipped().grams
    found = Counter[str]()
    for (_batch, category), mass in known.items():
        found[category] += mass
    weighed = found.total()
    for row in rows:
        category = category_of(row.kind)
        if (row.batch, category) not in known and row.kind in grams:
            found[category] += row.units * grams[row.kind]
    return found.total(), weighed, found


def avoided(book: Book) -> Figure:
    """K-13: what the reuse of the period avoids, as an estimate: units x factor of their kind x assumed years."""
    if book.factors is None:
        return Figure("K-13", 2, missing=NO_FACTORS)
    section = estimate(book)
    if not section["kinds"]:
        return Figure("K-13", 2, missing=NO_DELIVERY)
    lines = [_avoided("total", name, section["avoided"][name]["grams"]) for name in AVOIDED]
    for name in AVOIDED:
        lines += [_avoided(name, told["kind"], told[name]) for told in section["kinds"]]
    lines += [
        Line("years", told["kind"], Fraction(told["years"]), "years") for told in section["kinds"] if told["years"]
    ]
    partial = any(section["avoided"][name]["without"] for name in AVOIDED)
    return Figure(
        "K-13", 2, tuple(lines), notes=("estimate", *(("left-out",) if partial else ())), basis=section["factors"]
    )


def estimate(book: Book) -> Mapping[str, Any]:
    """The estimate of a period as `hub.lots.impact` makes it of a lot; the factors must be there."""
    return impact({(REUSE, kind): number for kind, number in _kinds(book.delivered).items()}, book.factors)


def estimated(kinds: Mapping[str, int]) -> dict[str, int]:
    """The grams of units by default weights; kinds without one are left out."""
    grams = defaults.shipped().grams
    return {kind: number * grams[kind] for kind, number in kinds.items() if kind in grams}


def _kinds(rows: Iterable[ExitRow]) -> Counter[str]:
    found = Counter[str]()
    for row in rows:
        found[row.kind] += row.units
    return found


def _avoided(group: str, name: str, grams: int | None) -> Line:
    return Line(group, name, None if grams is None else Fraction(grams), "grams")
