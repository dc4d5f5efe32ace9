"""Which partner somebody of distribution acts for: the own one of an account, or the one that staff name."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.errors import BadInput, Forbidden
from hub.models import Person
from hub.partnered import Partner
from hub.scope import own_partner, partner_in_scope


def partner_of(session: Session, person: Person, kind: str) -> Partner:
    """The partner of somebody's account. Raises Forbidden for an account of no such partner."""
    found = session.scalar(select(Partner).where(Partner.id.in_(own_partner(person))))
    if found is None or found.kind != kind:
        raise Forbidden("your account belongs to no such partner: ask the workshop")
    return found


def partner_named(session: Session, person: Person, partner_id: str, kind: str) -> Partner:
    """The partner of a kind that staff choose. Raises BadInput."""
    query = select(Partner).where(Partner.id == partner_id, Partner.kind == kind)
    found = session.scalar(query.where(partner_in_scope(person, Partner.id)))
    if found is None:
        raise BadInput("choose a partner of the list", "partner")
    return found


def partners_of_kind(session: Session, person: Person, kind: str) -> tuple[Partner, ...]:
    """The partners of a kind in scope, by name."""
    query = select(Partner).where(Partner.kind == kind, partner_in_scope(person, Partner.id))
    return tuple(session.scalars(query.order_by(Partner.name)))
