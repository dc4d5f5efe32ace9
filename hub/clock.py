"""The time, as an argument: everything that needs it takes a `Clock`."""

from collections.abc import Callable
from datetime import UTC, datetime

Clock = Callable[[], datetime]
WRITTEN = 20  # characters of a time in a statement


def utc_now() -> datetime:
    """The time of this machine, in UTC."""
    return datetime.now(UTC)


def wall(moment: datetime) -> str:
    """A time as statements write it: `YYYY-MM-DDTHH:MM:SSZ`."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def instant(text: str) -> datetime:
    """A time from a statement, back as a time."""
    if len(text) == WRITTEN and text[10] == "T" and text[-1] == "Z":  # as we write it: a tenth of the time
        return datetime.fromisoformat(text)
    return datetime.strptime(text, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)
