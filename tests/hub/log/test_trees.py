"""Proofs from tiles are those of the plain tree, for every size at the edges of tiles."""

import hashlib
from collections.abc import Callable

import pytest

from certificates import tree
from hub.log.errors import Mismatch
from hub.log.geometry import (
    Nodes,
    Tile,
    consistency_path,
    extended,
    grown,
    inclusion_path,
    path_of,
    path_tiles,
    peaks_of,
    root_of,
    tile_widths,
)

SIZES = (0, 1, 2, 3, 7, 8, 200, 255, 256, 257, 511, 512, 600, 1000)
LEAVES = [hashlib.sha256(f"leaf {number}".encode()).digest() for number in range(1000)]


def tiles_of(leaves: list[bytes], step: int) -> dict[Tile, bytes]:
    """The tiles of these leaves, taken in so many at a time."""
    found: dict[Tile, bytes] = {}
    for begin in range(0, len(leaves), step):
        found |= grown(reader(found), begin, leaves[begin : begin + step])
    return found


def reader(tiles: dict[Tile, bytes]) -> Callable[[int, int], bytes]:
    return lambda level, number: tiles.get((level, number), b"")


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("step", [1, 7, 256, 1000])
def test_tiles_do_not_depend_on_how_they_grew_and_give_the_root(size: int, step: int) -> None:
    tiles = tiles_of(LEAVES[:size], step)
    assert tiles == tiles_of(LEAVES[:size], 10_000)
    assert {(*tile, len(hashes) // 32) for tile, hashes in tiles.items()} == set(tile_widths(size))
    nodes = Nodes(reader(tiles))
    assert nodes.over(0, size) == tree.root_hash(LEAVES[:size]) == root_of(peaks_of(nodes, size))


def test_proofs_from_tiles_are_those_of_the_tree() -> None:
    nodes = Nodes(reader(tiles_of(LEAVES, 1000)))
    for size in SIZES[1:]:
        root = tree.root_hash(LEAVES[:size])
        for index in {0, size // 3, size // 2, size - 1}:
            path = inclusion_path(nodes, index, size)
            assert path == tree.inclusion_proof(LEAVES[:size], index)
            tree.check_inclusion(LEAVES[index], index, size, path, root)
        for old in {1, size // 3 + 1, size // 2 + 1, size - 1, size} & set(range(1, size + 1)):
            proof = consistency_path(nodes, old, size)
            assert proof == tree.consistency_proof(LEAVES[:size], old)
            tree.check_consistency(old, size, proof, tree.root_hash(LEAVES[:old]), root)


@pytest.mark.parametrize("size", [1, 2, 255, 256, 257, 600, 65_536, 65_537, 200_000, 1 << 24])
def test_the_tiles_of_a_path_are_named_before_they_are_read(size: int) -> None:
    whole = {(level, number): width for level, number, width in tile_widths(size)}

    def read(level: int, number: int) -> bytes:
        asked.add((level, number))
        return bytes(32 * whole[level, number])

    for index in {0, 1, size // 3, size // 2, size - 2, size - 1} & set(range(size)):
        asked: set[Tile] = set()
        inclusion_path(Nodes(read), index, size)
        named = path_tiles(index, size)
        assert asked <= set(named) <= set(whole)
        assert len(named) == len(set(named)) <= 2 * len({level for level, _ in whole})


def test_peaks_grow_as_the_tree_does() -> None:
    nodes = Nodes(reader(tiles_of(LEAVES, 1000)))
    for old, size in ((0, 1), (5, 300), (256, 257), (511, 1000)):
        assert root_of(extended(peaks_of(nodes, old), LEAVES[old:size])) == tree.root_hash(LEAVES[:size])


def test_a_tile_that_is_too_short_stops_growth_and_proofs() -> None:
    tiles = tiles_of(LEAVES[:300], 300)
    tiles[0, 1] = tiles[0, 1][:-32]
    with pytest.raises(Mismatch, match="tile 0/1"):
        grown(reader(tiles), 300, LEAVES[300:301])
    with pytest.raises(Mismatch, match="tile 0/1"):
        Nodes(reader(tiles)).over(0, 300)


def test_tile_numbers_are_written_as_the_standard_says() -> None:
    assert [path_of(number) for number in (0, 67, 999, 1000, 1234067)] == [
        *("000", "067", "999", "x001/000", "x001/x234/067"),
    ]
