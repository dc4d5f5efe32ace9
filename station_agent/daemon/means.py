"""What the foreman works with: everything that tests replace, in one place. Nothing here reads the world by itself."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Protocol

from erasure.events import Event
from station_agent.assigned import Assignments, Unusable
from station_agent.bench import Bench
from station_agent.control.view import Phrase
from station_agent.daemon.lines import Teller
from station_agent.daemon.log import Log, no_log
from station_agent.daemon.ports import (
    AutoStarter,
    NoOperators,
    Operators,
    no_policy,
    nobody_approved,
    nothing_assigned,
)
from station_agent.daemon.slots import Slots
from station_agent.station import Station
from station_agent.watch import Watch
from station_agent.wipe import Crew


class ClosableCrew(Crew, Protocol):
    """Workers that can be dismissed."""

    def close(self) -> list[Event]:
        """Stop every worker, kill the rest."""
        ...


@dataclass(slots=True)
class Means:
    """The means of one daemon. `now` gives monotonic seconds, `again_s` the time between looks at a busy drive."""

    station: Station
    bench: Bench
    watch: Watch
    crew: ClosableCrew
    tell: Teller
    now: Callable[[], float]
    random_bytes: Callable[[int], bytes]
    free_bytes: Callable[[], int]  # on the medium of the state
    name: str = ""
    version: str = ""
    machine_mode: bool = False
    machine: Callable[[], dict[str, Any] | None] = lambda: None
    slots: Slots = field(default_factory=Slots)
    operators: Operators = field(default_factory=NoOperators)
    auto_start: AutoStarter = nobody_approved  # judges anew, by what is assigned and what time it is, at each call
    assigned: Callable[[], Assignments | Unusable | None] = nothing_assigned
    policy_for: Callable[[str], str] = no_policy  # of a lot, "" where the hub names none
    notices: tuple[Phrase, ...] = ()
    log: Log = no_log
    again_s: float = 30.0
    settle_s: float = 60.0  # what comes so soon after the start counts as here at the start: disks spin up slowly
    patience_s: float = 15.0  # for a drive that is asked for its plan
