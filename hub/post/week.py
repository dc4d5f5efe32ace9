"""The figures of the weekly summary: what is blocked, what is late and what belongs nowhere, in the reader's scope."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from hub.context import hub_of
from hub.models import Lot, Person
from hub.scope import in_scope
from hub.waiting import ENDED, waiting

LATE_AFTER: Final = timedelta(days=30)  # since it came, else since it was announced; a lot takes two weeks, as a rule
MOST_LOTS: Final = 20
BLOCKED: Final = ("failed", "locked", "alarms")


@dataclass(frozen=True, slots=True)
class LateLot:
    """A lot that is open for long: its code and state, and since how many days."""

    code: str
    state: str
    days: int


@dataclass(frozen=True, slots=True)
class Week:
    """The summary of one reader: counts by kind of `hub.waiting`, and the late lots, the oldest first."""

    counts: dict[str, int]
    late: tuple[LateLot, ...]
    late_count: int


def week_of(session: Session, person: Person) -> Week:
    """What this reader's week begins with. Raises Forbidden for people outside the workshop."""
    now = hub_of(session).clock()
    counts = {one.kind: one.count for one in waiting(session, person)}
    since = func.coalesce(Lot.received, Lot.created)
    late = (Lot.state.not_in(ENDED), since < now - LATE_AFTER, in_scope(person, Lot.id))
    rows = session.execute(
        select(Lot.code, Lot.state, Lot.received, Lot.created).where(*late).order_by(since, Lot.code).limit(MOST_LOTS)
    )
    listed = tuple(LateLot(row.code, row.state, _days(row.received or row.created, now)) for row in rows)
    return Week(counts, listed, session.scalar(select(func.count()).select_from(Lot).where(*late)) or 0)


def _days(since: datetime, now: datetime) -> int:
    return (now - since).days
