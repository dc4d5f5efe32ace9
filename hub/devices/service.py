"""Devices and drives of a lot with their newest evidence, the timeline of a device, and what found no lot."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session, defer, selectinload
from sqlalchemy.sql.base import ExecutableOption

from hub.errors import NotFound
from hub.grades.assessing import current
from hub.grades.overriding import overrides
from hub.grades.policies import GRADE
from hub.indexed import by_its_row
from hub.models import (
    Assessment,
    Certificate,
    DecisionWord,
    Device,
    Diagnostic,
    Drive,
    Erasure,
    GradeOverride,
    LedgerEntry,
    Lot,
    Person,
)
from hub.people.roles import BENCH, require
from hub.recalled import IN_FORCE, Superseded
from hub.scope import in_scope, run_in_scope

MOST_UNMATCHED: Final = 20  # of one page


@dataclass(frozen=True, slots=True)
class DriveView:
    """A drive, its newest erasure and the newest certificate."""

    drive: Drive
    erasure: Erasure | None
    certificate: Certificate | None


@dataclass(frozen=True, slots=True)
class DeviceView:
    """A device, its drives, its newest diagnosis, what the policies in force make of that, and a person's letter."""

    device: Device
    drives: tuple[DriveView, ...]
    diagnostic: Diagnostic | None
    assessed: Mapping[str, Assessment] = field(default_factory=dict)
    override: GradeOverride | None = None

    @property
    def letter(self) -> str:
        """The computed letter: by the site's policy in force, else the bench's; "" without a diagnosis."""
        if self.diagnostic is None:
            return ""
        return self.assessed[GRADE].word if GRADE in self.assessed else self.diagnostic.letter


@dataclass(frozen=True, slots=True)
class TimelineEvent:
    """One thing that happened. `kind`: created, erasure, diagnostics, certificate, approved, rejected.

    Of a certificate that counts no more: overtaken when it was issued, recalled when it was taken back or replaced.

    `word` is the verdict, the grade letter, the certificate number or the origin; `statement_id` is None for `created`.
    """

    at: datetime
    kind: str
    word: str
    detail: str
    statement_id: str | None


def devices_of_lot(session: Session, person: Person, lot: Lot) -> tuple[DeviceView, ...]:
    """The devices of a lot by asset tag and serial; empty outside the person's scope."""
    query = (
        select(Device)
        .options(selectinload(Device.drives))
        .where(Device.lot_id == lot.id, in_scope(person, Device.lot_id))
        .order_by(Device.asset, Device.serial, Device.id)
    )
    return _device_views(session, person, tuple(session.scalars(query)))


def views_of(session: Session, person: Person, device_ids: Sequence[str]) -> tuple[DeviceView, ...]:
    """These devices, by asset tag and serial; those outside the person's scope are left out."""
    query = select(Device).options(selectinload(Device.drives)).where(Device.id.in_(device_ids))
    query = query.where(in_scope(person, Device.lot_id)).order_by(Device.asset, Device.serial, Device.id)
    return _device_views(session, person, tuple(session.scalars(query)))


def drives_of(session: Session, person: Person, drive_ids: Sequence[str]) -> tuple[DriveView, ...]:
    """These drives; those outside the person's scope are left out."""
    query = select(Drive).where(Drive.id.in_(drive_ids), in_scope(person, Drive.lot_id))
    return _drive_views(session, person, tuple(session.scalars(query))) if drive_ids else ()


def loose_drives_of_lot(session: Session, person: Person, lot: Lot) -> tuple[DriveView, ...]:
    """The drives of a lot that sit in no known device."""
    query = (
        select(Drive)
        .where(Drive.lot_id == lot.id, Drive.device_id.is_(None), in_scope(person, Drive.lot_id))
        .order_by(Drive.serial, Drive.id)
    )
    return _drive_views(session, person, tuple(session.scalars(query)))


def device_for(session: Session, person: Person, device_id: str) -> DeviceView:
    """One device. Raises NotFound when there is none in the person's scope."""
    query = (
        select(Device)
        .options(selectinload(Device.drives), selectinload(Device.lot).selectinload(Lot.donor))
        .where(Device.id == device_id, in_scope(person, Device.lot_id))
    )
    device = session.scalar(query)
    if device is None:
        raise NotFound("no such device")
    return _device_views(session, person, (device,))[0]


