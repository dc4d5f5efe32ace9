"""Who wants which messages. Nobody gets one of these unasked; whoever asked can stop it on the same page."""

from typing import Final

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from hub import audit
from hub.context import hub_of
from hub.errors import BadInput
from hub.models import Person, Role
from hub.people.roles import MANAGERS
from hub.posted import Wish

LOT_STEPS, WEEKLY = "lot-steps", "weekly"
OFFERED: Final[dict[str, tuple[Role, ...]]] = {LOT_STEPS: (Role.DONOR,), WEEKLY: MANAGERS}


def offered_to(person: Person) -> tuple[str, ...]:
    """The sorts of messages that a person of this role can ask for."""
    return tuple(kind for kind, roles in OFFERED.items() if person.role in {role.value for role in roles})


def wished(session: Session, person: Person) -> frozenset[str]:
    """What a person asked for."""
    return frozenset(session.scalars(select(Wish.kind).where(Wish.person_id == person.id)))


def wish(session: Session, person: Person, kinds: frozenset[str]) -> None:
    """Ask for exactly these. Raises BadInput for one that is not offered to the person's role."""
    if not kinds <= frozenset(offered_to(person)):
        raise BadInput("choose among the messages of the list", "letters")
    before = wished(session, person)
    session.execute(delete(Wish).where(Wish.person_id == person.id, Wish.kind.not_in(kinds)))
    now = hub_of(session).clock()
    session.add_all(Wish(person_id=person.id, kind=kind, at=now) for kind in sorted(kinds - before))
    if kinds != before:
        audit.record(session, person, "person.letters", person.id, ", ".join(sorted(kinds)) or "none")


def who_wishes(session: Session, kind: str) -> tuple[Person, ...]:
    """The active people who asked for this sort and still have a role that it is for."""
    roles = [role.value for role in OFFERED[kind]]
    query = select(Person).join(Wish, Wish.person_id == Person.id).where(Wish.kind == kind, Person.active)
    return tuple(session.scalars(query.where(Person.role.in_(roles)).order_by(Person.id)))
