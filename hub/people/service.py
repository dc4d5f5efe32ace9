"""Accounts and browser sessions."""

import hashlib
import secrets
from collections.abc import Collection
from datetime import timedelta

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from hub import audit
from hub.context import hub_of
from hub.errors import BadCredentials, BadInput, Conflict, NotFound, NotSignedIn
from hub.models import Donor, Person, Role, WebSession
from hub.people import passwords, throttle
from hub.typed import one_line

ADDRESS_LENGTH = 254
SESSION_LIFE = timedelta(hours=12)


def authenticate(session: Session, email: str, password: str, address: str) -> Person:
    """The person with this password.

    Ends the caller's transaction twice (before the slow hash, with the attempt recorded as failed, and after a success
    took that back), so that a flood of sign-ins never holds the database and none outruns the throttle. Raises
    BadCredentials, or Throttled with the seconds to wait.
    """
    account, address = email.strip().lower()[:ADDRESS_LENGTH], address[:64]
    now = hub_of(session).clock()
    throttle.check(session, account, address, now)
    throttle.record_failure(session, account, address, now)  # before the hash: attempts side by side count as well
    person = session.scalar(select(Person).where(Person.email == account, Person.active))
    session.commit()
    good = passwords.matches(person.password_hash if person else passwords.decoy(), password)
    if person is None or not good:
        raise BadCredentials("this address and password do not belong together")
    throttle.forget(session, account)
    session.commit()
    return person


def open_session(session: Session, person: Person) -> str:
    """Sign the person in; returns the token for the cookie (only its hash is stored)."""
    now = hub_of(session).clock()
    session.execute(delete(WebSession).where(WebSession.expires < now))
    token = secrets.token_urlsafe(32)
    session.add(
        WebSession(token_hash=_digest(token), person_id=person.id, created=now, expires=now + SESSION_LIFE),
    )
    return token


def close_session(session: Session, token: str) -> None:
    """Sign out; the token is worthless from here on."""
    session.execute(delete(WebSession).where(WebSession.token_hash == _digest(token)))


def close_all_sessions(session: Session, person: Person) -> None:
    """Sign the person out everywhere."""
    session.execute(delete(WebSession).where(WebSession.person_id == person.id))


def person_of(session: Session, token: str) -> Person:
    """Who holds this token. Raises NotSignedIn for an unknown or expired one, or a closed account."""
    found = session.get(WebSession, _digest(token))
    if found is None or found.expires <= hub_of(session).clock() or not found.person.active:
        raise NotSignedIn("sign in first")
    return found.person


def still_in(session: Session, tokens: Collection[str], roles: Collection[Role]) -> frozenset[str]:
    """Those of these tokens that still belong to a signed-in person with one of these roles."""
    digests = {_digest(token): token for token in tokens}
    query = (
        select(WebSession.token_hash)
        .join(Person, Person.id == WebSession.person_id)
        .where(
            WebSession.token_hash.in_(digests),
            WebSession.expires > hub_of(session).clock(),
            Person.active,
            Person.role.in_([role.value for role in roles]),
        )
    )
    return frozenset(digests[found] for found in session.scalars(query))


def add_person(
    session: Session,
    email: str,
    name: str,
    role: Role,
    password: str,
    *,
    donor: Donor | None = None,
    lang: str = "fr",
) -> Person:
    """Open an account. Raises BadInput (address, weak password, donor missing), Conflict when the address is taken."""
    account = email.strip().lower()
    if "@" not in account or len(account) > ADDRESS_LENGTH or not account.isprintable() or " " in account:
        raise BadInput(f"{email!r} is not an e-mail address", "email")
    if (role is Role.DONOR) != (donor is not None):
        raise BadInput("a donor account, and only that, belongs to a donor", "donor-account")
    if lang not in {"fr", "en"}:
        raise BadInput("languages are fr and en", "lang")
    if session.scalar(select(Person.id).where(Person.email == account)):
        raise Conflict(f"{account} has an account already")
    person = Person(
        pseudonym="p-" + secrets.token_hex(6),
        email=account,
        name=one_line(name, 120) or account[:120],
        role=role.value,
        password_hash=passwords.hash_password(password),
        lang=lang,
        donor_id=donor.id if donor else None,
        created=hub_of(session).clock(),
    )
    session.add(person)
    session.flush()
    audit.record(session, None, "person.add", person.id, f"{account} as {role}")
    return person


def set_password(session: Session, email: str, password: str) -> None:
    """Give a person a new password and end all their sessions. Raises NotFound, BadInput."""
    account = email.strip().lower()
    person = session.scalar(select(Person).where(Person.email == account))
    if person is None:
        raise NotFound(f"nobody has the address {account}")
    person.password_hash = passwords.hash_password(password)
    close_all_sessions(session, person)
    throttle.forget(session, account)
    audit.record(session, None, "person.password", person.id)


def set_active(session: Session, email: str, *, active: bool) -> None:
    """Close an account, which ends all its sessions, or open it again. Raises NotFound."""
    account = email.strip().lower()
    person = session.scalar(select(Person).where(Person.email == account))
    if person is None:
        raise NotFound(f"nobody has the address {account}")
    person.active = active
    close_all_sessions(session, person)
    audit.record(session, None, "person.open" if active else "person.close", person.id)


def set_language(session: Session, person: Person, lang: str) -> None:
    """Remember the language of a person."""
    if lang not in {"fr", "en"}:
        raise BadInput("languages are fr and en", "lang")
    session.merge(person).lang = lang


def people(session: Session) -> tuple[Person, ...]:
    """Every account, by address."""
    return tuple(session.scalars(select(Person).order_by(Person.email)))


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
