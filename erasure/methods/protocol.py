"""What an erase method is: a row of `METHODS` with an id that certificates keep for ever.

`start` is the only destructive call. `poll` only reads and may be asked again after a reboot. `confirm` collects the
evidence. A method never falls back to another: that is a new plan, with a new confirmation.
"""

from dataclasses import dataclass
from typing import Protocol

from erasure.applicability import Applicable, Inapplicable
from erasure.drive import DriveFacts
from erasure.events import Progress
from erasure.outcome import Level
from erasure.passes import Evidence, Ports, Written


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
