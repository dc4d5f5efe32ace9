"""The table of a lot: each drive in its device, the newest run of each, and which machines came. Plain rows, counted.

What is shown of it is a page; the figures above it are of the whole lot. What explains a drive is in `account`.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from hub.database import plain_rows
from hub.indexed import by_its_row
from hub.lots.blocking import Ledgerbook
from hub.lots.seen import DeviceSeen, DriveSeen, RunSeen
from hub.models import Diagnostic, Erasure, Lot, Person
from hub.scope import in_scope, scoped


class Spot(NamedTuple):
    """One line: a drive in its device, a device without a drive, or a loose drive. `received`: it is here."""

    device: DeviceSeen | None
    drive: DriveSeen | None
    run: RunSeen | None  # the newest of the drive, in whichever lot it was made
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


def _runs(session: Session, person: Person, book: Ledgerbook) -> dict[str, RunSeen]:
    """The newest run of each drive: of those in the lot, which were asked for in scope, and of those out of it."""
    told = _in_scope(session, person, [run for line in book.lines for run in line.abroad])
    found = dict[str, RunSeen]()
    for line in book.lines:
        others = [run for run in line.abroad if run.statement_id in told] if line.abroad else ()
        runs = sorted((*line.runs, *others), key=lambda run: run.position) if others else line.runs
        if runs:
            found[line.drive.id] = runs[-1]
    return found


def _in_scope(session: Session, person: Person, runs: Sequence[RunSeen]) -> frozenset[str]:
    if not runs:
        return frozenset()
    query = select(Erasure.statement_id).where(Erasure.statement_id.in_([run.statement_id for run in runs]))
    return frozenset(session.scalars(query.where(in_scope(person, by_its_row(Erasure.lot_id)))))


def _diagnosed(session: Session, person: Person, lot: Lot) -> frozenset[str | None]:
    query, asked = scoped(_DIAGNOSED, person, Diagnostic.lot_id)
    return frozenset(row[0] for row in plain_rows(session, query, lot=lot.id, **asked))


# a diagnosis is of the lot of its device, and a device stays in its lot
_DIAGNOSED: Final = (
    select(Diagnostic.device_id)
    .where(Diagnostic.lot_id == bindparam("lot"), Diagnostic.device_id.is_not(None))
    .distinct()
)
