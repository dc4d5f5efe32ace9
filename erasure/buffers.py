"""Page-aligned buffers for direct I/O: anonymous private mappings, never shared with a forked child."""

import mmap

CHUNK = 2 << 20  # bytes read by one request
RING = 2  # buffers between reading and comparing: a third only leaves the processor's cache
PIECE = 512 << 10  # bytes that are made at once where the content changes
PIECES = 8  # buffers between making and writing
GROUP = 4  # of them in one request at most: small pieces keep both sides at work, large requests the drive
REPEATED = 1 << 20  # bytes of the one buffer that is written again and again where the content never changes
VECTOR = 16  # times that it goes into one request: least CPU, and no more memory
BLOCK = 64 << 10  # middle step of the bisection


def aligned(length: int = CHUNK) -> memoryview:
    """Give a page-aligned, writable buffer of `length` bytes, all zero."""
    mapping = mmap.mmap(-1, length, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS)
    return memoryview(mapping)
