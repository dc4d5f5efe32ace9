"""What indicators count: lots, runs, records, step changes and typed figures of one period. Reads no database."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from fractions import Fraction

PER_CENT = 100


@dataclass(frozen=True, slots=True)
class LotRow:
    """A lot that was received in the period: its donor, and the counts that hold, by step and kind."""

    code: str
    donor: str
    counts: Mapping[str, Mapping[str, int]]
    told: frozenset[str]  # steps that somebody counted, be it zero
    channel: str = ""  # by which way it came; "" where nobody said

    def total(self, step: str) -> int:
        """Units of every kind at one step."""
        return sum(self.counts.get(step, {}).values())


@dataclass(frozen=True, slots=True)
class RunRow:
    """One run of an erasure that arrived in the period."""

    method: str
    verdict: str


@dataclass(frozen=True, slots=True)
class Change:
    """A lot or a device came to a step; `sort` is lot or device."""

    sort: str
    thing: str
    after: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Book:
    """Everything that the indicators of one period count."""

    begin: datetime
    end: datetime
    lots: tuple[LotRow, ...] = ()
    runs: tuple[RunRow, ...] = ()
    records: tuple[str, ...] = ()  # how each drive was explained by a person: destroyed, absent ...
    changes: tuple[Change, ...] = ()  # in the order of time within each thing
    social: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Line:
    """One figure of an indicator. `group` says of what sort `name` is; `unit` is count, percent, days or grams."""

    group: str
    name: str
    value: Fraction
    unit: str = "count"


@dataclass(frozen=True, slots=True)
class Figure:
    """An indicator of one period: its lines, or why there is none (`missing`, a code). `notes` are codes too."""

    id: str
    version: int
    lines: tuple[Line, ...] = ()
    missing: str = ""
    notes: tuple[str, ...] = ()
