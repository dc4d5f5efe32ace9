"""What the board moved in a period: weight for every workshop, money for moderators only (S3-6, S3-7, S3-10).

The declared value of what was exchanged stands for purchases that were avoided. A total names no workshop.
"""

from dataclasses import dataclass
from fractions import Fraction

from sqlalchemy import case, func, select
from sqlalchemy.orm import Session

from hub.figures.periods import Period
from hub.models import Person
from hub.offered import Offer, OfferEnd
from hub.people.roles import READERS, require
from hub.surplus.ending import OUTCOMES
from hub.surplus.offering import moderates, readable


@dataclass(frozen=True, slots=True)
class Total:
    """Offers that ended one way; grams, of which weighed; declared cents, None for whoever does not moderate."""

    outcome: str
    offers: int
    grams: int
    weighed: int
    cents: int | None

    @property
    def weighed_share(self) -> Fraction | None:
        """The share of the weight that was weighed; None of nothing."""
        return Fraction(self.weighed, self.grams) if self.grams else None


def totals(session: Session, person: Person, period: Period) -> tuple[Total, ...]:
    """A total for each outcome, of the offers in scope that ended in the period. Raises Forbidden."""
    require(person, *READERS)
    money = moderates(session, person)
    of_scale = func.sum(case((Offer.weighed, Offer.grams), else_=0))
    query = (
        select(OfferEnd.outcome, func.count(), func.sum(Offer.grams), of_scale, func.sum(Offer.value_cents))
        .join(Offer, Offer.id == OfferEnd.offer_id)
        .where(OfferEnd.withdrawn.is_(None), OfferEnd.at >= period.begin, OfferEnd.at < period.end)
        .where(readable(session, person))
        .group_by(OfferEnd.outcome)
    )
    found = {row[0]: row[1:] for row in session.execute(query)}
    told = ((outcome, *found.get(outcome, (0, 0, 0, 0))) for outcome in OUTCOMES)
    return tuple(
        Total(outcome, number, int(grams), int(weighed), int(cents) if money else None)
        for outcome, number, grams, weighed, cents in told
    )
