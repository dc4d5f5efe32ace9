"""Importing a donor's list into a lot: the same plan is shown first and written later."""

from collections import Counter
from dataclasses import dataclass, replace
from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.context import hub_of
from hub.derive.moments import next_moment
from hub.devices.observed import is_strong, normal
from hub.lots.listing import ListedRow, ReadList, list_of
from hub.models import Device, Drive, Lot
from hub.partners import trial_lots


class RowOutcome(StrEnum):
    """What an import does with one row."""

    CREATED = "created"
    MATCHED = "matched"
    CONFLICTING = "conflicting"
    REJECTED = "rejected"


@dataclass(frozen=True, slots=True)
class ImportRow:
    """One row of the list, what happens to it and why."""

    line: int
    outcome: RowOutcome
    reason: str
    listed: ListedRow
    device_id: str | None = None


@dataclass(frozen=True, slots=True)
class ImportPreview:
    """What an import does, row by row. `sha256` names the list, so that the confirmed one is the one that was shown."""

    rows: tuple[ImportRow, ...]
    sha256: str

    def of(self, outcome: RowOutcome) -> tuple[ImportRow, ...]:
        """The rows with this outcome."""
        return tuple(row for row in self.rows if row.outcome is outcome)

    @property
    def created(self) -> tuple[ImportRow, ...]:
        """Rows that make a device or a drive."""
        return self.of(RowOutcome.CREATED)

    @property
    def matched(self) -> tuple[ImportRow, ...]:
        """Rows that are there already."""
        return self.of(RowOutcome.MATCHED)

    @property
    def conflicting(self) -> tuple[ImportRow, ...]:
        """Rows that contradict what is there; a person must look."""
        return self.of(RowOutcome.CONFLICTING)

    @property
    def rejected(self) -> tuple[ImportRow, ...]:
        """Rows that cannot be read."""
        return self.of(RowOutcome.REJECTED)

    def counts(self) -> str:
        """The four counts, for the audit trail."""
        found = Counter(row.outcome.value for row in self.rows)
        return ", ".join(f"{found[outcome.value]} {outcome.value}" for outcome in RowOutcome)


def preview_rows(session: Session, lot: Lot, source: str | ReadList) -> ImportPreview:
    """What an import would do. Works inside a savepoint that is always rolled back, so it is the import itself."""
    nested = session.begin_nested()
    try:
        preview = _run(session, lot, source)
    finally:
        nested.rollback()
    known = set(session.scalars(select(Device.id).where(Device.lot_id == lot.id)))
    rows = tuple(row if row.device_id in known else replace(row, device_id=None) for row in preview.rows)
    return replace(preview, rows=rows)


def apply_rows(session: Session, lot: Lot, source: str | ReadList) -> ImportPreview:
    """Write what the preview showed."""
    return _run(session, lot, source)


def _run(session: Session, lot: Lot, source: str | ReadList) -> ImportPreview:
    seen: dict[tuple[str, str, str], int] = {}
    source = list_of(source) if isinstance(source, str) else source
    rows, moment = [], next_moment(session)
    for listed in source.rows:
        key = (normal(listed.asset), normal(listed.serial), normal(listed.drive_serial))
        if listed.problem:
            rows.append(ImportRow(listed.line, RowOutcome.REJECTED, listed.problem, listed))
        elif key in seen:
            rows.append(ImportRow(listed.line, RowOutcome.REJECTED, f"same as line {seen[key]}", listed))
        else:
            rows.append(_import_row(session, lot, listed, moment))
        seen.setdefault(key, listed.line)
    return ImportPreview(tuple(rows), source.sha256)


