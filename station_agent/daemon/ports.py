"""What the daemon asks of others: who works here, and which drives may start by themselves. And nobody, for both.

Nothing here erases: a start without a click is a confirmation that somebody wrote beforehand, by serial number.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from station_agent.control.view import Tile


class Operators(Protocol):
    """The people of this bench."""

    def known(self) -> bool:
        """Say whether there are any: then one has to sign in before a drive is erased."""
        ...

    def sign_in(self, *, badge: str, operator: str, pin: str) -> str:
        """Give the pseudonym of who showed this badge, or this name and PIN. Raises `StationError`. May take long."""
        ...

    def still(self, operator: str) -> bool:
        """Say whether the session of this person stands: one that is idle for long ends."""
        ...

    def touch(self) -> None:
        """Note that the person works."""
        ...

    def sign_out(self) -> None:
        """End the session."""
        ...


class NoOperators:
    """A bench that knows nobody: who works says so, and is believed."""

    def known(self) -> bool:
        """Nobody is known."""
        return False

    def sign_in(self, *, badge: str, operator: str, pin: str) -> str:  # noqa: ARG002  there is no PIN to compare
        """Believe the pseudonym."""
        return (operator or badge).strip()

    def still(self, operator: str) -> bool:  # noqa: ARG002  no session is kept
        """It stands until somebody signs out."""
        return True

    def touch(self) -> None:
        """Nothing to note."""

    def sign_out(self) -> None:
        """Nothing to end."""


@dataclass(frozen=True, slots=True)
class AutoStart:
    """A drive that was approved beforehand: it starts after a countdown, unless somebody holds it."""

    serial: str  # as it was approved: it is the confirmation
    person: str  # who approved it
    countdown_s: int
    lot: str = ""
    asset: str = ""
    policy: str = ""


AutoStarter = Callable[[Tile], AutoStart | None]


def nobody_approved(_tile: Tile) -> AutoStart | None:
    """Start nothing."""
    return None
