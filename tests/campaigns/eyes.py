"""Sees which files of a bench change, in the order in which they do, by inotify (7): no look costs the bench anything.

The kernel queues an event after each write; whoever waits here is woken at once. Repeated events of one file that
nobody has read yet are one.
"""

import ctypes
import os
import select
import struct
from collections.abc import Iterator
from pathlib import Path
from typing import Self

MODIFIED, CREATED = 0x2, 0x100
HEAD = struct.Struct("iIII")
LIBRARY = ctypes.CDLL(None, use_errno=True)
PR_SET_CHILD_SUBREAPER = 36


class Eyes:
    """Watches folders; a context manager."""

    def __init__(self, *folders: Path) -> None:
        self._descriptor = LIBRARY.inotify_init1(os.O_NONBLOCK | os.O_CLOEXEC)
        if self._descriptor < 0:
            raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
        for folder in folders:
            if LIBRARY.inotify_add_watch(self._descriptor, os.fsencode(folder), MODIFIED | CREATED) < 0:
                raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()), str(folder))
        self._poll = select.poll()
        self._poll.register(self._descriptor, select.POLLIN)

    def attend(self, descriptor: int) -> None:
        """Be woken by this descriptor as well."""
        self._poll.register(descriptor, select.POLLIN)

    def changed(self, seconds: float) -> tuple[str, ...]:
        """Wait at most so long for a change; give the names of the files that changed, in their order."""
        self._poll.poll(max(0, seconds) * 1000)
        return tuple(self._read())

    def _read(self) -> Iterator[str]:
        try:
            data = os.read(self._descriptor, 1 << 16)
        except BlockingIOError:
            return
        place = 0
        while place < len(data):
            length = HEAD.unpack_from(data, place)[3]
            place += HEAD.size + length
            yield os.fsdecode(data[place - length : place].rstrip(b"\0"))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        os.close(self._descriptor)


def inherit_orphans() -> None:
    """Become the parent of every process below whose own parent dies (prctl (2)): their end can be waited for."""
    if LIBRARY.prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) != 0:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
