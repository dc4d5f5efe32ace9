"""Numbers that are read off a device: IMEI with its check figure (3GPP TS 23.003, annex B). Observations, never keys.

They are shown whole to the workshop only; whoever else reads of the device sees the last four figures.
"""

from collections.abc import Mapping, Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub import audit
from hub.context import hub_of
from hub.devices.kinds import IMEI
from hub.devices.outcomes import NUMBERED
from hub.errors import BadInput, Conflict, NotFound
from hub.exits.gone import require_here
from hub.inspected import DeviceNumber
from hub.lots.life import require_open
from hub.models import Device, Person
from hub.partners.register import reason_for
from hub.people.roles import BENCH, READERS, require
from hub.scope import in_scope

FIGURES = 15
SHOWN = 4
HIDDEN = "•"


def read_imei(text: str) -> str:
    """An IMEI as typed or scanned, in 15 figures. Raises BadInput (length, check figure, filler)."""
    plain = "".join(text[:40].split()).replace("-", "").replace("/", "")
    if not (plain.isascii() and plain.isdigit() and len(plain) == FIGURES):
        raise BadInput(f"an IMEI has {FIGURES} figures: dial *#06# or look under the battery", "imei")
    if len(set(plain[:-1])) == 1:
        raise BadInput("this IMEI is a filler: it tells nothing", "imei")
    if luhn(plain[:-1]) != int(plain[-1]):
        raise BadInput("a figure of this IMEI is wrong: read it again", "imei")
    return plain


def luhn(figures: str) -> int:
    """The check figure of a row of figures: every second one from the right doubled, the sum filled up to a ten."""
    doubled = [int(one) * 2 if at % 2 == 0 else int(one) for at, one in enumerate(reversed(figures))]
    return -sum(one // 10 + one % 10 for one in doubled) % 10


def masked(value: str) -> str:
    """A number of which only the last four figures are shown."""
    return HIDDEN * max(len(value) - SHOWN, SHOWN) + value[-SHOWN:]


def note_imei(session: Session, person: Person, device: Device, text: str) -> DeviceNumber:
    """Keep an IMEI that was read off a device. Raises Forbidden, BadInput, Conflict (noted already, lot is over)."""
    require(person, *BENCH)
    require_open(session, device.lot)
    require_here(session, device)
    if device.kind not in NUMBERED:
        raise BadInput("this kind of device has no IMEI", "imei")
    value = read_imei(text)
    if value in [row.value for row in numbers_of(session, person, device)]:
        raise Conflict("this IMEI is noted already")
    row = DeviceNumber(
        device_id=device.id,
        lot_id=device.lot_id,
        sort=IMEI,
        value=value,
        at=hub_of(session).clock(),
        by=person.id,
        by_name=person.name,
    )
    session.add(row)
    session.flush()
    audit.record(session, person, "device.imei", device.id, masked(value))
    return row


def take_back(session: Session, person: Person, device: Device, number: int, reason: str) -> DeviceNumber:
    """Take a number back, with a reason. Raises Forbidden, NotFound, BadInput, Conflict (lot is over)."""
    require(person, *BENCH)
    require_open(session, device.lot)
    row = session.get(DeviceNumber, number)
    if row is None or row.device_id != device.id or row.withdrawn is not None:
        raise NotFound("no such record")
    row.withdrawn_reason = reason_for(reason)
    row.withdrawn, row.withdrawn_by = hub_of(session).clock(), person.id
    audit.record(session, person, "device.imei.withdraw", device.id, f"{masked(row.value)}: {row.withdrawn_reason}")
    return row


def numbers_of(session: Session, person: Person, device: Device) -> Sequence[DeviceNumber]:
    """The numbers of a device that hold, whole, for the workshop. Raises Forbidden."""
    require(person, *READERS)
    query = select(DeviceNumber).where(DeviceNumber.device_id == device.id, DeviceNumber.withdrawn.is_(None))
    return session.scalars(query.where(in_scope(person, DeviceNumber.lot_id)).order_by(DeviceNumber.id)).all()


def also_on(session: Session, person: Person, device: Device) -> Sequence[Device]:
    """Other devices in scope on which the same number was read: one of them was read wrongly, or came twice."""
    values = [row.value for row in numbers_of(session, person, device)]
    query = select(Device).join(DeviceNumber, DeviceNumber.device_id == Device.id)
    query = query.where(DeviceNumber.value.in_(values), DeviceNumber.withdrawn.is_(None), Device.id != device.id)
    return session.scalars(query.where(in_scope(person, Device.lot_id)).order_by(Device.id).limit(5)).unique().all()


def masked_of(session: Session, device_ids: Sequence[str]) -> Mapping[str, tuple[str, ...]]:
    """The numbers of devices (read in scope by the caller) as anybody else may see them."""
    query = select(DeviceNumber).where(DeviceNumber.device_id.in_(device_ids), DeviceNumber.withdrawn.is_(None))
    found: dict[str, tuple[str, ...]] = {}
    for row in session.scalars(query.order_by(DeviceNumber.id)):
        found[row.device_id] = (*found.get(row.device_id, ()), masked(row.value))
    return found
