"""Units without a tag that leave by number: screens and parts that the lot counted for that outcome, and no more.

A drive never leaves so: each one has its explanation (INV-10).
"""

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from hub import audit
from hub.context import hub_of
from hub.departed import ExitBatch, ExitLine
from hub.errors import BadInput, Conflict
from hub.exits.modes import BY_NUMBER, MODES, SALE
from hub.lots.counts import SORTED, history
from hub.models import Lot, Person
from hub.people.roles import MANAGERS, require


def send_units(session: Session, person: Person, batch: ExitBatch, lot: Lot, *, kind: str, units: int) -> ExitLine:
    """Let units of a lot out by number. Raises Forbidden, BadInput, Conflict (a sale; more than were sorted so)."""
    require(person, *MANAGERS)
    session.refresh(lot, with_for_update=True)
    if kind not in BY_NUMBER:
        raise BadInput("only screens and parts leave by number: a drive never does", "kind")
    if units < 1:
        raise BadInput("write how many units leave", "units")
    if batch.mode == SALE:
        raise Conflict("what is sold has a tag of its own")
    left = sorted_so(session, person, lot, kind, MODES[batch.mode].outcome) - gone_so(session, batch, lot, kind)
    if units > left:
        raise Conflict(f"lot {lot.code} has {left} units of this kind left for this exit")
    row = ExitLine(
        batch_id=batch.id,
        lot_id=lot.id,
        kind=kind,
        units=units,
        at=hub_of(session).clock(),
        by=person.id,
        by_name=person.name,
    )
    session.add(row)
    session.flush()
    audit.record(session, person, "lot.exit", lot.id, f"exit {batch.id} {batch.mode}: {units} {kind}")
    return row


def sorted_so(session: Session, person: Person, lot: Lot, kind: str, outcome: str) -> int:
    """How many units of a kind the lot counted for an outcome."""
    rows = history(session, person, lot)  # the newest first
    found = (row.number for row in rows if (row.step, row.kind, row.reason) == (SORTED, kind, outcome))
    return next(found, 0)


def gone_so(session: Session, batch: ExitBatch, lot: Lot, kind: str) -> int:
    """How many units of a kind left the lot by exits of the same outcome."""
    same = [mode.code for mode in MODES.values() if mode.outcome == MODES[batch.mode].outcome]
    query = (
        select(func.sum(ExitLine.units))
        .join(ExitBatch, ExitBatch.id == ExitLine.batch_id)
        .where(ExitLine.lot_id == lot.id, ExitLine.kind == kind, ExitLine.device_id.is_(None))
        .where(ExitLine.withdrawn.is_(None), ExitBatch.mode.in_(same))
    )
    return session.scalar(query) or 0
