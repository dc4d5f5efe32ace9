"""What the reuse of a lot avoids, as an estimate, and what its units weigh (K-12, K-13). Pure; grams and whole units.

Sum over kinds of units reused x factor x assumed years. A kind without a published figure is named as left out; where
nothing has one there is no total. What was reused and weighs nothing on paper is left out the same way.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from hub.devices.outcomes import DISPOSITIONS, KINDS, REUSE
from hub.lots.blocking import Ledgerbook
from hub.lots.factors import FIGURES, Factor, FactorSet

NONE = Factor()


def units_of(book: Ledgerbook) -> Counter[tuple[str, str]]:
    """Units by outcome and kind: tagged devices, and those sorted by number."""
    words = ((device, book.words[device.id].disposition) for device in book.devices)
    found = Counter((said.word, device.kind) for device, said in words if said is not None)
    found.update(book.counted.sorted_kinds)
    return found


def impact(units: Mapping[tuple[str, str], int], factors: FactorSet) -> dict[str, Any]:
    """The estimate as it stands in a report; figures that nobody published are None."""
    reused = {kind: units.get((REUSE, kind), 0) for kind in KINDS}
    kinds = [_kind(kind, number, factors.kinds.get(kind, NONE)) for kind, number in reused.items() if number]
    return {
        "estimate": True,
        "factors": {name: value for name, value in asdict(factors).items() if name != "kinds" and value is not None}
        | {"sources": list(factors.sources), "hypotheses": list(factors.hypotheses)},
        "kinds": kinds,
        "avoided": {name: _sum(kinds, name) for name in FIGURES},
        "outcomes": {word: _mass(units, word, factors) for word in DISPOSITIONS},
        "weighed": 0,
    }


def _kind(kind: str, number: int, factor: Factor) -> dict[str, Any]:
    told: dict[str, Any] = {"kind": kind, "units": number, "years": factor.years}
    for name in FIGURES:
        each = getattr(factor, name)
        told[name] = None if each is None or factor.years is None else number * each * factor.years
    return told


def _sum(kinds: Sequence[Mapping[str, Any]], name: str) -> dict[str, Any]:
    known = [one[name] for one in kinds if one[name] is not None]
    without = [one["kind"] for one in kinds if one[name] is None]
    return {"grams": sum(known) if known or not kinds else None, "without": without}


def _mass(units: Mapping[tuple[str, str], int], word: str, factors: FactorSet) -> dict[str, Any]:
    mine = {kind: units.get((word, kind), 0) for kind in KINDS if units.get((word, kind), 0)}
    weights = {kind: factors.kinds.get(kind, NONE).mass_g for kind in mine}
    known = [number * (weights[kind] or 0) for kind, number in mine.items() if weights[kind] is not None]
    without = [kind for kind, weight in weights.items() if weight is None]
    return {"units": sum(mine.values()), "grams": sum(known) if known or not mine else None, "without": without}
