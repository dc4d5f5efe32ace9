"""Devices, drives and runs of a lot as plain rows: what an account, a closing and a lot's page look at, and no more.

A lot has hundreds of each, and a page reads them all: no object of the database is made for them, and no statement is
read.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from functools import cache
from typing import Any, Final, NamedTuple

from sqlalchemy import ColumnElement, Row, Select, True_, bindparam, or_, select
from sqlalchemy.orm import Session

from certificates.statement import CERTIFIABLE
from hub.database import plain_rows
from hub.models import DecisionWord, Device, Drive, Erasure, LedgerEntry, Lot, Person
from hub.scope import asked_in_scope, scoped


class DeviceSeen(NamedTuple):
    """A device."""

    id: str
    lot_id: str
    kind: str
    asset: str | None
    maker: str
    model: str
    serial: str
    received: datetime | None


class DriveSeen(NamedTuple):
    """A drive, and the device in which it is."""

    id: str
    lot_id: str | None
    declared_lot_id: str | None  # on whose list it stands
    device_id: str | None
    declared_device_id: str | None
    serial: str
    model: str
    wwn: str
    size_bytes: int | None
    runs: int  # erasures that name it, in whichever lot
    device: DeviceSeen | None


class RunSeen(NamedTuple):
    """One erasure."""

    statement_id: str
    drive_id: str
    device_id: str | None
    lot_id: str | None
    position: int
    verdict: str
    level: str
    method: str
    operator: str
    received: datetime
    decision: str
    validation_id: str | None
    certificate_id: str | None
    began: datetime | None  # by the clock of its bench; None where that knew no time
    disputed: bool = False  # signed by a key that somebody else may have had by then

    @property
    def certified(self) -> bool:
        """Whether the decision that counts issued a certificate."""
        return self.certificate_id is not None and self.decision == _APPROVED


_DEVICE: Final = tuple(getattr(Device, name) for name in DeviceSeen._fields)
_DRIVE: Final = tuple(getattr(Drive, name) for name in DriveSeen._fields[:-1])
_APPROVED: Final = DecisionWord.APPROVED.value
_INSIDE: Final = DriveSeen._fields.index("device_id")
_RUN: Final = tuple(getattr(Erasure, name) for name in RunSeen._fields)
# made once: a query looks at each of its columns while it is made
_DEVICES: Final = select(*_DEVICE).order_by(Device.asset, Device.serial, Device.id)
_DEVICES_OF: Final = _DEVICES.where(Device.lot_id == bindparam("lot"))
_DRIVES: Final = select(*_DRIVE)
_DRIVES_OF: Final = _DRIVES.where(or_(Drive.lot_id == bindparam("lot"), Drive.declared_lot_id == bindparam("lot")))
RUNS: Final = select(*_RUN).order_by(Erasure.position)
_RUNS_OF: Final = RUNS.where(Erasure.lot_id == bindparam("lot"))
_POSITIONS: Final = select(LedgerEntry.id, LedgerEntry.position).where(
    LedgerEntry.id.in_(bindparam("ids", expanding=True))
)
_REASONS: Final = select(Erasure.statement_id, Erasure.payload["result"]["reasons"]).where(
    Erasure.statement_id.in_(bindparam("ids", expanding=True)), Erasure.verdict.not_in(CERTIFIABLE)
)


def devices_seen(session: Session, *which: ColumnElement[bool]) -> tuple[DeviceSeen, ...]:
    """The devices of these conditions, by tag, serial and identifier; whoever asks puts the scope into them."""
    return tuple(map(DeviceSeen._make, plain_rows(session, _DEVICES.where(*which))))


def devices_of(session: Session, person: Person, lot: Lot) -> tuple[DeviceSeen, ...]:
    """The devices of a lot, by tag, serial and identifier; nothing outside the person's scope."""
    query, asked = scoped(_DEVICES_OF, person, Device.lot_id)
    return tuple(map(DeviceSeen._make, plain_rows(session, query, lot=lot.id, **asked)))


def drives_seen(session: Session, known: Mapping[str, DeviceSeen], *which: ColumnElement[bool]) -> list[DriveSeen]:
    """The drives of these conditions; `known` are devices that need not be read again."""
    return _drives(session, known, plain_rows(session, _DRIVES.where(*which)))


def drives_of(session: Session, person: Person, lot: Lot, known: Mapping[str, DeviceSeen]) -> list[DriveSeen]:
    """The drives that a lot declared or that were seen with it; nothing outside the person's scope."""
    (mine, asked), (declared, _) = (asked_in_scope(person, one) for one in (Drive.lot_id, Drive.declared_lot_id))
    if isinstance(mine, True_) and isinstance(declared, True_):
        query = _DRIVES_OF
    else:
        query = _drives_among(mine, declared) if asked else _drives_among.__wrapped__(mine, declared)
    return _drives(session, known, plain_rows(session, query, lot=lot.id, **asked))


@cache
def _drives_among(mine: ColumnElement[bool], declared: ColumnElement[bool]) -> Select[Any]:
    seen, listed = Drive.lot_id == bindparam("lot"), Drive.declared_lot_id == bindparam("lot")
    return _DRIVES.where(or_(seen & mine, listed & declared))


def _drives(session: Session, known: Mapping[str, DeviceSeen], rows: Sequence[Row[Any]]) -> list[DriveSeen]:
    others = {inside for row in rows if (inside := row[_INSIDE]) is not None and inside not in known}
    devices = {**known, **_by_id(devices_seen(session, Device.id.in_(others)))} if others else known
    return [DriveSeen._make((*row, devices.get(row[_INSIDE]))) for row in rows]


def runs_seen(session: Session, *which: ColumnElement[bool]) -> list[RunSeen]:
    """The runs of these conditions, in the order of the ledger; whoever asks puts the scope into them."""
    return list(map(RunSeen._make, plain_rows(session, RUNS.where(*which))))


def runs_by(session: Session, query: Select[Any], **asked: Any) -> list[RunSeen]:
    """The runs of a query made once of `RUNS`; whoever asks puts the scope into it."""
    return list(map(RunSeen._make, plain_rows(session, query, **asked)))


def runs_of(session: Session, person: Person, lot: Lot) -> list[RunSeen]:
    """The runs of a lot, in the order of the ledger; nothing outside the person's scope."""
    query, asked = scoped(_RUNS_OF, person, Erasure.lot_id)
    return list(map(RunSeen._make, plain_rows(session, query, lot=lot.id, **asked)))


def decided_at(session: Session, runs: Iterable[RunSeen]) -> Mapping[str, int]:
    """The position in the ledger of the decision about each of these runs, by run; those without one are left out."""
    asked = {run.validation_id: run.statement_id for run in runs if run.validation_id is not None}
    if not asked:
        return {}
    rows = plain_rows(session, _POSITIONS, ids=list(asked))
    return {asked[row.id]: row.position for row in rows}


def reasons_of(session: Session, run_ids: Collection[str]) -> Mapping[str, tuple[str, ...]]:
    """The codes of the reasons why each of these runs is no completed erasure, by run: a completed one has none."""
    rows = plain_rows(session, _REASONS, ids=list(run_ids)) if run_ids else ()
    return {row[0]: tuple(reason["code"] for reason in row[1]) for row in rows}


def _by_id(devices: Iterable[DeviceSeen]) -> dict[str, DeviceSeen]:
    return {device.id: device for device in devices}
