"""Which devices or drives on record are one and the same by people's word (INV-3). Copies nothing, undone at any time.

A merge never explains a drive: each keeps the runs and records of its own. It only lets what speaks against one speak
against the others, and shows the pages of one on those of the other.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from hub.answered import SameThing

DEVICE, DRIVE = "device", "drive"


def same_as(session: Session, kind: str, ids: Collection[str]) -> Mapping[str, frozenset[str]]:
    """The others that each of these is one with, by however many merges; whoever has none is left out."""
    pairs = list[tuple[str, str]]()
    known, asked = set(ids), set[str]()
    while wanted := known - asked:
        query = select(SameThing.one_id, SameThing.other_id).where(
            SameThing.kind == kind,
            SameThing.withdrawn.is_(None),
            or_(SameThing.one_id.in_(wanted), SameThing.other_id.in_(wanted)),
        )
        found = [(row.one_id, row.other_id) for row in session.execute(query)]
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
