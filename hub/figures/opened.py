"""Open statistics of a half-year (S2-2, S2-29): totals and groups that name nobody, and no group of fewer than five.

Groups that are too small are told together as "other". While that sum is too small itself, the smallest group that
could be told joins it: no subtraction gives a hidden number back. Pure.
"""

from collections import Counter
from collections.abc import Mapping
from typing import Any

from hub.figures.departures import RECEIVED
from hub.figures.rows import Book
from hub.figures.sources import counted_by, counters

SCHEMA = "etabli.open-figures/1"
LEAST = 5  # [example] devices of a group: fewer are not told
OTHER = "other"


def opened(book: Book, half_year: str, issuer: str) -> dict[str, Any]:
    """The document of a half-year."""
    kinds, areas = Counter[str](), Counter[str]()
    for lot in book.lots:
        kinds.update(lot.counts.get(RECEIVED, {}))
        areas[lot.region or OTHER] += lot.total(RECEIVED)
    found = counters(book)
    totals = {"collected": found.collected, "treated": found.treated, "distributed": found.distributed}
    if 0 < found.treated - found.distributed < LEAST:
        del totals["treated"]  # less what is distributed, it would tell of a group that is too small
    return {
        "schema": SCHEMA,
        "issuer": issuer,
        "half_year": half_year,
        "least": LEAST,
        "totals": {name: number for name, number in totals.items() if number >= LEAST},
        "collected_by_kind": told(kinds),
        "collected_by_region": told(areas),
        "distributed_by_kind": told(counted_by(book.delivered, lambda row: row.kind)),
        "distributed_by_mode": told(counted_by(book.delivered, lambda row: row.mode)),
        "erasures_by_verdict": told(Counter(run.verdict for run in book.runs)),
    }


def told(groups: Mapping[str, int]) -> dict[str, int]:
    """The groups that may be told; their sum is the whole, or nothing is told where the whole is too small."""
    whole = {name: number for name, number in groups.items() if number}
    if sum(whole.values()) < LEAST:
        return {}
    kept = {name: number for name, number in whole.items() if number >= LEAST and name != OTHER}
    hidden = {name: number for name, number in whole.items() if name not in kept}
    while kept and 0 < sum(hidden.values()) < LEAST:
        smallest = min(kept, key=lambda name: (kept[name], name))
        hidden[smallest] = kept.pop(smallest)
    joined = sum(hidden.values())
    return {**dict(sorted(kept.items())), **({OTHER: joined} if joined else {})}
