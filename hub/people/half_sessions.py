"""Between password and code: a short-lived token that opens nothing but the question for the code."""

import secrets
from datetime import timedelta
from typing import Final

from sqlalchemy import delete, update
from sqlalchemy.orm import Session

from hub.context import hub_of
from hub.entry import HalfSession
from hub.errors import BadCredentials, NotSignedIn
from hub.models import Person
from hub.one_way import one_way
from hub.people import second_factor, throttle

LIFE: Final = timedelta(minutes=5)
TRIES: Final = 5
OVER: Final = "this sign-in took too long or had too many wrong codes: begin again"


def open_half(session: Session, person: Person) -> str:
    """Remember that the password was right; returns the token for the form (only its hash is stored)."""
    now = hub_of(session).clock()
    session.execute(delete(HalfSession).where(HalfSession.expires < now))
    token = secrets.token_urlsafe(32)
    session.add(HalfSession(token_hash=one_way(token), person_id=person.id, expires=now + LIFE, tries=0))
    return token


def complete(session: Session, token: str, code: str, address: str) -> Person:
    """The person whose code this is; ends the caller's transaction, so that every try counts.

    Raises NotSignedIn when the token is over, BadCredentials for a wrong code, Throttled with the seconds to wait.
    """
    now, key = hub_of(session).clock(), one_way(token)
    counted = session.execute(
        update(HalfSession)
        .where(HalfSession.token_hash == key, HalfSession.expires > now, HalfSession.tries < TRIES)
        .values(tries=HalfSession.tries + 1)
        .returning(HalfSession.person_id)
    ).first()
    person = None if counted is None else session.get(Person, counted[0])
    if person is None or not person.active:
        raise NotSignedIn(OVER)
    session.commit()  # a try counts where somebody has to wait, too
    throttle.check(session, person.email, address, now)
    throttle.record_failure(session, person.email, address, now)
    session.commit()
    if not second_factor.take(session, person, code):
        session.commit()
        raise BadCredentials(second_factor.WRONG)
    session.execute(delete(HalfSession).where(HalfSession.token_hash == key))
    throttle.forget(session, person.email)
    session.commit()
    return person
