"""What a campaign of kills has done: counted in every seat, added up at the end."""

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from tests.campaigns.drives import MOST

NUMBERS = ("kills", "sticks", "statements", "resumed")
COUNTERS = ("whom", "phases", "aimed", "ends", "lives", "killed_lives")


@dataclass(frozen=True, slots=True)
class Habits:
    """How often what happens; `only` this phase is aimed at, "" for all of them."""

    worker_kill: float = 0.7
    station_kill: float = 0.9
    spoiled: float = 0.2
    hasty: float = 0.25
    execed: float = 0.02  # of the lives: a program of its own
    served: float = 0.02  # of the lives: the daemon
    only: str = ""
    drives: int = 3  # in one session
    longest: int = MOST  # bytes of a drive


@dataclass(slots=True)
class Score:
    """What the benches of a seat have done together."""

    wanted: int
    habits: Habits = Habits()
    kills: int = 0
    whom: Counter[str] = field(default_factory=Counter)
    phases: Counter[str] = field(default_factory=Counter)
    aimed: Counter[str] = field(default_factory=Counter)
    ends: Counter[str] = field(default_factory=Counter)
    lives: Counter[str] = field(default_factory=Counter)
    killed_lives: Counter[str] = field(default_factory=Counter)
    sticks: int = 0
    statements: int = 0
    resumed: int = 0
    failures: list[str] = field(default_factory=list)

    @property
    def over(self) -> bool:
        return self.kills >= self.wanted or bool(self.failures)

    def add(self, other: dict[str, Any]) -> None:
        """Add what another seat told by `to_document`."""
        for name in NUMBERS:
            setattr(self, name, getattr(self, name) + other[name])
        for name in COUNTERS:
            getattr(self, name).update(other[name])
        self.failures += other["failures"]

    def to_document(self) -> dict[str, Any]:
        """Plain JSON types."""
        return {name: getattr(self, name) for name in (*NUMBERS, *COUNTERS, "failures")}
