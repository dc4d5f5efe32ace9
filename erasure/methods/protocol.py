"""What an erase method is: a row of `METHODS` with an id that certificates keep for ever.

`start` is the only destructive call. `poll` only reads and may be asked again after a reboot, with a ticket that was
made anew from the journal. `confirm` collects the evidence. A method never falls back to another: that is a new plan,
with a new confirmation.
"""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Protocol

from erasure.applicability import Applicable, Inapplicable
from erasure.drive import DriveFacts
from erasure.outcome import Level, Reason
from erasure.passes import Evidence, Ports, Written


class MethodKind(StrEnum):
    """What a method does to a drive, and so what proves it."""

    OVERWRITE = "overwrite"  # writes every sector: proven by reading all of them back
    FIRMWARE = "firmware"  # the drive erases itself: proven by its status and by canaries
    RECOVERY = "recovery"  # only opens a drive: earns nothing, and an erase follows


@dataclass(frozen=True, slots=True)
class Ticket:
    """Names a started erase, so that `poll` can find it again. For overwriting it is the finished pass itself.

    `written.failures` says that the drive refused: then it is over. `notes` are plain JSON types, kept in the journal.
    """

    method: str
    written: Written
    accepted: bool = True  # the drive took the command: a readable, good status
    seen_running: bool = False  # it was seen at work since
    notes: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Working:
    """The drive is at it. `done` of 65536, None when it does not say; `detail` are its raw words."""

    done: int | None
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Finished:
    """The drive is done; what it did, well or not. Failures are in `written`."""

    written: Written


@dataclass(frozen=True, slots=True)
class Stuck:
    """The drive has made no progress before its deadline, or gives no readable answer any more."""

    detail: str


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
        """Level earned when everything goes well; NONE for a recovery."""
        ...

    @property
    def kind(self) -> MethodKind:
        """What proves it."""
        ...

    def applies(self, facts: DriveFacts) -> Applicable | Inapplicable:
        """Say whether the drive can be erased this way. Pure."""
        ...

    def uncovered(self, facts: DriveFacts) -> tuple[Reason, ...]:
        """Name the areas of this drive that it does not reach, apart from the ledger of hidden areas. Pure."""
        ...

    def expected_seconds(self, facts: DriveFacts) -> int | None:
        """How long the drive says that it takes; None when it does not say. Pure."""
        ...

    def start(self, ports: Ports, facts: DriveFacts) -> Ticket:
        """Erase. The only destructive call; a firmware command goes out right after `ports.announce`.

        A refusal of the drive comes back in the ticket. Raises RunInterrupted, JournalError; OSError when nobody can
        say whether the drive took the command.
        """
        ...

    def poll(self, ports: Ports, ticket: Ticket) -> Working | Finished | Stuck:
        """Ask how far it is. Reads only. Raises OSError when the drive cannot be asked."""
        ...

    def confirm(self, ports: Ports, facts: DriveFacts) -> Evidence:
        """Read back and compare. Raises RunInterrupted, OSError."""
        ...
