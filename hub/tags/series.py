"""Issuing tags: the next numbers of a series, once. A number that some device carries already is passed over."""

import re
from typing import Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from hub import audit
from hub.context import hub_of
from hub.errors import BadInput, NotFound
from hub.ledger.append import lock_ledger
from hub.models import Device, Person
from hub.people.roles import STAFF, require
from hub.scope import written_in_scope
from hub.tagged import TagRange
from hub.tags.formats import formats

SERIES: Final = re.compile(r"[A-Z]{1,4}", re.ASCII)
FIGURES: Final = 6
LAST: Final = 10**FIGURES - 1
MOST: Final = 1000  # tags of one act
EACH: Final = (1, 3)  # labels of each tag


def issue(session: Session, person: Person, series: str, number: int, *, sheet: str, start: int, each: int) -> TagRange:
    """Issue the next tags of a series. Raises Forbidden, BadInput (series, number, sheet; the series is used up)."""
    require(person, *STAFF)
    check_sheet(sheet, start, each)
    series = series.strip().upper()
    if not SERIES.fullmatch(series) or not 1 <= number <= MOST:
        raise BadInput(f"a series has one to four letters, and an act 1 to {MOST} tags", "tags")
    lock_ledger(session)  # one writer at a time: no two people get the same numbers
    first = (session.scalar(select(func.max(TagRange.last)).where(TagRange.series == series)) or 0) + 1
    while (taken := _highest_taken(session, series, first, number)) is not None:
        first = taken + 1
    if first + number - 1 > LAST:
        raise BadInput(f"the series {series} has not that many numbers left: begin another one", "tags")
    row = TagRange(
        series=series,
        first=first,
        last=first + number - 1,
        sheet=sheet,
        start=start,
        each=each,
        at=hub_of(session).clock(),
        by=person.id,
        by_name=person.name,
    )
    session.add(row)
    session.flush()
    audit.record(session, person, "tags.issue", series, f"{body(series, row.first)} to {body(series, row.last)}")
    return row


def check_sheet(sheet: str, start: int, each: int) -> None:
    """Raise BadInput for a format that is not listed, a place that it has not, or another number of labels."""
    if sheet not in formats() or each not in EACH:
        raise BadInput("choose a sheet of the list", "sheet")
    if not 1 <= start <= formats()[sheet].labels:
        raise BadInput(f"this sheet has the places 1 to {formats()[sheet].labels}", "start")


def bodies(row: TagRange) -> tuple[str, ...]:
    """The tags of a range, as devices carry them."""
    return tuple(body(row.series, number) for number in range(row.first, row.last + 1))


def body(series: str, number: int) -> str:
    """One tag without prefix and check character."""
    return f"{series}{number:0{FIGURES}d}"


def ranges(session: Session, person: Person, most: int = 50) -> tuple[TagRange, ...]:
    """The newest ranges that were issued where the person works. Raises Forbidden."""
    require(person, *STAFF)
    query = select(TagRange).where(written_in_scope(person, TagRange.by))
    return tuple(session.scalars(query.order_by(TagRange.id.desc()).limit(most)))


def range_for(session: Session, person: Person, number: int) -> TagRange:
    """One range. Raises Forbidden, NotFound."""
    require(person, *STAFF)
    row = session.scalar(select(TagRange).where(TagRange.id == number, written_in_scope(person, TagRange.by)))
    if row is None:
        raise NotFound("no such range of tags")
    return row


def _highest_taken(session: Session, series: str, first: int, number: int) -> int | None:
    wanted = [body(series, one).lower() for one in range(first, first + number)]
    found = session.scalars(select(Device.asset).where(func.lower(Device.asset).in_(wanted))).all()
    return max((int(asset[len(series) :]) for asset in found if asset), default=None)
