"""The drives that benches saw: which statement speaks of which, and where each is now.

Whatever is written here follows from the ledger and from what lists and people said; a rebuild forgets it and reads it
again. It never moves a drive that a person tied, nor one out of the lot whose list declares it.
"""

from typing import Any
from uuid import UUID, uuid5

from sqlalchemy import inspect, select, update
from sqlalchemy.orm import Session

from hub.derive.moments import moment_of
from hub.devices.observed import clip, is_strong, normal
from hub.models import Drive, Erasure, LedgerEntry

KERNEL_MODEL = 16  # characters that kernels leave of the model of an ATA drive
OWN_WORD = "identify"  # source of an identity that the drive itself gave
SPACE = UUID("6f1f6f0e-2f0c-5c3b-9a55-1b8a4f0f3c11")


def drive_of(session: Session, entry: LedgerEntry, seen: dict[str, Any]) -> Drive:
    """The drive of this identity, made when it is new; its id follows from the statement: a rebuild finds it again."""
    own_id = str(uuid5(SPACE, f"drive {entry.id}"))
    known = _known(session, _candidates(session, entry, seen), seen)
    if known is not None:
        _complete(known, seen)
        return known
    own = session.get(Drive, own_id) or Drive(
        id=own_id,
        serial=clip(seen["serial"].strip(), 120),
        created=entry.received,
        known_from=moment_of(entry.position),
    )
    session.add(own)
    _complete(own, seen)
    return own


def settle(session: Session, drive: Drive, run: Erasure) -> None:
    """Put the drive where its newest run that found a lot was made: an old run never takes it back to an old lot.

    `run` is the one that was just read; of a drive that is not in the database yet it is the only one.
    """
    if drive.tied_by is not None:
        return
    if inspect(drive).pending:
        drive.lot_id, drive.device_id = run.lot_id, run.device_id if run.lot_id is not None else None
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


def _known(session: Session, drives: list[Drive], seen: dict[str, Any]) -> Drive | None:
    """Find the first drive with this very model, or the only one whose model the kernel cut, then or now."""
    whole = next((drive for drive in drives if _compatible(drive, seen)), None)
    cut = [drive for drive in drives if _same_wwn(drive, seen) and _cut(session, drive, seen)]
    return whole or (cut[0] if len(cut) == 1 else None)


def _compatible(drive: Drive, seen: dict[str, Any]) -> bool:
    same_model = not drive.model or normal(drive.model) == normal(clip(seen["model"].strip(), 120))
    return same_model and _same_wwn(drive, seen)


def _same_wwn(drive: Drive, seen: dict[str, Any]) -> bool:
    return not drive.wwn or not seen["wwn"] or normal(drive.wwn) == normal(clip(seen["wwn"].strip(), 64))


def _cut(session: Session, drive: Drive, seen: dict[str, Any]) -> bool:
    """Whether one model is what the kernel left of the other, on ATA: older benches gave no more.

    The drive's own word is whole: it is never the beginning of another model.
    """
    told = seen["model"].strip()
    shorter = seen["identity_source"] != OWN_WORD and _is_beginning(told, drive.model)
    longer = _is_beginning(drive.model, told) and not _named_itself(session, drive)
    return seen["bus"] == "ata" and (shorter or longer)


def _named_itself(session: Session, drive: Drive) -> bool:
    """Whether some statement has the model on record as the drive's own word, or from a bus that cuts none."""
    query = select(Erasure).where(Erasure.drive_id == drive.id)
    told = (row.payload["subject"]["drive"] for row in session.scalars(query))
    ours = (one for one in told if normal(one["model"]) == normal(drive.model))
    return any(one["identity_source"] == OWN_WORD or one["bus"] != "ata" for one in ours)


def _is_beginning(short: str, whole: str) -> bool:
    return len(whole) > KERNEL_MODEL and normal(short) == normal(whole[:KERNEL_MODEL])


def _complete(drive: Drive, seen: dict[str, Any]) -> None:
    told = seen["model"].strip()
    drive.model = clip(told, 120) if not drive.model or _is_beginning(drive.model, told) else drive.model
    drive.wwn = drive.wwn or clip(seen["wwn"].strip(), 64)
    drive.size_bytes = drive.size_bytes or seen["size_bytes"]
