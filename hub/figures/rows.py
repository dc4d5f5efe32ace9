"""What indicators count: lots, runs, exits, returns, parts, typed figures of one period. Reads no database."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from fractions import Fraction
from typing import Any

from hub.exits.modes import DELIVERED

PER_CENT = 100


@dataclass(frozen=True, slots=True)
class LotRow:
    """A lot that was received in the period: its donor, and the counts that hold, by step and kind."""

    code: str
    donor: str
    counts: Mapping[str, Mapping[str, int]]
    told: frozenset[str]  # steps that somebody counted, be it zero
    donor_type: str = ""  # a code of `hub.exits.donor_types`
    region: str = ""
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
class ExitRow:
    """A line of an exit that stands: one device, or units by number (`thing` is then "")."""

    line: int
    batch: int
    lot: str
    donor: str
    kind: str
    mode: str
    units: int
    day: date
    thing: str = ""
    region: str = ""
    prescription: str = ""
    cents: int | None = None  # what it was sold for
    received: date | None = None  # when its lot was
    repaired: bool = False
    back: bool = False  # it came back by the end of the period


@dataclass(frozen=True, slots=True)
class ReturnRow:
    """A return, or a counted defect, of one exit line; `within` the legal warranty."""

    line: int
    thing: str
    reason: str
    within: bool = False


@dataclass(frozen=True, slots=True)
class ReenRow:
    """What one public donor sent to reuse in a year (A), and what it said it retired (B, None: nobody said)."""

    donor: str
    year: int
    sent: int
    retired: int | None


@dataclass(frozen=True, slots=True)
class Money:
    """Declared values of what was received, by kind, and what sales brought; in cents."""

    declared: Mapping[str, int]
    sold: int


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
    exits: tuple[ExitRow, ...] = ()  # of the period, and the earlier ones of its lots; oldest first
    returns: tuple[ReturnRow, ...] = ()
    defects: tuple[ReturnRow, ...] = ()
    parts_taken: Mapping[str, int] = field(default_factory=dict)
    parts_used: Mapping[str, int] = field(default_factory=dict)
    needs: tuple[tuple[str, str], ...] = ()  # kind of part and lot, still to be found
    weighed: Mapping[tuple[int, str], int] = field(default_factory=dict)  # batch and category of waste: grams
    factors: Any = None  # a `hub.lots.factors.FactorSet`; None where that of the site cannot be used
    prescribed: Mapping[str, int] | None = None  # open prescriptions by state; None: there is no register of them
    money: Money | None = None  # None for whoever may not read amounts
    reen: tuple[ReenRow, ...] = ()

    @property
    def left(self) -> tuple[ExitRow, ...]:
        """What left in the period."""
        return tuple(row for row in self.exits if self.begin.date() <= row.day < self.end.date())

    @property
    def delivered(self) -> tuple[ExitRow, ...]:
        """What left in the period for reuse: a device once, by its newest exit; units by number as they are."""
        return once(row for row in self.left if row.mode in DELIVERED)


def once(rows: Iterable[ExitRow]) -> tuple[ExitRow, ...]:
    """Each device once, by the newest of these lines; units without a tag every time."""
    newest = {row.thing or f"line {row.line}": row for row in sorted(rows, key=lambda row: row.line)}
    return tuple(newest.values())


@dataclass(frozen=True, slots=True)
class Line:
    """One figure of an indicator. `group` says of what sort `name` is; None: nobody published it, so it is none.

    `unit` is count, percent, days, grams or cents.
    """

    group: str
    name: str
    value: Fraction | None
    unit: str = "count"


@dataclass(frozen=True, slots=True)
class Figure:
    """An indicator of one period: its lines, or why there is none (`missing`, a code). `notes` are codes too.

    `basis` is what an estimate rests on: the factor set with its sources and hypotheses.
    """

    id: str
    version: int
    lines: tuple[Line, ...] = ()
    missing: str = ""
    notes: tuple[str, ...] = ()
    basis: Mapping[str, Any] | None = None


def ranked(group: str, found: Mapping[str, int]) -> tuple[Line, ...]:
    """The largest first, and by name where they are equal; what has none is left out."""
    ordered = sorted(found.items(), key=lambda pair: (-pair[1], pair[0]))
    return tuple(Line(group, name, Fraction(number)) for name, number in ordered if number)


def percent(part: int, whole: int) -> Fraction:
    """The exact share in per cent; `whole` is not zero."""
    return Fraction(PER_CENT * part, whole)
