"""The sheets of tags of a lot: which devices have no label yet, and a sheet for the next of them. Records who printed.

Nothing is issued here and no device changes. A lot closes without any sheet.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from hub import audit
from hub.context import hub_of
from hub.errors import BadInput, NotFound
from hub.lots.blocking import NOT_HERE
from hub.models import Device, Lot, Person
from hub.people.roles import STAFF, require
from hub.rare import has_none
from hub.scope import in_scope
from hub.tagged import TagSheet
from hub.tags.series import check_sheet

MOST: Final = 500  # devices of one act


@dataclass(frozen=True, slots=True)
class Unprinted:
    """The devices of a lot without a label: how many, how many of those have no tag, and how many the lot has."""

    number: int
    untagged: int
    of: int


def unprinted(session: Session, person: Person, lot: Lot) -> Unprinted:
    """How many devices of the lot stand on no sheet yet. Raises Forbidden."""
    require(person, *STAFF)
    every = _every(session, person, lot)
    left = _left(session, lot, every)
    return Unprinted(len(left), sum(not every[one] for one in left), len(every))


def print_sheet(session: Session, person: Person, lot: Lot, *, sheet: str, start: int, each: int) -> TagSheet:
    """Record a sheet of the devices that stand on none, the first `MOST` of them by tag and serial.

    Raises Forbidden, BadInput (no such sheet or place; no device is left).
    """
    require(person, *STAFF)
    check_sheet(sheet, start, each)
    left = _left(session, lot, _every(session, person, lot))[:MOST]
    if not left:
        raise BadInput("every device of this lot is on a sheet already: take that one again", "tags")
    row = TagSheet(lot_id=lot.id, devices=left, sheet=sheet, start=start, each=each)
    row.at, row.by, row.by_name = hub_of(session).clock(), person.id, person.name
    session.add(row)
    session.flush()
    audit.record(session, person, "tags.print", lot.id, f"sheet {row.id}: {len(left)} devices")
    return row


def sheets_of(session: Session, person: Person, lot: Lot) -> tuple[TagSheet, ...]:
    """The sheets of a lot, the newest first. Raises Forbidden."""
    require(person, *STAFF)
    query = select(TagSheet).where(TagSheet.lot_id == lot.id, in_scope(person, TagSheet.lot_id))
    return tuple(session.scalars(query.order_by(TagSheet.id.desc())))


def sheet_for(session: Session, person: Person, lot: Lot, number: int) -> tuple[TagSheet, tuple[Device, ...]]:
    """One sheet of a lot with its devices in order, as they are named now. Raises Forbidden, NotFound."""
    row = next((one for one in sheets_of(session, person, lot) if one.id == number), None)
    if row is None:
        raise NotFound("no such sheet of tags")
    query = select(Device).where(Device.id.in_(row.devices), in_scope(person, Device.lot_id))
    found = {device.id: device for device in session.scalars(query)}
    return row, tuple(found[one] for one in row.devices if one in found)


def has_tags(session: Session, lot: Lot) -> bool:
    """Whether a sheet was printed for this lot, or it is here and each of its devices carries a tag anyhow.

    What the list of a donor calls its devices is no tag yet: nobody has seen a label before they came.
    """
    of_lot = {"lot": lot.id}
    if not has_none(session, lot.id, TagSheet) and session.scalar(_SHEET, of_lot) is not None:
        return True
    if lot.state in NOT_HERE:
        return False
    return session.scalar(_UNTAGGED, of_lot) is None and session.scalar(_ANY, of_lot) is not None


_SHEET: Final = select(TagSheet.id).where(TagSheet.lot_id == bindparam("lot")).limit(1)
_ANY: Final = select(Device.id).where(Device.lot_id == bindparam("lot")).limit(1)
_UNTAGGED: Final = _ANY.where(Device.asset.is_(None))


def _every(session: Session, person: Person, lot: Lot) -> dict[str, str]:
    """The identifiers of the lot's devices by tag and serial, those without a tag last, each with its tag."""
    query = select(Device.id, Device.asset).where(Device.lot_id == lot.id, in_scope(person, Device.lot_id))
    query = query.order_by(Device.asset.is_(None), Device.asset, Device.serial, Device.id)
    return {key: asset or "" for key, asset in session.execute(query)}


def _left(session: Session, lot: Lot, every: Iterable[str]) -> list[str]:
    lists = session.scalars(select(TagSheet.devices).where(TagSheet.lot_id == lot.id))
    printed = {one for devices in lists for one in devices}
    return [one for one in every if one not in printed]
