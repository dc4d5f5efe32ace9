"""How evidence finds its device and its lot (INV-2).

By the asset tag, a declared drive serial, or the lot that the bench named; two of them that contradict each other match
nothing: a person decides, and that word is kept with the drive.
"""

from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid5

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.devices.observed import clip, is_strong, normal
from hub.models import Device, Drive, Erasure, LedgerEntry, Lot

MAX_ASSET = 64  # characters, as the column
KERNEL_MODEL = 16  # characters that kernels leave of the model of an ATA drive
OWN_WORD = "identify"  # source of an identity that the drive itself gave
SPACE = UUID("6f1f6f0e-2f0c-5c3b-9a55-1b8a4f0f3c11")


@dataclass(frozen=True, slots=True)
class Match:
    """Where a statement belongs. `problem` says why it belongs nowhere although something was named."""

    device: Device | None
    lot_id: str | None
    problem: str = ""


def drive_of(session: Session, entry: LedgerEntry, seen: dict[str, Any]) -> Drive:
    """The drive of this identity, made when it is new; its id follows from the statement: a rebuild finds it again."""
    own_id = str(uuid5(SPACE, f"drive {entry.id}"))
    known = _known(session, _candidates(session, seen), seen)
    if known is not None:
        _complete(known, seen)
        return known
    own = session.get(Drive, own_id) or Drive(
        id=own_id, serial=clip(seen["serial"].strip(), 120), created=entry.received
    )
    session.add(own)
    _complete(own, seen)
    session.flush()
    return own


def match_erasure(session: Session, entry: LedgerEntry, payload: dict[str, Any], drive: Drive) -> Match:
    """Device and lot of an erasure, and the drive tied to them; where evidence finds nothing, a person's word."""
    found = _found(session, entry, payload, drive)
    if drive.tied_by is not None:
        return found if found.lot_id else Match(_get(session, drive.device_id), drive.lot_id)
    if found.lot_id is not None and not _moved_on(session, entry, drive):
        drive.lot_id = found.lot_id
        drive.device_id = found.device.id if found.device else None
    return found


def _moved_on(session: Session, entry: LedgerEntry, drive: Drive) -> bool:
    """Whether a later run already tied the drive: reading an old one again never takes it back to an old lot."""
    later = select(Erasure.statement_id).where(
        Erasure.drive_id == drive.id, Erasure.position > entry.position, Erasure.lot_id.is_not(None)
    )
    return session.scalar(later.limit(1)) is not None


def _found(session: Session, entry: LedgerEntry, payload: dict[str, Any], drive: Drive) -> Match:
    tagged, named = tagged_device(session, payload), named_lot(session, payload)
    lots = {
        *([tagged.lot_id] if tagged else []),
        *([drive.lot_id] if drive.declared else []),
        *([named.id] if named else []),
    }
    if len(lots) > 1:
        return Match(None, None, "the tag, the declared serial and the lot named at the bench contradict each other")
    inside = _get(session, drive.device_id) if drive.declared else None
    if tagged and inside and tagged.id != inside.id:
        return Match(None, None, "this drive was declared in another device than the tagged one")
    device = tagged or inside
    if device is None and named is not None:
        device = bench_device(session, entry, payload, named)
    return Match(device, next(iter(lots), None))


def match_machine(session: Session, entry: LedgerEntry, payload: dict[str, Any]) -> Match:
    """Device and lot of a diagnosis: by tag, by the machine's serial within the lists, or made in the named lot."""
    tagged, named = tagged_device(session, payload), named_lot(session, payload)
    device = tagged or _by_machine_serial(session, payload)
    if device is not None and named is not None and device.lot_id != named.id:
        return Match(None, None, "the tag and the lot named at the bench contradict each other")
    if device is None and named is not None:
        device = bench_device(session, entry, payload, named)
    return Match(device, device.lot_id if device else None)


def tagged_device(session: Session, payload: dict[str, Any]) -> Device | None:
    """The device with the asset tag of the statement."""
    tag = payload["asset"].strip()
    return session.scalar(select(Device).where(Device.asset == tag)) if tag else None


def named_lot(session: Session, payload: dict[str, Any]) -> Lot | None:
    """The lot that the bench named, if it exists."""
    code = payload["lot"].strip()
    return session.scalar(select(Lot).where(Lot.code == code)) if code else None


def bench_device(session: Session, entry: LedgerEntry, payload: dict[str, Any], lot: Lot) -> Device | None:
    """A device made from the asset tag that a bench stated in an existing lot; None without a usable tag."""
    tag = payload["asset"].strip()
    if not tag or len(tag) > MAX_ASSET:
        return None
    machine = payload["subject"]["machine"] or {"maker": "", "model": "", "serial": "", "chassis": ""}
    device = Device(
        id=str(uuid5(SPACE, f"device {entry.id}")),
        lot_id=lot.id,
        kind=_kind(machine["chassis"]),
        asset=tag,
        maker=clip(machine["maker"], 120),
        model=clip(machine["model"], 120),
        serial=clip(machine["serial"], 120),
        source="bench",
        created=entry.received,
    )
    session.add(device)
    session.flush()
    return device


def _by_machine_serial(session: Session, payload: dict[str, Any]) -> Device | None:
    machine = payload["subject"]["machine"]
    if machine is None or not is_strong(machine["serial"]):
        return None
    found = session.scalars(select(Device).where(Device.serial == machine["serial"].strip()).limit(2)).all()
    if len(found) != 1 or normal(found[0].model) not in {"", normal(machine["model"])}:
        return None
    return found[0]


def _candidates(session: Session, seen: dict[str, Any]) -> list[Drive]:
    if is_strong(seen["serial"]):
        query = select(Drive).where(Drive.serial == clip(seen["serial"].strip(), 120))
    elif is_strong(seen["wwn"]):
        query = select(Drive).where(Drive.wwn == clip(seen["wwn"].strip(), 64))
    else:
        return []
    return list(session.scalars(query.order_by(Drive.created, Drive.id)))


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


def _get(session: Session, device_id: str | None) -> Device | None:
    return session.get(Device, device_id) if device_id else None


def _kind(chassis: str) -> str:
    word = normal(chassis)
    return "desktop" if word in {"desktop", "tower", "mini tower", "all in one", "mini pc"} else "laptop"
