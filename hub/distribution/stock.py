"""What a distributor may choose from (S2-10): devices that are ready, graded, and kept here by nothing (INV-10).

An offer tells what the device is and how good it is; it has no lot, no donor, no serial number, nothing of its drives.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from sqlalchemy import Select, select
from sqlalchemy.orm import Session, aliased

from hub.accounted import DeviceSaid
from hub.devices.service import device_for
from hub.devices.triage import STEP
from hub.distribution.eyes import own_eyes
from hub.distribution.standing import is_kept, is_out, today
from hub.errors import NotFound
from hub.exits.checks import Visitor, held
from hub.exits.modes import GIFT, MODES
from hub.exits.naming import Named, name
from hub.grades.policies import CATEGORY
from hub.lots.drive_account import AccountLine, account_of
from hub.models import Device, Lot, Person, Role
from hub.people.roles import READERS, require
from hub.scope import offered_to

READY = "ready"
SIZE = 24  # devices that are looked at for one page
UNGRADED = ("", "none")


@dataclass(frozen=True, slots=True)
class Offer:
    """A device that may be reserved. `battery` in permille, None where nobody read one."""

    device_id: str
    tag: str
    kind: str
    name: str
    letter: str
    policy: str
    category: str
    battery: int | None
    word: str


@dataclass(frozen=True, slots=True)
class Shelf:
    """A page of offers; `following` is the device after which the next page begins, "" at the end."""

    offers: tuple[Offer, ...]
    following: str


def shelf(session: Session, person: Person, kind: str = "", letter: str = "", after: str = "") -> Shelf:
    """A page of what can be reserved now, of one kind or letter. Raises Forbidden."""
    query = _ready(session, person).where(Device.id > after).order_by(Device.id).limit(SIZE + 1)
    if kind:
        query = query.where(Device.kind == kind)
    found = session.scalars(query).all()
    offers = tuple(one for one in _offers(session, found[:SIZE]) if letter in {"", one.letter})
    return Shelf(offers, found[SIZE - 1].id if len(found) > SIZE else "")


def offer_for(session: Session, person: Person, device_id: str) -> Offer:
    """One device that can be reserved. Raises Forbidden, NotFound."""
    device = session.scalar(_ready(session, person).where(Device.id == device_id))
    found = next(_offers(session, [device]), None) if device is not None else None
    if found is None:
        raise NotFound("this device is not available: somebody was faster, or it is not ready any more")
    return found


def _ready(session: Session, person: Person) -> Select[Device]:
    """The tagged devices whose step is "ready", that are here and not reserved."""
    require(person, Role.DISTRIBUTOR, *READERS)
    newer = aliased(DeviceSaid)
    later = select(newer.id).where(newer.device_id == DeviceSaid.device_id, newer.about == STEP)
    later = later.where(newer.withdrawn.is_(None), newer.id > DeviceSaid.id)
    return (
        select(Device)
        .join(DeviceSaid, DeviceSaid.device_id == Device.id)
        .where(DeviceSaid.about == STEP, DeviceSaid.word == READY, DeviceSaid.withdrawn.is_(None), ~later.exists())
        .where(offered_to(person, Device.lot_id), Device.asset.is_not(None))
        .where(~is_kept(today(session)), ~is_out())
    )


def _offers(session: Session, found: Iterable[Device]) -> Iterator[Offer]:
    eyes, accounts = own_eyes(), dict[str, tuple[AccountLine, ...]]()
    for device in found:
        if device.lot_id not in accounts:
            lot = session.get(Lot, device.lot_id)
            assert lot is not None
            accounts[device.lot_id] = account_of(session, eyes, lot)
        visitor = Visitor(session, eyes, device_for(session, eyes, device.id), accounts[device.lot_id])
        named = name(visitor)
        if named.letter not in UNGRADED and not any(held(visitor, MODES[GIFT])):
            yield _offer(visitor, named)


def _offer(one: Visitor, named: Named) -> Offer:
    device, view = one.view.device, one.view
    report = view.diagnostic.payload["report"] if view.diagnostic else {}
    battery = report.get("grade", {}).get("battery_permille") if isinstance(report.get("grade"), dict) else None
    return Offer(
        device.id,
        device.asset or "",
        device.kind,
        f"{device.maker} {device.model}".strip(),
        named.letter,
        named.policy,
        view.assessed[CATEGORY].word if CATEGORY in view.assessed else "",
        battery if isinstance(battery, int) else None,
        named.word,
    )
