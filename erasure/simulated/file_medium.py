"""The medium of a simulated drive: a sparse file of its true capacity, below every limit that firmware sets."""

import os
from itertools import pairwise
from pathlib import Path
from types import TracebackType
from typing import Self

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

_PIECE = 1 << 20


class FileMedium:
    """`Medium` over the file `path`. Addresses of the host wrap at `wrap_bytes`, those of the firmware never do."""

    def __init__(self, path: Path, wrap_bytes: int | None = None) -> None:
        self._fd = os.open(path, os.O_RDWR | os.O_CLOEXEC)
        self._wrap = min(wrap_bytes or self.native_bytes(), self.native_bytes())

    def close(self) -> None:
        """Let go of the file."""
        if self._fd >= 0:
            os.close(self._fd)
            self._fd = -1

    def native_bytes(self) -> int:
        """True capacity, hidden areas included."""
        return os.fstat(self._fd).st_size

    def wipe(self, first: int, end: int, fill: bytes) -> None:
        """Set the bytes from `first` to `end` to the pattern `fill`, over and over from byte 0 of the drive."""
        for start, stop in _pieces(first, end):
            phase = start % len(fill)
            repeated = fill * ((stop - start + phase) // len(fill) + 1)
            os.pwrite(self._fd, repeated[phase : phase + stop - start], start)

    def scramble(self, first: int, end: int) -> None:
        """Make the bytes from `first` to `end` unintelligible: they are read through a new key from now on."""
        for start, stop in _pieces(first, end):
            old = os.pread(self._fd, stop - start, start)
            stream = Cipher(algorithms.AES(os.urandom(32)), modes.CTR(bytes(16))).encryptor()
            os.pwrite(self._fd, stream.update(old), start)

    def read(self, offset: int, length: int) -> bytes:
        """Read as the host does."""
        return b"".join(
            os.pread(self._fd, stop - start, start % self._wrap)
            for start, stop in _pieces(offset, offset + length, self._wrap)
        )

    def write(self, offset: int, data: bytes) -> None:
        """Write as the host does."""
        for start, stop in _pieces(offset, offset + len(data), self._wrap):
            os.pwrite(self._fd, data[start - offset : stop - offset], start % self._wrap)

    def flush(self) -> None:
        """Make what was written durable."""
        os.fdatasync(self._fd)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def _pieces(first: int, end: int, boundary: int = _PIECE) -> list[tuple[int, int]]:
    """Cut a range where a multiple of `boundary` lies in it."""
    cuts = range(first // boundary * boundary + boundary, end, boundary)
    edges = [first, *cuts, end]
    return [pair for pair in pairwise(edges) if pair[0] < pair[1]]
