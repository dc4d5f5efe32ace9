"""Reading the ledger into the derived tables, always in the order of its positions.

A rebuild is the same reading from the start, so both give the same rows.

This is the top loop of interpretation: whatever a reader raises becomes a line in `intake_problem`. The statement was
stored, and its transaction committed, before anything here looked at it.
"""

from collections.abc import Iterable, Sequence
from typing import Final

from sqlalchemy import delete, func, or_, select
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from hub.derive.drives import forget_observations
from hub.derive.interpret import interpret, note_problem
from hub.derive.waiting import waiting_for
from hub.ledger.append import lock_ledger
from hub.models import (
    Assessment,
    Certificate,
    DerivationCursor,
    Device,
    Diagnostic,
    Erasure,
    IntakeProblem,
    LedgerEntry,
)
from hub.named import WaitingName
from hub.recalled import Superseded

PAGE = 200
TABLES: Final = (  # derived from the ledger alone, in the order in which they can be emptied
    Superseded,
    Certificate,
    Erasure,
    Assessment,
    Diagnostic,
    WaitingName,
    IntakeProblem,
    DerivationCursor,
)
LIMITS = "54"  # class of errors of PostgreSQL: what was asked is too large for it, today and tomorrow


def read_ledger(session: Session) -> int:
    """Interpret every statement that was not read yet; returns how many. Safe to call at any time, by anybody."""
    count = 0
    while found := read_some(session, PAGE):
        count += found
    return count


def read_some(session: Session, most: int) -> int:
    """Interpret the next statements, at most so many; returns how many. Fewer than `most`: nothing is unread."""
    lock_ledger(session)
    cursor = _cursor(session)
    before = _newest_device(session)
    entries = _page(session, cursor.position, most)
    if entries:
        _read(session, entries, cursor)
        session.flush()
        _follow(session, before)
    return len(entries)


def rebuild(session: Session) -> int:
    """Drop every derived row and read the ledger again; returns the number of statements read."""
    lock_ledger(session)
    session.expire_all()
    for table in TABLES:
        session.execute(delete(table))
    forget_observations(session)
    session.expunge_all()
    return read_ledger(session)


def rematch(session: Session, lot_id: str | None) -> None:
    """Look again for device and lot of statements that have no lot, and of those of one lot (after an import)."""
    lock_ledger(session)
    before = _newest_device(session)
    _read_again(session, lot_id)
    _follow(session, before)


def read_runs_of(session: Session, drive_id: str) -> None:
    """Look again at every run of one drive (after a person's word about it)."""
    lock_ledger(session)
    before = _newest_device(session)
    _read_all(session, session.scalars(select(Erasure.position).where(Erasure.drive_id == drive_id)))
    _follow(session, before)


def place_waiting(session: Session, devices: Sequence[Device]) -> None:
    """Look again at what has no lot and names one of these devices, which were not known before."""
    lock_ledger(session)
    before = _newest_device(session)
    _read_naming(session, devices)
    _follow(session, before)


def _follow(session: Session, before: int) -> None:
    """Look again as long as reading makes devices at benches: their tags may be those that others wait for."""
    while made := session.scalars(select(Device).where(Device.known_from > before, Device.source == "bench")).all():
        before = max(device.known_from for device in made)
        _read_naming(session, made)


def _read_again(session: Session, lot_id: str | None) -> None:
    for table in (Erasure, Diagnostic):
        condition = table.lot_id.is_(None) if lot_id is None else or_(table.lot_id.is_(None), table.lot_id == lot_id)
        _read_all(session, session.scalars(select(table.position).where(condition)))


def _read_naming(session: Session, devices: Sequence[Device]) -> None:
    """Read again what waits and states the tag of a device or, a diagnosis, its serial: nothing else finds it."""
    names = {name for device in devices for name in (device.asset, device.serial) if name}
    _read_all(session, waiting_for(session, names))
    _name_devices(session, devices)


def _name_devices(session: Session, devices: Sequence[Device]) -> None:
    """Let the runs that found their lot, but no device, find the one whose tag was stated since."""
    tags = {(device.lot_id, device.asset) for device in devices}
    query = select(Erasure.position, Erasure.lot_id, Erasure.payload["asset"].as_string())
    query = query.where(Erasure.lot_id.in_({lot_id for lot_id, _ in tags}), Erasure.device_id.is_(None))
    found = session.execute(query)
    _read_all(session, [position for position, lot_id, tag in found if (lot_id, tag.strip()) in tags])


def _read_all(session: Session, positions: Iterable[int]) -> None:
    ordered = sorted(positions)  # all of them, before the first is placed
    for start in range(0, len(ordered), PAGE):
        some = LedgerEntry.position.in_(ordered[start : start + PAGE])
        entries = session.scalars(select(LedgerEntry).where(some).order_by(LedgerEntry.position)).all()
        session.execute(delete(IntakeProblem).where(IntakeProblem.statement_id.in_([entry.id for entry in entries])))
        _read(session, entries, None)
        session.flush()


def _read(session: Session, entries: Sequence[LedgerEntry], cursor: DerivationCursor | None) -> None:
    """Interpret statements together; where that fails each half by itself, down to the one that fails."""
    nested = session.begin_nested()
    try:
        interpret(session, entries)
        nested.commit()
    except Exception as error:
        nested.rollback()
        if of_the_moment(error):
            raise  # the statement is not to blame: whoever reads takes all of it back and tries again
        if len(entries) > 1:
            half = len(entries) // 2
            _read(session, entries[:half], cursor)
            _read(session, entries[half:], cursor)
            return
        note_problem(session, entries[0], f"{type(error).__name__}: {error}")
    if cursor is not None:
        cursor.position = entries[-1].position


def of_the_moment(error: Exception) -> bool:
    """Whether the database could not work just now (full, busy, deadlocked, gone), whatever it was asked to write."""
    if not isinstance(error, OperationalError):
        return False
    state, name = getattr(error.orig, "sqlstate", None) or "", getattr(error.orig, "sqlite_errorname", "")
    return not state.startswith(LIMITS) and name != "SQLITE_ERROR"


def _cursor(session: Session) -> DerivationCursor:
    cursor = session.get(DerivationCursor, 1, populate_existing=True)
    if cursor is None:
        cursor = DerivationCursor(id=1, position=0)
        session.add(cursor)
        session.flush()
    return cursor


def _page(session: Session, after: int, most: int) -> list[LedgerEntry]:
    query = select(LedgerEntry).where(LedgerEntry.position > after).order_by(LedgerEntry.position).limit(most)
    return list(session.scalars(query))


def _newest_device(session: Session) -> int:
    return session.scalar(select(func.max(Device.known_from))) or 0
