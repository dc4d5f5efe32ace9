"""The table of a lot: each drive in its device, the newest run of each, and which machines came. Plain rows, counted.

What is shown of it is a page; the figures above it are of the whole lot. What explains a drive is in `account`.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Final, NamedTuple

from sqlalchemy import Select, bindparam, select
from sqlalchemy.orm import Session

from hub.database import plain_rows
from hub.indexed import by_its_row
from hub.lots.blocking import Ledgerbook
from hub.lots.seen import DeviceSeen, DriveSeen, RunSeen
from hub.models import Device, Diagnostic, Erasure, Lot, Person
from hub.scope import in_scope, scoped


class NewestRun(NamedTuple):
    """The newest run of a drive, in whichever lot it was made."""

    statement_id: str
    verdict: str
    decision: str
    certificate_id: str | None


class Spot(NamedTuple):
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
    """Every line of a lot by tag, loose drives last; how many machines were seen here, how many were diagnosed."""

    lines: tuple[Spot, ...]
    received: int
    diagnosed: int


def spots_of(session: Session, person: Person, lot: Lot, book: Ledgerbook) -> Spots:
    """The table of a lot whose account was read; nothing outside the person's scope."""
    runs, diagnosed = _runs(session, person, book), _diagnosed(session, person, lot)
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


def _runs(session: Session, person: Person, book: Ledgerbook) -> dict[str, NewestRun]:
    """The newest run of each drive: of those in the lot, which were asked for in scope, and of those out of it."""
    told = _in_scope(session, person, [run for line in book.lines for run in line.abroad])
    found = dict[str, NewestRun]()
    for line in book.lines:
        others = [run for run in line.abroad if run.statement_id in told] if line.abroad else ()
        runs = sorted((*line.runs, *others), key=lambda run: run.position) if others else line.runs
        if runs:
            found[line.drive.id] = NewestRun(
                runs[-1].statement_id, runs[-1].verdict, runs[-1].decision, runs[-1].certificate_id
            )
    return found


def _in_scope(session: Session, person: Person, runs: Sequence[RunSeen]) -> frozenset[str]:
    if not runs:
        return frozenset()
    query = select(Erasure.statement_id).where(Erasure.statement_id.in_([run.statement_id for run in runs]))
    return frozenset(session.scalars(query.where(in_scope(person, by_its_row(Erasure.lot_id)))))


def _diagnosed(session: Session, person: Person, lot: Lot) -> frozenset[str | None]:
    devices, asked = scoped(_OF_LOT, person, Device.lot_id)
    if devices is _OF_LOT or asked:
        return frozenset(row[0] for row in plain_rows(session, _diagnosed_once(devices), lot=lot.id, **asked))
    return frozenset(row[0] for row in plain_rows(session, _diagnosed_among(devices), lot=lot.id))


@cache
def _diagnosed_once(devices: Select[str]) -> Select[str | None]:
    return _diagnosed_among(devices)


def _diagnosed_among(devices: Select[str]) -> Select[str | None]:
    return select(Diagnostic.device_id).where(Diagnostic.device_id.in_(devices)).distinct()


_OF_LOT: Final = select(Device.id).where(Device.lot_id == bindparam("lot"))
