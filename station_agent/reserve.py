"""Room that is kept for the runs under way: a file of zeros beside the state, given up when the medium fills.

A new wipe begins only when its room could really be allocated, so a full medium stops it before the first byte. While
it runs, somebody else may fill the medium; then the file goes, and what the run still has to write finds its place.
The sizes: a statement is at most 96 KiB and lies twice, a transcript and a journal are some 100 KiB, and the
write-ahead log grows to 4 MiB before SQLite folds it in.
"""

import errno
import os
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Final

from station_agent.errors import StoreFull
from station_agent.language import mark

FILE: Final = "reserve"
MIB: Final = 1 << 20
BASE: Final = 8 * MIB
PER_RUN: Final = 2 * MIB
LOW_WATER: Final = 4 * MIB  # free bytes below which the reserve goes
FULL: Final = mark(
    "The medium of {folder} is full: {runs} new erasure(s) need {needed} MiB there. Nothing was begun; what runs goes "
    "on, and nothing is lost. Make room there, or choose another folder with --state."
)
Allocate = Callable[[int, int, int], None]  # descriptor, offset, bytes: os.posix_fallocate


def free_bytes(folder: Path) -> int:
    """Give the bytes that may still be written below this folder. Raises OSError."""
    told = os.statvfs(folder)
    return told.f_bavail * told.f_frsize


class Reserve:
    """The file `<folder>/reserve`; one process holds it, the one that holds the store."""

    def __init__(
        self, folder: Path, *, free: Callable[[Path], int] = free_bytes, allocate: Allocate = os.posix_fallocate
    ) -> None:
        self.path = folder / FILE
        self._free = free
        self._allocate = allocate
        self._held = 0
        self.release()  # what a process that was killed has left

    def hold(self, runs: int) -> None:
        """Keep room for so many runs in all, those under way included. Raises `StoreFull`: then none may begin."""
        wanted = BASE + runs * PER_RUN
        if wanted <= self._held:
            return
        try:
            if self._free(self.path.parent) - (wanted - self._held) < LOW_WATER:
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))  # noqa: TRY301  one way out for both
            self._grow(wanted)
        except OSError as error:
            raise StoreFull(FULL, folder=self.path.parent, runs=runs, needed=(wanted + LOW_WATER) // MIB) from error
        self._held = wanted

    def ease(self) -> None:
        """Give the room up when the medium is nearly full; cheap enough to be asked before every write."""
        with suppress(OSError):  # a medium that does not answer: the write itself will say so
            if self._held and self._free(self.path.parent) < LOW_WATER:
                self.release()

    def release(self) -> None:
        """Give the room up."""
        with suppress(OSError):
            self.path.unlink(missing_ok=True)
        self._held = 0

    def _grow(self, wanted: int) -> None:
        descriptor = os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
        try:
            self._allocate(descriptor, 0, wanted)
        except OSError:
            os.ftruncate(descriptor, self._held)
            raise
        finally:
            os.close(descriptor)
