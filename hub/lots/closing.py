"""Closing a lot: refused while one thing is open, done by a named person, frozen as a document; reopening is on record.

Under the two-person policy nobody closes a lot in which that person ran, allowed beforehand or destroyed something;
where one person may be both, the document says that it was so (INV-9). A closing is never changed: a lot that was
reopened gets another one, with the next version (INV-16).
"""

import hashlib
import json
from typing import Any, Final

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from certificates.pre_approval import approval_in
from hub import audit
from hub.accounted import LotClosing
from hub.claims import refuse_claims
from hub.context import hub_of
from hub.derive.reading import read_ledger
from hub.errors import BadInput, Conflict, Forbidden, NotFound
from hub.ledger.append import lock_ledger
from hub.lots import life
from hub.lots.bilan import Closer, bilan
from hub.lots.bilan_facts import facts_of
from hub.lots.blocking import Ledgerbook, blockers, book_of
from hub.lots.factors import factors_of
from hub.lots.impact import impact, units_of
from hub.models import Lot, LotState, Person
from hub.people.roles import READERS, VALIDATORS, require
from hub.rare import has_none
from hub.scope import scoped
from hub.typed import one_line

LONGEST = 500


def close(session: Session, person: Person, lot: Lot, note: str = "") -> LotClosing:
    """Close a lot. No statement comes between the look and the closing.

    Raises Forbidden (role; operator of this lot under the two-person policy), Conflict (over, or something is open).
    """
    require(person, *VALIDATORS)
    lock_ledger(session)
    read_ledger(session)
    life.require_open(session, lot)
    book = book_of(session, person, lot)
    if found := blockers(session, person, lot, book):
        raise Conflict(f"lot {lot.code} cannot be closed: {len(found)} things are open")
    one_person = _is_one_person(session, person, book)
    note = one_line(note, LONGEST)
    refuse_claims(note)
    earlier = closings_of(session, person, lot)
    version, now = (earlier[0].version if earlier else 0) + 1, hub_of(session).clock()
    estimate = impact(units_of(book), factors_of(hub_of(session).settings.data_dir))
    closer, facts = Closer(person, now, version, note, one_person=one_person), facts_of(session, person, lot, book)
    text = written(bilan(lot, book, closer, earlier, estimate, facts=facts))
    row = LotClosing(
        lot_id=lot.id,
        version=version,
        document=text,
        sha256=hashlib.sha256(text.encode()).hexdigest(),
        one_person=one_person,
        at=now,
        by=person.id,
        by_name=person.name,
    )
    session.add(row)
    life.write(session, person, lot, life.CLOSE, LotState.CLOSED, note=note, received_before=lot.received)
    audit.record(session, person, "lot.closing", lot.id, f"version {version}, sha256 {row.sha256}")
    return row


def reopen(session: Session, person: Person, lot: Lot, reason: str) -> LotClosing:
    """Open a closed lot again; its document stays, marked as reopened. Raises Forbidden, Conflict, BadInput."""
    require(person, *VALIDATORS)
    life.hold(session, lot)
    if lot.state != LotState.CLOSED:
        raise Conflict(f"lot {lot.code} is not closed")
    reason = one_line(reason, LONGEST)
    if not reason:
        raise BadInput("say why the lot is reopened", "reason")
    refuse_claims(reason)
    row = next(iter(closings_of(session, person, lot)), None)
    if row is None:
        raise NotFound("this lot has no closing on record")
    row.reopened, row.reopened_by, row.reopened_reason = hub_of(session).clock(), person.id, reason
    life.write(session, person, lot, life.REOPEN, LotState.PROCESSING, note=reason, received_before=lot.received)
    return row


def make_ready(session: Session, person: Person, lot: Lot) -> None:
    """Say that a lot waits for its closing only. Raises Forbidden, Conflict (something is open; no such step)."""
    require(person, *READERS)
    life.hold(session, lot)
    if lot.state not in {LotState.RECEIVED, LotState.PROCESSING}:
        raise Conflict(f"a lot does not go from {lot.state} to {LotState.READY}")
    if found := blockers(session, person, lot):
        raise Conflict(f"lot {lot.code} cannot be closed: {len(found)} things are open")
    life.write(session, person, lot, life.STEP, LotState.READY, note="", received_before=lot.received)


def closings_of(session: Session, person: Person, lot: Lot) -> tuple[LotClosing, ...]:
    """Every closing of a lot, the newest first; nothing outside the person's scope."""
    if has_none(session, lot.id, LotClosing):
        return ()
    query, asked = scoped(_CLOSINGS, person, LotClosing.lot_id)
    return tuple(session.scalars(query, {"lot": lot.id, **asked}))


_CLOSINGS: Final = select(LotClosing).where(LotClosing.lot_id == bindparam("lot")).order_by(LotClosing.version.desc())


def closing_for(session: Session, person: Person, lot: Lot, version: int) -> LotClosing:
    """One closing of a lot. Raises NotFound when there is none in the person's scope."""
    found = next((row for row in closings_of(session, person, lot) if row.version == version), None)
    if found is None:
        raise NotFound("no such closing")
    return found


def document_of(row: LotClosing) -> dict[str, Any]:
    """The frozen document of a closing, read."""
    found = json.loads(row.document)
    assert isinstance(found, dict)
    return found


def written(document: dict[str, Any]) -> str:
    """A document as it is stored: JSON, members in order, no line feeds."""
    return json.dumps(document, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def _is_one_person(session: Session, person: Person, book: Ledgerbook) -> bool:
    operators: set[str | None] = set()
    for line in book.lines:
        for run in line.runs:
            approval = approval_in(run.operator)
            operators.add(approval[0] if approval else run.operator)
    destroyers = {record.operator_id for line in book.lines for record in line.records}
    same = person.pseudonym in operators or person.id in destroyers
    if same and hub_of(session).settings.two_people:
        raise Forbidden("whoever ran an erasure or destroyed a drive of this lot does not close it")
    return same
