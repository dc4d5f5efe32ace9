"""Comparing memory: the C library and the fallback say the same, and neither leaves a buffer."""

import pytest

from erasure.buffers import HUGE, aligned, aligned_ring
from erasure.transport import memory

BOTH = pytest.mark.parametrize("native", [True, False])


@BOTH
@pytest.mark.parametrize("place", [0, 1, 511, 4095])
def test_one_different_byte_is_seen(monkeypatch: pytest.MonkeyPatch, native: bool, place: int) -> None:  # noqa: FBT001
    if not native:
        monkeypatch.setattr(memory, "_MEMCMP", None)
    one, other = aligned(4096), aligned(4096)
    assert memory.equal(one, 0, other, 0, 4096)
    other[place] = 1
    assert not memory.equal(one, 0, other, 0, 4096)
    assert memory.equal(one, place + 1, other, place + 1, 4095 - place)


@BOTH
def test_two_stretches_of_one_buffer_are_compared(monkeypatch: pytest.MonkeyPatch, native: bool) -> None:  # noqa: FBT001
    if not native:
        monkeypatch.setattr(memory, "_MEMCMP", None)
    buffer = aligned(8192)
    buffer[0:8] = buffer[4096:4104] = b"etabli!!"
    assert memory.equal(buffer, 0, buffer, 4096, 4096)
    assert not memory.equal(buffer, 0, buffer, 4095, 4096)


@pytest.mark.parametrize(("a", "b", "length"), [(0, 1, 4096), (1, 0, 4096), (-1, 0, 16), (0, 0, 4097), (0, 0, -1)])
def test_nothing_outside_a_buffer_is_ever_compared(a: int, b: int, length: int) -> None:
    with pytest.raises(ValueError, match="leave the buffers"):
        memory.equal(aligned(4096), a, aligned(4096), b, length)


def test_the_c_library_is_used_where_there_is_one() -> None:
    assert memory._MEMCMP is not None


def test_a_part_of_a_buffer_is_compared_from_its_own_beginning() -> None:
    buffer, zeros = aligned(8192), aligned(4096)
    buffer[0] = 1
    assert memory.equal(buffer[4096:], 0, zeros, 0, 4096)
    assert not memory.equal(buffer[:4096], 0, zeros, 0, 4096)


@pytest.mark.parametrize("length", [1, 512, 4096, (2 << 20) - 512, 2 << 20, (4 << 20) + 512])
def test_a_buffer_begins_at_a_page_and_a_large_one_at_a_huge_page(length: int) -> None:
    buffer = aligned(length)
    assert len(buffer) == length
    assert memory.address(buffer) % (HUGE if length >= HUGE else 4096) == 0
    assert (buffer[0], buffer[-1]) == (0, 0)


@pytest.mark.parametrize(("count", "length"), [(8, 512 << 10), (3, 4096), (2, 1536)])
def test_the_buffers_of_a_ring_are_aligned_and_do_not_overlap(count: int, length: int) -> None:
    ring = aligned_ring(count, length)
    for number, buffer in enumerate(ring, 1):
        buffer[:] = bytes([number]) * length
        assert memory.address(buffer) % 512 == 0
    assert [bytes(buffer) for buffer in ring] == [bytes([number]) * length for number in range(1, count + 1)]
