"""AES-256-CTR indexed by position: any stretch of the drive is regenerated alone, and none equals another.

The counter block of byte `offset` (= LBA * logical sector) is `offset / 16`, big-endian in 128 bits. Swapped, aliased
or wrapped sectors therefore never match, which zeros cannot show.
"""

import hashlib
from typing import Self

from cryptography.hazmat.primitives.ciphers import Cipher, CipherContext, algorithms, modes

from erasure.buffers import aligned
from erasure.transport.memory import equal

KEY_BYTES = 32
_BLOCK = 16
_PIECE = 256 << 10  # small enough to stay in the processor's cache between making and comparing
_SLACK = 4096  # older releases of `cryptography` want room beyond the destination


class Keystream:
    """The stream of one run, under a key made for it alone. Raises ValueError for a key of another length."""

    name = "aes-256-ctr"
    constant = False

    def __init__(self, key: bytes) -> None:
        if len(key) != KEY_BYTES:
            raise ValueError(f"a key has {KEY_BYTES} bytes, not {len(key)}")
        self._key = key
        self._algorithm = algorithms.AES(key)
        self.key_sha256 = hashlib.sha256(key).hexdigest()
        self._source = bytes(_PIECE)
        self._expected = aligned(_PIECE + _SLACK)
        self._made = aligned(_PIECE + _SLACK)

    def fill(self, buffer: memoryview, offset: int) -> None:
        """Put the stream from byte `offset` of the drive on into `buffer`. Raises ValueError when not aligned to 16."""
        encryptor = self._encryptor_at(offset)
        for start in range(0, len(buffer), _PIECE):
            length = min(_PIECE, len(buffer) - start)
            source = memoryview(self._source)[:length]
            if _EXACT:
                encryptor.update_into(source, buffer[start : start + length])
            else:
                encryptor.update_into(source, self._made)
                buffer[start : start + length] = self._made[:length]

    def matches(self, buffer: memoryview, offset: int) -> bool:
        """Regenerate the stream at `offset`, piece by piece, and compare every byte of `buffer` with it."""
        encryptor = self._encryptor_at(offset)
        for start in range(0, len(buffer), _PIECE):
            length = min(_PIECE, len(buffer) - start)
            encryptor.update_into(memoryview(self._source)[:length], self._expected)
            if not equal(buffer, start, self._expected, 0, length):
                return False
        return True

    def another(self) -> Self:
        """Give the same stream with buffers of its own, for another thread."""
        return type(self)(self._key)

    def _encryptor_at(self, offset: int) -> CipherContext:
        if offset % _BLOCK:
            raise ValueError(f"byte {offset} is not at a cipher block")
        counter = (offset // _BLOCK).to_bytes(_BLOCK, "big")
        return Cipher(self._algorithm, modes.CTR(counter)).encryptor()


def _fills_exactly() -> bool:
    """Say whether this release of `cryptography` fills a destination of just the right size."""
    encryptor = Cipher(algorithms.AES(bytes(KEY_BYTES)), modes.CTR(bytes(_BLOCK))).encryptor()
    try:
        encryptor.update_into(bytes(_BLOCK), bytearray(_BLOCK))
    except ValueError:
        return False
    return True


_EXACT = _fills_exactly()
