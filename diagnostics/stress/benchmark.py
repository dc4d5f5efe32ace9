"""A figure of the processor's pace, to compare machines by: how many bytes a second it hashes and compresses.

Method `etabli.cpu/1`: SHA-256 and zlib (level 6) of Python's standard library over one block of 256 KiB, once with one
worker process and once with one for each thread; each counts what is done in one second after every worker has begun.
A figure says nothing of graphics, drives or memory. It depends on the libraries too (a processor's own SHA instructions
make a great difference), so their versions stand beside it, and only figures of the same method and versions compare.
A change of the work is a new method. It is measured when a person asks, never in the automatic part of a diagnosis.
"""

import hashlib
import platform
import time
import zlib
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from diagnostics import kernel
from diagnostics.stress.course import Course, Ending, Progress
from diagnostics.stress.workers import Crew, Team

METHOD = "etabli.cpu/1"
WORKS = ("sha256", "zlib")
ZLIB_LEVEL = 6
WINDOW_NS = 1_000_000_000
MESSAGE_NS = 20_000_000  # a worker tells after so long, so that an abort and the ends of the window are sharp
LOOK_EVERY_S = 0.1
_LINES = 4096  # of 64 hexadecimal digits: text that compresses about by half
_LOADED = 2  # at least two works of two kinds of crew

Chunk = tuple[int, int, int]  # bytes, begin and end in nanoseconds of the clock that all processes share
Hire = Callable[[str, int], AbstractContextManager[Team]]


@dataclass(frozen=True, slots=True)
class Pace:
    """What `workers` processes did together, in kB/s (decimal)."""

    work: str
    workers: int
    kilobytes_per_second: int

    def to_document(self) -> dict[str, Any]:
        """Return plain JSON types."""
        return {name: getattr(self, name) for name in self.__slots__}


@dataclass(frozen=True, slots=True)
class Benchmark:
    """The figures, and what they were measured with. `load_hundredths` is the machine's load when it began."""

    ending: Ending
    seconds: int
    threads: int
    figures: tuple[Pace, ...]
    load_hundredths: int | None
    libraries: tuple[tuple[str, str], ...]

    @property
    def verdict(self) -> str:
        """Say "pass" when every figure was measured, "unknown" otherwise: a slow machine is no broken one."""
        whole = len(self.figures) >= len(WORKS) * min(self.threads, _LOADED)
        return "pass" if self.ending is Ending.DONE and whole else "unknown"

    def to_document(self) -> dict[str, Any]:
        """Return plain JSON types."""
        return {
            "method": METHOD,
            "unit": "kB/s",
            "ending": str(self.ending),
            "verdict": self.verdict,
            "seconds": self.seconds,
            "threads": self.threads,
            "figures": [figure.to_document() for figure in self.figures],
            "load_hundredths": self.load_hundredths,
            "libraries": dict(self.libraries),
        }


def measure_processor(course: Course, threads: int, root: Path, hire: Hire | None = None) -> Benchmark:
    """Measure each work with one worker and with `threads`; the limit of `course` bounds all of them together."""
    began = course.clock()
    plan = [(work, workers) for work in WORKS for workers in dict.fromkeys((1, max(1, threads)))]
    found = Benchmark(Ending.DONE, 0, threads, (), _load(root), _libraries())
    for work, workers in plan:
        pace, ending = _measured(course, began, work, workers, hire or _crew)
        found = replace(found, figures=(*found.figures, *([pace] if pace else [])), ending=ending or found.ending)
        if ending is not None:
            break
        gone = round(course.clock() - began)
        figure = "" if pace is None else f"{pace.kilobytes_per_second // 1000} MB/s"
        course.tell(Progress((plan.index((work, workers)) + 1) * 1000 // len(plan), gone, figure))
    return replace(found, seconds=round(course.clock() - began))


def compute(mouth: Connection, work: str) -> None:
    """Work of one process until it is ended: do the work, tell how many bytes in which time."""
    block = _block()
    once: Callable[[], object] = (lambda: hashlib.sha256(block).digest()) if work == "sha256" else (
        lambda: zlib.compress(block, ZLIB_LEVEL)
    )  # fmt: skip
    while True:
        began, done = time.monotonic_ns(), 0
        while time.monotonic_ns() - began < MESSAGE_NS:
            once()
            done += len(block)
        mouth.send((done, began, time.monotonic_ns()))


def pace_of(chunks: dict[int, list[Chunk]], since: int) -> int:
    """Add up what each worker did a second in the chunks that it began at `since` or later; kB/s."""
    total = 0
    for told in chunks.values():
        counted = [chunk for chunk in told if chunk[1] >= since]
        spent = counted[-1][2] - counted[0][1] if counted else 0
        total += sum(size for size, _, _ in counted) * 1_000_000 // spent if spent > 0 else 0
    return total


def _measured(course: Course, began: float, work: str, workers: int, hire: Hire) -> tuple[Pace | None, Ending | None]:
    """Measure one figure; None for it where a worker died, or a person or the limit ended it first."""
    heard: dict[int, list[Chunk]] = {number: [] for number in range(workers)}
    since: int | None = None
    with hire(work, workers) as team:
        while (ending := course.ending(began)) is None:
            for number, chunk in team.told(LOOK_EVERY_S):
                heard[number].append(chunk)
            if team.silent or team.lost:
                return None, None
            if not all(heard.values()):
                continue
            since = since or max(told[0][2] for told in heard.values())  # from then on all of them work at once
            if min(told[-1][2] for told in heard.values()) - since >= WINDOW_NS:
                return Pace(work, workers, pace_of(heard, since)), None
    return None, ending


def _crew(work: str, workers: int) -> AbstractContextManager[Team]:
    return Crew(compute, [(work,)] * workers)


def _block() -> bytes:
    lines = (hashlib.sha256(number.to_bytes(8, "big")).hexdigest() for number in range(_LINES))
    return "".join(lines).encode("ascii")


def _load(root: Path) -> int | None:
    """Return the load of the last minute in hundredths; None where the kernel does not tell."""
    words = next(iter(kernel.read_lines(root / "proc/loadavg")), "").split()
    whole, _, part = words[0].partition(".") if words and words[0].isascii() else ("", "", "")
    return int(whole) * 100 + int(part) if whole.isdecimal() and part.isdecimal() and len(part) == 2 else None  # noqa: PLR2004 - hundredths


def _libraries() -> tuple[tuple[str, str], ...]:
    from ssl import OPENSSL_VERSION  # noqa: PLC0415  heavy, only where it is used

    openssl = (*OPENSSL_VERSION.split(), "?")[1]  # "OpenSSL 3.0.19 27 Jan 2026"
    return ("python", platform.python_version()), ("openssl", openssl), ("zlib", zlib.ZLIB_RUNTIME_VERSION)
