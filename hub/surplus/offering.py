"""Offers of a workshop to the others of its network, and the moderator who reads each first (S3-1, S3-2, S3-8).

An offer names no device: what stores data is no kind of the board (S3-9). Nobody outside the workshops reads it.
"""

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

from sqlalchemy import ColumnElement, func, or_, select, true
from sqlalchemy.orm import Session

from hub import audit
from hub.claims import refuse_claims
from hub.context import hub_of
from hub.errors import BadInput, Conflict, NotFound
from hub.figures import defaults
from hub.models import Person, Role
from hub.offered import Offer, OfferReview
from hub.partnered import Network
from hub.people.roles import MODERATORS, READERS, TRADERS, may, require
from hub.scope import network_shared_with, own_partner, require_home, works_here, written_in_scope
from hub.typed import one_line

FILE = Path(__file__).with_name("kinds.toml")
MOST, MOST_GRAMS, MOST_CENTS = 10_000, 100_000_000, 100_000_000  # 100 t and a million euros: both fit a column
LONGEST, LONGEST_TEXT = 500, 2000


@dataclass(frozen=True, slots=True)
class Goods:
    """What is offered: grams (None: not weighed) and cents of all of it together."""

    kind: str
    number: int
    title: str
    place: str
    text: str = ""
    grams: int | None = None
    value_cents: int = 0


@cache
def kinds() -> Mapping[str, Mapping[str, str]]:
    """The kinds that may be offered, with their names by language."""
    found: Mapping[str, Mapping[str, str]] = tomllib.loads(FILE.read_text(encoding="utf-8"))["kinds"]
    return found


def networks_of(session: Session, person: Person) -> tuple[Network, ...]:
    """The networks to which a person can offer: the own one; all of them at home. Raises Forbidden."""
    require(person, *READERS)
    query = select(Network).where(network_shared_with(person, Network.id)).order_by(Network.name)
    return tuple(session.scalars(query))


def offer(session: Session, person: Person, network_id: str, goods: Goods) -> Offer:
    """Offer something to a network; a moderator reads it first. Raises Forbidden, BadInput."""
    require(person, *TRADERS)
    if network_id not in {one.id for one in networks_of(session, person)}:
        raise BadInput("choose a network of the list", "network")
    title, place, text = one_line(goods.title, 120), one_line(goods.place, 200), one_line(goods.text, LONGEST_TEXT)
    if goods.kind not in kinds():
        raise BadInput("choose a kind of the list: what stores data is not exchanged on the board", "kind")
    if not title or not place:
        raise BadInput("say what it is and where it stands", "title")
    if not 1 <= goods.number <= MOST:
        raise BadInput(f"an offer has 1 to {MOST} pieces", "number")
    if not 0 <= goods.value_cents <= MOST_CENTS:
        raise BadInput("write the value of all of it in euros, 0 to 1 000 000", "value")
    for typed in (title, place, text):
        refuse_claims(typed)
    row = Offer(
        network_id=network_id,
        partner_id=session.scalar(own_partner(person)),
        kind=goods.kind,
        title=title,
        text=text,
        place=place,
        number=goods.number,
        grams=_grams(goods),
        weighed=goods.grams is not None,
        value_cents=goods.value_cents,
        at=hub_of(session).clock(),
        by=person.id,
        by_name=person.name,
    )
    session.add(row)
    session.flush()
    audit.record(session, person, "surplus.offer", row.id, f"{row.number} {row.kind}, {row.grams} g")
    return row


def offers(session: Session, person: Person, standing: ColumnElement[bool], most: int) -> Sequence[Offer]:
    """The newest offers that the person may read, of those for which `standing` holds. Raises Forbidden."""
    require(person, *READERS)
    query = select(Offer).where(readable(session, person), standing).order_by(Offer.at.desc(), Offer.id)
    return session.scalars(query.limit(most)).all()


def offer_for(session: Session, person: Person, offer_id: str) -> Offer:
    """One offer. Raises Forbidden, NotFound."""
    require(person, *READERS)
    query = select(Offer).where(Offer.id == offer_id, readable(session, person))
    row = session.scalar(query)
    if row is None:
        raise NotFound("no such offer")
    return row


