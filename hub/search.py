"""Finds what a scanned or typed code names, in the reader's scope: lots, devices, drives, certificates, stations.

Whole codes only, whatever their case: each table is asked once over an index, for a bounded number of rows. Nothing is
said of what the reader may not see.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import ColumnElement, Index, Select, func, or_, select
from sqlalchemy.orm import Mapped, Session, selectinload

from certificates.envelope import long_id
from certificates.errors import EnvelopeError
from hub.models import Certificate, Device, Diagnostic, Drive, Erasure, Lot, Person, Station, StationState
from hub.people.roles import BENCH, may
from hub.scanned import code_of, shown, words
from hub.scope import bench_in_scope, in_scope

MOST: Final = 20  # of each kind
FOUND_BY: Final = (
    Index("ix_lot_code_lower", func.lower(Lot.code)),
    Index("ix_device_asset_lower", func.lower(Device.asset)),
    Index("ix_device_serial_lower", func.lower(Device.serial)),
    Index("ix_drive_serial_lower", func.lower(Drive.serial)),
    Index("ix_certificate_number_lower", func.lower(Certificate.number)),
)


@dataclass(frozen=True, slots=True)
class Hit:
    """One thing of that code: `kind` lot, device, drive, certificate or station; the page that shows it."""

    kind: str
    name: str
    detail: str
    lot: str
    path: str


def search(session: Session, person: Person, text: str) -> tuple[Hit, ...]:
    """What this code names in the person's scope, at most `MOST` of each kind; one hit for each page."""
    asked = words(text)
    if not asked:
        return ()
    found = [*_lots(session, person, asked), *_devices(session, person, asked), *_drives(session, person, asked)]
    found += _certificates(session, person, asked)
    found += _of_statement(session, person, text)
    if may(person, *BENCH):
        found += _stations(session, person, asked)
    return tuple({hit.path: hit for hit in reversed(found)}.values())[::-1]


def _is(column: Mapped[str] | Mapped[str | None], asked: tuple[str, ...]) -> ColumnElement[bool]:
    return func.lower(column).in_(asked)


def _lots(session: Session, person: Person, asked: tuple[str, ...]) -> Iterator[Hit]:
    query = select(Lot).where(_is(Lot.code, asked), in_scope(person, Lot.id)).order_by(Lot.code).limit(MOST)
    for lot in session.scalars(query):
        yield Hit("lot", lot.code, lot.label, lot.code, f"/lots/{lot.code}")


def _devices(session: Session, person: Person, asked: tuple[str, ...]) -> Iterator[Hit]:
    for column in (Device.asset, Device.serial):
        query = select(Device).options(selectinload(Device.lot)).where(_is(column, asked))
        query = query.where(in_scope(person, Device.lot_id)).order_by(Device.created.desc(), Device.id)
        for device in session.scalars(query.limit(MOST)):
            yield _device(device)


def _device(device: Device) -> Hit:
    name = device.asset or device.serial
    return Hit("device", name, f"{device.maker} {device.model}".strip(), device.lot.code, f"/devices/{device.id}")


def _drives(session: Session, person: Person, asked: tuple[str, ...]) -> Iterator[Hit]:
    query = (
        select(Drive).options(selectinload(Drive.lot)).where(_is(Drive.serial, asked), in_scope(person, Drive.lot_id))
    )
    for drive in session.scalars(query.order_by(Drive.created.desc(), Drive.id).limit(MOST)):
        yield Hit(
            "drive", drive.serial, drive.model, drive.lot.code if drive.lot else "", _place(drive.device_id, drive.lot)
        )


def _place(device_id: str | None, lot: Lot | None) -> str:
    """The page of a drive: that of its device, else of its lot, else where drives without a lot wait."""
    if device_id is not None:
        return f"/devices/{device_id}"
    return f"/lots/{lot.code}" if lot is not None else "/#unmatched"


def _certificates(session: Session, person: Person, asked: tuple[str, ...]) -> Iterator[Hit]:
    which = or_(_is(Certificate.number, asked), Certificate.id.in_(asked))
    yield from _issued(session, person, which)


def _issued(session: Session, person: Person, which: ColumnElement[bool]) -> Iterator[Hit]:
    query = select(Certificate).options(selectinload(Certificate.drive), selectinload(Certificate.lot))
    query = query.where(which, in_scope(person, Certificate.lot_id)).order_by(Certificate.number).limit(MOST)
    for one in session.scalars(query):
        lot = one.lot.code if one.lot else ""
        yield Hit("certificate", one.number, one.drive.serial, lot, f"/verify/{one.id}")


def _of_statement(session: Session, person: Person, text: str) -> Iterator[Hit]:
    """What the QR code of a label names: a signed statement, and so its certificate, device or drive."""
    statement = _statement_id(code_of(shown(text)))
    if statement is None:
        return
    which = or_(Certificate.statement_id == statement, Certificate.erasure_id == statement)
    certified = tuple(_issued(session, person, which))
    if certified:
        yield from certified
        return
    run = session.scalar(
        _one(Erasure, person, statement).options(selectinload(Erasure.drive), selectinload(Erasure.lot))
    )
    if run is not None:
        lot = run.lot.code if run.lot else ""
        yield Hit("drive", run.drive.serial, run.drive.model, lot, _place(run.device_id, run.lot))
    seen = session.scalar(_one(Diagnostic, person, statement).options(selectinload(Diagnostic.device)))
    if seen is not None and seen.device is not None:
        yield _device(seen.device)


def _one(table: type[Erasure] | type[Diagnostic], person: Person, statement: str) -> Select[Any]:
    return select(table).where(table.statement_id == statement, in_scope(person, table.lot_id))


def _statement_id(word: str) -> str | None:
    if len(word) == 64 and not set(word) - set("0123456789abcdef"):  # noqa: PLR2004  (hex of SHA-256)
        return word
    try:
        return long_id(word) if len(word) == 43 else None  # noqa: PLR2004  (the same in base64url)
    except EnvelopeError:
        return None


def _stations(session: Session, person: Person, asked: tuple[str, ...]) -> Iterator[Hit]:
    query = select(Station).where(_is(Station.name, asked), Station.state != StationState.REFUSED)
    query = query.where(bench_in_scope(person, Station.id))
    for station in session.scalars(query.order_by(Station.name, Station.id).limit(MOST)):
        waits = station.state == StationState.PENDING
        yield Hit("station", station.name, "", "", "/stations" if waits else f"/live#bench-{station.id}")
