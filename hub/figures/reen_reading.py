"""Reads what the reuse target of a public donor rests on, in the reader's scope, and keeps what the donor says of B.

`reen_of` is the function for the donor's report: one donor, one year. It asks for nothing and guesses nothing.
"""

from collections.abc import Sequence
from datetime import date

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from hub import audit
from hub.accounted import DeviceSaid
from hub.claims import donor_name, name_of, refuse_claims
from hub.context import hub_of
from hub.departed import DonorType, ExitBatch, ExitLine
from hub.devices.outcomes import REUSE
from hub.errors import BadInput, NotFound
from hub.exits.gone import exits_of
from hub.exits.modes import DELIVERED
from hub.figures.periods import year_of
from hub.figures.reen import Item, Reen, concerns, reckon, rules
from hub.lots.stated import MADE, PURCHASED, SPECIAL, YES
from hub.lots.stating import Facts, facts_of
from hub.models import Device, Donor, Lot, LotState, Person, Role
from hub.partnered import RegisteredDocument
from hub.partners.documents import CONVENTION
from hub.people.roles import MANAGERS, NETWORKERS, require
from hub.reckoned import RetiredCount
from hub.scope import donor_in_scope, donor_paper_in_scope, in_scope
from hub.typed import one_line

MOST = 10_000_000
LONGEST = 500


def donor_for(session: Session, person: Person, donor_id: str) -> Donor:
    """A donor, for itself and for whoever may name it. Raises Forbidden, NotFound."""
    require(person, *NETWORKERS, Role.DONOR)
    row = session.get(Donor, donor_id)
    if row is None or (person.role == Role.DONOR and person.donor_id != donor_id):
        raise NotFound("no such donor")
    mine = select(Donor.id).where(Donor.id == donor_id, donor_in_scope(person, Donor.id))
    if person.role != Role.DONOR and session.scalar(mine) is None:
        raise NotFound("no such donor")
    return row


def is_public(session: Session, donor: Donor) -> bool:
    """Whether the target concerns a donor, by the newest type that somebody gave it."""
    newest = select(DonorType.word).where(DonorType.donor_id == donor.id).order_by(DonorType.id.desc()).limit(1)
    return concerns(session.scalar(newest) or "")


def public_donors(session: Session, person: Person) -> tuple[Donor, ...]:
    """The public donors of which the reader sees a lot, by name. Raises Forbidden."""
    require(person, *NETWORKERS)
    newest = select(func.max(DonorType.id)).group_by(DonorType.donor_id)
    public = select(DonorType.donor_id).where(DonorType.id.in_(newest), DonorType.word.in_(rules()["public"]))
    seen = select(Lot.donor_id).where(in_scope(person, Lot.id))
    query = select(Donor).where(Donor.id.in_(public), Donor.id.in_(seen)).order_by(Donor.name)
    return tuple(session.scalars(query))


def set_retired(
    session: Session, person: Person, donor_id: str, year: int, number: int, *, note: str = ""
) -> RetiredCount:
    """Note B of a year, as the donor says it; the newest holds. Raises Forbidden, NotFound, BadInput."""
    require(person, *MANAGERS, Role.DONOR)
    donor = donor_for(session, person, donor_id)
    if not rules()["first_year"] <= year <= hub_of(session).clock().year:
        raise BadInput("choose a year from 2023 to this one", "year")
    if not 0 <= number <= MOST:
        raise BadInput(f"a count has 0 to {MOST} units", "count")
    note = one_line(note, LONGEST)
    refuse_claims(note)
    row = RetiredCount(
        donor_id=donor.id,
        year=year,
        number=number,
        note=note,
        at=hub_of(session).clock(),
        by=person.id,
        by_name=person.name,
    )
    session.add(row)
    session.flush()
    audit.record(session, person, "donor.retired", donor.id, f"{year}: {number} {note}".strip())
    return row


def retired_of(session: Session, person: Person, donor_id: str) -> tuple[RetiredCount, ...]:
    """Everything that was said of B, the newest first. Raises Forbidden, NotFound."""
    donor_for(session, person, donor_id)
    query = select(RetiredCount).where(RetiredCount.donor_id == donor_id).order_by(RetiredCount.id.desc())
    return tuple(session.scalars(query))


