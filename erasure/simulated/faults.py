"""The vices of a simulated drive: each has a place and a time. Data only; `state` acts them out.

The kinds come from drives and test rigs that were met (drives reference, sections 5 and 6.3): bad sectors, writes that
are taken and dropped, fake capacity that wraps around, reads that show what was there before, drives that leave.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from erasure.outcome import LbaRange


class FaultKind(StrEnum):
    """Closed list of what can go wrong."""

    BAD_READ = "bad-read"  # reading a sector of the place fails
    BAD_WRITE = "bad-write"  # writing a sector of the place fails
    SHORT_IO = "short-io"  # one call moves at most `count` sectors (1 when 0)
    DROP_WRITES = "drop-writes"  # writes to the place are taken and never stored
    WRAP = "wrap"  # the true capacity is `real_bytes`; beyond it addresses start again at 0
    STALE_READS = "stale-reads"  # the place is written, but reads show what was there before
    VANISH = "vanish"  # the drive is gone: ENODEV, size 0
    SLOW = "slow"  # each request to the place takes `seconds`
    WRONG_SIZE = "wrong-size"  # the reported capacity becomes `real_bytes`
    BAD_FLUSH = "bad-flush"  # the first flush fails, later ones claim success, and what was unflushed is lost
    INTERRUPTED_IO = "interrupted-io"  # every second request ends in EINTR or EAGAIN
    POWER_LOSS = "power-loss"  # everything since the last flush is lost, then the drive is gone
    RENAMED = "renamed"  # another serial number answers


@dataclass(frozen=True, slots=True)
class Fault:
    """One vice.

    `first_lba` and `count` are the place in logical sectors (`count` 0 = the whole drive). It takes effect once
    `after_bytes` were written and `after_read_bytes` were read through this opening of the drive.
    """

    kind: FaultKind
    first_lba: int = 0
    count: int = 0
    after_bytes: int = 0
    after_read_bytes: int = 0
    real_bytes: int = 0
    seconds: float = 0.0

    @property
    def place(self) -> LbaRange | None:
        """The sectors concerned, None for the whole drive."""
        return LbaRange(self.first_lba, self.count) if self.count else None


def fault_from_document(document: Mapping[str, Any]) -> Fault:
    """Read one `[[drives.faults]]` table. Raises ValueError for an unknown kind or member."""
    if document["kind"] not in tuple(FaultKind):
        raise ValueError(f"fault {document['kind']!r} is none of {', '.join(FaultKind)}")
    kind = FaultKind(document["kind"])
    known = {"first_lba", "count", "after_bytes", "after_read_bytes", "real_bytes"}
    unknown = set(document) - known - {"kind", "seconds"}
    if unknown:
        raise ValueError(f"fault {kind}: unknown members {sorted(unknown)}")
    numbers = {name: int(document[name]) for name in known & set(document)}
    if any(number < 0 for number in numbers.values()):
        raise ValueError(f"fault {kind}: negative numbers mean nothing")
    return Fault(kind, seconds=float(document.get("seconds", 0)), **numbers)
