"""What a donor states of a device: when it was bought or made, special duties of its media, its value. Pure.

A day may be known to the month or to the year only: it is kept as YYYY, YYYY-MM or YYYY-MM-DD, and nothing is made up.
Unknown is unknown: a word such as "inconnu" states nothing.
"""

import re
from datetime import date, timedelta

PURCHASED, MADE, SPECIAL, VALUE = "purchased", "made", "special", "value"
STATED = (PURCHASED, MADE, SPECIAL, VALUE)
DAYS = (PURCHASED, MADE)
YES, NO, UNKNOWN = "yes", "no", ""
MOST_CENTS = 10_000_000
DECEMBER = 12
_NOTHING = frozenset({"", "-", "?", "n/a", "na", "nc", "inconnu", "inconnue", "unknown"})
_WORDS = {"oui": YES, "yes": YES, "x": YES, "1": YES, "true": YES, "non": NO, "no": NO, "0": NO, "false": NO}
_LONG = re.compile(r"(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?(?:T00:00:00)?", re.ASCII)
_FRENCH = re.compile(r"(?:(?:(\d{1,2})/)?(\d{1,2})/)?(\d{4})", re.ASCII)
_MONEY = re.compile(r"(\d{1,6})(?:[.,](\d{1,2}))?", re.ASCII)


def stated(about: str, text: str) -> str | None:
    """The text as it is kept; "" where it says that nothing is known, None where it is not of this sort."""
    text = text.strip()
    if text.casefold() in _NOTHING:
        return UNKNOWN
    if about == SPECIAL:
        return _WORDS.get(text.casefold())
    return cents(text) if about == VALUE else typed_day(text)


def typed_day(text: str) -> str | None:
    """A day, a month or a year in the way of ISO 8601 or of France; None for anything else."""
    iso, french = _LONG.fullmatch(text), _FRENCH.fullmatch(text)
    if iso is not None:
        year, month, day = iso.groups()
    elif french is not None:
        day, month, year = french.groups()
    else:
        return None
    kept = "-".join(part.zfill(2) for part in (year, month, day) if part)
    try:
        return kept if bounds(kept)[0].year >= 1970 else None  # noqa: PLR2004  (before it there was nothing to erase)
    except ValueError:
        return None


def bounds(kept: str) -> tuple[date, date]:
    """The first and the last day that a kept day, month or year can mean. Raises ValueError."""
    parts = [int(part) for part in kept.split("-")]
    match parts:
        case [year]:
            return date(year, 1, 1), date(year, DECEMBER, 31)
        case [year, month]:
            after = date(year + 1, 1, 1) if month == DECEMBER else date(year, month + 1, 1)
            return date(year, month, 1), after - timedelta(days=1)
        case [year, month, day]:
            return date(year, month, day), date(year, month, day)
        case _:
            raise ValueError(f"no day: {kept}")


def cents(text: str) -> str | None:
    """An amount of euros in whole cents, as text; None for anything else or more than 100 000 €."""
    found = _MONEY.fullmatch(text.replace(" ", "").replace("\N{NO-BREAK SPACE}", "").removesuffix("€"))
    if found is None:
        return None
    amount = int(found[1]) * 100 + int((found[2] or "").ljust(2, "0"))
    return str(amount) if amount <= MOST_CENTS else None
