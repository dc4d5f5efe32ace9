"""Badges: the SHA-256 of the random token on a badge, so that every bench knows whose it is. Never a PIN or a token."""

import re

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub import audit
from hub.assigned import PersonBadge
from hub.context import hub_of
from hub.errors import BadInput, Conflict, NotFound
from hub.models import Person

DIGEST = re.compile(r"[0-9a-f]{64}", re.ASCII)


def keep_badge(session: Session, email: str, sha256: str) -> None:
    """Make a badge somebody's; an older one of this person is void. Raises NotFound, BadInput, Conflict."""
    person = session.scalar(select(Person).where(Person.email == email.strip().lower()))
    if person is None:
        raise NotFound(f"nobody has the address {email.strip().lower()}")
    if not DIGEST.fullmatch(sha256):
        raise BadInput("a badge is named by the SHA-256 of its token: 64 small hex digits", "badge")
    owner = session.scalar(select(PersonBadge).where(PersonBadge.sha256 == sha256))
    if owner is not None and owner.person_id != person.id:
        raise Conflict("this badge is somebody else's")
    row = session.get(PersonBadge, person.id) or PersonBadge(person_id=person.id)
    row.sha256, row.made = sha256, hub_of(session).clock()
    session.add(row)
    session.flush()
    audit.record(session, None, "person.badge", person.id, sha256[:16])


def void_badge(session: Session, email: str) -> None:
    """Take somebody's badge back. Raises NotFound when there is none."""
    query = select(PersonBadge).join(Person, Person.id == PersonBadge.person_id)
    row = session.scalar(query.where(Person.email == email.strip().lower()))
    if row is None:
        raise NotFound(f"{email.strip().lower()} has no badge")
    session.delete(row)
    audit.record(session, None, "person.badge.void", row.person_id, row.sha256[:16])
