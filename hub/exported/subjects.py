"""The tables that leave the hub: lots, devices, drives, and the register with one row per drive. Asked for in scope.

No row has fixed places for drives: a device with two drives has two rows in the register, one without has one.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from hub.claims import donor_of, label_of
from hub.devices.triage import words_of
from hub.errors import BadInput
from hub.lots.drive_account import AccountLine, account_of
from hub.lots.service import visible_lots
from hub.models import Device, Lot, Person
from hub.people.roles import EXPORTERS, require
from hub.scope import in_scope

Value = str | int | datetime | None
Row = Mapping[str, Value]
MOST_ROWS: Final = 50_000
LOT: Final = ("lot", "label", "donor", "state", "created", "received")
DEVICE: Final = ("asset", "kind", "maker", "device_model", "device_serial", "disposition")
DRIVE: Final = ("drive_serial", "drive_model", "wwn", "size_bytes", "class", "method", "level", "source")
COLUMNS: Final[Mapping[str, tuple[str, ...]]] = {
    "lots": (*LOT, "devices", "drives"),
    "devices": ("lot", "donor", *DEVICE, "device_received", "drives"),
    "drives": ("lot", "asset", "device_serial", *DRIVE),
    "register": ("lot", "donor", *DEVICE, *DRIVE),
}


def rows_of(session: Session, person: Person, subject: str, code: str = "") -> list[Row]:
    """The rows of one subject, of one lot or of all in scope, in a fixed order.

    Raises Forbidden, BadInput (no such subject or lot; more rows than a spreadsheet should hold).
    """
    require(person, *EXPORTERS)
    if subject not in COLUMNS:
        raise BadInput("choose what to export", "subject")
    chosen = [lot for lot in visible_lots(session, person) if code in {"", lot.code}]
    if code and not chosen:
        raise BadInput(f"no lot {code}", "lot")
    found: list[Row] = []
    for lot in sorted(chosen, key=lambda one: one.code):
        found.extend(_READ[subject](session, person, lot))
        if len(found) > MOST_ROWS:
            raise BadInput(f"more than {MOST_ROWS} rows: choose one lot", "rows")
    return found


def _lots(session: Session, person: Person, lot: Lot) -> Iterator[Row]:
    devices = len(_devices_of(session, person, lot))
    yield {**_lot(lot), "devices": devices, "drives": len(account_of(session, person, lot))}


def _devices(session: Session, person: Person, lot: Lot) -> Iterator[Row]:
    drives = Counter(line.drive.device_id for line in account_of(session, person, lot))
    for device, facts in _facts(session, person, lot):
        yield {**_lot(lot), **facts, "device_received": device.received, "drives": drives[device.id]}


def _drives(session: Session, person: Person, lot: Lot) -> Iterator[Row]:
    for line in account_of(session, person, lot):
        device = line.drive.device
        host: Row = {"asset": device.asset or "", "device_serial": device.serial} if device else {}
        yield {**_lot(lot), **host, **_drive(line)}


def _register(session: Session, person: Person, lot: Lot) -> Iterator[Row]:
    lines = account_of(session, person, lot)
    facts = {device.id: row for device, row in _facts(session, person, lot)}
    for line in lines:
        yield {**_lot(lot), **facts.get(line.drive.device_id or "", {}), **_drive(line)}
    filled = {line.drive.device_id for line in lines}
    yield from ({**_lot(lot), **row} for id_, row in facts.items() if id_ not in filled)


_READ = {"lots": _lots, "devices": _devices, "drives": _drives, "register": _register}


def _lot(lot: Lot) -> Row:
    return {
        "lot": lot.code,
        "label": label_of(lot),
        "donor": donor_of(lot),
        "state": lot.state,
        "created": lot.created,
        "received": lot.received,
    }


def _devices_of(session: Session, person: Person, lot: Lot) -> list[Device]:
    query = select(Device).options(selectinload(Device.drives)).where(Device.lot_id == lot.id)
    query = query.where(in_scope(person, Device.lot_id)).order_by(Device.asset, Device.serial, Device.id)
    return list(session.scalars(query))


def _facts(session: Session, person: Person, lot: Lot) -> list[tuple[Device, Row]]:
    devices = _devices_of(session, person, lot)
    said = words_of(session, person, [device.id for device in devices])
    return [(device, _device(device, said[device.id].disposition)) for device in devices]


def _device(device: Device, said: object) -> Row:
    return {
        "asset": device.asset or "",
        "kind": device.kind,
        "maker": device.maker,
        "device_model": device.model,
        "device_serial": device.serial,
        "disposition": str(getattr(said, "word", "")),
    }


def _drive(line: AccountLine) -> Row:
    drive = line.drive
    shown, record = line.proof, line.record
    return {
        "drive_serial": drive.serial,
        "drive_model": drive.model,
        "wwn": drive.wwn,
        "size_bytes": drive.size_bytes,
        "class": line.standing.explained.value,
        "method": shown.method if shown else "",
        "level": shown.level if shown else "",
        "source": record.reference if record else (shown.statement_id if shown else ""),
    }
