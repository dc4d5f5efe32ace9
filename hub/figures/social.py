"""Social figures (K-18): typed by a person for one period; the newest of its kind holds, the ones before stay."""

from collections.abc import Mapping

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub import audit
from hub.claims import refuse_claims
from hub.context import hub_of
from hub.errors import BadInput
from hub.figures.indicators import SOCIAL
from hub.figures.periods import Period
from hub.models import Person
from hub.partnered import SocialFigure
from hub.people.roles import NETWORKERS, require
from hub.scope import of_own_house
from hub.typed import one_line

MOST = 100_000
LONGEST = 500


def type_in(
    session: Session, person: Person, period: Period, kind: str, number: int, *, note: str = ""
) -> SocialFigure:
    """Note a social figure of a period. Raises Forbidden, BadInput."""
    require(person, *NETWORKERS)
    if kind not in SOCIAL:
        raise BadInput("choose a social figure of the list", "social")
    if not 0 <= number <= MOST:
        raise BadInput(f"a count has 0 to {MOST} units", "count")
    note = one_line(note, LONGEST)
    refuse_claims(note)
    row = SocialFigure(
        period=period.key,
        kind=kind,
        number=number,
        note=note,
        at=hub_of(session).clock(),
        by=person.id,
        by_name=person.name,
    )
    session.add(row)
    session.flush()
    audit.record(session, person, "figure.social", period.key, f"{kind} {number} {note}".strip())
    return row


def typed(session: Session, person: Person, period: Period) -> Mapping[str, int]:
    """The figures that hold for a period, by kind. Raises Forbidden."""
    require(person, *NETWORKERS)
    query = select(SocialFigure).where(SocialFigure.period == period.key, of_own_house(person, SocialFigure.by))
    query = query.order_by(SocialFigure.id)
    return {row.kind: row.number for row in session.scalars(query)}
