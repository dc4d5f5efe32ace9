"""Page-aligned buffers for direct I/O: anonymous private mappings, never shared with a forked child."""

import mmap

CHUNK = 2 << 20  # bytes moved by one request: as fast as 4 MiB, and 24 workers need half the memory
REPEATED = 1 << 20  # bytes of the one buffer that is written again and again where the content never changes
VECTOR = 16  # times that it goes into one request: least CPU, and no more memory
BLOCK = 64 << 10  # middle step of the bisection
RING = 3  # buffers in flight between two threads


def aligned(length: int = CHUNK) -> memoryview:
    """Give a page-aligned, writable buffer of `length` bytes, all zero."""
    mapping = mmap.mmap(-1, length, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS)
    return memoryview(mapping)
