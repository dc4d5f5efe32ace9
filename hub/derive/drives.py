"""The drives that benches saw: which statement speaks of which, and where each is now.

Whatever is written here follows from the ledger and from what lists and people said; a rebuild forgets it and reads it
again. It never moves a drive that a person tied, nor one out of the lot whose list declares it.
"""

from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from hub.derive.known import Known, own_drive_id, serial_key, wwn_key
from hub.derive.moments import moment_of
from hub.devices.observed import clip, normal
from hub.models import Drive, Erasure, LedgerEntry

KERNEL_MODEL = 16  # characters that kernels leave of the model of an ATA drive
OWN_WORD = "identify"  # source of an identity that the drive itself gave


def drive_of(known: Known, entry: LedgerEntry, seen: dict[str, Any]) -> Drive:
    """The drive of this identity, made when it is new; its id follows from the statement: a rebuild finds it again."""
    drive = _known(known, known.drives_like(seen, moment_of(entry.position)), seen)
    if drive is None:
        drive = known.drive(own_drive_id(entry)) or Drive(
            id=own_drive_id(entry),
            serial=serial_key(seen),
            model="",
            wwn="",
            created=entry.received,
            known_from=moment_of(entry.position),
        )
        known.add_drive(drive)
    _complete(drive, seen)
    return drive


def settle(known: Known, drive: Drive) -> None:
    """Put the drive where its newest run that found a lot was made: an old run never takes it back to an old lot."""
    if drive.tied_by is not None:
        return
    lot_id, device_id = known.newest_place(drive, drive.declared_lot_id if drive.declared else None)
    drive.lot_id = drive.declared_lot_id or lot_id
    drive.device_id = drive.declared_device_id or device_id


def forget_observations(session: Session) -> None:
    """Every drive as lists and people described it, before the ledger is read again."""
    session.execute(update(Drive).values(model="", wwn="", size_bytes=None))
    untied = update(Drive).where(Drive.tied_by.is_(None))
    session.execute(untied.values(lot_id=Drive.declared_lot_id, device_id=Drive.declared_device_id))


def _known(known: Known, drives: list[Drive], seen: dict[str, Any]) -> Drive | None:
    """Find the first drive with this very model, or the only one whose model the kernel cut, then or now."""
    whole = next((drive for drive in drives if _compatible(drive, seen)), None)
    cut = [drive for drive in drives if whole is None and _same_wwn(drive, seen) and _cut(known, drive, seen)]
    return whole or (cut[0] if len(cut) == 1 else None)


def _compatible(drive: Drive, seen: dict[str, Any]) -> bool:
    same_model = not drive.model or normal(drive.model) == normal(clip(seen["model"].strip(), 120))
    return same_model and _same_wwn(drive, seen)


def _same_wwn(drive: Drive, seen: dict[str, Any]) -> bool:
    return not drive.wwn or not seen["wwn"] or normal(drive.wwn) == normal(wwn_key(seen))


def _cut(known: Known, drive: Drive, seen: dict[str, Any]) -> bool:
    """Whether one model is what the kernel left of the other, on ATA: older benches gave no more.

    The drive's own word is whole: it is never the beginning of another model.
    """
    told = seen["model"].strip()
    shorter = seen["identity_source"] != OWN_WORD and _is_beginning(told, drive.model)
    longer = _is_beginning(drive.model, told) and not _named_itself(known, drive)
    return seen["bus"] == "ata" and (shorter or longer)


def _named_itself(known: Known, drive: Drive) -> bool:
    """Whether some statement has the model on record as the drive's own word, or from a bus that cuts none."""
    known.session.flush()
    query = select(Erasure.payload).where(Erasure.drive_id == drive.id)
    told = (payload["subject"]["drive"] for payload in known.session.scalars(query))
    ours = (one for one in told if normal(one["model"]) == normal(drive.model))
    return any(one["identity_source"] == OWN_WORD or one["bus"] != "ata" for one in ours)


def _is_beginning(short: str, whole: str) -> bool:
    return len(whole) > KERNEL_MODEL and normal(short) == normal(whole[:KERNEL_MODEL])


def _complete(drive: Drive, seen: dict[str, Any]) -> None:
    told = seen["model"].strip()
    drive.model = clip(told, 120) if not drive.model or _is_beginning(drive.model, told) else drive.model
    drive.wwn = drive.wwn or wwn_key(seen)
    drive.size_bytes = drive.size_bytes or seen["size_bytes"]
