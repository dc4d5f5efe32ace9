"""Taking in what individuals bring (S2-11): a lead opens a day, then each device is one short form and one receipt.

One lot holds one day and one channel. Nobody is asked for a name: the donor of such a lot is "individuals", and the
receipt has a code by which whoever holds it reads what became of the device.
"""

import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from unicodedata import normalize

from sqlalchemy import or_, select
from sqlalchemy.orm import Session, selectinload

from hub import audit
from hub.claims import refuse_claims
from hub.context import hub_of
from hub.derive.moments import next_moment
from hub.derive.reading import place_waiting
from hub.devices.outcomes import KINDS, SOLDERED
from hub.distribution import codes
from hub.errors import BadInput, Conflict
from hub.exits.donor_types import types_of
from hub.handed import HandReceipt
from hub.inspection.storage import note_storage
from hub.intake.channels import (
    BIN,
    CHANNELS,
    DROP_OFF,
    EVENT,
    ONE_FOR_ONE,
    RECYCLERY,
    came_by,
    channels_of,
    set_channel,
)
from hub.lots import counts, life
from hub.lots.counts import RECEIVED, Counted
from hub.lots.individuals import INDIVIDUAL, individuals_of
from hub.lots.service import create_lot
from hub.models import Device, Donor, Lot, LotState, Person
from hub.partnered import Partner
from hub.people.roles import BENCH, MANAGERS, READERS, require
from hub.scanned import words as scanned_words
from hub.scope import in_scope, own_partner
from hub.typed import one_line

BY_HAND: Mapping[str, str] = {EVENT: "EVT", DROP_OFF: "DEP", ONE_FOR_ONE: "1P1", BIN: "BAC", RECYCLERY: "REC"}
FARTHEST = timedelta(days=366)  # a day over the counter that is farther away is a slip of the keyboard
STATES = ("works", "starts", "broken", "unknown")
DRIVES = ("yes", "no", "unknown")
BROUGHT = tuple(kind for kind in KINDS if kind != "parts")
ROOM = 17  # letters of a house in the code of a day: 32 in all
NOT_HERE = (LotState.ANNOUNCED, LotState.COLLECTED)


@dataclass(frozen=True, slots=True)
class Brought:
    """One device over the counter: its kind, the tag stuck on it, its state, whether a drive is in it, as told."""

    kind: str
    tag: str
    state: str = "unknown"
    drive: str = "unknown"
    maker: str = ""
    model: str = ""


@dataclass(frozen=True, slots=True)
class Receipt:
    """A receipt with its device and its lot."""

    row: HandReceipt
    device: Device
    lot: Lot


def open_day(session: Session, person: Person, channel: str, day: str, label: str = "") -> Lot:
    """Open the lot of one day and one channel. Raises Forbidden, BadInput (channel, day), Conflict (it is open)."""
    require(person, *MANAGERS)
    if channel not in BY_HAND:
        raise BadInput("choose a channel of the list", "channel")
    try:
        on = date.fromisoformat(day) if day else hub_of(session).clock().date()
    except ValueError as error:
        raise BadInput("write the day as YYYY-MM-DD", "day") from error
    if abs(on - hub_of(session).clock().date()) > FARTHEST:
        raise BadInput("this day lies more than a year away: is the year right?", "day")
    donor = individuals_of(session, person)
    code = _code_of_day(session, person, donor, f"{BY_HAND[channel]}-{on.isoformat()}")
    lot = create_lot(session, code, donor.name, label, person)
    set_channel(session, person, lot, channel)
    return lot


def _code_of_day(session: Session, person: Person, donor: Donor, plain: str) -> str:
    """The code of a day's lot: with the name of the house where that is a partner. Raises Conflict (it is open)."""
    opened = session.scalar(select(Lot.code).where(Lot.donor_id == donor.id, Lot.code.startswith(plain)))
    if opened is not None:
        raise Conflict(f"the lot of that day is open already: {opened}")
    house = session.scalar(select(Partner.name).where(Partner.id.in_(own_partner(person))))
    if house is None:
        return plain
    code, number = f"{plain}-{_short(house, ROOM)}", 1
    while session.scalar(select(Lot.id).where(Lot.code == code)):  # of a house with nearly the same name
        number += 1
        code = f"{plain}-{_short(house, ROOM - 3)}-{number}"
    return code


def _short(name: str, length: int) -> str:
    """The first letters and digits of a name, as a code may hold them; "X" where it has none."""
    plain = normalize("NFKD", name).encode("ascii", "ignore").decode()
    return "".join(letter for letter in plain if letter.isalnum())[:length].upper() or "X"


