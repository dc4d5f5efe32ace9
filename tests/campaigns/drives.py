"""The drives of the campaign: files whose old content is known, and what must stand on them after an honest wipe."""

import random
from dataclasses import dataclass, field
from pathlib import Path

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

MIB = 1 << 20
QUARTER = MIB // 4
MOST = 5 * QUARTER
PASS_S = (0.02, 0.12)  # seconds of one pass over a drive
TABLE = """
[[drives]]
name = "{name}"
bus = "ata"
model = "DEMO KILL"
serial = "{serial}"
wwn = "{wwn:016x}"
size_bytes = {size}
logical_sector = {sector}
physical_sector = 4096
contents = "pattern"
bytes_per_second = {pace}
"""
SHORT = '[[drives.faults]]\nkind = "short-io"\ncount = {sectors}\n'
Range = tuple[int, int]  # first LBA, count


@dataclass(slots=True)
class Drive:
    """One drive: `size` and `pace` in bytes (per second), `short` in sectors for each request, 0 for whole ones."""

    name: str
    image: Path
    wwn: int
    size: int
    sector: int
    pace: int
    short: int
    old: bytes
    spoiled: set[int] = field(default_factory=set)

    @property
    def serial(self) -> str:
        return f"DEMO-KILL-{self.name}"

    @property
    def pass_s(self) -> float:
        """Seconds of one pass over the whole drive."""
        return self.size / self.pace

    def table(self) -> str:
        fault = SHORT.format(sectors=self.short) if self.short else ""
        return (
            TABLE.format(**{name: getattr(self, name) for name in ("name", "serial", "wwn", "size", "sector", "pace")})
            + fault
        )

    def content(self) -> bytes:
        return self.image.read_bytes()

    def end_sector(self) -> bytes:
        with self.image.open("rb") as file:
            file.seek(self.size - self.sector)
            return file.read(self.sector)

    def first_sector(self) -> bytes:
        with self.image.open("rb") as file:
            return file.read(self.sector)

    def finished(self, last: bytes) -> bool:
        """Whether the last sector holds what the write pass puts there, at its very end."""
        return last == bytes(self.sector) if self.zeros else last != self.old[-self.sector :]

    @property
    def zeros(self) -> bool:
        return self.name.startswith("z")

    def spoil(self, lba: int) -> None:
        """Put the old content of one sector back, as a cache that lied about a flush would."""
        with self.image.open("r+b") as file:
            file.seek(lba * self.sector)
            file.write(self.old[lba * self.sector : (lba + 1) * self.sector])
        self.spoiled.add(lba)


def new_drive(name: str, number: int, folder: Path, chance: random.Random, longest: int = MOST) -> Drive:
    """Make a drive of a random size, full of old data, and so slow that every phase can be met by a kill."""
    sector = chance.choice((512, 512, 4096))
    size = min(chance.randint(1, MOST // QUARTER) * QUARTER, longest)
    size += chance.randrange(3) * 4096 + chance.randrange(2) * sector
    pace = round(size / chance.uniform(*PASS_S))
    image = folder / f"{name}.img"
    folder.mkdir(parents=True, exist_ok=True)
    drive = Drive(name, image, number, size, sector, pace, chance.choice((0, 65536 // sector)), chance.randbytes(size))
    image.write_bytes(drive.old)
    return drive


def bench_file(drives: list[Drive]) -> str:
    return 'schema = "etabli.bench-file/1"\nname = "kills"\n' + "".join(drive.table() for drive in drives)


def expected(drive: Drive, key: bytes) -> bytes:
    """What an honest wipe leaves: zeros, or AES-256-CTR from counter 0, computed here at one go."""
    nothing = bytes(drive.size)
    if drive.zeros:
        return nothing
    return Cipher(algorithms.AES(key), modes.CTR(bytes(16))).encryptor().update(nothing)


def wrong_ranges(drive: Drive, right: bytes) -> list[Range]:
    """The sectors of the image that differ from `right`, as ranges."""
    found, sector = drive.content(), drive.sector
    if found == right:
        return []
    ranges: list[Range] = []
    for lba in range(drive.size // sector):
        place = slice(lba * sector, (lba + 1) * sector)
        if found[place] != right[place]:
            first, count = ranges[-1] if ranges else (lba, 0)
            ranges[-1:] = [(first, count + 1)] if first + count == lba and ranges else [*ranges[-1:], (lba, 1)]
    return ranges
