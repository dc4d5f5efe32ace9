"""Lets a drive cool down between two requests: above its limit the run pauses, five degrees lower it goes on.

Asked where a stop is asked, so never while a command blocks the drive. What no sensor tells is unknown: nothing is
concluded from it, and a sensor that falls silent ends the pause, since the drive behind it may be gone.
"""

from collections.abc import Callable

from erasure.clock import Clock

LIMIT_ROTATING, LIMIT_FLASH = 60, 75  # degrees Celsius
RELIEF = 5  # degrees below the limit
LOOK_NS = 10_000_000_000  # asking drivetemp costs the drive a command
PAUSE_SECONDS = 2.0  # a stop is obeyed within
REMINDER_NS = 60_000_000_000  # a paused worker must not pass for a silent one

Tell = Callable[[str, str], None]


def limit_of(*, rotational: bool | None) -> int:
    """Degrees Celsius above which a drive pauses; the lower limit where nobody knows what it is."""
    return LIMIT_FLASH if rotational is False else LIMIT_ROTATING


class HeatGuard:
    """Stands in for `stop`: answers the same, after the pause that the drive needs.

    `temperature` gives degrees Celsius or None, or raises OSError; `tell(code, detail)` hears "hot" when a pause
    begins and every minute of it, "cooled" or "sensor-lost" when it ends.
    """

    def __init__(
        self, temperature: Callable[[], int | None], limit: int, clock: Clock, tell: Tell, stop: Callable[[], bool]
    ) -> None:
        self._temperature, self._limit = temperature, limit
        self._clock, self._tell, self._stop = clock, tell, stop
        self._looked_ns = -LOOK_NS

    def stop(self) -> bool:
        """Say whether the run shall stop. Blocks while the drive is too warm."""
        if self._stop():
            return True
        now = self._clock.monotonic_ns()
        if now - self._looked_ns < LOOK_NS:
            return False
        self._looked_ns = now
        degrees = self._degrees()
        return degrees is not None and degrees >= self._limit and self._cool_down(degrees)

    def _cool_down(self, degrees: int) -> bool:
        """Wait until the drive is cool; say whether the run shall stop instead."""
        now: int | None = degrees
        told_ns = self._clock.monotonic_ns() - REMINDER_NS
        while now is not None and now > self._limit - RELIEF:
            if self._clock.monotonic_ns() - told_ns >= REMINDER_NS:
                told_ns = self._clock.monotonic_ns()
                self._tell("hot", f"{now} C, paused until {self._limit - RELIEF} C")
            self._clock.sleep(PAUSE_SECONDS)
            if self._stop():
                return True
            now = self._degrees()
        if now is None:
            self._tell("sensor-lost", f"{degrees} C when the pause began, nothing is told now: the run goes on")
        else:
            self._tell("cooled", f"{now} C, the run goes on")
        self._looked_ns = self._clock.monotonic_ns()
        return False

    def _degrees(self) -> int | None:
        try:
            return self._temperature()
        except OSError:
            return None  # the next request will show what became of the drive
