"""Whether a drive that came back was written to since: told by places whose content is known, and never guessed."""

import errno
from typing import Any

import pytest

from erasure.journal import EntryKind, JournalEntry
from erasure.keystream import Keystream
from erasure.pattern import Zeros
from station_agent.daemon.content import changed_since, left_by, places

KEY = bytes(range(32))


class Medium:
    """A drive in memory; reads of `bad` fail."""

    def __init__(self, data: bytes, bad: int = -1) -> None:
        self.data, self.bad = data, bad

    def size_bytes(self) -> int:
        return len(self.data)

    def pread_into(self, buffer: memoryview, offset: int) -> int:
        if offset <= self.bad < offset + len(buffer):
            raise OSError(errno.EIO, "bad")
        part = self.data[offset : offset + len(buffer)]
        buffer[: len(part)] = part
        return len(part)


def erased(size: int) -> bytearray:
    data = bytearray(size)
    Keystream(KEY).fill(memoryview(data), 0)
    return data


@pytest.mark.parametrize("size", [4096, 4608, 65536, 1 << 20, (5 << 20) + 512])
def test_an_untouched_drive_is_told_from_one_with_a_new_label(size: int) -> None:
    data = erased(size)
    medium: Any = Medium(bytes(data))
    assert changed_since(medium, Keystream(KEY)) is False
    assert changed_since(medium, Zeros()) is True
    for place in (0, 100, size // 4096 * 4096 - 1):
        touched = bytearray(data)
        touched[place] ^= 1
        other: Any = Medium(bytes(touched))
        assert changed_since(other, Keystream(KEY)) is True


def test_a_drive_that_cannot_be_read_is_unknown() -> None:
    data = bytes(erased(1 << 20))
    for medium in (Medium(data, bad=0), Medium(b""), Medium(data[:512]), Medium(data[:-1])):
        there: Any = medium
        assert changed_since(there, Keystream(KEY)) is None


def test_only_an_overwrite_whose_key_is_known_leaves_known_bytes() -> None:
    intent = JournalEntry("a" * 32, EntryKind.INTENT, {"key": KEY.hex()})
    known = left_by("overwrite.keystream", [intent])
    assert known is not None
    assert known.key_sha256 == Keystream(KEY).key_sha256
    assert isinstance(left_by("overwrite.zeros", []), Zeros)
    for method, data in (
        ("nvme.sanitize.block", {"key": KEY.hex()}),
        ("overwrite.keystream", {}),
        ("overwrite.keystream", {"key": 7}),
        ("overwrite.keystream", {"key": "zz"}),
        ("overwrite.keystream", {"key": "00"}),
    ):
        assert left_by(method, [JournalEntry("a" * 32, EntryKind.INTENT, data)]) is None


@pytest.mark.parametrize("size", [4096, 5000 * 16, 1 << 20, 1 << 41])
def test_few_places_are_looked_at_however_large_the_drive_is(size: int) -> None:
    looked = places(size)
    assert len(looked) <= 68
    assert all(at >= 0 and at + length <= size and at % 16 == 0 for at, length in looked)
