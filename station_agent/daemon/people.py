"""The operators of this bench as the daemon asks for them: by badge, or by name and PIN (`station_agent.sign_in`)."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from station_agent.assigned import Assignments, Unusable
from station_agent.daemon.ports import nothing_assigned
from station_agent.operators import operators_of
from station_agent.sign_in import SignInDesk


@dataclass(frozen=True, slots=True)
class BenchPeople:
    """Implements `station_agent.daemon.ports.Operators`."""

    folder: Path
    desk: SignInDesk
    assigned: Callable[[], Assignments | Unusable | None] = nothing_assigned

    def known(self) -> bool:
        """Say whether anybody may sign in here. Raises `StationError`."""
        return bool(operators_of(self.folder, self.assigned()))

    def sign_in(self, *, badge: str, operator: str, pin: str) -> str:
        """Judge a badge, or a name and its PIN. Raises `StationError`."""
        if badge:
            return self.desk.by_badge(badge).name
        if self.known():
            return self.desk.by_pin(operator, pin).name
        return operator.strip()

    def still(self, operator: str) -> bool:
        """Say whether the session of this person stands. Raises `StationError`."""
        return not self.known() or self.desk.current() == operator

    def touch(self) -> None:
        """Note that the person works."""
        self.desk.touch()

    def sign_out(self) -> None:
        """End the session."""
        self.desk.sign_out()
