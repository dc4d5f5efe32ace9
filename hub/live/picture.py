"""The benches at one moment, those that need somebody first. Pure: the same rows and time give the same picture.

A bench that was not heard of for `DEAD_AFTER` is dead: nothing that it said of its drives holds any longer. One that
brings statements without a daemon is not: it never said anything live.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import IntEnum
from typing import Any, Final

from hub.live.beats import Beat, DriveBeat, read

DEAD_AFTER: Final = timedelta(minutes=3)  # three heartbeats of a bench at rest
HOT_C: Final = 65
OVER: Final = frozenset({"erased", "exceptions", "failed", "unconfirmed", "refused"})
AT_WORK: Final = frozenset({"running", "countdown", "interrupted", "power-cycle", "unstated"})
NO_ANSWER: Final = frozenset({"TRANSPORT", "STUCK", "DEVICE_LOST"})
SHUT: Final = frozenset({"frozen", "locked", "power-cycle", "interrupted"})
PROBLEMS: Final = frozenset({"failed", "unconfirmed", "refused"})


class Concern(IntEnum):
    """Why somebody should look at a drive; the lowest first."""

    STUCK = 0
    HOT = 1
    FAILING = 2
    SHUT = 3
    SLOW = 4
    NONE = 5


RESTING: Final = (AT_WORK, OVER, frozenset({"reading", "ready"}))  # the order of drives without concern


@dataclass(frozen=True, slots=True)
class StationRow:
    """What is known of a bench; `heard` is its last heartbeat, `seen`, of one without any, its last statement."""

    id: str
    name: str
    locked: bool
    demo: bool
    heard: datetime | None
    heartbeat: Mapping[str, Any] | None
    seen: datetime | None = None

    @property
    def without_daemon(self) -> bool:
        """Whether a bench brings statements and never gave a live sign: its daemon does not run."""
        return self.heard is None and self.seen is not None


@dataclass(frozen=True, slots=True)
class LiveDrive:
    """One drive and why somebody should look at it."""

    told: DriveBeat
    concern: Concern


@dataclass(frozen=True, slots=True)
class LiveStation:
    """One bench: dead or not, its drives in the order in which to look at them."""

    row: StationRow
    dead: bool
    beat: Beat
    drives: tuple[LiveDrive, ...]

    @property
    def rank(self) -> tuple[int, str]:
        """Where it stands: dead in the middle of its work, then by its worst drive, dead and idle last."""
        worst = min((drive.concern for drive in self.drives), default=Concern.NONE)
        broken = any(drive.told.state in AT_WORK for drive in self.drives)
        if self.dead:
            return (-1 if broken else len(Concern) + 1), self.row.name
        if self.row.without_daemon and not self.row.locked:
            return len(Concern), self.row.name
        return (min(worst, Concern.SHUT) if self.row.locked or self.beat.stopped else worst), self.row.name


@dataclass(frozen=True, slots=True)
class Picture:
    """All benches, and how many drives stand where; drives of dead benches are counted apart."""

    stations: tuple[LiveStation, ...]
    concerns: Mapping[Concern, int]
    running: int
    over: int
    unknown: int  # drives of dead benches
    dead: int


def picture(rows: Iterable[StationRow], now: datetime) -> Picture:
    """Put the benches in order and count."""
    stations = tuple(sorted((station(row, now) for row in rows), key=lambda one: one.rank))
    alive = [drive for one in stations if not one.dead for drive in one.drives]
    return Picture(
        stations=stations,
        concerns=Counter(drive.concern for drive in alive),
        running=sum(drive.told.state == "running" for drive in alive),
        over=sum(drive.told.state in OVER for drive in alive),
        unknown=sum(len(one.drives) for one in stations if one.dead),
        dead=sum(one.dead for one in stations),
    )


def station(row: StationRow, now: datetime) -> LiveStation:
    """One bench."""
    beat = read(row.heartbeat)
    dead = not row.without_daemon and (row.heard is None or now - row.heard >= DEAD_AFTER)
    drives = (LiveDrive(told, concern_of(told)) for told in beat.drives if told.state != "empty")
    return LiveStation(row, dead, beat, tuple(sorted(drives, key=_order)))


def concern_of(told: DriveBeat) -> Concern:
    """Why somebody should look at a drive."""
    state = told.state
    if (state == "running" and told.silent) or state == "unstated" or (state not in OVER and told.reason in NO_ANSWER):
        return Concern.STUCK
    if told.limited_by == "heat" or (told.celsius is not None and told.celsius >= HOT_C):
        return Concern.HOT
    if state in PROBLEMS or told.bad_sectors or told.health == "reject":
        return Concern.FAILING
    if state in SHUT:
        return Concern.SHUT
    return Concern.SLOW if state == "running" and told.limited_by else Concern.NONE


def _order(drive: LiveDrive) -> tuple[int, int, int, str]:
    resting = next((place for place, states in enumerate(RESTING) if drive.told.state in states), len(RESTING))
    slot = drive.told.slot
    return drive.concern, resting, int(slot[:9]) if slot[:9].isdecimal() and slot.isascii() else 0, slot
