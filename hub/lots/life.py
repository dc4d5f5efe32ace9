"""The life of a lot: each step is the decision of a named person, with its day, and the last one can be taken back.

Readiness, closing and reopening have their own rules (`hub.lots.closing`). Of a cancelled lot nothing came.
"""

from datetime import UTC, date, datetime, time, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub import audit
from hub.accounted import DeviceSaid, LotCount, LotStep
from hub.claims import refuse_claims
from hub.context import hub_of
from hub.errors import BadInput, Conflict
from hub.exits.gone import require_all_here
from hub.models import Device, Erasure, Lot, LotState, Person
from hub.people.roles import BENCH, MANAGERS, require
from hub.post.asked import tell_step
from hub.scope import in_scope
from hub.typed import one_line

STEP, UNDO, CLOSE, REOPEN = "step", "undo", "close", "reopen"
LONGEST_NOTE = 500
OLDEST = timedelta(days=3653)  # a reception from before is a slip of the keyboard, and would let every old run count
NEXT: dict[str, tuple[LotState, ...]] = {
    LotState.ANNOUNCED: (LotState.COLLECTED, LotState.RECEIVED, LotState.CANCELLED),
    LotState.COLLECTED: (LotState.RECEIVED, LotState.CANCELLED),
    LotState.RECEIVED: (LotState.PROCESSING,),
    LotState.PROCESSING: (),
    LotState.READY: (LotState.PROCESSING,),
    LotState.CLOSED: (),
    LotState.CANCELLED: (),
}
OVER = (LotState.CLOSED, LotState.CANCELLED)


def hold(session: Session, lot: Lot) -> None:
    """Let nobody else act on this lot until the transaction ends; what benches state of it is still read into it.

    Held against those too, an act that then needs the ledger and the reading of it would wait for each other.
    """
    session.refresh(lot, with_for_update={"key_share": True})


def require_open(session: Session, lot: Lot) -> None:
    """Raise Conflict for a lot that is closed or cancelled; the row is locked until the transaction ends."""
    hold(session, lot)
    if lot.state in OVER:
        raise Conflict(f"lot {lot.code} is over: reopen it first, with a reason")


def move(session: Session, person: Person, lot: Lot, after: str, *, note: str = "", day: str = "") -> LotStep:
    """Move a lot to a later state. `day` (YYYY-MM-DD, UTC) is when it was received; empty: now.

    Raises Forbidden, Conflict (no such step from here, or goods came of a lot to cancel), BadInput (day, note).
    """
    require(person, *(MANAGERS if after == LotState.CANCELLED else BENCH))
    hold(session, lot)
    if after not in NEXT[lot.state]:
        raise Conflict(f"a lot does not go from {lot.state} to {after}")
    note = one_line(note, LONGEST_NOTE)
    refuse_claims(note)
    if after == LotState.CANCELLED:
        _require_nothing_came(session, lot, note)
    before = lot.received
    if after == LotState.RECEIVED:
        lot.received = _moment(day, hub_of(session).clock())
    return write(session, person, lot, STEP, after, note=note, received_before=before)


def undo(session: Session, person: Person, lot: Lot) -> LotStep:
    """Take the last step back; it stays on record. Raises Forbidden, Conflict (nothing to undo, or a closing)."""
    require(person, *BENCH)
    hold(session, lot)
    last = undoable(session, person, lot)
    if last is None:
        raise Conflict("there is no step to take back; a closed lot is reopened instead")
    if last.after == LotState.CANCELLED:
        require(person, *MANAGERS)
    if lot.received != last.received_before:
        require_all_here(session, lot)
    before, lot.received = lot.received, last.received_before
    return write(session, person, lot, UNDO, last.before, note="", received_before=before)


def undoable(session: Session, person: Person, lot: Lot) -> LotStep | None:
    """The last step, if it can be taken back."""
    last = next(iter(steps_of(session, person, lot)), None)
    return last if last is not None and last.kind == STEP and last.after == lot.state else None


def steps_of(session: Session, person: Person, lot: Lot) -> tuple[LotStep, ...]:
    """Every step of a lot, the newest first; nothing outside the person's scope."""
    query = select(LotStep).where(LotStep.lot_id == lot.id, in_scope(person, LotStep.lot_id))
    return tuple(session.scalars(query.order_by(LotStep.id.desc())))


def write(
    session: Session, person: Person, lot: Lot, kind: str, after: str, *, note: str, received_before: datetime | None
) -> LotStep:
    """Write a step down and move the lot. Whoever calls has judged whether it may."""
    row = LotStep(
        lot_id=lot.id,
        kind=kind,
        before=lot.state,
        after=after,
        received_before=received_before,
        note=note,
        at=hub_of(session).clock(),
        by=person.id,
        by_name=person.name,
    )
    session.add(row)
    lot.state = after
    session.flush()
    audit.record(session, person, f"lot.{kind}", lot.id, f"{row.before} -> {after} {note}".strip())
    tell_step(session, lot, row)
    return row


def _require_nothing_came(session: Session, lot: Lot, note: str) -> None:
    if not note:
        raise BadInput("say why the lot is cancelled", "note")
    came = (
        select(Device.id).where(Device.lot_id == lot.id, Device.received.is_not(None)),
        select(Erasure.statement_id).where(Erasure.lot_id == lot.id),
        select(DeviceSaid.id).where(DeviceSaid.lot_id == lot.id, DeviceSaid.withdrawn.is_(None)),
    )
    counted = select(LotCount.kind, LotCount.number).where(LotCount.lot_id == lot.id, LotCount.step == "received")
    held = {row.kind: row.number for row in session.execute(counted.order_by(LotCount.id))}
    if any(held.values()) or any(session.execute(query.limit(1)).first() for query in came):
        raise Conflict("something of this lot came: it is closed, not cancelled")


def _moment(day: str, now: datetime) -> datetime:
    if not day:
        return now
    try:
        found = datetime.combine(date.fromisoformat(day), time(), UTC)
    except ValueError as error:
        raise BadInput("write the day as YYYY-MM-DD", "day") from error
    if found > now:
        raise BadInput("this day has not come yet", "day")
    if found < now - OLDEST:
        raise BadInput("this day lies more than ten years back: is the year right?", "day")
    return found
