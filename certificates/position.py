"""Where a statement stands in the log of a hub: shard and index. Clocks play no part in what comes before or after.

A place counts by the proof that shows it: one in a shard that has ended only under a checkpoint of before its end.

A shard is named for the year in which it opened: `2026`, after a freeze in the same year `2026-2`, `2026-3`.
"""

import re
from dataclasses import dataclass
from typing import Final

SHARD: Final = re.compile(r"([0-9]{4})(?:-([2-9]|[1-9][0-9]{1,3}))?", re.ASCII)


@dataclass(frozen=True, slots=True)
class Place:
    """An entry of the log: shard, and index in it (the first is 0)."""

    shard: str
    index: int

    def after(self, other: "Place") -> bool:
        """Whether this entry came later; a later shard is later as a whole. ValueError for what names no shard."""
        return (shard_order(self.shard), self.index) > (shard_order(other.shard), other.index)


def counted(place: Place, shown: int, end: int | None) -> Place | None:
    """The place, or None: it was shown under a checkpoint of `shown` entries, which its shard never signed in its time.

    `end`: how many entries the last checkpoint of a shard has that is closed or frozen. What a frozen shard proves no
    more is logged again in the next: it has its first place only by a checkpoint of before, else the new one, by proof.
    """
    return None if end is not None and shown > end else place


@dataclass(frozen=True, slots=True)
class Bound:
    """The last entry of a key that still counts, by place in the log and by the key's own number."""

    place: Place
    seq: int


@dataclass(frozen=True, slots=True)
class Position:
    """How much of the log a trust file knew when it was written: shard, and number of its entries."""

    shard: str
    size: int


def shard_order(name: str) -> tuple[int, int]:
    """Year and number of a shard, in the order in which they open; ValueError for another name."""
    found = SHARD.fullmatch(name)
    if found is None:
        raise ValueError(f"{name} is no shard")
    return int(found[1]), int(found[2] or 1)
