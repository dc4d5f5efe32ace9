"""Accounts and browser sessions."""

import secrets
from collections.abc import Collection, Mapping
from datetime import timedelta
from typing import Final

from sqlalchemy import bindparam, delete, select
from sqlalchemy.orm import Session

from hub import audit
from hub.belonging import Belonging
from hub.context import hub_of
from hub.entry import HalfSession, Invitation
from hub.errors import BadCredentials, BadInput, Conflict, NotFound, NotSignedIn
from hub.models import Donor, Person, Role, WebSession
from hub.one_way import one_way
from hub.people import passwords, roles, second_factor, throttle
from hub.people.houses import HOME, House, house_for, settle
from hub.scope import account_in_care
from hub.typed import one_line

ADDRESS_LENGTH = 254
SESSION_LIFE = timedelta(hours=12)
BROWSER_LENGTH = 80


def authenticate(session: Session, email: str, password: str, address: str) -> Person:
    """The person with this password.

    Ends the caller's transaction twice (before the slow hash, with the attempt recorded as failed, and after a success
    took that back), so that a flood of sign-ins never holds the database and none outruns the throttle. Where a second
    factor is on, the attempt counts as failed until its code came (`half_sessions`). Raises BadCredentials, or
    Throttled with the seconds to wait.
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
    if not second_factor.is_on(session, person):
        throttle.forget(session, account)
    session.commit()
    return person


def open_session(session: Session, person: Person, browser: str = "") -> str:
    """Sign the person in; returns the token for the cookie (only its hash is stored)."""
    now = hub_of(session).clock()
    session.execute(delete(WebSession).where(WebSession.expires < now))
    token = secrets.token_urlsafe(32)
    session.add(
        WebSession(
            token_hash=one_way(token),
            person_id=person.id,
            created=now,
            expires=now + SESSION_LIFE,
            browser=one_line(browser, BROWSER_LENGTH),
        ),
    )
    return token


def close_session(session: Session, token: str) -> None:
    """Sign out; the token is worthless from here on."""
    session.execute(delete(WebSession).where(WebSession.token_hash == one_way(token)))


def close_all_sessions(session: Session, person: Person, but: str | None = None) -> None:
    """Sign the person out everywhere, or everywhere but where this token is; whoever was half in begins again."""
    session.execute(delete(HalfSession).where(HalfSession.person_id == person.id))
    elsewhere = delete(WebSession).where(WebSession.person_id == person.id)
    session.execute(elsewhere if but is None else elsewhere.where(WebSession.token_hash != one_way(but)))


def sessions_of(session: Session, person: Person) -> tuple[WebSession, ...]:
    """Where this person is signed in, newest first."""
    now = hub_of(session).clock()
    mine = select(WebSession).where(WebSession.person_id == person.id, WebSession.expires > now)
    return tuple(session.scalars(mine.order_by(WebSession.created.desc(), WebSession.token_hash)))


def end_session(session: Session, person: Person, token_hash: str) -> None:
    """Sign the person out in one place; somebody else's session is nobody's business. Raises NotFound."""
    ended = delete(WebSession).where(WebSession.person_id == person.id, WebSession.token_hash == token_hash)
    if session.execute(ended.returning(WebSession.token_hash)).first() is None:
        raise NotFound("no such session")


def person_of(session: Session, token: str) -> Person:
    """Who holds this token. Raises NotSignedIn for an unknown or expired one, or a closed account."""
    found = session.get(WebSession, one_way(token))
    if found is None or found.expires <= hub_of(session).clock() or not found.person.active:
        raise NotSignedIn("sign in first")
    return found.person


def still_in(session: Session, tokens: Collection[str], roles: Collection[Role]) -> frozenset[str]:
    """Those of these tokens that still belong to a signed-in person with one of these roles."""
    digests = {one_way(token): token for token in tokens}
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


def away(session: Session, tokens: Collection[str]) -> Mapping[str, str]:
    """Of these tokens those of people who do not work at home: the partner, or "none" where there is none."""
    digests = {one_way(token): token for token in tokens}
    query = (
        select(WebSession.token_hash, Belonging.partner_id)
        .join(Belonging, Belonging.person_id == WebSession.person_id)
        .where(WebSession.token_hash.in_(digests))
    )
    return {digests[row.token_hash]: row.partner_id or "none" for row in session.execute(query)}


def add_person(
    session: Session,
    email: str,
    name: str,
    role: Role,
    password: str | None,
    *,
    house: House = HOME,
    lang: str = "fr",
    by: Person | None = None,
) -> Person:
    """Open an account; without `password` nobody gets in before a link was used (`invitations`).

    Raises BadInput (address, weak password, house), Conflict when the address is taken, Forbidden.
    """
    roles.require_care(by, role)
    account = email.strip().lower()
    if "@" not in account or len(account) > ADDRESS_LENGTH or not account.isprintable() or " " in account:
        raise BadInput(f"{email!r} is not an e-mail address", "email")
    house = house_for(session, role, house, by)
    if lang not in {"fr", "en"}:
        raise BadInput("languages are fr and en", "lang")
    if session.scalar(select(Person.id).where(Person.email == account)):
        raise Conflict(f"{account} has an account already")
    person = Person(
        pseudonym="p-" + secrets.token_hex(6),
        email=account,
        name=one_line(name, 120) or account[:120],
        role=role.value,
        password_hash="" if password is None else passwords.hash_password(password),
        lang=lang,
        donor_id=house.donor.id if house.donor else None,
        created=hub_of(session).clock(),
    )
    session.add(person)
    session.flush()
    settle(session, person, house)
    audit.record(session, by, "person.add", person.id, f"{account} as {role}{_told(house)}")
    return person


def set_password(session: Session, person: Person, password: str, but: str | None = None) -> None:
    """Give a person a new password; links and sessions end, but that of this token. Raises BadInput (weak)."""
    person.password_hash = passwords.hash_password(password)
    session.execute(delete(Invitation).where(Invitation.person_id == person.id, Invitation.used.is_(None)))
    close_all_sessions(session, person, but)
    throttle.forget(session, person.email)
    audit.record(session, None if but is None else person, "person.password", person.id)


def change_password(session: Session, person: Person, old: str, new: str, token: str) -> None:
    """Change one's own password; other browsers are signed out. Raises BadCredentials, BadInput, Throttled."""
    now = hub_of(session).clock()
    throttle.check(session, person.email, person.id, now)
    throttle.record_failure(session, person.email, person.id, now)
    session.commit()
    if not passwords.matches(person.password_hash, old):
        raise BadCredentials("this is not your password")
    set_password(session, session.get_one(Person, person.id), new, token)


