"""The small files beside a medium by which processes tell each other about a simulated drive.

They are replaced as a whole, and looked at before each request; what has not been replaced is not opened again.
"""

import os
import time
from functools import lru_cache
from pathlib import Path

SLIPS = 256  # texts that are kept


def slip(path: Path) -> str | None:
    """Give the text of the file now; None when there is none. Raises OSError."""
    try:
        now = path.stat()
    except FileNotFoundError:
        return None
    return _read(path, now.st_ino, now.st_mtime_ns, now.st_size)


def write_slip(path: Path, text: str) -> None:
    """Write whole: another process may read at any moment. Raises OSError.

    The time of the file is the clock's own, to the nanosecond: the one that the kernel gives stands still for
    milliseconds, and two texts of one length in it would be taken for one.
    """
    draft = path.with_suffix(".new")
    draft.write_text(text, "utf-8")
    moment = time.time_ns()
    os.utime(draft, ns=(moment, moment))
    draft.replace(path)


@lru_cache(SLIPS)
def _read(path: Path, inode: int, moment: int, size: int) -> str:  # noqa: ARG001 - what tells one text from the next
    return path.read_text("utf-8")
