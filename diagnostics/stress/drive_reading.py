"""How fast a drive reads, and whether it reads evenly: blocks at even places, past the page cache, never a write.

The port is opened O_RDONLY|O_DIRECT, so neither the kernel nor a mistake of this module can change a byte. It does not
replace the read-back of an erasure: a sample says something of speed, nothing of the whole surface.
"""

import mmap
import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from diagnostics.stress.course import Course, Ending, Progress

BLOCK = 1 << 20  # bytes of one read
PLACES = 128  # over the whole drive, from the first to the last block
_SLOW_MS = 1000  # one such read is a drive that retries
_PLACES = ("unreadable", "slow_at", "points")
_FASTEST = 100_000_000  # kB/s where the clock saw no time pass


class ReadPort(Protocol):
    """A drive that can be read at a place."""

    def size(self) -> int:
        """Capacity in bytes."""

    def read(self, offset: int, length: int) -> int:
        """Read into nothing; return the bytes that came. Raises OSError."""


@dataclass(frozen=True, slots=True)
class DriveSpeed:
    """Speed of a drive in kB/s (decimal), slowest read in milliseconds, and the places that could not be read."""

    ending: Ending
    seconds: int
    size_bytes: int
    read_bytes: int
    kilobytes_per_second: int
    outer_kilobytes_per_second: int
    inner_kilobytes_per_second: int
    slowest_ms: int
    slow: int
    unreadable: tuple[int, ...]  # offsets in bytes
    slow_at: tuple[int, ...] = ()  # offsets in bytes of reads that took a second and more
    points: tuple[int, ...] = ()  # kB/s at each place, from the begin to the end; 0 where it could not be read

    @property
    def verdict(self) -> str:
        """Say "pass", "review" (slow places), "fail" (unreadable places) or "unknown" (nothing read, or aborted)."""
        if self.unreadable:
            return "fail"
        if self.ending is not Ending.DONE or not self.read_bytes:
            return "unknown"
        return "review" if self.slow else "pass"

    def to_document(self) -> dict[str, Any]:
        """Return plain JSON types."""
        fields = {name: getattr(self, name) for name in self.__slots__ if name not in ("ending", *_PLACES)}
        places = {name: list(getattr(self, name)) for name in _PLACES}
        return fields | {"ending": str(self.ending), "verdict": self.verdict, **places}

    @property
    def read_points(self) -> tuple[int, ...]:
        """The points that could be read, slowest first."""
        return tuple(sorted(point for point in self.points if point))


class DirectReader:
    """A device or file opened read-only past the page cache; `path` is taken as it is. Raises OSError. Close it."""

    def __init__(self, path: Path) -> None:
        self._descriptor = os.open(path, os.O_RDONLY | os.O_DIRECT | os.O_CLOEXEC)
        self._buffer = mmap.mmap(-1, BLOCK)  # a page boundary, as O_DIRECT wants

    def size(self) -> int:
        """Tell the capacity by going to the end."""
        return os.lseek(self._descriptor, 0, os.SEEK_END)

    def read(self, offset: int, length: int) -> int:
        """Read one block into the buffer."""
        return os.preadv(self._descriptor, [memoryview(self._buffer)[:length]], offset)

    def close(self) -> None:
        """Let go of the drive."""
        os.close(self._descriptor)


def measure_drive(course: Course, port: ReadPort, *, places: int = PLACES, block: int = BLOCK) -> DriveSpeed:
    """Read `places` blocks spread evenly over the drive, from its begin to its end; time each."""
    size, began = port.size(), course.clock()
    times: list[float] = []
    points: list[int] = []
    slow: list[int] = []
    unreadable: list[int] = []
    ending: Ending | None = None
    spots = _spots(size, places, block)
    for number, offset in enumerate(spots):
        if (ending := course.ending(began)) is not None:
            break
        took = _timed(course.clock, port, offset, block)
        points.append(0 if took is None else max(1, _speed([took], block)) if took else _FASTEST)
        if took is None:
            unreadable.append(offset)
        else:
            times.append(took)
            slow += [offset] * (took * 1000 >= _SLOW_MS)
        gone = round(course.clock() - began)
        course.tell(Progress((number + 1) * 1000 // len(spots), gone, f"{_speed(times, block) // 1000} MB/s"))
    third = max(1, len(times) // 3)
    return DriveSpeed(
        ending=ending or Ending.DONE,
        seconds=round(course.clock() - began),
        size_bytes=size,
        read_bytes=len(times) * block,
        kilobytes_per_second=_speed(times, block),
        outer_kilobytes_per_second=_speed(times[:third], block),
        inner_kilobytes_per_second=_speed(times[-third:], block),
        slowest_ms=round(max(times, default=0.0) * 1000),
        slow=len(slow),
        unreadable=tuple(unreadable),
        slow_at=tuple(slow),
        points=tuple(points),
    )


def _spots(size: int, places: int, block: int) -> tuple[int, ...]:
    last = (size - block) // block
    if last < 0:
        return ()
    count = min(places, last + 1)
    return tuple((last * number // max(1, count - 1)) * block for number in range(count))


def _timed(clock: Callable[[], float], port: ReadPort, offset: int, block: int) -> float | None:
    began = clock()
    try:
        came = port.read(offset, block)
    except OSError:
        return None
    return clock() - began if came == block else None


def _speed(times: list[float], block: int) -> int:
    return round(len(times) * block / sum(times) / 1000) if sum(times) > 0 else 0
