"""Old contents for a simulated drive: invented, recognisable, the same every time for the same drive."""

import hashlib
from pathlib import Path

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from erasure.simulated.specification import Contents, SimulatedDrive

_PIECE = 1 << 20


def prepare_backing(drive: SimulatedDrive, path: Path) -> None:
    """Make the sparse backing file of `drive` at `path`, of its true capacity.

    An existing one of that capacity is kept as it is; another capacity in the bench file is another drive.
    """
    if path.exists() and path.stat().st_size == drive.backing_bytes:
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_suffix(".draft")
    with draft.open("wb") as file:
        file.truncate(drive.backing_bytes)
        match drive.contents:
            case Contents.ZEROS:
                pass
            case Contents.RANDOM:
                file.write(_stream(drive.name, drive.backing_bytes))
            case Contents.PATTERN:
                for first in range(0, drive.backing_bytes, _PIECE):
                    file.write(_marked_sectors(drive, first, min(_PIECE, drive.backing_bytes - first)))
            case Contents.FILESYSTEM:
                for offset, data in _filesystem(drive):
                    file.seek(offset)
                    file.write(data[: max(0, drive.backing_bytes - offset)])
    path.with_suffix(".memory.json").unlink(missing_ok=True)
    draft.rename(path)


def _stream(name: str, length: int) -> bytes:
    key = hashlib.sha256(f"old contents of {name}".encode()).digest()
    encryptor = Cipher(algorithms.AES(key), modes.CTR(bytes(16))).encryptor()
    return encryptor.update(bytes(length))


def _marked_sectors(drive: SimulatedDrive, offset: int, length: int) -> bytes:
    sector = drive.logical_sector
    first = offset // sector
    return b"".join(
        f"{drive.name} old sector {lba:>12} ".encode().ljust(sector, b".")
        for lba in range(first, first + length // sector)
    )


def _filesystem(drive: SimulatedDrive) -> list[tuple[int, bytes]]:
    """Lay out a boot sector, a superblock, a last sector, and a letter with some noise in every 64 KiB."""
    boot = b"\xeb\x3c\x90MSDOS5.0".ljust(446, b"\0") + bytes(64) + b"\x55\xaa"
    superblock = bytes(56) + b"\x53\xef" + b"donor-volume".ljust(64, b"\0")
    letter = f"From the files of the donor, drive {drive.serial}: salaries, letters, photographs. ".encode() * 40
    noise = _stream(drive.name, 4096)
    pieces = [(place, letter + noise) for place in range(8192, drive.backing_bytes, 65536)]
    tail = (drive.backing_bytes - 512, b"EFI PART".ljust(512, b"\x01"))
    return [(0, boot), (1024, superblock), *pieces, tail]
