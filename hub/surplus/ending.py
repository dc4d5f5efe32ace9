"""How people reach each other about an offer, and what became of it (S3-3, S3-4).

Messages stand on the page of the offer, with the name and the workshop of who wrote them and no address; moderators
read them too, and where the hub sends e-mail, both are told (`telling`). An offer ends only with its outcome and a
reason.
"""

from collections.abc import Sequence
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from hub import audit
from hub.claims import refuse_claims
from hub.context import hub_of
from hub.errors import BadInput, Conflict, Forbidden, NotFound
from hub.models import Person
from hub.offered import Offer, OfferEnd, OfferMessage
from hub.partners.register import reason_for
from hub.people.roles import TRADERS, require
from hub.scope import of_own_house, own_partner
from hub.surplus.offering import LONGEST, LONGEST_TEXT, held_offer, moderates, offer_for, review_of
from hub.surplus.telling import tell_message
from hub.typed import one_line

EXCHANGED, THROWN, GONE = "exchanged", "thrown", "gone"
OUTCOMES: Final = (EXCHANGED, THROWN, GONE)
MOST_MESSAGES: Final = 200
ENDED: Final = select(OfferEnd.id).where(OfferEnd.offer_id == Offer.id, OfferEnd.withdrawn.is_(None)).exists()


def write(session: Session, person: Person, offer_id: str, text: str) -> OfferMessage:
    """Write about a published offer. Raises Forbidden, NotFound, Conflict once it has ended or is full, BadInput."""
    row = _open(session, person, offer_id)
    text = one_line(text, LONGEST_TEXT)
    if not text:
        raise BadInput("write a message", "text")
    if len(messages(session, person, row)) >= MOST_MESSAGES:
        raise Conflict(f"an offer has {MOST_MESSAGES} messages at most")
    made = OfferMessage(
        offer_id=row.id,
        partner_id=session.scalar(own_partner(person)),
        text=text,
        at=hub_of(session).clock(),
        by=person.id,
        by_name=person.name,
    )
    session.add(made)
    session.flush()
    tell_message(session, row, made)
    audit.record(session, person, "surplus.write", row.id)
    return made


def messages(session: Session, person: Person, row: Offer) -> Sequence[OfferMessage]:
    """What was written about an offer, oldest first. Raises Forbidden, NotFound."""
    offer_for(session, person, row.id)
    query = select(OfferMessage).where(OfferMessage.offer_id == row.id).order_by(OfferMessage.at, OfferMessage.id)
    return session.scalars(query.options(selectinload(OfferMessage.partner))).all()


def end(session: Session, person: Person, offer_id: str, outcome: str, *, receiver: str, reason: str) -> OfferEnd:
    """Say what became of a published offer. Raises Forbidden, NotFound, Conflict, BadInput."""
    row = _open(session, person, offer_id)
    _require_owner(session, person, row)
    receiver, reason = one_line(receiver, 200), one_line(reason, LONGEST)
    if outcome not in OUTCOMES or not reason:
        raise BadInput("say what became of it and why", "outcome")
    if bool(receiver) != (outcome == EXCHANGED):
        raise BadInput("name the workshop that took it, for an exchange and for nothing else", "receiver")
    for typed in (receiver, reason):
        refuse_claims(typed)
    made = OfferEnd(
        offer_id=row.id,
        outcome=outcome,
        receiver=receiver,
        reason=reason,
        at=hub_of(session).clock(),
        by=person.id,
        by_name=person.name,
    )
    session.add(made)
    session.flush()
    audit.record(session, person, "surplus.end", row.id, f"{outcome} {receiver}: {reason}")
    return made


def reopen(session: Session, person: Person, offer_id: str, reason: str) -> OfferEnd:
    """Take the end of an offer back: it stands on the board again. Raises Forbidden, NotFound, BadInput."""
    row = held_offer(session, person, offer_id)
    _require_owner(session, person, row)
    made = end_of(session, row)
    if made is None:
        raise NotFound("this offer has not ended")
    made.withdrawn_reason = reason_for(reason)
    made.withdrawn, made.withdrawn_by = hub_of(session).clock(), person.id
    audit.record(session, person, "surplus.reopen", row.id, made.withdrawn_reason)
    return made


def end_of(session: Session, row: Offer) -> OfferEnd | None:
    """What became of an offer that somebody may read; None while it stands."""
    return session.scalar(select(OfferEnd).where(OfferEnd.offer_id == row.id, OfferEnd.withdrawn.is_(None)))


def owns(session: Session, person: Person, row: Offer) -> bool:
    """Whether a person works in the house that made an offer."""
    return session.scalar(select(Offer.id).where(Offer.id == row.id, of_own_house(person, Offer.by))) is not None


def _open(session: Session, person: Person, offer_id: str) -> Offer:
    row = held_offer(session, person, offer_id)
    require(person, *TRADERS)
    review = review_of(session, row)
    if review is None or not review.published:
        raise Conflict("this offer is not published")
    if end_of(session, row) is not None:
        raise Conflict("this offer has ended")
    return row


def _require_owner(session: Session, person: Person, row: Offer) -> None:
    require(person, *TRADERS)
    if not owns(session, person, row) and not moderates(session, person):
        raise Forbidden("only the workshop that offers it, or a moderator, says what became of it")
