"""Page-aligned buffers for direct I/O: anonymous private mappings, never shared with a forked child.

Large ones lie in huge pages where the kernel gives them (madvise(2), MADV_HUGEPAGE): the kernel then hands a request to
the drive in one stretch, instead of gathering it from hundreds of small pages.
"""

import mmap
from contextlib import suppress

from erasure.transport.memory import address

HUGE = 2 << 20  # bytes of a huge page

CHUNK = HUGE  # bytes read by one request
PIECE = 512 << 10  # bytes that are made at once where the content changes
PIECES = 8  # buffers between making and writing
GROUP = 4  # of them in one request at most: small pieces keep both sides at work, large requests the drive
REPEATED = HUGE  # bytes of the one buffer that is written again and again where the content never changes
VECTOR = 8  # times that it goes into one request: least CPU, and no more memory
BLOCK = 64 << 10  # middle step of the bisection


def aligned(length: int = CHUNK) -> memoryview:
    """Give a page-aligned, writable buffer of `length` bytes, all zero."""
    flags = mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS
    if length < HUGE:
        return memoryview(mmap.mmap(-1, length, flags=flags))
    mapping = mmap.mmap(-1, length + HUGE, flags=flags)  # what lies outside the buffer is never touched
    with suppress(OSError):  # a kernel without huge pages
        mapping.madvise(mmap.MADV_HUGEPAGE)
    whole = memoryview(mapping)
    start = -address(whole) % HUGE
    return whole[start : start + length]


def aligned_ring(count: int, length: int) -> list[memoryview]:
    """Give `count` such buffers, next to each other where that keeps them aligned."""
    if length % mmap.PAGESIZE:
        return [aligned(length) for _ in range(count)]
    whole = aligned(count * length)
    return [whole[start : start + length] for start in range(0, count * length, length)]