def held_offer(session: Session, person: Person, offer_id: str) -> Offer:
    """One offer to act on: whoever acts on it too waits for the end of this. Raises Forbidden, NotFound."""
    row = offer_for(session, person, offer_id)
    session.refresh(row, with_for_update=True)
    return row


def review_of(session: Session, row: Offer) -> OfferReview | None:
    """What the moderator said of an offer that somebody may read."""
    return session.scalar(select(OfferReview).where(OfferReview.offer_id == row.id))


def publish(session: Session, person: Person, offer_id: str, *, nothing_stored: bool) -> OfferReview:
    """Publish an offer that is known to store no data. Raises Forbidden, NotFound, Conflict, BadInput."""
    row = _to_review(session, person, offer_id)
    if not nothing_stored:
        raise BadInput("publish it only once you know that nothing in it stores data", "nothing-stored")
    return _review(session, person, row, "")


def refuse(session: Session, person: Person, offer_id: str, reason: str) -> OfferReview:
    """Keep an offer off the board. Raises Forbidden, NotFound, Conflict, BadInput without a reason."""
    row = _to_review(session, person, offer_id)
    reason = one_line(reason, LONGEST)
    if not reason:
        raise BadInput("say why the offer is not published", "reason")
    refuse_claims(reason)
    return _review(session, person, row, reason)


def moderates(session: Session, person: Person) -> bool:
    """Whether a person moderates: a coordinator in the own network, an administrator at home everywhere."""
    return may(person, *MODERATORS) and (person.role == Role.COORDINATOR or works_here(session, person))


def require_moderator(session: Session, person: Person) -> None:
    """Raise Forbidden unless the person moderates."""
    require(person, *MODERATORS)
    if person.role != Role.COORDINATOR:
        require_home(session, person, *MODERATORS)


def to_moderate(session: Session, person: Person) -> int:
    """How many offers wait for this moderator; 0 for everybody else."""
    if not moderates(session, person):
        return 0
    query = select(func.count()).select_from(Offer).where(readable(session, person), WAITING)
    return session.scalar(query) or 0


def readable(session: Session, person: Person) -> ColumnElement[bool]:
    """The condition that an offer may be read: published ones by the whole network, others by their house."""
    early = true() if moderates(session, person) else or_(PUBLISHED, written_in_scope(person, Offer.by))
    return network_shared_with(person, Offer.network_id) & early


def _to_review(session: Session, person: Person, offer_id: str) -> Offer:
    row = held_offer(session, person, offer_id)
    require_moderator(session, person)
    if review_of(session, row) is not None:
        raise Conflict("a moderator has decided about this offer already")
    return row


def _review(session: Session, person: Person, row: Offer, reason: str) -> OfferReview:
    made = OfferReview(
        offer_id=row.id,
        published=not reason,
        reason=reason,
        at=hub_of(session).clock(),
        by=person.id,
        by_name=person.name,
    )
    session.add(made)
    session.flush()
    audit.record(session, person, "surplus.refuse" if reason else "surplus.publish", row.id, reason)
    return made


def _grams(goods: Goods) -> int:
    each = defaults.shipped().grams.get(goods.kind)
    if goods.grams is None:
        if each is None:
            raise BadInput("this kind has no default weight: weigh it", "weight")
        return each * goods.number
    if not 0 < goods.grams <= MOST_GRAMS:
        raise BadInput("write the weight in kilograms, 0 to 100 000", "weight")
    return goods.grams


def _reviewed() -> ColumnElement[bool]:
    return select(OfferReview.id).where(OfferReview.offer_id == Offer.id).exists()


def _published() -> ColumnElement[bool]:
    return select(OfferReview.id).where(OfferReview.offer_id == Offer.id, OfferReview.published).exists()


WAITING: Final = ~_reviewed()
PUBLISHED: Final = _published()
REFUSED: Final = _reviewed() & ~_published()
