"""Photos of a device (S2-12): kept with strict limits, seen by the workshop, taken back with a reason.

The file that came is not kept: what its camera wrote into it is left out first (`pictures`). Nothing rests on a photo:
it explains no drive and opens no gate.
"""

import hashlib

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from hub import audit
from hub.claims import refuse_claims
from hub.context import hub_of
from hub.devices.pictures import PNG, NoPicture, cleaned
from hub.errors import BadInput, Conflict, NotFound, TooLarge
from hub.models import Device, Person
from hub.partners.register import reason_for
from hub.people.roles import BENCH, READERS, require
from hub.pictured import DevicePhoto
from hub.scope import in_scope
from hub.typed import one_line

MOST_BYTES = 5 * 1024 * 1024
MOST = 8  # photos of one device


def keep(session: Session, person: Person, device: Device, content: bytes, note: str = "") -> DevicePhoto:
    """Keep a photo of a device in the person's scope. Raises Forbidden, TooLarge, BadInput, Conflict (it has eight)."""
    require(person, *BENCH)
    if len(content) > MOST_BYTES:
        raise TooLarge("This file is too large.")
    note = one_line(note, 500)
    refuse_claims(note)
    try:
        media, content = cleaned(content)
    except NoPicture as error:
        raise BadInput("choose a photo: a whole JPEG or PNG file", "photo") from error
    session.refresh(device.lot, with_for_update=True)  # one photo at a time
    standing = select(func.count()).select_from(DevicePhoto).where(DevicePhoto.device_id == device.id)
    if (session.scalar(standing.where(DevicePhoto.withdrawn.is_(None))) or 0) >= MOST:
        raise Conflict(f"a device has {MOST} photos at most: take one back first")
    row = DevicePhoto(
        device_id=device.id,
        lot_id=device.lot_id,
        media=media,
        content=content,
        size=len(content),
        sha256=hashlib.sha256(content).hexdigest(),
        note=note,
        at=hub_of(session).clock(),
        by=person.id,
        by_name=person.name,
    )
    session.add(row)
    session.flush()
    audit.record(session, person, "device.photo", device.id, f"{row.id} sha256 {row.sha256}")
    return row


def photos_of(session: Session, person: Person, device: Device) -> tuple[DevicePhoto, ...]:
    """The photos of a device, the oldest first, those that were taken back too. Raises Forbidden."""
    require(person, *READERS)
    query = select(DevicePhoto).where(DevicePhoto.device_id == device.id, in_scope(person, DevicePhoto.lot_id))
    return tuple(session.scalars(query.order_by(DevicePhoto.at, DevicePhoto.id)))


def photo_for(session: Session, person: Person, device_id: str, photo_id: str) -> DevicePhoto:
    """One photo that stands. Raises Forbidden, NotFound."""
    require(person, *READERS)
    query = select(DevicePhoto).where(DevicePhoto.id == photo_id, DevicePhoto.device_id == device_id)
    row = session.scalar(query.where(DevicePhoto.withdrawn.is_(None), in_scope(person, DevicePhoto.lot_id)))
    if row is None:
        raise NotFound("no such photo")
    return row


def withdraw(session: Session, person: Person, device_id: str, photo_id: str, reason: str) -> DevicePhoto:
    """Take a photo back: nobody is shown it any more. Raises Forbidden, NotFound, BadInput without a reason."""
    require(person, *BENCH)
    row = photo_for(session, person, device_id, photo_id)
    row.withdrawn_reason = reason_for(reason)
    row.withdrawn, row.withdrawn_by = hub_of(session).clock(), person.id
    audit.record(session, person, "device.photo.withdraw", device_id, f"{row.id}: {row.withdrawn_reason}")
    return row


def file_name(row: DevicePhoto) -> str:
    """A harmless name for the file."""
    return f"photo-{row.id[:8]}.{'png' if row.media == PNG else 'jpg'}"
