"""Periods of figures: a first and a last day in UTC, both included. Knows no clock."""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from hub.errors import BadInput

MOST_DAYS = 3660
_HALF = re.compile(r"(20\d\d)-S([12])", re.ASCII)


@dataclass(frozen=True, slots=True)
class Period:
    """From the first day to the last one, both included."""

    first: date
    last: date

    @property
    def key(self) -> str:
        """The period as it is kept: two days with a stroke between them."""
        return f"{self.first.isoformat()}/{self.last.isoformat()}"

    @property
    def begin(self) -> datetime:
        """The first moment."""
        return datetime.combine(self.first, time(), UTC)

    @property
    def end(self) -> datetime:
        """The first moment after it."""
        return datetime.combine(self.last, time(), UTC) + timedelta(days=1)


def period_between(first: str, last: str) -> Period:
    """The period from two typed days. Raises BadInput for days that are none, in the wrong order or too far apart."""
    try:
        found = Period(date.fromisoformat(first.strip()), date.fromisoformat(last.strip()))
    except ValueError as error:
        raise BadInput("choose a period: a first and a last day, at most ten years apart", "period") from error
    if not timedelta() <= found.last - found.first <= timedelta(days=MOST_DAYS) or found.last == date.max:
        raise BadInput("choose a period: a first and a last day, at most ten years apart", "period")
    return found


def half_year(name: str) -> Period:
    """The half-year of a name such as 2026-S1. Raises BadInput."""
    found = _HALF.fullmatch(name.strip())
    if found is None:
        raise BadInput("a half-year is written as 2026-S1 or 2026-S2", "half-year")
    year = int(found[1])
    return (
        Period(date(year, 1, 1), date(year, 6, 30)) if found[2] == "1" else Period(date(year, 7, 1), date(year, 12, 31))
    )


def year_of(year: int) -> Period:
    """A whole year."""
    return Period(date(year, 1, 1), date(year, 12, 31))


def half_of(day: date) -> str:
    """The name of the half-year of a day."""
    return f"{day.year}-S{1 if day <= date(day.year, 6, 30) else 2}"


def before(name: str) -> str:
    """The name of the half-year before another."""
    return half_of(half_year(name).first - timedelta(days=1))
