"""Which devices or drives on record are one and the same by people's word (INV-3). Copies nothing, undone at any time.

A merge never explains a drive: each keeps the runs and records of its own. It only lets what speaks against one speak
against the others, and shows the pages of one on those of the other.
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping
from typing import Final

from sqlalchemy import ColumnElement, String, bindparam, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from hub.answered import SameThing
from hub.database import plain_rows

DEVICE, DRIVE = "device", "drive"
_PAIRS: Final = select(SameThing.one_id, SameThing.other_id).where(
    SameThing.kind == bindparam("kind"), SameThing.withdrawn.is_(None)
)
_THINGS: Final = bindparam("things", type_=String, expanding=True)
_NAMED: Final = _PAIRS.where(or_(SameThing.one_id.in_(_THINGS), SameThing.other_id.in_(_THINGS)))
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
        if among is not None and not asked:
            near = _PAIRS.where(or_(among(SameThing.one_id), among(SameThing.other_id)))
            rows = plain_rows(session, near, kind=kind)
        else:
            rows = plain_rows(session, _NAMED, kind=kind, things=list(wanted))
        found = [(row.one_id, row.other_id) for row in rows]
        asked |= wanted
        known |= {one for pair in found for one in pair}
        pairs += found
    groups = grouped(pairs)
    return {one: groups[one] - {one} for one in ids if one in groups}


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
