"""When a drive is slow: against its own course, and against drives of the same model at the same work.

A hint for a person, never part of a verdict: the rate of an inner track is half that of an outer one, so only a fall
to a quarter, or to a third of what the siblings do, is told, and once.
"""

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field

HISTORY_NS = 60_000_000_000  # of one phase, before anything is concluded
SAMPLE_NS = 1_000_000_000
SAMPLES = 3600
OWN_PART = 4
SETTLED_SECONDS = 30.0  # of one phase, before a drive is compared with others
FRESH_SECONDS = 10.0  # an older rate says nothing of now
SIBLING_PART = 3


class OwnCourse:
    """The rates of one run in one phase."""

    def __init__(self) -> None:
        self._phase = ""
        self._begun_ns = self._sampled_ns = 0
        self._rates: deque[int] = deque(maxlen=SAMPLES)
        self._told = False

    def slow(self, phase: str, rate: int, now_ns: int) -> str:
        """Take note of `rate` (bytes per second); say what to tell when the drive has become slow, else ""."""
        if phase != self._phase:
            self._phase, self._begun_ns = phase, now_ns
            self._rates.clear()
        if self._told or rate <= 0:
            return ""
        usual = median(self._rates) if self._rates else 0
        if now_ns - self._begun_ns >= HISTORY_NS and rate * OWN_PART < usual:
            self._told = True
            return f"{rate} bytes/s in phase {phase}, {usual} before"
        if now_ns - self._sampled_ns >= SAMPLE_NS:
            self._sampled_ns = now_ns
            self._rates.append(rate)
        return ""


@dataclass(slots=True)
class _Pace:
    model: str
    phase: str
    since: float
    rate: int = 0
    heard: float = 0.0
    told: bool = False


@dataclass(slots=True)
class Siblings:
    """The paces of all drives at work. Times in seconds of one clock."""

    _paces: dict[str, _Pace] = field(default_factory=dict)

    def slow(self, run_id: str, model: str, phase: str, rate: int, now: float) -> str:
        """Take note of the rate of one run; say what to tell when its siblings are much faster, else ""."""
        pace = self._paces.setdefault(run_id, _Pace(model, phase, now))
        if pace.phase != phase:
            pace.phase, pace.since = phase, now
        pace.rate, pace.heard = rate, now
        others = [other.rate for name, other in self._paces.items() if name != run_id and _alike(pace, other, now)]
        if pace.told or not others or not _settled(pace, now):
            return ""
        usual = median(others)
        if rate * SIBLING_PART >= usual:
            return ""
        pace.told = True
        return f"{rate} bytes/s in phase {phase}, {usual} on {len(others)} of the same model ({model})"

    def forget(self, run_id: str) -> None:
        """Leave out a run that has ended."""
        self._paces.pop(run_id, None)


def _settled(pace: _Pace, now: float) -> bool:
    return now - pace.since >= SETTLED_SECONDS and pace.rate > 0


def _alike(pace: _Pace, other: _Pace, now: float) -> bool:
    same = bool(pace.model) and (pace.model, pace.phase) == (other.model, other.phase)
    return same and _settled(other, now) and now - other.heard <= FRESH_SECONDS


def median(rates: Sequence[int]) -> int:
    """Give the rate in the middle, of two the mean: for this line alone, `statistics` is too much for each worker."""
    ordered, middle = sorted(rates), len(rates) // 2
    return ordered[middle] if len(rates) % 2 else (ordered[middle - 1] + ordered[middle]) // 2
