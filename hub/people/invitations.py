"""Links with which somebody chooses a password: the first one, or a new one after the old was forgotten.

The link is shown once to the administrator who made it and is worth a password until then: it holds for a week and for
one use, and a newer link ends an older one. A closed account has no use for one.
"""

import secrets
from datetime import timedelta
from typing import Final

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from hub import audit
from hub.context import hub_of
from hub.entry import Invitation
from hub.errors import NotFound
from hub.models import Person
from hub.one_way import one_way
from hub.people import passwords, roles, throttle
from hub.people.service import close_all_sessions

LIFE: Final = timedelta(days=7)
OVER: Final = "this link was used already or is too old: ask the workshop for a new one"


def invite(session: Session, person: Person, by: Person | None) -> str:
    """Make the link's token; links made before are void. Raises Forbidden."""
    roles.require_care(by, person.role)
    now = hub_of(session).clock()
    session.execute(delete(Invitation).where(Invitation.person_id == person.id, Invitation.used.is_(None)))
    token = secrets.token_urlsafe(32)
    session.add(
        Invitation(
            token_hash=one_way(token),
            person_id=person.id,
            by=by.id if by else None,
            created=now,
            expires=now + LIFE,
            used=None,
        )
    )
    audit.record(session, by, "person.link", person.id)
    return token


def invited(session: Session, token: str) -> Person:
    """Whose link this is. Raises NotFound when it is over."""
    found = session.get(Invitation, one_way(token))
    if found is None or found.used is not None or found.expires <= hub_of(session).clock():
        raise NotFound(OVER)
    person = session.get_one(Person, found.person_id)
    if not person.active:
        raise NotFound(OVER)
    return person


def choose_password(session: Session, token: str, password: str) -> Person:
    """Use the link up: the person has this password and is signed out elsewhere. Raises NotFound, BadInput (weak).

    Ends the caller's transaction before the slow hash.
    """
    person = invited(session, token)
    hashed, now = passwords.hash_password(password), hub_of(session).clock()
    session.rollback()  # the hash took its time: nobody waited for it, and somebody may have been faster
    used = update(Invitation).where(Invitation.token_hash == one_way(token), Invitation.used.is_(None))
    if session.execute(used.values(used=now).returning(Invitation.person_id)).first() is None:
        raise NotFound(OVER)
    person = session.get_one(Person, person.id)
    person.password_hash = hashed
    close_all_sessions(session, person)
    throttle.forget(session, person.email)
    audit.record(session, person, "person.password", person.id, "by link")
    return person


def address_of(public_url: str, token: str) -> str:
    """The link as it is handed to the person."""
    return f"{public_url.rstrip('/')}/welcome/{token}"


def open_link(session: Session, person: Person) -> Invitation | None:
    """The link of this person that nobody used yet."""
    return session.scalar(
        select(Invitation).where(
            Invitation.person_id == person.id,
            Invitation.used.is_(None),
            Invitation.expires > hub_of(session).clock(),
        )
    )
