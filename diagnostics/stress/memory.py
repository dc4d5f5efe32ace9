"""Memory test with a bound: patterns written over mapped memory and read back, in worker processes.

It tests what the kernel gives away now, not all memory: a record says how many bytes. Patterns are zeros, ones, both
chequers and, last, a counter of the place, which finds crossed address lines. A difference is searched word by word and
kept with its offset in the region, not as a physical address, which nobody but the kernel knows.
"""

import mmap
import struct
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass, field, replace
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any, Protocol

from diagnostics import kernel
from diagnostics.stress.course import Course, Ending, Progress
from diagnostics.stress.workers import Crew, Team

PATTERNS = (b"\x00", b"\xff", b"\x55", b"\xaa", b"place")
CHUNK = 1 << 20  # bytes compared at once
WORD = 8  # bytes: the grain of an error
SHARE_PERCENT = 70  # of the available memory: the erasures beside it need theirs
LEAST_BYTES = 16 * CHUNK
KEPT_ERRORS = 32  # offsets on the record; the rest is counted
LOOK_EVERY_S = 0.5
_KIB = 1024


class Region(Protocol):
    """Memory that slices like bytes: an anonymous mapping, or a broken one in a test."""

    def __len__(self) -> int:
        """Length in bytes, a multiple of CHUNK."""

    def __getitem__(self, place: slice, /) -> bytes | bytearray:
        """Read a slice."""

    def __setitem__(self, place: slice, value: bytes, /) -> None:
        """Write a slice of the same length."""


@dataclass(frozen=True, slots=True)
class MemoryReport:
    """What the memory showed; sizes in bytes. `errors` are (worker, offset, wanted, found) of 8-byte words, in hex."""

    ending: Ending
    seconds: int
    region_bytes: int
    tested_bytes: int  # over all patterns: written and read back
    wrong_words: int
    lost: int
    errors: tuple[tuple[int, int, str, str], ...] = field(default=())

    @property
    def verdict(self) -> str:
        """Say "pass" only when every pattern went over the whole region; one wrong word is "fail".

        A worker that died is "review": the kernel ends processes when memory runs short, which is no broken memory.
        """
        if self.wrong_words or self.lost:
            return "fail" if self.wrong_words else "review"
        whole = self.tested_bytes >= self.region_bytes * len(PATTERNS) > 0
        return "pass" if whole else "unknown"

    def to_document(self) -> dict[str, Any]:
        """Return plain JSON types."""
        fields = {name: getattr(self, name) for name in self.__slots__ if name not in ("ending", "errors")}
        errors = [dict(zip(("worker", "offset", "wanted", "found"), row, strict=True)) for row in self.errors]
        return fields | {"ending": str(self.ending), "verdict": self.verdict, "errors": errors}


def region_size(root: Path, most: int, workers: int) -> int:
    """Return how many bytes each worker tests: a share of what is available, at most `most` over all; 0 if unknown."""
    for line in kernel.read_lines(root / "proc/meminfo"):
        words = line.split()
        if len(words) > 1 and words[0] == "MemAvailable:" and words[1].isdecimal():
            share = min(int(words[1]) * _KIB * SHARE_PERCENT // 100, most) // max(1, workers)
            return share // CHUNK * CHUNK if share * workers >= LEAST_BYTES else 0
    return 0


def try_memory(
    course: Course,
    each_bytes: int,
    workers: int,
    crew: Callable[[int, int], AbstractContextManager[Team]] | None = None,
) -> MemoryReport:
    """Test `each_bytes` in each of `workers` processes; ends when all are done, at the limit, or when aborted."""
    began = course.clock()
    report = MemoryReport(Ending.DONE, 0, each_bytes * workers, 0, 0, 0)
    if not each_bytes:
        return report
    with (crew or _crew)(workers, each_bytes) as team:
        while (ending := course.ending(began)) is None and not team.silent:
            for number, (tested, wrong, errors) in team.told(LOOK_EVERY_S):
                kept = (*report.errors, *((number, *error) for error in errors))[:KEPT_ERRORS]
                report = replace(
                    report,
                    tested_bytes=report.tested_bytes + tested,
                    wrong_words=report.wrong_words + wrong,
                    errors=kept,
                )
            _tell(course, began, report)
        lost = len(team.lost)
    return replace(report, ending=ending or Ending.DONE, seconds=round(course.clock() - began), lost=lost)


def try_region(region: Region) -> Iterator[tuple[int, int, list[tuple[int, str, str]]]]:
    """Write and read back every pattern; yield (bytes tested, wrong words, errors) after each chunk read."""
    for pattern in PATTERNS:
        for start in range(0, len(region), CHUNK):
            region[start : start + CHUNK] = _filling(pattern, start)
        for start in range(0, len(region), CHUNK):
            wanted, found = _filling(pattern, start), bytes(region[start : start + CHUNK])
            errors = [] if wanted == found else list(_differences(wanted, found, start))
            yield CHUNK, len(errors), errors[:KEPT_ERRORS]


def work(mouth: Connection, size: int) -> None:
    """Map `size` bytes, test them once with every pattern, tell after each chunk."""
    with mmap.mmap(-1, size) as region:
        for said in try_region(region):
            mouth.send(said)


def _crew(workers: int, size: int) -> AbstractContextManager[Team]:
    return Crew(work, [(size,)] * workers)


def _filling(pattern: bytes, start: int) -> bytes:
    if pattern != b"place":
        return pattern * CHUNK
    first = start // WORD
    return struct.pack(f"<{CHUNK // WORD}Q", *range(first, first + CHUNK // WORD))


def _differences(wanted: bytes, found: bytes, start: int) -> Iterator[tuple[int, str, str]]:
    for place in range(0, len(wanted), WORD):
        one, other = wanted[place : place + WORD], found[place : place + WORD]
        if one != other:
            yield start + place, one.hex(), other.hex()


def _tell(course: Course, began: float, report: MemoryReport) -> None:
    done = report.tested_bytes * 1000 // max(1, report.region_bytes * len(PATTERNS))
    course.tell(Progress(min(1000, done), round(course.clock() - began), f"{report.tested_bytes >> 20} MiB"))
