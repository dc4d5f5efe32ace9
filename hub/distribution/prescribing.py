"""Prescriptions: a prescriber's code for one device (S4-9). Who it is for stays with the prescriber.

There is no field for words: kind, least grade, last day. A cancelled one stays, with a reason of a closed list.
"""

import secrets
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from hub import audit
from hub.context import hub_of
from hub.distributed import Prescription
from hub.distribution import codes
from hub.distribution.members import partner_named, partner_of
from hub.distribution.standing import State, served_on, state_of, state_on, today
from hub.errors import BadInput, Conflict, NotFound
from hub.models import Person, Role
from hub.partnered import Partner
from hub.partners.register import PRESCRIBER
from hub.people.roles import BENCH, MANAGERS, NETWORKERS, PRESCRIBERS, READERS, require
from hub.scope import partner_in_scope

KINDS = ("laptop", "desktop", "screen", "phone", "tablet")
LETTERS = ("A", "B", "C")  # at least this grade
REASONS = ("not-needed", "mistake", "twice", "moved", "other")
MOST_DAYS, USUAL_DAYS = 365, 90
PAGE = 50


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a prescription asks for: a kind and a least letter ("" for any), and for how many days it holds."""

    kind: str = ""
    category: str = ""
    days: int = USUAL_DAYS


@dataclass(frozen=True, slots=True)
class Standing:
    """A prescription, who prescribed it, where it stands, and the day on which it was served ("" for none)."""

    row: Prescription
    prescriber: str
    state: State
    served: str


@dataclass(frozen=True, slots=True)
class Choice:
    """Which prescriptions are listed: in a state, of a prescriber ("" for all), those before one of them."""

    state: str = ""
    partner_id: str = ""
    before: int = 0


def issue(
    session: Session,
    person: Person,
    wanted: Wanted,
    partner_id: str = "",
    below: Callable[[int], int] = secrets.randbelow,
) -> Prescription:
    """Issue a code; staff issue it for a prescriber without account. Raises Forbidden, BadInput."""
    require(person, *PRESCRIBERS, *MANAGERS)
    if person.role == Role.PRESCRIBER:
        partner = partner_of(session, person, PRESCRIBER)
    else:
        partner = partner_named(session, person, partner_id, PRESCRIBER)
    if wanted.kind and wanted.kind not in KINDS:
        raise BadInput("choose a kind of the list", "kind")
    if wanted.category and wanted.category not in LETTERS:
        raise BadInput("choose a grade of the list", "category")
    if not 1 <= wanted.days <= MOST_DAYS:
        raise BadInput(f"a prescription holds for 1 to {MOST_DAYS} days", "days")
    row = Prescription(
        code=codes.make(codes.PRESCRIPTION, below),
        partner_id=partner.id,
        kind=wanted.kind,
        category=wanted.category,
        until=(today(session) + timedelta(days=wanted.days)).isoformat(),
        at=hub_of(session).clock(),
        by=person.id,
        by_name=person.name,
    )
    session.add(row)
    session.flush()
    audit.record(session, person, "prescription.issue", str(row.id), f"{row.code} {row.kind} {row.category}".strip())
    return row


def cancel(session: Session, person: Person, number: int, reason: str) -> Prescription:
    """Cancel a code that was not served. Raises Forbidden, NotFound, BadInput, Conflict (served, cancelled)."""
    require(person, *PRESCRIBERS, *MANAGERS)
    row = prescription_for(session, person, number).row
    session.refresh(row, with_for_update=True)
    state = state_of(session, row)
    if state in {State.SERVED, State.CANCELLED}:
        raise Conflict(f"prescription {row.code} is {state}: it is not cancelled")
    if state is State.RESERVED:
        raise Conflict("a device is reserved for it: release that first")
    if reason not in REASONS:
        raise BadInput("choose a reason of the list", "reason")
    row.withdrawn, row.withdrawn_by, row.withdrawn_reason = hub_of(session).clock(), person.id, reason
    session.flush()
    audit.record(session, person, "prescription.cancel", str(row.id), f"{row.code} {reason}")
    return row


def prescription_for(session: Session, person: Person, number: int) -> Standing:
    """One prescription in scope. Raises Forbidden, NotFound."""
    found = _read(session, person, Prescription.id == number)
    if not found:
        raise NotFound("no such prescription")
    return found[0]


def by_code(session: Session, text: str) -> Standing:
    """The prescription of a code that somebody holds. Raises BadInput, NotFound."""
    code = codes.read(codes.PRESCRIPTION, text)
    query = select(Prescription, Partner.name, state_on(today(session)), served_on())
    row = session.execute(
        query.join(Partner, Partner.id == Prescription.partner_id).where(Prescription.code == code)
    ).first()
    if row is None:
        raise NotFound("no such prescription")
    return Standing(row[0], row[1], State(row[2]), row[3] or "")


def prescriptions(session: Session, person: Person, choice: Choice, size: int = PAGE) -> tuple[Standing, ...]:
    """A page of prescriptions in scope, the newest first. Raises Forbidden."""
    where = [Prescription.id < choice.before] if choice.before else []
    if choice.state in set(State):
        where.append(state_on(today(session)) == choice.state)
    if choice.partner_id:
        where.append(Prescription.partner_id == choice.partner_id)
    return _read(session, person, *where, size=size)


def count_by_prescriber(
    session: Session, person: Person, first: str = "", last: str = ""
) -> Mapping[tuple[str, State], int]:
    """K-14: prescriptions by name of the prescriber and state, of those in scope. Raises Forbidden.

    A served one counts on the day of its exit, any other on the day of its issue, between `first` and `last`
    (YYYY-MM-DD, both inclusive; "" for no bound). Other states are those of now.
    """
    require(person, *NETWORKERS, *BENCH, *PRESCRIBERS)
    served, state = served_on(), state_on(today(session))
    rows = select(
        Partner.name.label("name"),
        state.label("state"),
        func.coalesce(served, func.substr(_day_of_issue(session), 1, 10)).label("day"),
    ).join(Partner, Partner.id == Prescription.partner_id)
    found = rows.where(partner_in_scope(person, Prescription.partner_id)).subquery()
    query = select(found.c.name, found.c.state, func.count()).group_by(found.c.name, found.c.state)
    if first:
        query = query.where(found.c.day >= first)
    if last:
        query = query.where(found.c.day <= last)
    return {(row[0], State(row[1])): row[2] for row in session.execute(query)}


def names_of(session: Session, person: Person, codes_: Collection[str]) -> Mapping[str, str]:
    """The prescriber's name of each of these codes that is on record and in scope. Raises Forbidden."""
    require(person, *NETWORKERS, *BENCH)
    query = select(Prescription.code, Partner.name).join(Partner, Partner.id == Prescription.partner_id)
    query = query.where(Prescription.code.in_(codes_), partner_in_scope(person, Prescription.partner_id))
    return {row[0]: row[1] for row in session.execute(query)}


def _day_of_issue(session: Session) -> object:
    """The day of issue as YYYY-MM-DD, in UTC."""
    if session.get_bind().dialect.name == "postgresql":
        return func.to_char(func.timezone("UTC", Prescription.at), "YYYY-MM-DD")
    return func.strftime("%Y-%m-%d", Prescription.at)


def _read(session: Session, person: Person, *where: object, size: int = 1) -> tuple[Standing, ...]:
    require(person, *PRESCRIBERS, *READERS)
    query = (
        select(Prescription, Partner.name, state_on(today(session)), served_on())
        .join(Partner, Partner.id == Prescription.partner_id)
        .where(partner_in_scope(person, Prescription.partner_id), *where)  # type: ignore[arg-type]
        .order_by(Prescription.id.desc())
    )
    return tuple(Standing(row[0], row[1], State(row[2]), row[3] or "") for row in session.execute(query.limit(size)))
