"""Comparing two stretches of memory with the C library, without the interpreter lock and without a copy.

Falls back to slices of `bytes` where the C library cannot be called.
"""

import ctypes
from collections.abc import Callable

_Compare = Callable[[int, int, int], int]


def _find_memcmp() -> _Compare | None:
    try:
        function = ctypes.CDLL(None).memcmp
    except (OSError, AttributeError):
        return None
    function.argtypes = (ctypes.c_void_p, ctypes.c_void_p, ctypes.c_size_t)
    function.restype = ctypes.c_int
    found: _Compare = function
    return found


_MEMCMP = _find_memcmp()


def address(buffer: memoryview) -> int:
    """Address of the first byte of a writable, contiguous `buffer`. The caller keeps the buffer alive."""
    return ctypes.addressof(ctypes.c_char.from_buffer(buffer))


def equal(buffer_a: memoryview, offset_a: int, buffer_b: memoryview, offset_b: int, length: int) -> bool:
    """Say whether `length` bytes at `offset_a` of one writable buffer equal those at `offset_b` of the other.

    Raises ValueError when a stretch leaves its buffer: nothing outside is ever compared.
    """
    inside = 0 <= offset_a <= len(buffer_a) - length and 0 <= offset_b <= len(buffer_b) - length
    if length < 0 or not inside:
        raise ValueError(f"{length} bytes at {offset_a} and {offset_b} leave the buffers")
    if _MEMCMP is None or length == 0:
        return bytes(buffer_a[offset_a : offset_a + length]) == bytes(buffer_b[offset_b : offset_b + length])
    return _MEMCMP(address(buffer_a) + offset_a, address(buffer_b) + offset_b, length) == 0
