"""Where hashes of a tree lie in tiles of 256 (C2SP tlog-tiles), and proofs made from them. Pure: reads no storage.

A tile (level L, number N) holds the hashes of complete subtrees of 256 to the power L leaves, from number 256 N on.
"""

from collections.abc import Callable, Iterable, Sequence
from typing import Final

from certificates.tree import EMPTY_ROOT, HASH_BYTES, node_hash, row_above
from hub.log.errors import Mismatch

HEIGHT: Final = 8
WIDTH: Final = 1 << HEIGHT
FULL: Final = WIDTH * HASH_BYTES  # bytes
Tile = tuple[int, int]  # level, number
ReadTile = Callable[[int, int], bytes]
Peak = tuple[int, bytes]  # height of a complete subtree, and its hash


class Nodes:
    """Hashes of complete subtrees, from tiles that are read and hashed once each."""

    def __init__(self, read: ReadTile) -> None:
        self._read = read
        self._tiles: dict[Tile, list[bytes]] = {}

    def at(self, height: int, index: int) -> bytes:
        """Hash of the subtree of 2^height leaves that begins at leaf index * 2^height. Raises Mismatch: not there."""
        level, inner = divmod(height, HEIGHT)
        number, place = divmod(index, WIDTH >> inner)
        if (level, number) not in self._tiles:
            self._tiles[level, number] = _rows(self._read(level, number))
        rows = self._tiles[level, number]
        found = rows[inner][place * HASH_BYTES : (place + 1) * HASH_BYTES]
        if len(found) != HASH_BYTES:
            raise Mismatch(f"tile {level}/{number} has no hash {max(place << inner, len(rows[0]) // HASH_BYTES)}")
        return found

    def over(self, begin: int, end: int) -> bytes:
        """Hash of the leaves from begin to end, as RFC 6962 divides them."""
        count = end - begin
        if count == 0:
            return EMPTY_ROOT
        if count & (count - 1) == 0:
            height = count.bit_length() - 1
            return self.at(height, begin >> height)
        split = begin + _split(count)
        return node_hash(self.over(begin, split), self.over(split, end))


def inclusion_path(nodes: Nodes, index: int, size: int) -> list[bytes]:
    """Audit path of the leaf at `index` in the tree of `size`, from the bottom up."""
    path, begin, end = [], 0, size
    while end - begin > 1:
        split = begin + _split(end - begin)
        if index < split:
            path.append((split, end))
            end = split
        else:
            path.append((begin, split))
            begin = split
    return [nodes.over(*sibling) for sibling in reversed(path)]


def consistency_path(nodes: Nodes, old: int, size: int) -> list[bytes]:
    """Proof that the tree of `old` leaves, 1 to `size`, is a beginning of the tree of `size`."""
    if old == size:
        return []
    path, begin, end, whole = [], 0, size, True
    while old != end:
        split = begin + _split(end - begin)
        if old <= split:
            path.append((split, end))
            end = split
        else:
            path.append((begin, split))
            begin, whole = split, False
    own = [] if whole else [nodes.over(begin, end)]
    return own + [nodes.over(*sibling) for sibling in reversed(path)]


def grown(edge: ReadTile, size: int, leaves: Sequence[bytes]) -> dict[Tile, bytes]:
    """Tiles that change when leaves are added to a tree of `size`, whole; `edge` reads those that are not full.

    Raises Mismatch where a tile at the edge has not the length that the size says.
    """
    made: dict[Tile, bytes] = {}
    level, count, new = 0, size, list(leaves)
    while new:
        number, width = divmod(count, WIDTH)
        tile = bytearray(edge(level, number) if width else b"")
        if len(tile) != width * HASH_BYTES:
            raise Mismatch(f"tile {level}/{number} has {len(tile)} bytes instead of {width * HASH_BYTES}")
        above = []
        for found in new:
            tile += found
            if len(tile) == FULL:
                made[level, number] = bytes(tile)
                above.append(tile_root(tile))
                number, tile = number + 1, bytearray()
        if tile:
            made[level, number] = bytes(tile)
        level, count, new = level + 1, count >> HEIGHT, above
    return made


def tile_root(tile: bytes | bytearray) -> bytes:
    """Hash over a full tile."""
    return _rows(tile)[HEIGHT]


def _rows(tile: bytes | bytearray) -> list[bytes]:
    """The hashes of a tile, and above them those of its complete subtrees, each row half as long."""
    rows = [bytes(tile)]
    for _ in range(HEIGHT):
        rows.append(row_above(rows[-1]))
    return rows


def peaks_of(nodes: Nodes, size: int) -> list[Peak]:
    """The complete subtrees of which a tree of `size` consists, the largest first."""
    found, begin = [], 0
    for height in range(size.bit_length() - 1, -1, -1):
        if size >> height & 1:
            found.append((height, nodes.at(height, begin >> height)))
            begin += 1 << height
    return found


def extended(peaks: Iterable[Peak], leaves: Iterable[bytes]) -> list[Peak]:
    """The peaks after more leaves."""
    row = list(peaks)
    for leaf in leaves:
        height, found = 0, leaf
        while row and row[-1][0] == height:
            found = node_hash(row.pop()[1], found)
            height += 1
        row.append((height, found))
    return row


def root_of(peaks: Sequence[Peak]) -> bytes:
    """Root of the tree that consists of these peaks."""
    if not peaks:
        return EMPTY_ROOT
    found = peaks[-1][1]
    for _, left in reversed(peaks[:-1]):
        found = node_hash(left, found)
    return found


def tile_widths(size: int) -> list[tuple[int, int, int]]:
    """Every tile of a tree of `size`: level, number, how many hashes."""
    found, level, count = [], 0, size
    while count:
        full, rest = divmod(count, WIDTH)
        found += [(level, number, WIDTH) for number in range(full)]
        found += [(level, full, rest)] if rest else []
        level, count = level + 1, count >> HEIGHT
    return found


def path_tiles(index: int, size: int) -> list[Tile]:
    """The tiles from which an audit path comes: of each level, the one above the leaf and the last one."""
    found, level = list[Tile](), 0
    while count := size >> HEIGHT * level:
        above, last = index >> HEIGHT * (level + 1), (count - 1) >> HEIGHT
        found += [(level, number) for number in sorted({above, last}) if number <= last]
        level += 1
    return found


def path_of(number: int) -> str:
    """A tile number as it is written in addresses: 1234067 is `x001/x234/067`."""
    text = f"{number % 1000:03}"
    while number := number // 1000:
        text = f"x{number % 1000:03}/{text}"
    return text


def _split(size: int) -> int:
    return 1 << ((size - 1).bit_length() - 1)
