"""Tells a watcher where a run is: a few events a second, the rate of the last seconds, the time that is left."""

from collections import deque
from collections.abc import Callable

from erasure.clock import Clock
from erasure.events import Event, Notice, Progress
from erasure.slowness import OwnCourse

EVERY_NS = 100_000_000  # aims at four new pictures of a drive a second; the length of a request sets the rest
WINDOW_NS = 5_000_000_000


class ProgressTeller:
    """Turns byte counts of the passes into `Progress` events. `passes_after` knows how many whole passes follow."""

    def __init__(
        self, run_id: str, size_bytes: int, clock: Clock, report: Callable[[Event], None], passes_after: dict[str, int]
    ) -> None:
        self._run_id, self._size, self._clock, self._report = run_id, size_bytes, clock, report
        self._passes_after = passes_after
        self._phase = ""
        self._told_ns = 0
        self._marks: deque[tuple[int, int]] = deque()
        self._course = OwnCourse()
        self._celsius: int | None = None

    def felt(self, temperature: Callable[[], int | None]) -> Callable[[], int | None]:
        """Wrap a sensor, so that what it says when it is asked goes out with the next events: nobody asks it for us."""

        def read() -> int | None:
            self._celsius = None
            self._celsius = temperature()
            return self._celsius

        return read

    def tell(self, phase: str, done: int, bad: int) -> None:
        """Report `done` bytes of `phase` if it is time, or if the phase has just begun or ended."""
        now = self._clock.monotonic_ns()
        if phase != self._phase:
            self._phase, self._told_ns = phase, 0
            self._marks.clear()
        elif now - self._told_ns < EVERY_NS and done < self._size:
            return
        self._told_ns = now
        self._marks.append((now, done))
        while len(self._marks) > 2 and now - self._marks[0][0] > WINDOW_NS:  # noqa: PLR2004 - two marks make a rate
            self._marks.popleft()
        rate = self._rate()
        left = self._seconds_left(phase, done, rate)
        self._report(Progress(self._run_id, phase, done, self._size, rate, left, bad, celsius=self._celsius))
        settled = now - self._marks[0][0] >= WINDOW_NS // 2  # a rate over less may be that of one short request
        if settled and phase in self._passes_after and (detail := self._course.slow(phase, rate, now)):
            self._report(Notice(self._run_id, "slow", detail))

    def at_work(self, phase: str, elapsed_s: int, expected_s: int | None) -> None:
        """Report that a command blocks since `elapsed_s`: the drive tells no progress, and none is made up for it."""
        left = None if expected_s is None else max(0, expected_s - elapsed_s)
        self._phase = phase
        self._marks.clear()
        self._report(Progress(self._run_id, phase, 0, self._size, 0, left, 0, elapsed_s, expected_s))

    def notice(self, code: str, detail: str) -> None:
        """Report a pause of the run, or its end: no rate is formed across it."""
        self._report(Notice(self._run_id, code, detail))
        self._marks.clear()

    def _rate(self) -> int:
        (first_ns, first), (last_ns, last) = self._marks[0], self._marks[-1]
        return (last - first) * 1_000_000_000 // (last_ns - first_ns) if last_ns > first_ns else 0

    def _seconds_left(self, phase: str, done: int, rate: int) -> int | None:
        if rate <= 0 or phase not in self._passes_after:
            return None
        return (self._size - done + self._passes_after[phase] * self._size) // rate
