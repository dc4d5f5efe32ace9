"""The device that everybody writes to in turn, its old contents, and a look at the bytes beneath afterwards."""

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from tests.kernel.loops import assert_ours, attached

MIB = 1 << 20
SECTOR = 512
ODD_SECTORS = 3  # the size is no multiple of anybody's buffer: who forgets the tail is found out
OLD_KEY = b"old data of a donor, never zero!"


@dataclass(frozen=True, slots=True)
class Device:
    """A loop device over a file of the bench."""

    node: str
    image: Path
    size: int

    def guard(self) -> None:
        """Refuse to go on unless the node is a loop device over our own file. Call before every destructive step."""
        assert_ours(self.node, self.image)

    def soil(self) -> None:
        """Fill it with old data, so that every case starts from the same state and leftovers can be told."""
        self.guard()
        with self.image.open("r+b") as handle:
            for old in _old_chunks(self.size):
                handle.write(old)
            os.fsync(handle.fileno())

    def leftovers(self, *, zeros: bool) -> str:
        """Say what is wrong with the bytes of the file after an erase, "" when nothing is.

        With `zeros` every byte must be zero; otherwise no sector may hold old data, and none may be zero.
        """
        subprocess.run(["sync", "-f", str(self.image)], check=True, timeout=120)
        wrong = 0
        with self.image.open("rb") as handle:
            for old in _old_chunks(self.size):
                wrong += _wrong_sectors(handle.read(len(old)), old, zeros=zeros)
        return f"{wrong} sectors hold what they must not" if wrong else ""

    def flip(self, offset: int) -> None:
        """Change one byte beneath the device."""
        with self.image.open("r+b") as handle:
            handle.seek(offset)
            byte = handle.read(1)
            handle.seek(offset)
            handle.write(bytes([byte[0] ^ 1]))
            os.fsync(handle.fileno())


def _old_chunks(size: int) -> Iterator[bytes]:
    stream = Cipher(algorithms.AES(OLD_KEY), modes.CTR(bytes(16))).encryptor()
    for start in range(0, size, MIB):
        yield stream.update(bytes(min(MIB, size - start)))


def _wrong_sectors(found: bytes, old: bytes, *, zeros: bool) -> int:
    empty = bytes(SECTOR)
    if zeros and found == bytes(len(old)):
        return 0
    if len(found) != len(old):
        return len(old) // SECTOR
    pairs = ((found[at : at + SECTOR], old[at : at + SECTOR]) for at in range(0, len(old), SECTOR))
    return sum((now != empty) if zeros else (now in (before, empty)) for now, before in pairs)


@contextmanager
def device(folder: Path, name: str, mib: int) -> Iterator[Device]:
    """Make a device of `mib` MiB and three sectors over a file of that name in a folder."""
    image = folder / f"{name}.img"
    size = mib * MIB + ODD_SECTORS * SECTOR
    image.touch()
    os.truncate(image, size)
    with attached(image) as loop:
        yield Device(loop.node, image, size)
    image.unlink()
