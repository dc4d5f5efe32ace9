"""The table of a lot: each drive in its device, the newest run of each, and which machines came. Plain rows, counted.

What is shown of it is a page; the figures above it are of the whole lot. What explains a drive is in `account`.
"""

from collections import defaultdict
from dataclasses import dataclass
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.lots.blocking import Ledgerbook
from hub.lots.seen import DeviceSeen, DriveSeen
from hub.models import Device, Diagnostic, Drive, Erasure, Lot, Person
from hub.scope import in_scope


class NewestRun(NamedTuple):
    """The newest run of a drive, in whichever lot it was made."""

    verdict: str
    decision: str
    certificate_id: str | None


@dataclass(frozen=True, slots=True)
class Spot:
    """One line: a drive in its device, a device without a drive, or a loose drive. `received`: it is here."""

    device: DeviceSeen | None
    drive: DriveSeen | None
    run: NewestRun | None
    received: bool

    @property
    def key(self) -> str:
        """What names the line for ever: the drive, else the device."""
        return self.drive.id if self.drive is not None else self.device.id if self.device is not None else ""


@dataclass(frozen=True, slots=True)
class Spots:
    """Every line of a lot by tag, loose drives last; how many machines came, and how many were diagnosed."""

    lines: tuple[Spot, ...]
    received: int
    diagnosed: int


def spots_of(session: Session, person: Person, lot: Lot, book: Ledgerbook) -> Spots:
    """The table of a lot whose account was read; nothing outside the person's scope."""
    runs, diagnosed = _runs(session, person, lot), _diagnosed(session, person, lot)
    inside: dict[str | None, list[DriveSeen]] = defaultdict(list)
    for line in book.lines:
        if line.drive.lot_id == lot.id:
            inside[line.drive.device_id].append(line.drive)
    lines, received = [], 0
    for device in book.every:
        drives = inside[device.id]
        here = device.received is not None or device.id in diagnosed or any(one.id in runs for one in drives)
        received += here
        lines += [Spot(device, one, runs.get(one.id), here) for one in drives] or [Spot(device, None, None, here)]
    lines += [Spot(None, one, runs.get(one.id), received=True) for one in inside[None]]
    return Spots(tuple(lines), received, len(diagnosed))


def _runs(session: Session, person: Person, lot: Lot) -> dict[str, NewestRun]:
    query = select(Erasure.drive_id, Erasure.verdict, Erasure.decision, Erasure.certificate_id)
    query = query.where(Erasure.drive_id.in_(select(Drive.id).where(Drive.lot_id == lot.id)))
    rows = session.execute(query.where(in_scope(person, Erasure.lot_id)).order_by(Erasure.position))
    return {row[0]: NewestRun(*row[1:]) for row in rows}


def _diagnosed(session: Session, person: Person, lot: Lot) -> frozenset[str | None]:
    mine = select(Device.id).where(Device.lot_id == lot.id, in_scope(person, Device.lot_id))
    return frozenset(session.scalars(select(Diagnostic.device_id).where(Diagnostic.device_id.in_(mine)).distinct()))
