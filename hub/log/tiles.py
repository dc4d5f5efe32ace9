"""Tiles of a shard in the database: read as they are, and lengthened at their end. No other change is ever made."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from sqlalchemy import bindparam, func, insert, select, update
from sqlalchemy.orm import Session

from certificates.tree import HASH_BYTES
from hub.database import plain_rows
from hub.log.errors import Mismatch
from hub.log.geometry import WIDTH, ReadTile, Tile
from hub.logged import LogTile


def tile_reader(session: Session, shard: str, ahead: Sequence[Tile] = ()) -> ReadTile:
    """Reads the bytes of a tile of this shard; b"" where there is none. Those `ahead` are read now, in one question."""
    levels, numbers = {level for level, _ in ahead}, {number for _, number in ahead}
    rows = plain_rows(session, _TILES, shard=shard, levels=list(levels), numbers=list(numbers)) if ahead else ()
    known: dict[Tile, bytes] = {(row.level, row.number): row.hashes for row in rows}

    def read(level: int, number: int) -> bytes:
        if (level, number) in known:
            return known[level, number]
        found = plain_rows(session, _TILE, shard=shard, level=level, number=number)
        return found[0].hashes if found else b""

    return read


_TILE: Final = select(LogTile.hashes).where(
    LogTile.shard == bindparam("shard"), LogTile.level == bindparam("level"), LogTile.number == bindparam("number")
)
_TILES: Final = select(LogTile.level, LogTile.number, LogTile.hashes).where(
    LogTile.shard == bindparam("shard"),  # every level with every number: both databases seek each in their index
    LogTile.level.in_(bindparam("levels", expanding=True)),
    LogTile.number.in_(bindparam("numbers", expanding=True)),
)


def stored_leaves(session: Session, shard: str, begin: int, end: int) -> list[bytes]:
    """Leaf hashes from begin to end as the tiles have them. Raises Mismatch where one is missing."""
    read, found = tile_reader(session, shard), list[bytes]()
    for number in range(begin // WIDTH, -(-end // WIDTH)):
        tile = read(0, number)
        low, high = max(begin - number * WIDTH, 0), min(end - number * WIDTH, WIDTH)
        if len(tile) < high * HASH_BYTES:
            raise Mismatch(f"tile 0/{number} has {len(tile)} bytes, fewer than its shard needs")
        found += [tile[place * HASH_BYTES : (place + 1) * HASH_BYTES] for place in range(low, high)]
    return found


def store(session: Session, shard: str, tiles: Mapping[Tile, bytes]) -> None:
    """Write tiles that have grown. Raises Mismatch where one does not begin with what is there. Call under the lock."""
    read = tile_reader(session, shard)
    new = []
    for (level, number), hashes in tiles.items():
        before = read(level, number)
        if not before:
            new.append({"shard": shard, "level": level, "number": number, "hashes": hashes})
            continue
        if not hashes.startswith(before):
            raise Mismatch(f"tile {level}/{number} is not what it was")
        where = (LogTile.shard == shard, LogTile.level == level, LogTile.number == number)
        session.execute(update(LogTile).where(*where).values(hashes=hashes))
    if new:
        session.execute(insert(LogTile), new)


def stored_tiles(session: Session, shard: str, level: int) -> Iterator[tuple[int, bytes]]:
    """Every tile of a level, in order: its number and bytes."""
    query = select(LogTile.number, LogTile.hashes).where(LogTile.shard == shard, LogTile.level == level)
    for row in session.execute(query.order_by(LogTile.number).execution_options(yield_per=64)):
        yield row.number, row.hashes


def highest_level(session: Session, shard: str) -> int:
    """The highest level that has tiles; -1 when there are none."""
    found = session.scalar(select(func.max(LogTile.level)).where(LogTile.shard == shard))
    return -1 if found is None else found
