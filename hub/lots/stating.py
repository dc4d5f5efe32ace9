"""Keeping what is stated of devices (`stated`): by the donor's list, by the donor, by the workshop that reads a label.

The value of a device is the donor's own word: nobody else types it, a list of the donor may carry it (CGI, 238 bis).
"""

from collections.abc import Collection, Iterable, Mapping, Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub import audit
from hub.context import hub_of
from hub.errors import BadInput, Forbidden, NotFound
from hub.lots.importing import ImportPreview, RowOutcome
from hub.lots.stated import STATED, VALUE, stated
from hub.models import Device, Lot, Person, Role
from hub.people.roles import STAFF, require
from hub.reckoned import DeviceFact
from hub.scope import in_scope

MOST = 5_000
WRITTEN = (RowOutcome.CREATED, RowOutcome.MATCHED)
Facts = Mapping[str, str]


def state(session: Session, person: Person, lot: Lot, tags: Sequence[str], *, about: str, text: str) -> int:
    """Note the same of some devices of a lot, of all where no tag is named; returns how many.

    Raises Forbidden, NotFound (a tag), BadInput (what it is about, the day, the amount, the word; no device at all;
    neither a tag nor a word, for a form that nobody filled in takes nothing away).
    """
    require(person, *STAFF, Role.DONOR)
    if about == VALUE and person.role != Role.DONOR:
        raise Forbidden("only the donor says what a device is worth")
    word = stated(about, text) if about in STATED else None
    if word is None:
        raise BadInput("write a day, a month or a year for an age, yes or no for a duty, euros for a value", "stated")
    if not (word or any(tag.strip() for tag in tags)):
        raise BadInput("name the devices of which this is unknown, or write what is known of all of them", "stated")
    devices = _devices(session, person, lot, tags)
    for device in devices:
        _write(session, person, device, {about: word})
    session.flush()
    audit.record(session, person, "device.state", lot.id, f"{about} {word or '-'} of {len(devices)}")
    return len(devices)


def keep_listed(session: Session, person: Person | None, done: ImportPreview) -> None:
    """Note what a list that was imported states of its devices; what it leaves empty changes nothing."""
    rows = [row for row in done.rows if row.device_id and row.outcome in WRITTEN]
    known = facts_of(session, [row.device_id for row in rows if row.device_id])
    for row in rows:
        told = {about: stated(about, getattr(row.listed, about)) or "" for about in STATED}
        device = session.get(Device, row.device_id)
        if device is not None:
            news = {about: word for about, word in told.items() if word}
            _write(session, person, device, {a: w for a, w in news.items() if known.get(device.id, {}).get(a) != w})
    session.flush()


def facts_of(session: Session, device_ids: Collection[str]) -> Mapping[str, Facts]:
    """What is stated of each of these devices (asked for in scope): what it is about, and the newest word."""
    found: dict[str, dict[str, str]] = {}
    ids = list(device_ids)
    for part in (ids[at : at + 500] for at in range(0, len(ids), 500)):
        query = select(DeviceFact).where(DeviceFact.device_id.in_(part)).order_by(DeviceFact.id)
        for row in session.scalars(query):
            found.setdefault(row.device_id, {})[row.about] = row.word
    return found


def listed(session: Session, person: Person, lot: Lot) -> tuple[tuple[Device, Facts], ...]:
    """The devices of a lot with what is stated of them, by tag; nothing outside the person's scope."""
    devices = _devices(session, person, lot, (), needed=False)
    facts = facts_of(session, [device.id for device in devices])
    return tuple((device, facts.get(device.id, {})) for device in devices)


def _devices(
    session: Session, person: Person, lot: Lot, tags: Sequence[str], *, needed: bool = True
) -> Sequence[Device]:
    query = select(Device).where(Device.lot_id == lot.id, in_scope(person, Device.lot_id))
    found = session.scalars(query.order_by(Device.asset, Device.serial, Device.id)).all()
    wanted = {tag.strip() for tag in tags if tag.strip()}
    unknown = wanted - {device.asset for device in found}
    if unknown:
        raise NotFound(f"no device {min(unknown)} in lot {lot.code}")
    chosen = [device for device in found if not wanted or device.asset in wanted]
    if needed and not 0 < len(chosen) <= MOST:
        raise BadInput("this lot has no device on its list yet", "tags")
    return chosen


def _write(session: Session, person: Person | None, device: Device, told: Facts) -> None:
    session.add_all(_rows(session, person, device, told))


def _rows(session: Session, person: Person | None, device: Device, told: Facts) -> Iterable[DeviceFact]:
    now = hub_of(session).clock()
    for about, word in told.items():
        yield DeviceFact(
            device_id=device.id,
            lot_id=device.lot_id,
            about=about,
            word=word,
            at=now,
            by=person.id if person else None,
            by_name=person.name if person else "",
        )
