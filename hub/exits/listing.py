"""Reading exits: the movements of the workshop, the lines of one, and what a donor may know of the own lots.

A donor reads no price and no prescription, and the name of whoever got the goods only where that one agreed.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.departed import ExitBatch, ExitLine
from hub.exits.papers import slips_of
from hub.lots.late_runs import late_by_line
from hub.models import Device, Lot, Person
from hub.people.roles import BENCH, READERS, require
from hub.scope import in_scope, written_in_scope

PAGE = 50


@dataclass(frozen=True, slots=True)
class Departure:
    """One line of a movement with its device (None: units by number), its lot, and its movement."""

    line: ExitLine
    batch: ExitBatch
    lot: Lot
    device: Device | None


@dataclass(frozen=True, slots=True)
class Told:
    """What a donor reads of one exit. There is no price and nobody's name in it but an organisation that agreed."""

    tag: str
    kind: str
    units: int
    mode: str
    day: str
    receiver: str
    slip: str
    late: bool  # a run on a drive of it failed after it left


def batches(session: Session, person: Person, before: int = 0, size: int = PAGE) -> tuple[ExitBatch, ...]:
    """A page of movements, the newest first, those before one of them. Raises Forbidden."""
    require(person, *BENCH)
    query = select(ExitBatch).where(written_in_scope(person, ExitBatch.by)).order_by(ExitBatch.id.desc()).limit(size)
    return tuple(session.scalars(query.where(ExitBatch.id < before) if before else query))


def counts_of(session: Session, person: Person, found: Sequence[ExitBatch]) -> Mapping[int, int]:
    """How many units went with each movement and did not come back by an undo."""
    query = select(ExitLine.batch_id, ExitLine.units).where(
        ExitLine.batch_id.in_([one.id for one in found]),
        ExitLine.withdrawn.is_(None),
        in_scope(person, ExitLine.lot_id),
    )
    totals: dict[int, int] = {}
    for row in session.execute(query):
        totals[row.batch_id] = totals.get(row.batch_id, 0) + row.units
    return totals


def lines_of(session: Session, person: Person, batch: ExitBatch) -> tuple[Departure, ...]:
    """The lines of a movement, those taken back too, oldest first. Raises Forbidden."""
    require(person, *BENCH)
    return _departures(session, person, ExitLine.batch_id == batch.id)


def departures_of_device(session: Session, person: Person, device: Device) -> tuple[Departure, ...]:
    """Every exit of a device, oldest first. Raises Forbidden."""
    require(person, *READERS)
    return _departures(session, person, ExitLine.device_id == device.id)


def departures_of_batches(session: Session, person: Person, numbers: Sequence[int]) -> tuple[Departure, ...]:
    """The lines of these movements, those taken back too, oldest first. Raises Forbidden."""
    require(person, *BENCH)
    return _departures(session, person, ExitLine.batch_id.in_(numbers))


def departures_of_lot(session: Session, person: Person, lot: Lot) -> tuple[Departure, ...]:
    """What left of a lot and was not taken back, oldest first; nothing outside the person's scope."""
    return _departures(session, person, ExitLine.lot_id == lot.id, ExitLine.withdrawn.is_(None))


def told_of_lot(session: Session, person: Person, lot: Lot) -> tuple[Told, ...]:
    """What became of the goods of a lot, for whoever may see it; nothing outside the person's scope."""
    found = departures_of_lot(session, person, lot)
    slips = slips_of(session, [one.batch.id for one in found])
    late = late_by_line(session, person, [one.line for one in found])
    return tuple(
        Told(
            (one.device.asset or one.device.serial) if one.device else "",
            one.line.kind,
            one.line.units,
            one.batch.mode,
            one.batch.day,
            one.batch.receiver if one.batch.named_to_donor else "",
            slips[one.batch.id].number if one.batch.id in slips else "",
            one.line.id in late,
        )
        for one in found
    )


def _departures(session: Session, person: Person, *where: object) -> tuple[Departure, ...]:
    query = (
        select(ExitLine, ExitBatch, Lot, Device)
        .join(ExitBatch, ExitBatch.id == ExitLine.batch_id)
        .join(Lot, Lot.id == ExitLine.lot_id)
        .outerjoin(Device, Device.id == ExitLine.device_id)
        .where(in_scope(person, ExitLine.lot_id), *where)  # type: ignore[arg-type]
        .order_by(ExitLine.id)
    )
    return tuple(Departure(*row) for row in session.execute(query))
