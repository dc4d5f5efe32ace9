"""A visit to the identity provider: sent there with a state, a nonce and a challenge; back once, in the same browser.

Nobody gets an account or a role by it. The first time, a person is found by an address that the provider says it has
checked, and stays linked to the provider's subject: an address that somebody else gets later opens nothing. Where a
second factor is on here, its code is still asked, as after a password.
"""

import base64
import hashlib
import hmac
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Final
from urllib.parse import urlencode

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from hub import audit
from hub.context import hub_of
from hub.errors import BadCredentials, BadInput, Conflict, Throttled
from hub.linked import LinkedSubject, ProviderVisit
from hub.models import Person
from hub.oidc.provider import Provider
from hub.oidc.tokens import LONGEST_SUBJECT, REFUSED, Named, read_token
from hub.one_way import one_way
from hub.people import roles

LIFE: Final = timedelta(minutes=10)
MOST_AT_ONCE: Final = 2000  # visits under way: each is a small row, and a flood of them ends by itself
BACK: Final = "/sign-in/provider/back"
UNKNOWN: Final = "nobody here is known by what the identity provider says: ask the workshop for an account"
OTHER: Final = "this account is linked to somebody else at the identity provider: ask the workshop"
OVER: Final = "this sign-in took too long, was used already, or began in another browser: begin again"
LONGEST_ANSWER: Final = 2048


@dataclass(frozen=True, slots=True)
class Ended:
    """A visit that came back: what its answer is held against, and where it ends here."""

    issuer: str
    nonce: str
    verifier: str
    to: str


@dataclass(frozen=True, slots=True)
class Sent:
    """Where to send a browser, and what it keeps in a cookie meanwhile."""

    address: str
    cookie: str


def begin(session: Session, provider: Provider, to: str) -> Sent:
    """Begin a visit; `to` is where it ends here. Raises ProviderTrouble, Throttled in a flood."""
    published, now = provider.published(), hub_of(session).clock()
    session.execute(delete(ProviderVisit).where(ProviderVisit.expires < now))
    if (session.scalar(select(func.count()).select_from(ProviderVisit)) or 0) >= MOST_AT_ONCE:
        raise Throttled("too many attempts: try again in 60 s", 60)
    state, browser, nonce, verifier = (secrets.token_urlsafe(32) for _ in range(4))
    session.add(
        ProviderVisit(
            state_hash=one_way(state),
            browser_hash=one_way(browser),
            issuer=provider.client.issuer,
            nonce=nonce,
            verifier=verifier,
            to=to[:500],
            expires=now + LIFE,
        )
    )
    challenge = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()
    asked = {
        "response_type": "code",
        "client_id": provider.client.client_id,
        "redirect_uri": redirect_of(session),
        "scope": "openid email",
        "state": state,
        "nonce": nonce,
        "code_challenge": challenge,
        "code_challenge_method": "S256",
    }
    joint = "&" if "?" in published.authorize else "?"
    return Sent(published.authorize + joint + urlencode(asked), browser)


def come_back(session: Session, provider: Provider, answer: Mapping[str, str], cookie: str) -> Ended:
    """The visit that this answer ends; once the caller commits, nobody comes back from it again.

    Raises BadCredentials for an answer that is nobody's, was used, is of another browser, or is of another issuer.
    """
    now, state = hub_of(session).clock(), answer.get("state", "")
    told = (ProviderVisit.browser_hash, ProviderVisit.issuer, ProviderVisit.nonce, ProviderVisit.verifier)
    ended = delete(ProviderVisit).where(ProviderVisit.state_hash == one_way(state), ProviderVisit.expires > now)
    row = session.execute(ended.returning(*told, ProviderVisit.to)).first()
    if row is None or row.issuer != provider.client.issuer:
        raise BadCredentials(OVER)
    if not hmac.compare_digest(row.browser_hash, one_way(cookie)):
        raise BadCredentials(OVER)
    return Ended(row.issuer, row.nonce, row.verifier, row.to)


def named_by(session: Session, provider: Provider, visit: Ended, answer: Mapping[str, str]) -> Named:
    """Whom the provider names in answer to a visit; asks the provider, so no transaction is open meanwhile.

    Raises BadCredentials (no code, another issuer, a token that is not believed), ProviderTrouble.
    """
    named = answer.get("iss")
    if (named is None and provider.published().names_itself) or named not in {None, visit.issuer}:
        raise BadCredentials(REFUSED)
    code = answer.get("code", "")
    if not 0 < len(code) <= LONGEST_ANSWER:
        raise BadCredentials("the identity provider let nobody in: begin again, or use your password here")
    token = provider.id_token(code, visit.verifier, redirect_of(session))
    return read_token(
        token,
        lambda anew: provider.keys(again=anew),
        issuer=visit.issuer,
        client_id=provider.client.client_id,
        nonce=visit.nonce,
        now=hub_of(session).clock(),
    )


def person_named(session: Session, issuer: str, named: Named) -> Person:
    """The account of whom the provider names; linked from the first time on. Raises BadCredentials."""
    linked = session.get(LinkedSubject, (issuer, named.subject))
    if linked is not None:
        person = session.get_one(Person, linked.person_id)
        if not person.active:
            raise BadCredentials(UNKNOWN)
        return person
    by_address = select(Person).where(Person.email == named.email, Person.active)
    found = session.scalar(by_address) if named.email else None
    if found is None:
        raise BadCredentials(UNKNOWN)
    if subject_of(session, issuer, found) is not None:
        raise BadCredentials(OTHER)
    _link(session, issuer, named.subject, found, found)
    return found


def link(session: Session, issuer: str, subject: str, person: Person, by: Person | None) -> None:
    """Link an account by hand, in place of an older link. Raises Forbidden, BadInput, Conflict (somebody else's)."""
    roles.require_care(by, person.role)
    if not 0 < len(subject) <= LONGEST_SUBJECT or not subject.isprintable():
        raise BadInput("a subject is 1 to 255 printable characters", "subject")
    held = session.get(LinkedSubject, (issuer, subject))
    if held is not None and held.person_id != person.id:
        raise Conflict("this subject is linked to somebody else")
    if held is None:
        unlink(session, person, by)
        _link(session, issuer, subject, person, by)


def unlink(session: Session, person: Person, by: Person | None) -> bool:
    """Forget by which subjects a person is known; whether there was one. Raises Forbidden."""
    if by is None or by.id != person.id:
        roles.require_care(by, person.role)
    ended = delete(LinkedSubject).where(LinkedSubject.person_id == person.id).returning(LinkedSubject.subject)
    found = session.execute(ended).first() is not None
    if found:
        audit.record(session, by, "person.provider", person.id, "unlinked")
    return found


def subject_of(session: Session, issuer: str, person: Person) -> str | None:
    """Under which subject this issuer knows a person."""
    query = select(LinkedSubject.subject).where(LinkedSubject.issuer == issuer, LinkedSubject.person_id == person.id)
    return session.scalar(query.limit(1))


def redirect_of(session: Session) -> str:
    """Where the provider sends people back: the address that is told to the provider once."""
    return hub_of(session).settings.public_url + BACK


def _link(session: Session, issuer: str, subject: str, person: Person, by: Person | None) -> None:
    row = LinkedSubject(issuer=issuer, subject=subject, person_id=person.id, at=hub_of(session).clock())
    session.add(row)
    session.flush()
    audit.record(session, by, "person.provider", person.id, f"linked at {issuer}")
