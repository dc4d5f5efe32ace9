"""The devices of a lot by the step that people said of them: how many, and the first of each column.

A column is bounded; its own page has the rest. Devices that have left are on no column. What a bench saw is evidence
and stands on the page of the device: a board shows what people said.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import Select, func, select, tuple_
from sqlalchemy.orm import Session, selectinload

from hub.accounted import DeviceSaid
from hub.departed import ExitLine
from hub.devices import triage
from hub.devices.outcomes import OUT, STEPS
from hub.exits.gone import exits_of
from hub.models import Device, Lot, Person
from hub.people.roles import STAFF, require
from hub.repairs.places import places_now
from hub.scope import in_scope

NOWHERE: Final = ""  # the column of those of which nobody has said a step
COLUMNS: Final = (NOWHERE, *(step for step in STEPS if step != OUT))
FIRST: Final = 12  # devices of a column on the board
PAGE: Final = 100  # devices on the page of one column
LONGEST: Final = 18  # digits of a mark


@dataclass(frozen=True, slots=True)
class Card:
    """One device: the word that holds (None: nobody said one), where it goes ("" for unsaid) and where it lies."""

    device: Device
    said: DeviceSaid | None
    outcome: str
    place: str

    @property
    def mark(self) -> str:
        """What the address of the next page calls it, when it is the last card of a page."""
        return self.device.id if self.said is None else str(self.said.id)


@dataclass(frozen=True, slots=True)
class Column:
    """One step: how many devices are there, some of them, the longest there first, and whether others follow."""

    step: str
    count: int
    cards: tuple[Card, ...]
    more: bool = False


def device_board(session: Session, person: Person, lot: Lot, first: int = FIRST) -> tuple[Column, ...]:
    """Every column of a lot with its first devices. Raises Forbidden."""
    require(person, *STAFF)
    counted = _counts(session, person, lot)
    return tuple(
        _column(session, person, (step, counted.get(step, 0)), _standing_at(session, person, lot, step), first)
        for step in COLUMNS
    )


def device_column(session: Session, person: Person, lot: Lot, step: str, after: str = "") -> Column:
    """A page of a column: what follows the card with this mark; a step that is no column has nobody. Raises Forbidden.

    A mark stays good when its device has moved on meanwhile.
    """
    require(person, *STAFF)
    count = _counts(session, person, lot).get(step, 0)
    query = _standing_at(session, person, lot, step).where(*_after(session, lot, step, after))
    return _column(session, person, (step, count), query, PAGE)


def following(step: str) -> str:
    """The step after this one; "" after the last before an exit."""
    at = COLUMNS.index(step) + 1 if step in COLUMNS else len(COLUMNS)
    return COLUMNS[at] if at < len(COLUMNS) else ""


def _said() -> Any:
    newest = select(func.max(DeviceSaid.id)).where(DeviceSaid.about == triage.STEP, DeviceSaid.withdrawn.is_(None))
    return newest.where(DeviceSaid.device_id == Device.id).correlate(Device).scalar_subquery()


def _placed(session: Session, person: Person, lot: Lot, *columns: Any) -> Select[Any]:
    query = select(*columns).select_from(Device).outerjoin(DeviceSaid, DeviceSaid.id == _said())
    return query.where(Device.lot_id == lot.id, in_scope(person, Device.lot_id), Device.id.not_in(_out(session, lot)))


def _counts(session: Session, person: Person, lot: Lot) -> Mapping[str, int]:
    word = func.coalesce(DeviceSaid.word, NOWHERE)
    query = _placed(session, person, lot, word, func.count()).group_by(word)
    return {row[0]: row[1] for row in session.execute(query)}


def _standing_at(session: Session, person: Person, lot: Lot, step: str) -> Select[Any]:
    query = _placed(session, person, lot, Device, DeviceSaid).options(selectinload(Device.lot))
    return query.where(func.coalesce(DeviceSaid.word, NOWHERE) == step).order_by(*_order(step))


def _column(session: Session, person: Person, counted: tuple[str, int], query: Select[Any], size: int) -> Column:
    step, count = counted
    found = [(row[0], row[1]) for row in session.execute(query.limit(size + 1))] if count else []
    return Column(step, count, _cards(session, person, found[:size]), more=len(found) > size)


def _order(step: str) -> tuple[Any, ...]:
    return (func.coalesce(Device.asset, ""), Device.id) if step == NOWHERE else (DeviceSaid.id,)


def _after(session: Session, lot: Lot, step: str, mark: str) -> tuple[Any, ...]:
    if step != NOWHERE:
        number = int(mark) if mark.isascii() and mark.isdigit() and len(mark) <= LONGEST else 0
        return (DeviceSaid.id > number,)
    last = session.execute(select(*_order(step)).where(Device.id == mark, Device.lot_id == lot.id)).first()
    return (tuple_(*_order(step)) > tuple_(*last),) if mark and last else ()


def _cards(session: Session, person: Person, found: Sequence[tuple[Device, DeviceSaid | None]]) -> tuple[Card, ...]:
    ids = [device.id for device, _said_of_it in found]
    held, places = triage.words_of(session, person, ids), places_now(session, person, ids)
    outcomes = {one: words.disposition.word if words.disposition else "" for one, words in held.items()}
    return tuple(Card(device, said, outcomes[device.id], places.get(device.id, "")) for device, said in found)


def _out(session: Session, lot: Lot) -> list[str]:
    """The devices of the lot that are out now."""
    ids = session.scalars(select(ExitLine.device_id).where(ExitLine.lot_id == lot.id, ExitLine.withdrawn.is_(None)))
    return list(exits_of(session, [one for one in ids if one is not None]))
