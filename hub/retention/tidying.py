"""What is kept no longer: counted first, then taken away in one transaction, with a line in the audit trail.

Each kind is one condition, used both to count and to act, so that what is shown is what goes. Nothing here names the
ledger, what is derived from it, certificates, decisions or exits: the waste register stays whole.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import ColumnElement, delete, exists, func, null, or_, select, update
from sqlalchemy.orm import Session

from hub import audit
from hub.base import Base
from hub.context import hub_of
from hub.entry import HalfSession, Invitation, SecondFactor
from hub.foreign import WipeReportDecision, WipeReportFile, WipeReportLine
from hub.linked import LinkedSubject, ProviderVisit
from hub.models import AuditEntry, LoginAttempt, Person, Role, Station, WebSession
from hub.partnered import PartnerContact
from hub.posted import Letter, Wish
from hub.retention import rules
from hub.retention.rules import Retention

ACT: Final = "hub.tidy"
WRITTEN: Final = (("by", "by_name"), ("agreed_by", "agreed_name"), ("done_by", "done_name"))  # who acted, and the name
NOWHERE: Final = "@closed.invalid"  # a name that no mail server has (RFC 2606)


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of what is kept: how many of it are over, and how they go."""

    count: Callable[[Session, datetime], int]
    take: Callable[[Session, datetime], None]


def over(session: Session, retention: Retention) -> dict[str, int]:
    """How many of each kind are kept no longer, by the hub's clock."""
    now = hub_of(session).clock()
    return {name: kind.count(session, now - retention.kept[name]) for name, kind in KINDS.items()}


def tidy(session: Session, retention: Retention) -> dict[str, int]:
    """Take away what is over; how many of each kind. The caller commits."""
    now = hub_of(session).clock()
    found = over(session, retention)
    for name, kind in KINDS.items():
        if found[name]:
            kind.take(session, now - retention.kept[name])
    told = ", ".join(f"{name} {count}" for name, count in found.items() if count)
    audit.record(session, None, ACT, f"{retention.name} {retention.version}", told or "nothing")
    return found


def _rows(*conditions: Callable[[datetime], tuple[type[Base], ColumnElement[bool]]]) -> Kind:
    """A kind whose rows are deleted."""

    def count(session: Session, before: datetime) -> int:
        found = (condition(before) for condition in conditions)
        return sum(session.scalar(select(func.count()).select_from(table).where(old)) or 0 for table, old in found)

    def take(session: Session, before: datetime) -> None:
        for condition in conditions:
            table, old = condition(before)
            session.execute(delete(table).where(old).execution_options(synchronize_session=False))

    return Kind(count, take)


def _changed(table: type[Base], old: Callable[[datetime], ColumnElement[bool]], values: Mapping[str, Any]) -> Kind:
    """A kind whose rows stay, without what they said."""

    def count(session: Session, before: datetime) -> int:
        return session.scalar(select(func.count()).select_from(table).where(old(before))) or 0

    def take(session: Session, before: datetime) -> None:
        session.execute(update(table).where(old(before)).values(values).execution_options(synchronize_session=False))

    return Kind(count, take)


def _unread(before: datetime) -> tuple[type[Base], ColumnElement[bool]]:
    """A report in which nobody ever found a line: with a line, decided or not, it is evidence and stays."""
    lines = exists().where(WipeReportLine.report_id == WipeReportFile.id)
    decided = exists().where(
        WipeReportDecision.line_id == WipeReportLine.id, WipeReportLine.report_id == WipeReportFile.id
    )
    return WipeReportFile, (WipeReportFile.at < before) & ~lines & ~decided


def _closed_long_ago(before: datetime) -> ColumnElement[bool]:
    """A closed account whose last closing is older than that, and that still has a name. Donors' people as well."""
    closings = select(func.max(AuditEntry.at)).where(
        AuditEntry.action == "person.close", AuditEntry.subject == Person.id
    )
    return ~Person.active & Person.email.not_like(f"%{NOWHERE}") & (closings.scalar_subquery() < before)


def _count_accounts(session: Session, before: datetime) -> int:
    return session.scalar(select(func.count()).select_from(Person).where(_closed_long_ago(before))) or 0


def _take_names(session: Session, before: datetime) -> None:
    """Names and addresses give way to the pseudonym, wherever the hub wrote them beside an act.

    Signed statements hold pseudonyms; documents that were frozen stay as they are, byte for byte.
    """
    people = tuple(session.scalars(select(Person).where(_closed_long_ago(before)).order_by(Person.id)))
    for person in people:
        _take_name(session, person)
    session.flush()


def _take_name(session: Session, person: Person) -> None:
    for table in Base.metadata.sorted_tables:
        for who, name in WRITTEN:
            if who in table.columns and name in table.columns:
                session.execute(update(table).where(table.c[who] == person.id).values({name: person.pseudonym}))
    for own in (SecondFactor, LinkedSubject, Wish, HalfSession, WebSession, Invitation, Letter):
        session.execute(delete(own).where(own.person_id == person.id))
    added = update(AuditEntry).where(AuditEntry.subject == person.id, AuditEntry.action == "person.add")
    session.execute(added.values(detail=f"{person.pseudonym} as {Role(person.role)}"))
    session.execute(delete(LoginAttempt).where(LoginAttempt.account == person.email))
    person.name, person.email, person.password_hash = person.pseudonym, person.pseudonym + NOWHERE, ""


KINDS: Final[Mapping[str, Kind]] = {
    rules.SESSIONS: _rows(
        lambda before: (WebSession, WebSession.expires < before),
        lambda before: (HalfSession, HalfSession.expires < before),
        lambda before: (Invitation, Invitation.expires < before),
        lambda before: (ProviderVisit, ProviderVisit.expires < before),
    ),
    rules.THROTTLE: _rows(lambda before: (LoginAttempt, LoginAttempt.at < before)),
    rules.HEARTBEATS: _changed(
        Station,
        lambda before: Station.heartbeat.is_not(None) & or_(Station.last_seen.is_(None), Station.last_seen < before),
        {"heartbeat": null()},
    ),
    rules.LETTERS: _rows(lambda before: (Letter, Letter.ended < before)),
    rules.REPORTS: _rows(_unread),
    rules.CONTACTS: _changed(
        PartnerContact,
        lambda before: (PartnerContact.withdrawn < before) & (PartnerContact.name != ""),
        {"name": "", "email": "", "phone": ""},
    ),
    rules.ACCOUNTS: Kind(_count_accounts, _take_names),
}