def set_active(session: Session, person: Person, *, active: bool, by: Person | None = None) -> None:
    """Close an account, which ends all its sessions, or open it again. Raises Conflict for the last administrator."""
    roles.require_care(by, person.role)
    if not active and person.role == Role.ADMIN and not _other_administrators(session, person):
        raise Conflict("this is the last administrator: give somebody else that role first")
    person.active = active
    close_all_sessions(session, person)
    audit.record(session, by, "person.open" if active else "person.close", person.id)


def _other_administrators(session: Session, person: Person) -> bool:
    others = select(Person.id).where(Person.role == Role.ADMIN, Person.active, Person.id != person.id)
    return session.scalar(others.limit(1)) is not None


def person_at(session: Session, email: str) -> Person:
    """Who has this address. Raises NotFound."""
    account = email.strip().lower()
    person = session.scalar(select(Person).where(Person.email == account))
    if person is None:
        raise NotFound(f"nobody has the address {account}")
    return person


def person_by_id(session: Session, by: Person, person_id: str) -> Person:
    """Who has this number, among those whom `by` looks after. Raises NotFound."""
    person = session.scalar(select(Person).where(Person.id == person_id, account_in_care(by)))
    if person is None:
        raise NotFound("no such person")
    return person


def set_language(session: Session, person: Person, lang: str) -> None:
    """Remember the language of a person."""
    if lang not in {"fr", "en"}:
        raise BadInput("languages are fr and en", "lang")
    session.merge(person).lang = lang


def known_by(token: str) -> str:
    """How the session of this token is named in lists."""
    return one_way(token)


def people_of(session: Session, donor: Donor) -> tuple[Person, ...]:
    """The accounts of one donor, by address."""
    return tuple(session.scalars(select(Person).where(Person.donor_id == donor.id).order_by(Person.email)))


def has_people(session: Session, donor: Donor) -> bool:
    """Whether somebody of this donor has an open account, with a password or with a link to choose one."""
    return session.scalar(_OF_DONOR, {"donor": donor.id}) is not None


_OF_DONOR: Final = select(Person.id).where(Person.donor_id == bindparam("donor"), Person.active).limit(1)


def people(session: Session, by: Person | None = None) -> tuple[Person, ...]:
    """The accounts that `by` looks after, by address; every one for the command line (None)."""
    query = select(Person) if by is None else select(Person).where(account_in_care(by))
    return tuple(session.scalars(query.order_by(Person.email)))


def _told(house: House) -> str:
    named = house.partner or house.network
    return f" of {named.name}" if named else ""
