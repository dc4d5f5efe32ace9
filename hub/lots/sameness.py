"""Which devices or drives on record are one and the same by people's word (INV-3). Copies nothing, undone at any time.

A merge never explains a drive: each keeps the runs and records of its own. It only lets what speaks against one speak
against the others, and shows the pages of one on those of the other.
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from hub.answered import SameThing

DEVICE, DRIVE = "device", "drive"
Among = Callable[[InstrumentedAttribute[str]], ColumnElement[bool]]  # that a column names one of these things


def same_as(
    session: Session, kind: str, ids: Collection[str], among: Among | None = None
) -> Mapping[str, frozenset[str]]:
    """The others that each of these is one with, by however many merges; whoever has none is left out.

    `among` says the same as `ids` to the database, or a little more, where they are too many to be named one by one.
    """
    pairs = list[tuple[str, str]]()
    known, asked = set(ids), set[str]()
    while wanted := known - asked:
        query = select(SameThing.one_id, SameThing.other_id).where(
            SameThing.kind == kind,
            SameThing.withdrawn.is_(None),
            _named(wanted, None if asked else among),
        )
        found = [(row.one_id, row.other_id) for row in session.execute(query)]
        asked |= wanted
        known |= {one for pair in found for one in pair}
        pairs += found
    groups = grouped(pairs)
    return {one: groups[one] - {one} for one in ids if one in groups}


def _named(wanted: Collection[str], among: Among | None) -> ColumnElement[bool]:
    one, other = SameThing.one_id, SameThing.other_id
    return or_(among(one), among(other)) if among else or_(one.in_(wanted), other.in_(wanted))


def grouped(pairs: Iterable[tuple[str, str]]) -> Mapping[str, frozenset[str]]:
    """The group of each thing that pairs name: pairs that share one are one group. Pure."""
    near: dict[str, set[str]] = defaultdict(set)
    for one, other in pairs:
        near[one].add(other)
        near[other].add(one)
    found: dict[str, frozenset[str]] = {}
    for start in near:
        if start in found:
            continue
        group, edge = {start}, [start]
        while edge:
            fresh = near[edge.pop()] - group
            group |= fresh
            edge += fresh
        found.update(dict.fromkeys(group, frozenset(group)))
    return found
