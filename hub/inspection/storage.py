"""Storage soldered into a device (phones, tablets): a drive of the account like any other (field reference, 3.1).

It cannot be taken out and is never an empty place. The device goes to somebody's use only with a proven erase of it,
never by a tick; else it goes back to the donor, or is destroyed.
"""

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub import audit
from hub.accounted import DeviceSaid
from hub.context import hub_of
from hub.devices import triage
from hub.devices.observed import normal
from hub.devices.outcomes import SOLDERED
from hub.errors import BadInput, Conflict
from hub.exits.gone import require_here
from hub.lots.life import require_open
from hub.models import Device, Drive, Person
from hub.people.roles import BENCH, require
from hub.typed import one_line

ABOUT = "storage"
WORDS = "soldered storage"


def note_storage(session: Session, person: Person, device: Device, serial: str = "") -> Drive:
    """Note the soldered storage of a device; a drive of it with this serial is that storage.

    Raises Forbidden, BadInput (a kind without), Conflict (noted already, a serial of another drive, lot is over).
    """
    require(person, *BENCH)
    require_open(session, device.lot)
    require_here(session, device)
    if device.kind not in SOLDERED:
        raise BadInput("this kind of device has no soldered storage: note its drives in the triage", "kind")
    if storage_id(session, device.id) is not None:
        raise Conflict("its storage is noted already")
    serial = one_line(serial, 120)
    own = session.scalars(select(Drive).where(Drive.device_id == device.id)).all()
    drive = next((one for one in own if serial and normal(one.serial) == normal(serial)), None)
    drive = drive or triage.declare_drive(session, person, device, serial, WORDS)
    row = DeviceSaid(
        device_id=device.id,
        lot_id=device.lot_id,
        about=ABOUT,
        word=drive.id,
        reason=WORDS,
        at=hub_of(session).clock(),
        by=person.id,
        by_name=person.name,
    )
    session.add(row)
    session.flush()
    audit.record(session, person, "device.storage", device.id, drive.id)
    held = triage.words_of(session, person, [device.id])[device.id]
    if held.bays is None:
        triage.count_bays(session, person, device, 1, 0, reason=WORDS)
    return drive


def storage_id(session: Session, device_id: str) -> str | None:
    """The drive that is the soldered storage of a device; None where nobody noted it."""
    query = select(DeviceSaid.word).where(
        DeviceSaid.device_id == device_id, DeviceSaid.about == ABOUT, DeviceSaid.withdrawn.is_(None)
    )
    return session.scalar(query.order_by(DeviceSaid.id.desc()).limit(1))
