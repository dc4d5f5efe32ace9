"""What the hub assigned, as the daemon works with it: a start is judged by files and clock read anew.

The signature, the counter, the clock and the end of a rule are looked at each time (`station_agent.assignments`,
`station_agent.auto_start`). What is new is fetched beside the foreman; where the hub does not answer, what is here
holds.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from station_agent.assigned import Assignments, Said, Unusable, told
from station_agent.assignments import FILE
from station_agent.auto_start import CLOCKS, AutoStart, BenchClock, DriveHere, Hold, auto_start
from station_agent.clock import Clock
from station_agent.clock_floor import instant
from station_agent.control.view import Phrase
from station_agent.daemon.log import Log
from station_agent.errors import StationError
from station_agent.hub_keys import TRUST_FILE
from station_agent.station import Station

REFRESH_S: Final = 60.0  # between two questions to the hub


@dataclass(frozen=True, slots=True)
class ByTheHub:
    """What the means of a daemon ask of the assignments."""

    station: Station
    _glanced: list[tuple[object, Assignments | Unusable | None]] = field(default_factory=list)

    def assigned(self) -> Assignments | Unusable | None:
        """Give what the hub assigned last, judged again when a file changed: for what is asked every second.

        Raises `StoreError`.
        """
        stamp = tuple(_stamp(self.station.store.folder / name) for name in (FILE, TRUST_FILE))
        if not self._glanced or self._glanced[0][0] != stamp:
            self._glanced[:] = [(stamp, self.station.assignments())]
        return self._glanced[0][1]

    def auto_start(self, drive: DriveHere) -> AutoStart | Hold | None:
        """Judge one drive by the assignments, read anew, and the clock of this moment. Raises `StoreError`."""
        return auto_start(drive, self.station.assignments(), bench_clock(self.station.clock))

    def policy_for(self, lot: str) -> str:
        """Give the policy of an open lot; "" where the hub names none. Raises `StoreError`."""
        assigned = self.assigned()
        known = assigned.lot(lot) if isinstance(assigned, Assignments) else None
        return "" if known is None else known.policy


@dataclass(slots=True)
class Fetching:
    """Asks the hub for assignments now and then, in the thread that talks to it. `now` gives monotonic seconds."""

    station: Station
    now: Callable[[], float]
    log: Log
    _asked: float | None = None

    def fetch(self) -> None:
        """Fetch what is new, when it is time; what cannot be had is logged, and what is here holds."""
        if self._asked is not None and self.now() - self._asked < REFRESH_S:
            return
        self._asked = self.now()
        try:
            refused = self.station.refresh_from_hub()
        except StationError as error:
            refused = (error,)
        for one in refused:
            self.log("not-fetched", code=one.code)


def bench_clock(clock: Clock) -> BenchClock:
    """Read the wall clock of the bench and where it comes from."""
    moment = clock.moment()
    return BenchClock(instant(moment.wall), moment.wall_src)


def hub_phrases(assigned: Assignments | Unusable | None, clock: Clock) -> tuple[Phrase, ...]:
    """Say what everybody should know of the assignments."""
    read = bench_clock(clock)
    return tuple(said_phrase(one) for one in told(assigned, read.now, clock_set=read.source in CLOCKS))


def hub_lots(assigned: Assignments | Unusable | None) -> tuple[str, ...]:
    """Give the codes of the lots that the hub announced."""
    return tuple(lot.code for lot in assigned.lots) if isinstance(assigned, Assignments) else ()


def said_phrase(said: Said) -> Phrase:
    """Make a phrase of what was said."""
    return Phrase(message=said.sentence, facts=dict(said.facts))


def _stamp(path: Path) -> tuple[int, int, int] | None:
    """Tell one content of a file from the next: files here are replaced whole, or damaged."""
    try:
        seen = path.stat()
    except OSError:
        return None
    return seen.st_ino, seen.st_mtime_ns, seen.st_size
