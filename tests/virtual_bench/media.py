"""What lies on the drives of the bench: a donor's data in which every sector is unlike any other.

So each survivor is counted exactly: on the host, beneath everything that the agent or the guest can see.
"""

import hashlib
from dataclasses import dataclass
from pathlib import Path

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

SECTOR = 512


@dataclass(frozen=True, slots=True)
class Medium:
    """A file behind a drive, filled with the data of a donor whose name seeds it."""

    path: Path
    donor: str
    size_bytes: int

    @classmethod
    def filled(cls, path: Path, donor: str, size_bytes: int) -> "Medium":
        """Make the file."""
        medium = cls(path, donor, size_bytes)
        path.write_bytes(medium.before())
        return medium

    def before(self) -> bytes:
        """Give what the donor left on it."""
        key = hashlib.sha256(self.donor.encode()).digest()
        return Cipher(algorithms.AES(key), modes.CTR(bytes(16))).encryptor().update(bytes(self.size_bytes))

    def survivors(self) -> int:
        """Count the sectors that still hold, at their place, what the donor left."""
        old, now = memoryview(self.before()), memoryview(self.path.read_bytes())
        return sum(old[place : place + SECTOR] == now[place : place + SECTOR] for place in range(0, len(old), SECTOR))

    @property
    def sectors(self) -> int:
        """How many sectors there are."""
        return self.size_bytes // SECTOR

    def zeros(self) -> int:
        """Count the sectors that hold nothing but zeros."""
        now, nothing = memoryview(self.path.read_bytes()), bytes(SECTOR)
        return sum(now[place : place + SECTOR] == nothing for place in range(0, len(now), SECTOR))

    def begun(self) -> bool:
        """Say whether the first sectors have changed: something writes."""
        with self.path.open("rb") as file:
            return file.read(64 * SECTOR) != self.before()[: 64 * SECTOR]
