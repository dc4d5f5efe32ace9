"""The search of one shard: every entry from its envelope, every tile, every root that was signed. Reads; mends nothing.

Where a row and a tile differ, what stands above decides who is right: the hash of the tile one level higher, or the
root of the newest checkpoint. The search goes on with what is right, so that one fault is named once.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from certificates.tree import HASH_BYTES, leaf_hash
from hub.log.checkpoints import Signed
from hub.log.entries import COLUMNS, claimed, differing, entry_of
from hub.log.findings import Finding
from hub.log.geometry import HEIGHT, WIDTH, Peak, extended, root_of, tile_root
from hub.log.shards import FROZEN
from hub.log.tiles import highest_level, stored_tiles
from hub.logged import LogShard
from hub.models import LedgerEntry

AT_ONCE: Final = 512  # rows of one read
Progress = Callable[[int], None]
Leaf = bytes | None  # None: there is no row


@dataclass(slots=True)
class Search:
    """What is known of a shard while it is searched. `faulty`: the first entry that something is wrong with."""

    session: Session
    shard: LogShard
    signed: Sequence[Signed]
    progress: Progress
    findings: list[Finding] = field(default_factory=list)
    faulty: int | None = None
    _peaks: list[Peak] = field(default_factory=list)
    _done: int = 0
    _told: set[int] = field(default_factory=set)

    def find(self, code: str, at: int | None, /, **facts: Any) -> None:
        """Note something that is wrong, with the first entry that it concerns."""
        known = self.shard.state == FROZEN
        self.findings.append(Finding(code, {**facts, "shard": self.shard.name}, known))
        if at is not None:
            self.faulty = at if self.faulty is None else min(self.faulty, at)

    def run(self) -> None:
        """Search rows, tiles and roots."""
        waiting = iter(sorted(self.signed, key=lambda one: one.size))
        due = next(waiting, None)
        above = dict(_hashes(self.session, self.shard.name, 1))
        level: list[bytes] = []
        tiles = self._tiles(0, self.shard.size)
        for number, (stored, rows) in enumerate(zip(tiles, self._leaves(), strict=True)):
            leaves = self._right(number, stored, rows, above.get(number))
            for leaf in leaves:
                while due is not None and due.size == self._done:
                    self._check(due)
                    due = next(waiting, None)
                self._peaks = extended(self._peaks, [leaf])
                self._done += 1
            if len(leaves) == WIDTH:
                level.append(tile_root(b"".join(leaves)))
            self.progress(len(leaves))
        while due is not None:
            self._check(due)
            due = next(waiting, None)
        self._upper(level)

    def _check(self, one: Signed) -> None:
        if one.size > self._done:
            self.find(f"{one.sort}.beyond", None, size=one.size, entries=self._done, **one.name)
        elif root_of(self._peaks) != one.root:
            self.find(f"{one.sort}.root", max(one.size - 1, 0), size=one.size, **one.name)

    def _leaves(self) -> Iterator[list[Leaf]]:
        """Leaves of the rows, a tile at a time."""
        rows = self._rows()
        for begin in range(0, self.shard.size, WIDTH):
            yield list(islice(rows, min(WIDTH, self.shard.size - begin)))

    def _rows(self) -> Iterator[Leaf]:
        first, end = self.shard.first, self.shard.first + self.shard.size
        expected = first
        for row in _rows_between(self.session, first, end - 1):
            while expected < row.position:
                self._row("row.missing", expected)
                yield None
                expected += 1
            said = claimed(row.envelope)
            if said is None:
                self._row("row.envelope", row.position)
            elif column := differing(row, said):
                self._row("row.column", row.position, column=column)
            yield leaf_hash(entry_of(row.id, row.kid, row.seq, row.received, row.kind))
            expected += 1
        for position in range(expected, end):
            self._row("row.missing", position)
            yield None

    def _row(self, code: str, position: int, **facts: Any) -> None:
        index = position - self.shard.first
        self._told.add(index)
        self.find(code, index, position=position, **facts)

    def _right(self, number: int, stored: bytes, rows: list[Leaf], above: bytes | None) -> list[bytes]:
        """The leaves of one tile that go on: those of the rows, or of the tile where it is right and a row is not."""
        tile = [stored[place : place + HASH_BYTES] for place in range(0, len(rows) * HASH_BYTES, HASH_BYTES)]
        if tile == rows:
            return tile
        known = [leaf if leaf is not None else other for leaf, other in zip(rows, tile, strict=True)]
        by_tile, by_rows = self._vouched(number, tile, above), self._vouched(number, known, above)
        for place, (kept, leaf, row) in enumerate(zip(tile, known, rows, strict=True)):
            index = number * WIDTH + place
            if kept == leaf or (index in self._told and by_tile and not by_rows):
                continue
            if by_tile and not by_rows and row is not None:
                self.find("row.leaf", index, position=self.shard.first + index, index=index)
            elif by_rows and not by_tile:
                self.find("tile.hash", index, level=0, number=number, place=place)
            else:
                self.find("entry.doubtful", index, index=index)
        return tile if by_tile and not by_rows else known

    def _vouched(self, number: int, leaves: Sequence[bytes], above: bytes | None) -> bool:
        if any(len(leaf) != HASH_BYTES for leaf in leaves):
            return False
        if len(leaves) == WIDTH and above is not None:
            return tile_root(b"".join(leaves)) == above
        begin = number * WIDTH
        for one in sorted(self.signed, key=lambda one: -one.size):
            if begin < one.size <= begin + len(leaves):
                return root_of(extended(self._peaks, leaves[: one.size - begin])) == one.root
        return False

    def _upper(self, computed: list[bytes]) -> None:
        """Compare the levels above the leaves with what they have to be."""
        level = 1
        while computed:
            higher: list[bytes] = []
            for number, stored in enumerate(self._tiles(level, len(computed))):
                row = computed[number * WIDTH : (number + 1) * WIDTH]
                for place, wanted in enumerate(row):
                    if stored[place * HASH_BYTES : (place + 1) * HASH_BYTES] != wanted and stored:
                        index = (number * WIDTH + place) << HEIGHT * level
                        self.find("tile.hash", index, level=level, number=number, place=place)
                if len(row) == WIDTH:
                    higher.append(tile_root(b"".join(row)))
            computed, level = higher, level + 1
        for above in range(level, highest_level(self.session, self.shard.name) + 1):
            self._unknown(above, [number for number, _ in stored_tiles(self.session, self.shard.name, above)])

    def _tiles(self, level: int, count: int) -> Iterator[bytes]:
        """The tiles of a level that hold so many hashes, in order; b"" for one that is missing."""
        found = stored_tiles(self.session, self.shard.name, level)
        held = next(found, None)
        for number in range(-(-count // WIDTH)):
            wanted = min(WIDTH, count - number * WIDTH) * HASH_BYTES
            if held is None or held[0] != number:
                self.find("tile.missing", (number * WIDTH) << HEIGHT * level, level=level, number=number)
                yield b""
                continue
            if len(held[1]) != wanted:
                facts = {"level": level, "number": number, "bytes": len(held[1]), "wanted": wanted}
                self.find("tile.length", (number * WIDTH) << HEIGHT * level, **facts)
            yield held[1]
            held = next(found, None)
        rest = ([held[0]] if held is not None else []) + [number for number, _ in found]
        self._unknown(level, rest)

    def _unknown(self, level: int, numbers: Sequence[int]) -> None:
        for number in numbers:
            self.find("tile.unknown", None, level=level, number=number, size=self.shard.size)


def _rows_between(session: Session, first: int, last: int) -> Iterator[Any]:
    query = select(*COLUMNS, LedgerEntry.kind, LedgerEntry.prev, LedgerEntry.envelope)
    after = first - 1
    while after < last:
        place = LedgerEntry.position.between(after + 1, last)
        rows = session.execute(query.where(place).order_by(LedgerEntry.position).limit(AT_ONCE)).all()
        if not rows:
            return
        yield from rows
        after = rows[-1].position


def _hashes(session: Session, shard: str, level: int) -> Iterator[tuple[int, bytes]]:
    for number, tile in stored_tiles(session, shard, level):
        for place in range(len(tile) // HASH_BYTES):
            yield number * WIDTH + place, tile[place * HASH_BYTES : (place + 1) * HASH_BYTES]
