"""Whether an erase of this bench works at this moment, and in which process: for commands that only look.

Asks the kernel's list of locks; takes no lock itself, which could turn away a process that is about to begin.
"""

from pathlib import Path
from typing import Final

ERASING: Final = frozenset({b"erase", b"serve"})  # commands that hold drives
FIELDS: Final = 6  # `1: FLOCK ADVISORY WRITE 12 fe:00:34 ...`: the fifth is the process, the sixth ends in the inode


def erase_at_work(lock: Path, proc: Path) -> int:
    """Give the number of the process whose `erase` or `serve` holds the lock file; 0 for none, or where it is not seen.

    `proc` is where the kernel shows processes and locks. A number that was left in the file by a dead process, or that
    another program has by now, is none.
    """
    try:
        written = lock.read_text("ascii", "replace").strip()
        held = _holders((proc / "locks").read_text("ascii", "replace"), lock.stat().st_ino)
        if not (written.isascii() and written.isdecimal()) or written not in held:
            return 0
        words = (proc / written / "cmdline").read_bytes().split(b"\0")
        return int(written) if not ERASING.isdisjoint(words) else 0
    except OSError:
        return 0


def _holders(locks: str, inode: int) -> frozenset[str]:
    """Give the processes that hold a lock on the file of this inode."""
    rows = [line.split() for line in locks.splitlines()]
    return frozenset(row[4] for row in rows if len(row) >= FIELDS and row[5].rpartition(":")[2] == str(inode))
