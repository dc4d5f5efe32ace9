"""The legal warranty of a sale: from the delivery, months counted to the same day, the last one whole. Pure."""

import calendar
from dataclasses import dataclass
from datetime import date
from typing import Any

from hub.exits.dated import read, version_on

FILE = "warranty"
YEAR = 12  # months


@dataclass(frozen=True, slots=True)
class Warranty:
    """First day, last day of conformity, last day of the presumption."""

    start: date
    end: date
    presumption: date


def warranty_from(day: date, document: dict[str, Any] | None = None) -> Warranty | None:
    """The warranty of a sale on a day; None where no data holds for that day."""
    version = version_on(read(FILE) if document is None else document, day)
    if version is None:
        return None
    return Warranty(day, later(day, version["conformity_months"]), later(day, version["presumption_months"]))


def later(day: date, months: int) -> date:
    """The same day some months later; the last of the month where it is shorter."""
    years, month = divmod(day.month - 1 + months, YEAR)
    year, month = day.year + years, month + 1
    return date(year, month, min(day.day, calendar.monthrange(year, month)[1]))
