"""What a convention promises, and what came of it (S1-6): units by kind between two days, against what was received.

A promise stands in a signed document of a donor or of a partner, and is taken back with a reason. What came is what the
workshop counted as received: of the donor's lots, or of the lots that the partner was given.
"""

from dataclasses import dataclass
from fractions import Fraction

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from hub import audit
from hub.accounted import LotCount
from hub.context import hub_of
from hub.devices.outcomes import KINDS
from hub.errors import BadInput, NotFound
from hub.figures.periods import Period, period_between
from hub.models import Donor, Lot, LotState, Person
from hub.partnered import LotPartner, Partner, RegisteredDocument
from hub.partners.documents import CONVENTION, Owner
from hub.partners.register import reason_for
from hub.people.roles import NETWORKERS, require
from hub.reckoned import Promise
from hub.scope import donor_paper_in_scope, in_scope

ALL = "all"  # units of any kind
MOST = 100_000
RECEIVED = "received"


@dataclass(frozen=True, slots=True)
class Kept:
    """A promise, its document, and the units that came; `share` is exact, in per cent."""

    promise: Promise
    document: RegisteredDocument
    received: int

    @property
    def share(self) -> Fraction:
        """What came of what was promised, in per cent."""
        return Fraction(100 * self.received, self.promise.number)


def promise(
    session: Session, person: Person, document: RegisteredDocument, kind: str, number: int, *, period: Period
) -> Promise:
    """Note what a convention promises. Raises Forbidden, BadInput (no convention in force, kind, number)."""
    require(person, *NETWORKERS)
    if document.kind != CONVENTION or not document.signed or document.withdrawn is not None:
        raise BadInput("a promise stands in a signed convention: file it first", "document")
    if kind not in (*KINDS, ALL):
        raise BadInput("choose a kind of the list", "kind")
    if not 0 < number <= MOST:
        raise BadInput(f"a promise has 1 to {MOST} units", "count")
    row = Promise(
        document_id=document.id,
        kind=kind,
        number=number,
        first=period.first.isoformat(),
        last=period.last.isoformat(),
        at=hub_of(session).clock(),
        by=person.id,
        by_name=person.name,
    )
    session.add(row)
    session.flush()
    audit.record(session, person, "promise", document.id, f"{kind} {number} {period.key}")
    return row


def withdraw(session: Session, person: Person, owner: Owner, promise_id: int, reason: str) -> None:
    """Take a promise back, with a reason. Raises Forbidden, NotFound, BadInput."""
    require(person, *NETWORKERS)
    row = session.get(Promise, promise_id)
    document = session.get(RegisteredDocument, row.document_id) if row else None
    mine = {paper.id for paper in session.scalars(select(RegisteredDocument).where(_of(person, owner)))}
    if row is None or document is None or row.withdrawn is not None or document.id not in mine:
        raise NotFound("no such promise")
    row.withdrawn_reason = reason_for(reason)
    row.withdrawn, row.withdrawn_by = hub_of(session).clock(), person.id
    audit.record(session, person, "promise.withdraw", document.id, row.withdrawn_reason)


def conventions(session: Session, person: Person, owner: Owner) -> tuple[RegisteredDocument, ...]:
    """The signed conventions of a donor or partner, the newest first. Raises Forbidden."""
    require(person, *NETWORKERS)
    query = select(RegisteredDocument).where(
        _of(person, owner),
        RegisteredDocument.kind == CONVENTION,
        RegisteredDocument.signed != "",
        RegisteredDocument.withdrawn.is_(None),
    )
    return tuple(session.scalars(query.order_by(RegisteredDocument.version.desc())))


def kept_of(session: Session, person: Person, owner: Owner) -> tuple[Kept, ...]:
    """Every promise that stands, with what came, the newest period first. Raises Forbidden."""
    require(person, *NETWORKERS)
    query = (
        select(Promise, RegisteredDocument)
        .join(RegisteredDocument, RegisteredDocument.id == Promise.document_id)
        .where(_of(person, owner), Promise.withdrawn.is_(None), RegisteredDocument.withdrawn.is_(None))
        .order_by(Promise.first.desc(), Promise.id)
    )
    return tuple(Kept(row, paper, _received(session, person, owner, row)) for row, paper in session.execute(query))


def _received(session: Session, person: Person, owner: Owner, row: Promise) -> int:
    period = period_between(row.first, row.last)
    query = (
        select(LotCount)
        .join(Lot, Lot.id == LotCount.lot_id)
        .where(LotCount.step == RECEIVED, Lot.state != LotState.CANCELLED, in_scope(person, LotCount.lot_id))
        .where(Lot.received >= period.begin, Lot.received < period.end, _lots_of(owner))
        .order_by(LotCount.id)
    )
    held = {(count.lot_id, count.kind): count.number for count in session.scalars(query)}
    return sum(number for (_lot, kind), number in held.items() if row.kind in {ALL, kind})


def _lots_of(owner: Owner) -> ColumnElement[bool]:
    if isinstance(owner, Donor):
        return Lot.donor_id == owner.id
    mine = select(LotPartner.lot_id).where(LotPartner.partner_id == owner.id, LotPartner.withdrawn.is_(None))
    return Lot.id.in_(mine)


def _of(person: Person, owner: Owner) -> ColumnElement[bool]:
    """The condition that a document is of this partner, or of this donor and in the person's scope."""
    if isinstance(owner, Partner):
        return RegisteredDocument.partner_id == owner.id
    readable = donor_paper_in_scope(person, RegisteredDocument.donor_id, RegisteredDocument.by)
    return (RegisteredDocument.donor_id == owner.id) & readable