def days(session: Session, person: Person) -> tuple[tuple[Lot, str], ...]:
    """The open lots of individuals in scope with their channel, the newest first. Raises Forbidden."""
    require(person, *BENCH)
    found: list[Lot] = []
    for channel in BY_HAND:
        query = select(Lot).options(selectinload(Lot.donor)).where(came_by(channel), in_scope(person, Lot.id))
        query = query.where(Lot.state.not_in(life.OVER)).order_by(Lot.created.desc()).limit(20)
        found += session.scalars(query).all()
    words = channels_of(session, person, [lot.id for lot in found])
    kinds = types_of(session, person, [lot.donor_id for lot in found])
    mine = [(lot, words[lot.id]) for lot in found if kinds.get(lot.donor_id) == INDIVIDUAL]
    return tuple(sorted(mine, key=lambda one: one[0].created, reverse=True))


def lots_by(session: Session, person: Person, channel: str, size: int) -> tuple[tuple[Lot, str], ...]:
    """The newest lots in scope that came by a channel ("" for any), each with its own. Raises Forbidden."""
    require(person, *READERS)
    ways = [channel] if channel else CHANNELS
    query = select(Lot).options(selectinload(Lot.donor)).where(in_scope(person, Lot.id), or_(*map(came_by, ways)))
    found = session.scalars(query.order_by(Lot.created.desc(), Lot.code).limit(size)).all()
    words = channels_of(session, person, [lot.id for lot in found])
    return tuple((lot, words[lot.id]) for lot in found)


def take_in(
    session: Session,
    person: Person,
    lot: Lot,
    brought: Brought,
    below: Callable[[int], int] = secrets.randbelow,
) -> Receipt:
    """Take one device in and give a receipt. Raises Forbidden, BadInput, Conflict (tag, lot over, no such lot)."""
    require(person, *BENCH)
    life.require_open(session, lot)
    if all(lot.id != one.id for one, _ in days(session, person)):
        raise Conflict("this lot takes nothing in over the counter: open a day first")
    tag = _judged(session, brought)
    if lot.state in NOT_HERE:
        life.move(session, person, lot, LotState.RECEIVED)
    device = _device(session, lot, brought, tag)
    counted = counts.quantities(session, person, lot).by_step[RECEIVED].get(device.kind, 0)
    counts.count(session, person, lot, Counted(RECEIVED, device.kind, counted + 1))
    if device.kind in SOLDERED:
        note_storage(session, person, device)
    row = HandReceipt(
        code=codes.make(codes.RECEIPT, below),
        device_id=device.id,
        lot_id=lot.id,
        state=brought.state,
        drive=brought.drive,
        at=hub_of(session).clock(),
        by=person.id,
        by_name=person.name,
    )
    session.add(row)
    session.flush()
    audit.record(session, person, "device.hand-in", device.id, f"{lot.code} {tag} {brought.state} {brought.drive}")
    return Receipt(row, device, lot)


def receipts(session: Session, person: Person, lot: Lot, size: int = 20) -> tuple[Receipt, ...]:
    """The newest receipts of a lot in scope. Raises Forbidden."""
    require(person, *BENCH)
    query = select(HandReceipt, Device).join(Device, Device.id == HandReceipt.device_id)
    query = query.where(HandReceipt.lot_id == lot.id, in_scope(person, HandReceipt.lot_id))
    found = session.execute(query.order_by(HandReceipt.id.desc()).limit(size))
    return tuple(Receipt(row[0], row[1], lot) for row in found)


def receipt_of(session: Session, text: str) -> Receipt | None:
    """The receipt of a code, for whoever holds it; None for any other text."""
    try:
        code = codes.read(codes.RECEIPT, text)
    except BadInput:
        return None
    row = session.scalar(select(HandReceipt).where(HandReceipt.code == code))
    if row is None:
        return None
    device, lot = session.get(Device, row.device_id), session.get(Lot, row.lot_id)
    assert device is not None
    assert lot is not None
    return Receipt(row, device, lot)


def _judged(session: Session, brought: Brought) -> str:
    """The tag of what is brought. Raises BadInput, Conflict."""
    if brought.kind not in BROUGHT:
        raise BadInput("choose what was brought", "kind")
    if brought.state not in STATES or brought.drive not in DRIVES:
        raise BadInput("choose its state, and whether a drive is in it", "state")
    for typed in (brought.maker, brought.model, brought.tag):
        refuse_claims(typed)
    tag = one_line(brought.tag, 64)
    if not tag:
        raise BadInput("stick a tag on it, and scan or type it", "tag")
    if session.scalar(select(Device.id).where(Device.asset.in_([tag, *scanned_words(tag)])).limit(1)):
        raise Conflict("another device has this tag: take a fresh one")
    return tag


def _device(session: Session, lot: Lot, brought: Brought, tag: str) -> Device:
    now = hub_of(session).clock()
    device = Device(
        lot_id=lot.id,
        kind=brought.kind,
        asset=tag,
        maker=one_line(brought.maker, 120),
        model=one_line(brought.model, 120),
        source="person",
        received=now,
        created=now,
        known_from=next_moment(session),
    )
    session.add(device)
    session.flush()
    place_waiting(session, [device])  # a bench may have read the tag before
    return device
