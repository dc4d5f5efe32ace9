"""What the daemon asks of others: who works here, and which drives may start by themselves. And nobody, for both.

Nothing here erases: a start without a click is a confirmation that somebody wrote beforehand, by serial number.
"""

from collections.abc import Callable
from typing import Protocol

from station_agent.assigned import Assignments, Unusable
from station_agent.auto_start import AutoStart, DriveHere, Hold


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


AutoStarter = Callable[[DriveHere], AutoStart | Hold | None]  # may raise `StationError`: then nothing starts


def nobody_approved(_drive: DriveHere) -> AutoStart | Hold | None:
    """Start nothing."""
    return None


def nothing_assigned() -> Assignments | Unusable | None:
    """Know no hub."""
    return None


def no_policy(_lot: str) -> str:
    """Know no lot."""
    return ""
