"""The lots by their state: how many, and of the first of each column how old it is, what it holds and what blocks it.

What blocks is counted with a few bounded queries for the lots that are shown; the exact list is that of the closing.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import ColumnElement, and_, exists, func, or_, select
from sqlalchemy.orm import Session, selectinload

from certificates.statement import CERTIFIABLE
from hub import waiting
from hub.accounted import DeviceSaid, DriveRecord, LotStep
from hub.context import hub_of
from hub.devices.triage import DISPOSITION
from hub.lots import life
from hub.models import DecisionWord, Device, Drive, Erasure, Lot, LotState, Person
from hub.people.roles import STAFF, require
from hub.samples.reading import unread_by_lot
from hub.scope import in_scope

COLUMNS: Final = (
    LotState.ANNOUNCED,
    LotState.COLLECTED,
    LotState.RECEIVED,
    LotState.PROCESSING,
    LotState.READY,
    LotState.CLOSED,
)
FIRST: Final = 10  # lots of a column on the board
PAGE: Final = 100  # lots on the page of one column
LATELY: Final = timedelta(days=30)  # how long a closed lot stays on the board


@dataclass(frozen=True, slots=True)
class Card:
    """One lot: since when it is where it is, how many devices and drives it has, and how much of what blocks it."""

    lot: Lot
    since: datetime
    devices: int
    drives: int
    blocks: Mapping[str, int]  # failed, awaiting, unseen, nowhere -> how many

    @property
    def mark(self) -> str:
        """What the address of the next page calls it, when it is the last card of a page."""
        return self.lot.code


@dataclass(frozen=True, slots=True)
class Column:
    """One state: how many lots are there, some of them, the oldest first, and whether others follow."""

    state: LotState
    count: int
    cards: tuple[Card, ...]
    more: bool = False


def lot_board(session: Session, person: Person, first: int = FIRST) -> tuple[Column, ...]:
    """Every column with its first lots. Raises Forbidden."""
    require(person, *STAFF)
    return tuple(_column(session, person, state, "", first) for state in COLUMNS)


def lot_column(session: Session, person: Person, state: LotState, after: str = "") -> Column:
    """A page of a column: what follows the lot with this code, wherever that lot is by now. Raises Forbidden."""
    require(person, *STAFF)
    return _column(session, person, state, after, PAGE)


def _column(session: Session, person: Person, state: LotState, after: str, size: int) -> Column:
    which = _of(session, person, state)
    count = session.scalar(select(func.count()).select_from(Lot).where(*which)) or 0
    query = select(Lot).options(selectinload(Lot.donor)).where(*which, *_after(session, person, after))
    lots = session.scalars(query.order_by(Lot.created, Lot.id).limit(size + 1)).all() if count else []
    return Column(state, count, _cards(session, person, lots[:size]), more=len(lots) > size)


def _after(session: Session, person: Person, code: str) -> tuple[ColumnElement[bool], ...]:
    last = session.execute(select(Lot.created, Lot.id).where(Lot.code == code, in_scope(person, Lot.id))).first()
    return (or_(Lot.created > last[0], and_(Lot.created == last[0], Lot.id > last[1])),) if code and last else ()


def _of(session: Session, person: Person, state: LotState) -> tuple[ColumnElement[bool], ...]:
    plain = (Lot.state == state.value, in_scope(person, Lot.id))
    if state is not LotState.CLOSED:
        return plain
    day = hub_of(session).clock() - LATELY
    closed = exists().where(LotStep.lot_id == Lot.id, LotStep.kind == life.CLOSE, LotStep.at >= day)
    return (*plain, closed)


def _cards(session: Session, person: Person, lots: Sequence[Lot]) -> tuple[Card, ...]:
    if not lots:
        return ()
    ids = [lot.id for lot in lots]
    since = _grouped(session, select(LotStep.lot_id, func.max(LotStep.at)).where(LotStep.lot_id.in_(ids)), LotStep)
    devices = _grouped(session, select(Device.lot_id, func.count()).where(Device.lot_id.in_(ids)), Device)
    drives = _grouped(session, select(Drive.lot_id, func.count()).where(Drive.lot_id.in_(ids)), Drive)
    blocks = _blocks(session, person, ids)
    return tuple(
        Card(
            lot,
            since.get(lot.id, lot.created),
            devices.get(lot.id, 0),
            drives.get(lot.id, 0),
            {name: found[lot.id] for name, found in blocks.items() if found.get(lot.id)},
        )
        for lot in lots
    )


def _blocks(session: Session, person: Person, ids: Sequence[str]) -> Mapping[str, Mapping[str, Any]]:
    awaits = select(Erasure.lot_id, func.count()).where(
        Erasure.lot_id.in_(ids), Erasure.decision == DecisionWord.AWAITING, Erasure.verdict.in_(CERTIFIABLE)
    )
    seen = exists().where(Erasure.drive_id == Drive.id)
    told = exists().where(and_(DriveRecord.drive_id == Drive.id, DriveRecord.withdrawn.is_(None)))
    unseen = select(Drive.lot_id, func.count()).where(Drive.lot_id.in_(ids), ~seen, ~told)
    said = exists().where(
        DeviceSaid.device_id == Device.id, DeviceSaid.about == DISPOSITION, DeviceSaid.withdrawn.is_(None)
    )
    nowhere = select(Device.lot_id, func.count()).where(Device.lot_id.in_(ids), Device.received.is_not(None), ~said)
    return {
        "failed": waiting.failed_by_lot(session, person, ids),
        "awaiting": _grouped(session, awaits, Erasure),
        "unseen": _grouped(session, unseen, Drive),
        "sample": unread_by_lot(session, ids),
        "nowhere": _grouped(session, nowhere, Device),
    }


def _grouped(session: Session, query: Any, table: Any) -> Mapping[str, Any]:
    return {row[0]: row[1] for row in session.execute(query.group_by(table.lot_id))}
