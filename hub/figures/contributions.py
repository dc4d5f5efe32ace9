"""What one workshop adds to the shared figures of its network (S4-13): whole numbers that tell of no donor.

A number with too few donors or units behind it, or of which one donor has nearly all, is None and never kept. As each
number that is told stands by itself, no sum and no difference of them tells of a donor either. Pure.
"""

import tomllib
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final

from hub.devices.outcomes import REUSE
from hub.figures.departures import RECEIVED, recycled_of
from hub.figures.materials import estimated
from hub.figures.rows import PER_CENT, Book, ExitRow
from hub.lots.factors import FactorSet
from hub.lots.impact import impact

FILE = Path(__file__).with_name("pool.toml")
FIGURES: Final = ("received", "redistributed", "recycled", "erased", "destroyed", "mass_g", "co2e_g")
Kinds = Mapping[str, Mapping[str, int]]  # by donor and kind
ByDonor = Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Rules:
    """From which number on something is told; the share in per cent; `least_workshops` of which only a sum is told."""

    name: str
    version: int
    least_donors: int
    least_units: int
    most_share: int
    least_workshops: int


@cache
def rules() -> Rules:
    """The rules that come with the hub."""
    told = tomllib.loads(FILE.read_text(encoding="utf-8"))
    least = (told["least_donors"], told["least_units"], told["most_share"], told["least_workshops"])
    return Rules(told["name"], told["version"], *least)


@dataclass(frozen=True, slots=True)
class Drives:
    """Drives of a half-year by donor: those with a certificate, and those that a person recorded as destroyed."""

    erased: ByDonor
    destroyed: ByDonor


def contribution(book: Book, drives: Drives, figures: Iterable[str]) -> dict[str, int | None]:
    """The figures of a workshop and a half-year; None where a number is too small to be told."""
    came, again = _received(book), _by(book.delivered)
    sorts: dict[str, Callable[[], tuple[ByDonor, ByDonor]]] = {
        "received": lambda: _same(_units(came)),
        "redistributed": lambda: _same(_units(again)),
        "recycled": lambda: _same(_units(_by(recycled_of(book)))),
        "erased": lambda: _same(drives.erased),
        "destroyed": lambda: _same(drives.destroyed),
        "mass_g": lambda: (_units(came), {donor: sum(estimated(kinds).values()) for donor, kinds in came.items()}),
        "co2e_g": lambda: (_units(again), _avoided(again, book.factors)),
    }
    return {name: told(*sorts[name]()) for name in FIGURES if name in set(figures)}


def told(units: ByDonor, amounts: ByDonor) -> int | None:
    """The sum of the amounts, or None where it would tell of a donor."""
    found, whole = rules(), sum(amounts.values())
    donors = [donor for donor, amount in amounts.items() if amount and units[donor]]
    if len(donors) < found.least_donors or sum(units[donor] for donor in donors) < found.least_units:
        return None
    return None if PER_CENT * max(amounts.values()) > found.most_share * whole else whole


def factors_named(factors: FactorSet | None) -> dict[str, Any] | None:
    """Which factor set an estimate rests on; None where there is none."""
    if factors is None:
        return None
    return {"id": factors.id, "version": factors.version, "date": factors.date, "sha256": factors.sha256}


def _same(units: ByDonor) -> tuple[ByDonor, ByDonor]:
    return units, units


def _received(book: Book) -> Kinds:
    found: dict[str, Counter[str]] = {}
    for lot in book.lots:
        found.setdefault(lot.donor, Counter()).update(lot.counts.get(RECEIVED, {}))
    return found


def _by(rows: Iterable[ExitRow]) -> Kinds:
    found: dict[str, Counter[str]] = {}
    for row in rows:
        found.setdefault(row.donor, Counter())[row.kind] += row.units
    return found


def _units(kinds: Kinds) -> ByDonor:
    return {donor: sum(found.values()) for donor, found in kinds.items()}


def _avoided(kinds: Kinds, factors: FactorSet | None) -> ByDonor:
    if factors is None:
        return {}
    return {donor: _grams(found, factors) for donor, found in kinds.items()}


def _grams(kinds: Mapping[str, int], factors: FactorSet) -> int:
    """The greenhouse gases that the reuse of these units avoids; kinds without a factor are left out."""
    found: int | None = impact({(REUSE, kind): n for kind, n in kinds.items()}, factors)["avoided"]["co2e_g"]["grams"]
    return found or 0
