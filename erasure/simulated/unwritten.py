"""Which places were written since an erase after which a drive cannot read what was not written. Pure.

Kept as plain lists in the memory of a drive: [namespace, first byte, end], sorted, not touching each other.
"""


def with_written(known: list[list[int]], nsid: int, offset: int, length: int) -> list[list[int]]:
    """Add one written place, in bytes."""
    merged: list[list[int]] = []
    for one, first, end in sorted([*known, [nsid, offset, offset + length]]):
        if merged and merged[-1][0] == one and first <= merged[-1][2]:
            merged[-1][2] = max(merged[-1][2], end)
        else:
            merged.append([one, first, end])
    return merged


def missing(known: list[list[int]], nsid: int, offset: int, length: int, size: int) -> bool:
    """Say whether a byte of the place was not written; the end of the drive, `size`, ends the question."""
    end = min(offset + length, size)
    return not any(one == nsid and first <= offset and end <= last for one, first, last in known) and offset < end