def timeline(session: Session, device: Device) -> tuple[TimelineEvent, ...]:
    """Everything that happened to a device (from `device_for`, which checked the scope), oldest first."""
    events = [TimelineEvent(device.created, "created", device.source, device.asset or device.serial, None)]
    for erasure in session.scalars(select(Erasure).where(Erasure.device_id == device.id)):
        events.extend(_erasure_events(session, erasure))
    events.extend(
        TimelineEvent(d.received, "diagnostics", d.letter, f"{d.policy} v{d.policy_version}", d.statement_id)
        for d in session.scalars(select(Diagnostic).where(Diagnostic.device_id == device.id))
    )
    query = select(Certificate, Superseded.at).where(Certificate.device_id == device.id)
    query = query.outerjoin(Superseded, Superseded.statement_id == Certificate.statement_id)
    for row in session.execute(query):
        certificate: Certificate = row[0]
        over: datetime | None = row[1]
        told = (certificate.number, certificate.id)
        kind = "certificate" if over is None else "overtaken"
        events.append(TimelineEvent(certificate.issued, kind, *told, certificate.statement_id))
        events.extend([TimelineEvent(over, "recalled", *told, None)] if over is not None else [])
    return tuple(sorted(events, key=lambda event: (event.at, event.kind, event.statement_id or "")))


def unmatched(session: Session, person: Person) -> tuple[Erasure, ...]:
    """The oldest erasures that found no lot, `MOST_UNMATCHED` at most; staff only. Raises Forbidden."""
    require(person, *BENCH)
    oldest = (
        select(Erasure.statement_id).where(Erasure.lot_id.is_(None), run_in_scope(person)).order_by(Erasure.position)
    )
    query = select(Erasure).options(selectinload(Erasure.drive))
    query = query.where(Erasure.statement_id.in_(oldest.limit(MOST_UNMATCHED)))
    return tuple(session.scalars(query.order_by(Erasure.position)))


def _erasure_events(session: Session, erasure: Erasure) -> list[TimelineEvent]:
    events = [
        TimelineEvent(erasure.received, "erasure", erasure.verdict, erasure.method, erasure.statement_id),
    ]
    if erasure.validation_id is not None:
        decided = session.scalar(select(LedgerEntry.received).where(LedgerEntry.id == erasure.validation_id))
        kind = "approved" if erasure.decision == DecisionWord.APPROVED else "rejected"
        events.append(TimelineEvent(decided or erasure.received, kind, erasure.verdict, "", erasure.validation_id))
    return events


def _device_views(session: Session, person: Person, devices: tuple[Device, ...]) -> tuple[DeviceView, ...]:
    drives = {
        view.drive.id: view for view in _drive_views(session, person, tuple(d for v in devices for d in v.drives))
    }
    grades = diagnoses_of(session, [device.id for device in devices], defer(Diagnostic.payload))
    diagnosed = [found.statement_id for found in grades.values()]
    assessed, said = current(session, diagnosed), overrides(session, diagnosed)
    views = []
    for device in devices:
        own = tuple(drives[drive.id] for drive in device.drives if drive.id in drives)
        found = grades.get(device.id)
        key = found.statement_id if found else ""
        views.append(DeviceView(device, own, found, assessed.get(key, {}), said.get(key)))
    return tuple(views)


def diagnoses_of(
    session: Session, device_ids: Sequence[str], *options: ExecutableOption
) -> Mapping[str | None, Diagnostic]:
    """The newest diagnosis of each of these devices. `options`: what of it is read only when somebody asks."""
    mine = Diagnostic.device_id.in_(device_ids)
    newest = select(func.max(Diagnostic.position)).where(mine).group_by(Diagnostic.device_id)
    query = select(Diagnostic).options(*options).where(mine, Diagnostic.position.in_(newest))
    return {found.device_id: found for found in session.scalars(query)}


def _drive_views(session: Session, person: Person, drives: tuple[Drive, ...]) -> tuple[DriveView, ...]:
    ids = [drive.id for drive in drives]
    erasures = {
        found.drive_id: found
        for found in session.scalars(
            select(Erasure)
            .where(Erasure.drive_id.in_(ids), in_scope(person, by_its_row(Erasure.lot_id)))
            .order_by(Erasure.position)
        )
    }
    certificates = {
        found.drive_id: found
        for found in session.scalars(
            select(Certificate)
            .where(Certificate.drive_id.in_(ids), in_scope(person, by_its_row(Certificate.lot_id)), IN_FORCE)
            .order_by(Certificate.issued)
        )
    }
    return tuple(DriveView(drive, erasures.get(drive.id), certificates.get(drive.id)) for drive in drives)
