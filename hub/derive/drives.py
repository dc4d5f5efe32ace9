"""The drives that benches saw: which statement speaks of which, and where each is now.

Whatever is written here follows from the ledger and from what lists and people said; a rebuild forgets it and reads it
again. It never moves a drive that a person tied, nor one out of the lot whose list declares it.
"""

from typing import Any
from uuid import UUID, uuid5

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from hub.derive.moments import moment_of
from hub.devices.observed import clip, is_strong, normal
from hub.models import Drive, Erasure, LedgerEntry

SPACE = UUID("6f1f6f0e-2f0c-5c3b-9a55-1b8a4f0f3c11")


def drive_of(session: Session, entry: LedgerEntry, seen: dict[str, Any]) -> Drive:
    """The drive of this identity, made when it is new; its id follows from the statement: a rebuild finds it again."""
    own_id = str(uuid5(SPACE, f"drive {entry.id}"))
    for drive in _candidates(session, entry, seen):
        if _compatible(drive, seen):
            _complete(drive, seen)
            return drive
    own = session.get(Drive, own_id) or Drive(
        id=own_id,
        serial=clip(seen["serial"].strip(), 120),
        created=entry.received,
        known_from=moment_of(entry.position),
    )
    session.add(own)
    _complete(own, seen)
    session.flush()
    return own


def settle(session: Session, drive: Drive) -> None:
    """Put the drive where its newest run that found a lot was made: an old run never takes it back to an old lot."""
    if drive.tied_by is not None:
        return
    query = select(Erasure.lot_id, Erasure.device_id).where(Erasure.drive_id == drive.id, Erasure.lot_id.is_not(None))
    if drive.declared:
        query = query.where(Erasure.lot_id == drive.declared_lot_id)
    newest = session.execute(query.order_by(Erasure.position.desc()).limit(1)).first()
    lot_id, device_id = newest or (None, None)
    drive.lot_id = drive.declared_lot_id or lot_id
    drive.device_id = drive.declared_device_id or device_id
    session.flush()


def forget_observations(session: Session) -> None:
    """Every drive as lists and people described it, before the ledger is read again."""
    session.execute(update(Drive).values(model="", wwn="", size_bytes=None))
    untied = update(Drive).where(Drive.tied_by.is_(None))
    session.execute(untied.values(lot_id=Drive.declared_lot_id, device_id=Drive.declared_device_id))


def _candidates(session: Session, entry: LedgerEntry, seen: dict[str, Any]) -> list[Drive]:
    if is_strong(seen["serial"]):
        query = select(Drive).where(Drive.serial == clip(seen["serial"].strip(), 120))
    elif is_strong(seen["wwn"]):
        query = select(Drive).where(Drive.wwn == clip(seen["wwn"].strip(), 64))
    else:
        return []
    known = query.where(Drive.known_from <= moment_of(entry.position))
    return list(session.scalars(known.order_by(Drive.known_from, Drive.id)))


def _compatible(drive: Drive, seen: dict[str, Any]) -> bool:
    same_model = not drive.model or normal(drive.model) == normal(clip(seen["model"].strip(), 120))
    same_wwn = not drive.wwn or not seen["wwn"] or normal(drive.wwn) == normal(clip(seen["wwn"].strip(), 64))
    return same_model and same_wwn


def _complete(drive: Drive, seen: dict[str, Any]) -> None:
    drive.model = drive.model or clip(seen["model"].strip(), 120)
    drive.wwn = drive.wwn or clip(seen["wwn"].strip(), 64)
    drive.size_bytes = drive.size_bytes or seen["size_bytes"]
