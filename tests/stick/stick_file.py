"""A stick as a file: an image, room behind it, and the settings that a person writes on its small partition."""

import json
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from tests.virtual_bench.cache import run

SECTOR: Final = 512
STICK_MIB: Final = 1400
RECORDS_MIB: Final = 256
RECORDS: Final = "ETABLI_STATE"
SETTINGS_NUMBER: Final = 1  # the second partition
DEFAULT: Final = b"set default=0"
DONOR: Final = b"PERSONAL DATA OF A DONOR, TO BE FOUND NOWHERE AFTERWARDS. "


def make_stick(image: Path, stick: Path, settings: str = "", *, entry: int = 0) -> Path:
    """Copy an image, with room for records, settings, and another entry of its menu as the first choice."""
    shutil.copyfile(image, stick)
    with stick.open("r+b") as file:
        file.truncate(STICK_MIB << 20)
    if settings:
        told = stick.with_suffix(".toml")
        told.write_text(settings, "utf-8")
        run("mcopy", "-o", "-i", f"{stick}@@{start_of_settings(stick)}", str(told), "::etabli.toml")
    if entry:
        choose_entry(stick, entry)
    return stick


def make_records_stick(stick: Path) -> Path:
    """Make a stick that brings nothing but the partition of the records, as one of another image has it."""
    with stick.open("wb") as file:
        file.truncate(RECORDS_MIB << 20)
    start, mib = 1 << 20, RECORDS_MIB - 2
    run("sh", "-c", f"echo 'start=1MiB, size={mib}MiB, type=L, name={RECORDS}' | sfdisk --quiet --label gpt {stick}")
    run("mkfs.ext4", "-q", "-F", "-L", RECORDS, "-E", f"offset={start}", str(stick), f"{mib}M")
    return stick


def take_live_files(image: Path, folder: Path) -> str:
    """Take kernel, initramfs and system out of an image; give its id."""
    run("xorriso", "-osirrox", "on", "-indev", str(image), "-extract", "/live", str(folder))
    folder.chmod(0o755)
    told: str = json.loads(run("sfdisk", "--json", str(image)))["partitiontable"]["id"]
    return told.lower()


def start_of_settings(stick: Path) -> int:
    """Give the byte where the FAT partition begins."""
    told = json.loads(run("sfdisk", "--json", str(stick)))
    return int(told["partitiontable"]["partitions"][SETTINGS_NUMBER]["start"]) * SECTOR


def choose_entry(stick: Path, entry: int) -> None:
    """Let the menu begin with another entry, as a person does by keys."""
    found = subprocess.run(
        ("grep", "--only-matching", "--byte-offset", "--text", "--fixed-strings", DEFAULT.decode(), str(stick)),
        capture_output=True,
        text=True,
        check=True,
    ).stdout.split()
    with stick.open("r+b") as file:
        file.seek(int(found[0].partition(":")[0]))
        file.write(DEFAULT[:-1] + str(entry).encode())


def fill(drive: Path, mib: int) -> Path:
    """Make a drive that is full of a donor's data."""
    sector = (DONOR * (SECTOR // len(DONOR) + 1))[:SECTOR]
    with drive.open("wb") as file:
        for _ in range(mib):
            file.write(sector * ((1 << 20) // SECTOR))
    return drive


def left_of_donor(drive: Path) -> int:
    """Count the sectors in which something of the donor is still there."""
    return sum(DONOR[:16] in sector for sector in sectors(drive))


def sectors(drive: Path) -> Iterator[bytes]:
    """Read a file sector by sector."""
    with drive.open("rb") as file:
        while piece := file.read(1 << 20):
            yield from (piece[at : at + SECTOR] for at in range(0, len(piece), SECTOR))