def _import_row(session: Session, lot: Lot, listed: ListedRow, moment: int) -> ImportRow:
    if listed.serial and not listed.asset and not is_strong(listed.serial):
        reason = f"{listed.serial!r} is no usable serial number without a tag"
        return ImportRow(listed.line, RowOutcome.REJECTED, reason, listed)
    device, reason = _known_device(session, lot, listed)
    if reason:
        return ImportRow(listed.line, RowOutcome.CONFLICTING, reason, listed, device.id if device else None)
    drive, reason = _known_drive(session, lot, device, listed)
    if reason:
        return ImportRow(listed.line, RowOutcome.CONFLICTING, reason, listed, device.id if device else None)
    made = False
    if device is None and (listed.asset or listed.serial):
        if trial_lots.is_test(session, lot.id) and trial_lots.devices_in(session, lot.id) >= trial_lots.most():
            return ImportRow(listed.line, RowOutcome.REJECTED, trial_lots.full().message, listed)
        device, made = _new_device(session, lot, listed, moment), True
    if listed.drive_serial and (drive is None or not drive.declared):
        drive = drive or _new_drive(session, listed, moment)
        _declare(session, lot, device, drive, moment)
        made = True
    outcome = RowOutcome.CREATED if made else RowOutcome.MATCHED
    return ImportRow(listed.line, outcome, "", listed, device.id if device else None)


def _known_device(session: Session, lot: Lot, listed: ListedRow) -> tuple[Device | None, str]:
    device = None
    if listed.asset:
        device = session.scalar(select(Device).where(Device.asset == listed.asset))
    if device is None and is_strong(listed.serial):
        same = session.scalars(select(Device).where(Device.serial == listed.serial).order_by(Device.created, Device.id))
        device = next((d for d in same if not (d.asset and listed.asset)), None)
        if device is None and listed.asset:
            other = session.scalar(select(Device).where(Device.serial == listed.serial))
            if other is not None:
                here = other.lot_id == lot.id  # a list is told nothing of other lots
                other_tag = f"serial {listed.serial} carries another tag ({other.asset})"
                return other, other_tag if here else "it belongs to another lot"
    if device is None:
        return None, ""
    if device.lot_id != lot.id:
        return device, "it belongs to another lot"
    return device, _difference(device, listed)


def _difference(device: Device, listed: ListedRow) -> str:
    for name in ("maker", "model", "serial"):
        here, there = str(getattr(device, name)), str(getattr(listed, name))
        if here and there and normal(here) != normal(there):
            return f"{name} is {here!r} here and {there!r} in the list"
    return ""


def _known_drive(session: Session, lot: Lot, device: Device | None, listed: ListedRow) -> tuple[Drive | None, str]:
    if not listed.drive_serial:
        return None, ""
    if not is_strong(listed.drive_serial):
        return None, f"{listed.drive_serial!r} is no usable drive serial"
    drives = session.scalars(select(Drive).where(Drive.serial == listed.drive_serial).order_by(Drive.created, Drive.id))
    for drive in drives:
        if drive.lot_id is not None and drive.lot_id != lot.id:
            return drive, f"drive {drive.serial} belongs to another lot"
        if drive.device_id is not None and device is not None and drive.device_id != device.id:
            return drive, f"drive {drive.serial} sits in another device"
        return drive, ""
    return None, ""


def _new_device(session: Session, lot: Lot, listed: ListedRow, moment: int) -> Device:
    device = Device(
        lot_id=lot.id,
        kind=listed.kind,
        asset=listed.asset or None,
        maker=listed.maker,
        model=listed.model,
        serial=listed.serial,
        source="import",
        created=hub_of(session).clock(),
        known_from=moment,
    )
    session.add(device)
    session.flush()
    return device


def _new_drive(session: Session, listed: ListedRow, moment: int) -> Drive:
    drive = Drive(serial=listed.drive_serial, created=hub_of(session).clock(), known_from=moment)
    session.add(drive)
    return drive


def _declare(session: Session, lot: Lot, device: Device | None, drive: Drive, moment: int) -> None:
    drive.declared, drive.declared_from = True, moment
    drive.lot_id = drive.declared_lot_id = lot.id
    if device is not None:
        drive.device_id = drive.declared_device_id = device.id
    session.flush()
