"""Telling by e-mail that somebody wrote about an offer: the workshop that offers it, the moderator in copy (S3-3).

A copy is a message of its own, so that nobody reads the address of another. Where the hub sends no e-mail, the page of
the offer says so; the message stands there in either case.
"""

from collections.abc import Iterable
from datetime import timedelta
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.belonging import Belonging
from hub.models import Person, Role
from hub.offered import Offer, OfferMessage
from hub.post.asked import ask

SURPLUS: Final = "surplus"
LIFE: Final = timedelta(days=7)


def tell_message(session: Session, offer: Offer, message: OfferMessage) -> None:
    """Put the e-mails of one message down: to whoever offers and whoever wrote before, and a copy to moderators."""
    session.flush()
    wrote = session.scalars(select(OfferMessage.by).where(OfferMessage.offer_id == offer.id))
    addressed = {offer.by, *wrote} - {message.by}
    moderators = {one.id for one in moderators_of(session, offer)} - {message.by}
    for person in _active(session, addressed | moderators):
        facts = {"offer": offer.id, "message": message.id, "copy": person.id not in addressed}
        ask(session, person, f"{SURPLUS}:{message.id}:{person.id}", facts, kind=SURPLUS, life=LIFE)


def moderators_of(session: Session, offer: Offer) -> tuple[Person, ...]:
    """The coordinators of the network of an offer; where it has none, the administrators of the workshop of the hub."""
    own = select(Belonging.person_id).where(Belonging.network_id == offer.network_id)
    query = select(Person).where(Person.active).order_by(Person.id)
    found = session.scalars(query.where(Person.role == Role.COORDINATOR, Person.id.in_(own))).all()
    away = select(Belonging.person_id)
    return tuple(found or session.scalars(query.where(Person.role == Role.ADMIN, Person.id.not_in(away))))


def _active(session: Session, ids: Iterable[str]) -> Iterable[Person]:
    return session.scalars(select(Person).where(Person.active, Person.id.in_(list(ids))).order_by(Person.id))
