"""What an erase method is: a row of `METHODS` with an id that certificates keep for ever.

`start` is the only destructive call. `poll` only reads and may be asked again after a reboot. `confirm` collects the
evidence. A method never falls back to another: that is a new plan, with a new confirmation.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, Protocol

from erasure.clock import Clock
from erasure.drive import DriveFacts
from erasure.events import Progress
from erasure.outcome import LbaRange, Level, Phase, Reason, Verification
from erasure.plan import Inapplicable
from erasure.transport.ports import BlockPort


@dataclass(frozen=True, slots=True)
class Applicable:
    """The method can be used on this drive; `level` is earned if everything goes well."""

    method: str
    level: Level


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
class Ticket:
    """Names a started erase, so that `poll` can find it again. For overwriting it is the finished pass itself."""

    method: str
    written: Written


@dataclass(frozen=True, slots=True)
class Finished:
    """The drive is done; what it did."""

    written: Written


@dataclass(frozen=True, slots=True)
class Stuck:
    """The drive has made no progress before its deadline."""

    detail: str


@dataclass(frozen=True, slots=True)
class Evidence:
    """What was read back. `failures` is empty when the check itself could be carried out to its end."""

    phases: tuple[Phase, ...]
    verification: Verification
    unreadable: tuple[LbaRange, ...]
    mismatch: tuple[LbaRange, ...]
    failures: tuple[Reason, ...]


class ErasureMethod(Protocol):
    """One way to erase a drive."""

    @property
    def id(self) -> str:
        """Name in certificates, for ever ("overwrite.keystream")."""
        ...

    @property
    def version(self) -> int:
        """Counts every change of what is sent to the drive."""
        ...

    @property
    def level(self) -> Level:
        """Level earned when everything goes well."""
        ...

    def applies(self, facts: DriveFacts) -> Applicable | Inapplicable:
        """Say whether the drive can be erased this way. Pure."""
        ...

    def start(self, ports: Ports, facts: DriveFacts) -> Ticket:
        """Erase. The only destructive call. Raises RunInterrupted, JournalError."""
        ...

    def poll(self, ports: Ports, ticket: Ticket) -> Progress | Finished | Stuck:
        """Ask how far it is. Reads only."""
        ...

    def confirm(self, ports: Ports, facts: DriveFacts) -> Evidence:
        """Read back and compare. Raises RunInterrupted."""
        ...
