"""A clock that never goes back behind what this bench has durably seen, and says where its time comes from.

Sources of a wall time, the best first: `ntp` (the clock of the machine, set by a time server), `hub` (what the hub said
in this boot, carried on by the monotonic clock), `rtc` (the clock of the machine, set by nobody known), and `floor`
when all of these are earlier than the latest time seen: the date of this software, the last record, the hub's time. A
time from the floor is a lower bound and no claim; it goes on with the monotonic clock. Trust and reliability, 3.5.
"""

import threading
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Final

from station_agent.clock import FLOOR, Clock, Moment, wall_text
from station_agent.records import Rows

LATEST: Final = (
    "SELECT max(seen) AS seen FROM (SELECT max(made) AS seen FROM statement UNION ALL SELECT max(wall) FROM journal "
    "UNION ALL SELECT max(opened) FROM run UNION ALL SELECT max(value) FROM meta WHERE name = 'hub-time')"
)
NANO: Final = 1_000_000_000


@dataclass(frozen=True, slots=True)
class Anchor:
    """A wall time that held at one reading of the monotonic clock."""

    wall: datetime
    mono_ns: int

    def at(self, mono_ns: int) -> datetime:
        """Give the wall time at another reading of the same boot."""
        return self.wall + timedelta(seconds=max(0, mono_ns - self.mono_ns) // NANO)


class FlooredClock:
    """The clock of a bench over the clocks of its machine; safe from several threads."""

    def __init__(self, inner: Clock, floor: datetime) -> None:
        self._inner = inner
        self._guard = threading.Lock()
        self._floor = Anchor(max(floor, FLOOR), inner.moment().mono_ns)
        self._hub: Anchor | None = None

    def now(self) -> datetime:
        """Wall clock of the machine, as it is: for pauses, never for a record."""
        return self._inner.now()

    def moment(self) -> Moment:
        """Every clock at once; the wall time is never earlier than one that was given before."""
        with self._guard:
            told = self._inner.moment()
            wall, source = self._wall(told)
            if wall > self._floor.wall:
                self._floor = Anchor(wall, told.mono_ns)
            return replace(told, wall=wall_text(wall), wall_src=source)

    def hear(self, hub: datetime) -> None:
        """Keep what the hub says the time is."""
        with self._guard:
            self._hub = Anchor(hub.astimezone(UTC), self._inner.moment().mono_ns)

    def _wall(self, told: Moment) -> tuple[datetime, str]:
        own = instant(told.wall) if told.wall_src != "unset" else None
        hub = self._hub.at(told.mono_ns) if self._hub else None
        for wall, source in ((own if told.wall_src == "ntp" else None, "ntp"), (hub, "hub"), (own, told.wall_src)):
            if wall is not None and wall >= self._floor.wall:
                return wall, source
        return self._floor.at(told.mono_ns), "floor"


def floor_of(store: Rows) -> datetime:
    """Give the latest time that this bench has durably seen; what is no time counts for nothing."""
    try:
        return max(FLOOR, instant(str(store.rows(LATEST)[0]["seen"] or "")))
    except ValueError:
        return FLOOR


def instant(text: str) -> datetime:
    """Read a wall time as statements write it. Raises ValueError."""
    return datetime.strptime(text, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)


def within(earliest: str, text: str, latest: str) -> str:
    """Bring a wall time of a run between its opening and its statement: what a clock that jumped said is not kept."""
    return min(max(text, earliest), latest)
