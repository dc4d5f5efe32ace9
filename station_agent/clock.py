"""Time as a bench knows it: monotonic within a boot, and a wall clock that is only a claim.

What a record gets is this clock behind the floor of `station_agent.clock_floor`.
"""

import time
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final, Protocol

FLOOR: Final = datetime(
    2026, 1, 1, tzinfo=UTC
)  # no statement is older than the software; before it the clock is not set


@dataclass(frozen=True, slots=True)
class Moment:
    """One reading of every clock.

    `wall_src` names the source of the wall time: ntp, rtc, hub, floor; or unset, when it cannot be right.
    """

    boot_id: str
    mono_ns: int
    wall: str
    wall_src: str


class Clock(Protocol):
    """What the bench asks of time."""

    def now(self) -> datetime:
        """Wall clock, UTC."""
        ...

    def moment(self) -> Moment:
        """Every clock at once."""
        ...


@dataclass(frozen=True, slots=True)
class SystemClock:
    """The clocks of this machine."""

    boot_id_file: Path = Path("/proc/sys/kernel/random/boot_id")
    synchronised_file: Path = Path("/run/systemd/timesync/synchronized")  # systemd-timesyncd.service(8)

    def now(self) -> datetime:
        """Wall clock, UTC."""
        return datetime.now(UTC)

    def moment(self) -> Moment:
        """Every clock at once; the boot id is "" where the kernel gives none."""
        try:
            boot_id = self.boot_id_file.read_text("ascii").strip()
        except OSError:
            boot_id = ""
        now = self.now()
        source = "ntp" if self.synchronised_file.exists() else "rtc"
        return Moment(boot_id, time.monotonic_ns(), wall_text(now), source if now >= FLOOR else "unset")


def wall_text(now: datetime) -> str:
    """A wall time as statements write it: `2026-11-21T10:00:00Z`."""
    return now.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def year_of(clock: Clock) -> int | None:
    """Give the year of today; None where the clock is not set."""
    return clock.now().year if clock.moment().wall_src not in ("unset", "floor") else None