def reen_of(session: Session, person: Person, donor_id: str, year: int) -> Reen:
    """A, B and the target of one donor and year, with the list that proves A. Raises Forbidden, NotFound."""
    donor = donor_for(session, person, donor_id)
    said = next((row for row in retired_of(session, person, donor_id) if row.year == year), None)
    return reckon(donor_name(donor), year, _items(session, person, donor, year), said.number if said else None)


def _items(session: Session, person: Person, donor: Donor, year: int) -> list[Item]:
    query = (
        select(Device)
        .join(Lot, Lot.id == Device.lot_id)
        .where(Lot.donor_id == donor.id, Lot.received.is_not(None), Lot.state != LotState.CANCELLED)
        .where(_in_year(year), Device.kind.in_(rules()["kinds"]), in_scope(person, Device.lot_id))
        .order_by(Lot.code, Device.asset, Device.serial, Device.id)
    )
    devices = session.scalars(query).all()
    ids = [device.id for device in devices]
    facts, gone = facts_of(session, ids), _gone(session, ids)
    meant = _meant(session, ids)
    papers = _conventions(session, person, donor)
    return [
        _item(device, facts.get(device.id, {}), gone.get(device.id), papers)
        for device in devices
        if device.id in gone or device.id in meant
    ]


def _in_year(year: int) -> ColumnElement[bool]:
    period = year_of(year)
    return (Lot.received >= period.begin) & (Lot.received < period.end)


def _gone(session: Session, ids: Sequence[str]) -> dict[str, tuple[ExitLine, ExitBatch]]:
    """The exit for reuse that stands of each of these devices."""
    found: dict[str, tuple[ExitLine, ExitBatch]] = {}
    for part in (ids[at : at + 500] for at in range(0, len(ids), 500)):
        for device_id, line in exits_of(session, part).items():
            batch = session.get(ExitBatch, line.batch_id)
            if batch is not None and batch.mode in DELIVERED:
                found[device_id] = line, batch
    return found


def _meant(session: Session, ids: Sequence[str]) -> set[str]:
    """The devices that their triage sends to reuse."""
    found: dict[str, str] = {}
    for part in (ids[at : at + 500] for at in range(0, len(ids), 500)):
        query = select(DeviceSaid.device_id, DeviceSaid.word).where(
            DeviceSaid.device_id.in_(part), DeviceSaid.about == "disposition", DeviceSaid.withdrawn.is_(None)
        )
        found |= {row.device_id: row.word for row in session.execute(query.order_by(DeviceSaid.id))}
    return {device_id for device_id, word in found.items() if word == REUSE}


def _conventions(session: Session, person: Person, donor: Donor) -> Sequence[RegisteredDocument]:
    """The signed conventions of a donor that the reader may read: what it signed with another house is not told."""
    query = select(RegisteredDocument).where(
        RegisteredDocument.donor_id == donor.id,
        RegisteredDocument.kind == CONVENTION,
        RegisteredDocument.signed != "",
        RegisteredDocument.withdrawn.is_(None),
        donor_paper_in_scope(person, RegisteredDocument.donor_id, RegisteredDocument.by),
    )
    return session.scalars(query.order_by(RegisteredDocument.signed)).all()


def committed(papers: Sequence[RegisteredDocument], day: date) -> str:
    """The day of the first convention that was signed by a day and had not run out on it; "" for none."""
    on = day.isoformat()
    held = [row.signed for row in papers if row.signed and row.signed <= on and (not row.expires or row.expires >= on)]
    return held[0] if held else ""


def _item(
    device: Device, facts: Facts, gone: tuple[ExitLine, ExitBatch] | None, papers: Sequence[RegisteredDocument]
) -> Item:
    handed = (device.lot.received or device.created).date()
    return Item(
        lot=device.lot.code,
        tag=device.asset or "",
        serial=device.serial,
        kind=device.kind,
        name=name_of(device),
        handed=handed,
        since=facts.get(PURCHASED) or facts.get(MADE) or "",
        special=facts.get(SPECIAL) == YES,
        convention=committed(papers, handed),
        left=gone[1].day if gone else "",
        exit=gone[1].id if gone else 0,
    )
