"""Lots in lines: a page of the list, the newest first, and the counts of several lots at once. Never an offset.

The page after a lot begins behind it (keyset over `ix_lot_created_code`); counts go over indexes, lot by lot.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session, aliased, selectinload

from hub.indexed import by_its_row
from hub.lots.erased_now import doubted_runs, early_runs, erased_drives
from hub.models import DecisionWord, Device, Drive, Erasure, Lot, LotState, Person
from hub.scope import in_scope
from hub.unchanged import unchanged

SIZE: Final = 25  # lots of one page
OFFERED: Final = 100  # codes that a form offers beside what one types
_LATER = aliased(Erasure)
ENDED: Final = (LotState.CLOSED.value, LotState.CANCELLED.value)


@dataclass(frozen=True, slots=True)
class LotSummary:
    """Counts of one lot. `verdicts` counts the latest erasure of each drive; `unseen` drives have none.

    `certified`: those whose latest erasure has a certificate against which nothing speaks.
    """

    lot: Lot
    devices: int
    drives: int
    unseen: int
    verdicts: dict[str, int]
    awaiting: int
    certified: int


def page_of(
    session: Session,
    person: Person,
    after: str = "",
    size: int = SIZE,
    *which: ColumnElement[bool],
    ended: bool = True,
) -> tuple[Lot, ...]:
    """Up to `size` lots in the person's scope, the newest first, those after the lot of this code, with their donors.

    `which`: those of these conditions. `ended`: closed and cancelled lots too. A code that names nothing in scope
    begins at the start.
    """
    query = select(Lot).options(selectinload(Lot.donor)).where(in_scope(person, Lot.id), *which)
    if not ended:
        query = query.where(Lot.state.not_in(ENDED))
    last = session.scalar(select(Lot).where(Lot.code == after, in_scope(person, Lot.id))) if after else None
    if last is not None:
        query = query.where(_behind(last))
    return tuple(session.scalars(query.order_by(Lot.created.desc(), Lot.code).limit(size)))


def codes_in_hand(session: Session, person: Person) -> tuple[str, ...]:
    """The codes of the newest lots that have not ended, for a form to offer."""
    query = select(Lot.code).where(in_scope(person, Lot.id), Lot.state.not_in(ENDED))
    return tuple(session.scalars(query.order_by(Lot.created.desc(), Lot.code).limit(OFFERED)))


def summaries(session: Session, lots: Sequence[Lot]) -> list[LotSummary]:
    """The counts of these lots, which the caller found in scope, in their order."""
    ids = tuple(lot.id for lot in lots)
    counts = unchanged(session, ("lots", ids), lambda: _counts(session, ids))
    return [LotSummary(lot, *counts[lot.id]) for lot in lots]


def erased_in_scope(session: Session, person: Person) -> int:
    """How many drives of the person's lots stand as erased in the accounts, those of lots that ended too."""

    def number() -> int:
        return len(frozenset[str]().union(*erased_drives(session, person).values()))

    return unchanged(session, ("erased", person.id), number)


def _counts(session: Session, ids: Collection[str]) -> Mapping[str, tuple[int, int, int, dict[str, int], int, int]]:
    """The counts of each lot, in the order of `LotSummary`."""
    devices, drives = _by_lot(session, Device.lot_id, ids), _by_lot(session, Drive.lot_id, ids)
    certified, verdicts = _certified(session, ids), _verdicts(session, ids)
    awaiting = _by_lot(session, Erasure.lot_id, ids, by_its_row(Erasure.decision) == DecisionWord.AWAITING)
    return {
        one: (
            devices[one],
            drives[one],
            max(0, drives[one] - sum(verdicts[one].values())),
            verdicts[one],
            awaiting[one],
            certified[one],
        )
        for one in ids
    }


def _behind(last: Lot) -> ColumnElement[bool]:
    # the first part is the range that an index follows; the second leaves out what was shown of that moment
    return and_(Lot.created <= last.created, or_(Lot.created < last.created, Lot.code > last.code))


def _by_lot(
    session: Session,
    column: InstrumentedAttribute[str] | InstrumentedAttribute[str | None],
    ids: Iterable[str],
    *which: ColumnElement[bool],
) -> Counter[str]:
    query = select(column, func.count()).where(column.in_(ids), *which).group_by(column)
    return Counter({str(lot): int(number) for lot, number in session.execute(query)})


def _certified(session: Session, ids: Collection[str]) -> Counter[str]:
    """How many drives of each lot have a certificate of their newest run, of its time; nothing speaks against it."""
    run = (Erasure.certificate_id.is_not(None), by_its_row(Erasure.decision) == DecisionWord.APPROVED, _is_newest())
    found = _by_lot(session, Erasure.lot_id, ids, *run)
    every = frozenset[str]().union(*doubted_runs(session, ids).values(), *early_runs(session, ids).values())
    if every:
        found -= _by_lot(session, Erasure.lot_id, ids, *run, Erasure.statement_id.in_(every))
    return found


def _is_newest() -> ColumnElement[bool]:
    """That no run of `Erasure`'s drive came after it in its lot."""
    newer = select(_LATER.position).where(
        _LATER.lot_id == Erasure.lot_id, _LATER.drive_id == Erasure.drive_id, _LATER.position > Erasure.position
    )
    return ~newer.exists()


def _verdicts(session: Session, ids: Iterable[str]) -> Mapping[str, dict[str, int]]:
    """The newest verdict of each drive, counted by lot."""
    query = select(Erasure.lot_id, Erasure.verdict, func.count()).where(Erasure.lot_id.in_(ids), _is_newest())
    found: dict[str, dict[str, int]] = defaultdict(dict)
    for lot, verdict, number in session.execute(query.group_by(Erasure.lot_id, Erasure.verdict)):
        found[str(lot)][verdict] = number
    return found
