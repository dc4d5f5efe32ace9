"""The shared figures of a network as a table: by half-year, together, and by workshop where it lets itself be named.

A number that is not told by name must not be had by subtraction, not even by a workshop that knows its own: a sum
leaves none of its numbers unnamed, or at least `least_workshops`. Where naming would leave fewer, nobody is named in
that line; where there are fewer in all, nothing is told. What was told on another day is not looked at: whoever kept
a table sees what an agreement that came or went since had in it.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.figures.contributions import rules
from hub.figures.pooling import chosen_by, standing
from hub.partnered import Network
from hub.pooled import PoolCount

SCHEMA: Final = "etabli.network-figures/1"


@dataclass(frozen=True, slots=True)
class Part:
    """What one workshop adds in one half-year; `workshop` is "" where it is not named. None: too small to be told."""

    half: str
    workshop: str
    figures: Mapping[str, int | None]


@dataclass(frozen=True, slots=True)
class Told:
    """One figure of one half-year: all together (None: too small, or too few), and the workshops that are named."""

    half: str
    total: int | None
    named: tuple[tuple[str, int], ...] = ()


@dataclass(frozen=True, slots=True)
class Table:
    """The figures of a network, each with its half-years, the oldest first; the factor sets of its estimates."""

    network: str
    figures: Mapping[str, Sequence[Told]]
    factors: tuple[Mapping[str, Any], ...]


def table_of(session: Session, network: Network) -> Table:
    """What is told of a network today; whoever may read it was asked before."""
    agreed = {row.id: (row, partner) for row, partner in standing(session, network.id)}
    query = select(PoolCount).where(PoolCount.agreement_id.in_(list(agreed))).order_by(PoolCount.half, PoolCount.id)
    parts, sets = list[Part](), dict[str, Mapping[str, Any]]()
    for row in session.scalars(query):
        agreement, partner = agreed[row.agreement_id]
        document = json.loads(row.document)
        parts.append(Part(row.half, partner.name if agreement.named else "", document["figures"]))
        if document["factors"] is not None:
            sets[document["factors"]["sha256"]] = document["factors"]
    names = chosen_by(session, network.id)
    factors = tuple(sets.values()) if "co2e_g" in names else ()
    return Table(network.name, {name: lines(parts, name) for name in names}, factors)


def lines(parts: Iterable[Part], name: str) -> tuple[Told, ...]:
    """One figure by half-year; a half-year in which nobody shares it has no line."""
    halves: dict[str, list[tuple[str, int | None]]] = {}
    for part in parts:
        if name in part.figures:
            halves.setdefault(part.half, []).append((part.workshop, part.figures[name]))
    return tuple(_told(half, found) for half, found in sorted(halves.items()))


def _told(half: str, found: Iterable[tuple[str, int | None]]) -> Told:
    known = sorted((workshop, value) for workshop, value in found if value is not None)
    named, least = tuple(pair for pair in known if pair[0]), rules().least_workshops
    if 0 < len(known) - len(named) < least:  # what is left of the sum without the named ones would tell of these few
        named = ()
    if not known or (not named and len(known) < least):
        return Told(half, None)
    return Told(half, sum(value for _workshop, value in known), named)


def written(table: Table) -> dict[str, Any]:
    """The table as a document for programs: whole numbers, null where a number is too small to be told."""
    found = rules()
    return {
        "schema": SCHEMA,
        "network": table.network,
        "rules": {
            "least_donors": found.least_donors,
            "least_units": found.least_units,
            "most_share": found.most_share,
            "least_workshops": found.least_workshops,
        },
        "factors": [dict(one) for one in table.factors],
        "figures": {
            name: [
                {"half_year": one.half, "total": one.total, "workshops": dict(one.named)} for one in table.figures[name]
            ]
            for name in table.figures
        },
    }
