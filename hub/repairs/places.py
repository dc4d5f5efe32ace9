"""Where devices and parts lie: a place is a word of the workshop, each move is a row, the newest one holds."""

from collections.abc import Mapping, Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub import audit
from hub.claims import refuse_claims
from hub.context import hub_of
from hub.errors import BadInput, Conflict
from hub.exits.gone import require_here
from hub.models import Device, Person
from hub.people.roles import BENCH, READERS, require
from hub.repaired import Part, Placement
from hub.scope import in_scope
from hub.typed import one_line


def put_device(session: Session, person: Person, device: Device, place: str) -> Placement:
    """Say where a device lies now. Raises Forbidden, BadInput, Conflict (it lies there already, or has left)."""
    require(person, *BENCH)
    require_here(session, device)
    row = Placement(device_id=device.id, lot_id=device.lot_id, place=checked_place(place))
    return _put(session, person, row, moves_of_device(session, person, device), device.id)


def put_part(session: Session, person: Person, part: Part, place: str) -> Placement:
    """Say where a part lies now. Raises Forbidden, BadInput, Conflict (it lies there already)."""
    require(person, *BENCH)
    row = Placement(part_id=part.id, lot_id=part.lot_id, place=checked_place(place))
    return _put(session, person, row, moves_of_part(session, person, part), f"part {part.id}")


def moves_of_device(session: Session, person: Person, device: Device) -> tuple[Placement, ...]:
    """Every place of a device, the newest first; nothing outside the person's scope."""
    query = select(Placement).where(Placement.device_id == device.id, in_scope(person, Placement.lot_id))
    return tuple(session.scalars(query.order_by(Placement.id.desc())))


def moves_of_part(session: Session, person: Person, part: Part) -> tuple[Placement, ...]:
    """Every place of a part, the newest first. Raises Forbidden."""
    require(person, *READERS)
    return tuple(session.scalars(select(Placement).where(Placement.part_id == part.id).order_by(Placement.id.desc())))


def put_back(session: Session, person: Person, device: Device, place: str) -> Placement:
    """Say that a device lies where it lay before its last move; "": nobody knew where. Raises Forbidden, Conflict."""
    require(person, *BENCH)
    require_here(session, device)
    row = Placement(device_id=device.id, lot_id=device.lot_id, place=place)
    return _put(session, person, row, moves_of_device(session, person, device), device.id)


def places_now(session: Session, person: Person, device_ids: Sequence[str]) -> Mapping[str, str]:
    """Where each of these devices lies; those of which nobody said it are left out."""
    query = select(Placement.device_id, Placement.place).where(Placement.device_id.in_(device_ids))
    found = session.execute(query.where(in_scope(person, Placement.lot_id)).order_by(Placement.id))
    newest = {row[0]: row[1] for row in found}
    return {one: place for one, place in newest.items() if one is not None and place}


def checked_place(text: str) -> str:
    """A place as it is kept: one line of 64 characters. Raises BadInput for none, or for a claim."""
    place = one_line(text, 64)
    if not place:
        raise BadInput("name the place: a shelf, a box, a room", "place")
    refuse_claims(place)
    return place


def _put(session: Session, person: Person, row: Placement, before: tuple[Placement, ...], subject: str) -> Placement:
    if before and before[0].place == row.place:
        raise Conflict("it lies there already")
    row.at, row.by, row.by_name = hub_of(session).clock(), person.id, person.name
    session.add(row)
    session.flush()
    audit.record(session, person, "place", subject, f"{before[0].place if before else '-'} -> {row.place}")
    return row
