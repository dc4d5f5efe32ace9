"""What a pass over a drive works with, and what it leaves: shared by the methods and by the passes themselves."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from erasure.clock import Clock
from erasure.outcome import LbaRange, Phase, Reason, Verification
from erasure.transport.ports import BlockPort


@dataclass(frozen=True, slots=True)
class Ports:
    """What a method works with: the drive, the secret of this run, where to begin, and whom to tell.

    `offset` is in bytes: everything below it was written and flushed by an earlier part of the same run, and `bad`
    are the sectors that could not be written there. `checkpoint(offset)` returns only when the journal is durable and
    raises JournalError; `stop()` is asked before each request, and answered by RunInterrupted.
    """

    block: BlockPort
    secret: bytes  # 32 bytes: the key of the keystream, or of the probe's tags
    offset: int
    begun: bool  # an earlier part of this run passed the probe
    bad: tuple[LbaRange, ...]
    verification: Literal["full", "sample"]
    sample_sectors: int
    seed: str
    checkpoint: Callable[[int, tuple[LbaRange, ...]], None]
    found: Callable[[tuple[LbaRange, ...], tuple[LbaRange, ...]], None]  # unreadable, mismatching; durable on return
    progress: Callable[[str, int, int], None]  # phase, done bytes, bad sectors
    clock: Clock
    stop: Callable[[], bool]


@dataclass(frozen=True, slots=True)
class Written:
    """What a write pass did. `failure` is set when it did not reach the end or could not be flushed."""

    phases: tuple[Phase, ...]
    bad: tuple[LbaRange, ...]  # sectors that could not be written, or are not known to have been kept
    covered: int  # bytes from the start that were passed over and flushed, earlier parts included; 0 after a failure
    failures: tuple[Reason, ...]


@dataclass(frozen=True, slots=True)
class Evidence:
    """What was read back. `failures` is empty when the check itself could be carried out to its end."""

    phases: tuple[Phase, ...]
    verification: Verification
    unreadable: tuple[LbaRange, ...]
    mismatch: tuple[LbaRange, ...]
    failures: tuple[Reason, ...]
