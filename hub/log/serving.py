"""What the log shows anybody, as static bytes (C2SP tlog-tiles): checkpoint, hash tiles, bundles of entries.

Nothing is shown beyond the newest checkpoint: what is not signed yet may still be refused by the signer.
"""

import re
import struct
from dataclasses import dataclass
from typing import Final

from sqlalchemy.orm import Session

from certificates.tree import HASH_BYTES
from hub.errors import NotFound
from hub.log.entries import entries_between
from hub.log.geometry import HEIGHT, WIDTH
from hub.log.proofs import SHARD_NAME
from hub.log.shards import newest_checkpoint, shard_named
from hub.log.tiles import tile_reader
from hub.logged import LogShard

ENTRIES: Final = "entries"
NO_TILE: Final = "the log has no such tile"
_PLACE = re.compile(r"((?:x[0-9]{3}/){0,4}[0-9]{3})(?:\.p/([1-9][0-9]{0,2}))?", re.ASCII)
_LEVEL = re.compile(r"0|[1-5]?[0-9]", re.ASCII)
_LENGTH = struct.Struct(">H")


@dataclass(frozen=True, slots=True)
class Asked:
    """A tile as its address names it; `level` is None for a bundle of entries."""

    level: int | None
    number: int
    width: int

    @property
    def full(self) -> bool:
        """Whether its bytes never change."""
        return self.width == WIDTH


def asked_tile(level: str, place: str) -> Asked:
    """Read the end of an address: level and `x001/x234/067` or `x001/x234/067.p/12`. Raises NotFound."""
    found = _PLACE.fullmatch(place)
    if found is None or (level != ENTRIES and (not _LEVEL.fullmatch(level) or (len(level) > 1 and level[0] == "0"))):
        raise NotFound(NO_TILE)
    digits, width = found[1].replace("x", "").replace("/", ""), int(found[2] or WIDTH)
    if width > WIDTH - (found[2] is not None) or (len(digits) > 3 and digits.startswith("000")):  # noqa: PLR2004
        raise NotFound(NO_TILE)
    return Asked(None if level == ENTRIES else int(level), int(digits), width)


def signed_size(session: Session, name: str) -> tuple[LogShard, int]:
    """A shard and how much of it may be shown. Raises NotFound."""
    shard = shard_named(session, name) if SHARD_NAME.fullmatch(name) else None
    if shard is None:
        raise NotFound(f"there is no shard {name[:40]}")
    newest = newest_checkpoint(session, name)
    return shard, newest.size if newest is not None else 0


def tile_bytes(session: Session, shard: LogShard, size: int, asked: Asked) -> bytes:
    """The bytes of a tile of a tree of `size`. Raises NotFound where it is not that wide."""
    width = size >> HEIGHT * (asked.level or 0)
    if asked.number * WIDTH + asked.width > width:
        raise NotFound(NO_TILE)
    if asked.level is None:
        return bundle(session, shard, asked.number * WIDTH, asked.width)
    hashes = tile_reader(session, shard.name)(asked.level, asked.number)[: asked.width * HASH_BYTES]
    if len(hashes) != asked.width * HASH_BYTES:
        raise NotFound(NO_TILE)
    return hashes


def bundle(session: Session, shard: LogShard, begin: int, count: int) -> bytes:
    """Entries as C2SP writes them: length in two bytes, then the entry."""
    first = shard.first + begin
    entries = entries_between(session, first, first + count - 1)
    return b"".join(_LENGTH.pack(len(entry)) + entry for entry in entries)
