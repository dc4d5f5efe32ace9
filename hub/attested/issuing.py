"""Issuing the paper of a destruction or an absence: signed, in the ledger, rendered once in both languages, frozen.

It is made with the record itself: where signing fails, nothing is recorded. It never says that anything was erased.
"""

import hashlib
from dataclasses import asdict
from uuid import uuid4

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from certificates.verify import VerifiedStatement
from hub.accounted import DriveRecord
from hub.clock import wall
from hub.context import hub_of
from hub.devices.triage import words_of
from hub.ledger.append import append
from hub.lots.account import ABSENT, DESTROYED
from hub.models import Device, Drive, Lot, Person
from hub.papers_issued import DrivePaper, DrivePaperPdf
from hub.validation.issue import LANGUAGES, verify_address
from hub.validation.statements import chained, signed

STATED = (DESTROYED, ABSENT)
LETTER = {DESTROYED: "D", ABSENT: "A"}


def issue(session: Session, person: Person, lot: Lot, record: DriveRecord) -> DrivePaper:
    """Sign, append and freeze the paper of a record. Call under the ledger lock. Raises what signing raises."""
    hub = hub_of(session)
    now = hub.clock()
    key, uuid = hub.identity.key, str(uuid4())
    payload = {
        **chained(session, now),
        "v": 1,
        "kind": "attestation",
        "simulated": key.demo,
        "attestation": uuid,
        "number": _number(session, record.how, now.year),
        "supersedes": _before(session, record),
        "what": record.how,
        "lot": {"code": lot.code, "label": lot.label},
        "donor": {"name": lot.donor.name},
        "issuer": asdict(hub.identity.issuer),
        **_thing(session, person, record),
        **_told(record, hub.identity.issuer.address),
        "recorded": wall(record.at),
        "verify_url": verify_address(hub.settings.public_url, uuid),
    }
    statement = signed(key, payload)
    append(session, statement, now)
    row = DrivePaper(
        id=uuid,
        record_id=record.id,
        lot_id=lot.id,
        drive_id=record.drive_id,
        how=record.how,
        number=payload["number"],
        statement_id=statement.id,
        statement=statement.envelope.data,
        issued=now,
    )
    session.add(row)
    session.flush()
    for lang in LANGUAGES:
        pdf = _render(session, statement, lang)
        session.add(DrivePaperPdf(paper_id=uuid, lang=lang, pdf=pdf, pdf_sha256=hashlib.sha256(pdf).hexdigest()))
    session.flush()
    return row


def _render(session: Session, statement: VerifiedStatement, lang: str) -> bytes:
    from certificates.attestation_pdf import render_attestation  # noqa: PLC0415  (loads reportlab)

    return render_attestation(statement, hub_of(session).identity.key, lang)


def _thing(session: Session, person: Person, record: DriveRecord) -> dict[str, object]:
    drive = session.get_one(Drive, record.drive_id)
    device = session.get(Device, drive.device_id or drive.declared_device_id or "")
    words = words_of(session, person, [device.id])[device.id] if device else None
    destroyed = record.how == DESTROYED
    return {
        "device": {
            name: (getattr(device, name) or "") if device else "" for name in ("asset", "maker", "model", "serial")
        },
        "drive": {
            "model": drive.model,
            "serial": drive.serial,
            "read": record.serial,
            "unreadable": destroyed and not record.serial,
        },
        "bays": {"seen": words.bays if words else None, "empty": words.empty if words else None},
    }


def _told(record: DriveRecord, place: str) -> dict[str, str]:
    destroyed = record.how == DESTROYED
    return {
        "method": record.reason,
        "day": record.day,
        "place": place if destroyed else "",
        "operator": record.operator,
        "witness": record.witness,
        "recycler": "",
        "reference": record.reference,
        "note": record.note,
        "recorded_by": record.by_name,
    }


def _number(session: Session, how: str, year: int) -> str:
    issued = session.scalar(select(func.count()).select_from(DrivePaper).where(DrivePaper.how == how))
    return f"ETB-{LETTER[how]}-{year}-{(issued or 0) + 1:06d}"


def _before(session: Session, record: DriveRecord) -> str:
    query = (
        select(DrivePaper.number)
        .join(DriveRecord, DriveRecord.id == DrivePaper.record_id)
        .where(DrivePaper.drive_id == record.drive_id, DrivePaper.lot_id == record.lot_id)
        .where(DriveRecord.withdrawn.is_not(None))
    )
    return session.scalar(query.order_by(DriveRecord.id.desc()).limit(1)) or ""
