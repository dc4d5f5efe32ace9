"""Devices, drives and runs of a lot as plain rows: what an account, a closing and a lot's page look at, and no more.

A lot has hundreds of each, and a page reads them all: no object of the database is made for them, and no statement is
read.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, Final, NamedTuple

from sqlalchemy import ColumnElement, Row, Select, select
from sqlalchemy.orm import Session

from hub.models import Device, Drive, Erasure, LedgerEntry


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
    device_id: str | None
    declared_device_id: str | None
    serial: str
    model: str
    wwn: str
    size_bytes: int | None
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


_DEVICE: Final = tuple(getattr(Device, name) for name in DeviceSeen._fields)
_DRIVE: Final = tuple(getattr(Drive, name) for name in DriveSeen._fields[:-1])
_RUN: Final = tuple(getattr(Erasure, name) for name in RunSeen._fields)


def devices_seen(session: Session, *which: ColumnElement[bool]) -> tuple[DeviceSeen, ...]:
    """The devices of these conditions, by tag, serial and identifier; whoever asks puts the scope into them."""
    query = select(*_DEVICE).where(*which).order_by(Device.asset, Device.serial, Device.id)
    return tuple(map(DeviceSeen._make, _rows(session, query)))


def drives_seen(session: Session, known: Mapping[str, DeviceSeen], *which: ColumnElement[bool]) -> list[DriveSeen]:
    """The drives of these conditions; `known` are devices that need not be read again."""
    rows = _rows(session, select(*_DRIVE).where(*which))
    others = {row.device_id for row in rows if row.device_id is not None and row.device_id not in known}
    devices = {**known, **_by_id(devices_seen(session, Device.id.in_(others)) if others else ())}
    return [DriveSeen._make((*row, devices.get(row.device_id))) for row in rows]


def runs_seen(session: Session, *which: ColumnElement[bool]) -> list[RunSeen]:
    """The runs of these conditions, in the order of the ledger; whoever asks puts the scope into them."""
    return list(map(RunSeen._make, _rows(session, select(*_RUN).where(*which).order_by(Erasure.position))))


def decided_at(session: Session, runs: Iterable[RunSeen]) -> Mapping[str, int]:
    """The position in the ledger of the decision about each of these runs, by run; those without one are left out."""
    asked = {run.validation_id: run.statement_id for run in runs if run.validation_id is not None}
    if not asked:
        return {}
    rows = session.execute(select(LedgerEntry.id, LedgerEntry.position).where(LedgerEntry.id.in_(asked)))
    return {asked[row.id]: row.position for row in rows}


def _rows(session: Session, query: Select[Any]) -> Sequence[Row[Any]]:
    """The rows as the driver gives them: the mapper looks at each of thousands, which is a fifth of a page."""
    session.flush()  # as the mapper's way does by itself
    return session.connection().execute(query).all()


def _by_id(devices: Iterable[DeviceSeen]) -> dict[str, DeviceSeen]:
    return {device.id: device for device in devices}
