"""What a hub says of its logs (`GET /api/v1/log`), read strictly: one shard a year, more only after a freeze.

Pure. What does not fit is a proof that is missing (`LogUnproved`), never one that failed.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from certificates.errors import ProofError
from certificates.note import LOG_SIGNATURE, NoteKey
from station_agent.errors import LogUnproved
from station_agent.language import mark

OPEN, CLOSED, FROZEN = "open", "closed", "frozen"
STATES: Final = (OPEN, CLOSED, FROZEN)
MOST_SHARDS: Final = 100
LONGEST: Final = 2**53 - 1  # of a whole number that a statement can carry
UNREADABLE: Final = mark("what the hub says of its log cannot be read")
_NAME: Final = re.compile(r"([0-9]{4})(?:-([2-9]|[1-9][0-9]{1,3}))?", re.ASCII)


@dataclass(frozen=True, slots=True)
class Shard:
    """One log of a hub. `first` is the ledger position of its first entry, `size` its entries as the hub says."""

    name: str
    origin: str
    first: int
    size: int
    state: str
    key: NoteKey

    @property
    def order(self) -> tuple[int, int]:
        """Year and number within it: shards roll forward only."""
        return order_of(self.name)


def order_of(name: str) -> tuple[int, int]:
    """Order of a shard by its name: `2026` before `2026-2` before `2027`. Raises `LogUnproved`."""
    found = _NAME.fullmatch(name)
    if found is None:
        raise LogUnproved(UNREADABLE)
    return int(found[1]), int(found[2] or 1)


def listed(document: Mapping[str, Any]) -> tuple[Shard, ...]:
    """Read the shards, the oldest first. Raises `LogUnproved`."""
    rows = document.get("shards")
    if not isinstance(rows, list) or len(rows) > MOST_SHARDS:
        raise LogUnproved(UNREADABLE)
    shards = sorted((_shard(row) for row in rows), key=lambda shard: shard.order)
    if len({shard.order for shard in shards}) != len(shards) or len({one.origin for one in shards}) != len(shards):
        raise LogUnproved(UNREADABLE)
    return tuple(shards)


def _shard(row: object) -> Shard:
    if not isinstance(row, dict):
        raise LogUnproved(UNREADABLE)
    name, origin, state, vkey = (row.get(member) for member in ("name", "origin", "state", "vkey"))
    if not (isinstance(name, str) and isinstance(origin, str) and isinstance(vkey, str) and state in STATES):
        raise LogUnproved(UNREADABLE)
    try:
        key = NoteKey.from_vkey(vkey)
    except ProofError as error:
        raise LogUnproved(UNREADABLE) from error
    if key.name != origin or key.kind != LOG_SIGNATURE or not origin.endswith(f"/erasure-log/{name}"):
        raise LogUnproved(UNREADABLE)
    order_of(name)
    return Shard(name, origin, whole(row.get("first")), whole(row.get("size")), str(state), key)


def whole(value: object) -> int:
    """Read a whole number that a statement can carry. Raises `LogUnproved`."""
    if type(value) is not int or not 0 <= value <= LONGEST:
        raise LogUnproved(UNREADABLE)
    return value
