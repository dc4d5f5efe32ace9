"""Reads parts, amounts and reuse targets for the figures of one period. Amounts only for the roles that moderate."""

from collections import Counter
from collections.abc import Sequence

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from hub.claims import donor_name
from hub.figures import reen as rules
from hub.figures.choice import Choice, chosen
from hub.figures.periods import Period
from hub.figures.reen_reading import public_donors, reen_of
from hub.figures.rows import ExitRow, Money, ReenRow
from hub.lots.stated import VALUE
from hub.models import Device, Lot, Person
from hub.people.roles import MODERATORS
from hub.reckoned import DeviceFact, RetiredCount
from hub.repaired import MissingPart, Part, Repair
from hub.repairs.service import FROM_DEVICE


def parts(session: Session, person: Person, period: Period, choice: Choice) -> tuple[Counter[str], Counter[str]]:
    """Parts that were taken from devices in the period, and parts of devices that a repair used again, by kind."""
    taken = select(Part.kind, func.count()).where(
        Part.origin == FROM_DEVICE, Part.withdrawn.is_(None), Part.at >= period.begin, Part.at < period.end
    )
    used = (
        select(Part.kind, func.count())
        .join(Repair, Repair.part_id == Part.id)
        .where(Part.origin == FROM_DEVICE, Part.withdrawn.is_(None), Repair.withdrawn.is_(None))
        .where(Repair.at >= period.begin, Repair.at < period.end)
    )
    return (
        _counted(session, taken.where(chosen(person, Part.lot_id, choice)).group_by(Part.kind)),
        _counted(session, used.where(chosen(person, Repair.lot_id, choice)).group_by(Part.kind)),
    )


def needs(session: Session, person: Person, period: Period, choice: Choice) -> tuple[tuple[str, str], ...]:
    """The parts that were still to be found at the end of a period: kind and code of the lot."""
    met = select(Repair.need_id).where(Repair.need_id.is_not(None), Repair.withdrawn.is_(None), Repair.at < period.end)
    query = (
        select(MissingPart.kind, Lot.code)
        .join(Lot, Lot.id == MissingPart.lot_id)
        .where(MissingPart.withdrawn.is_(None), MissingPart.at < period.end, MissingPart.id.not_in(met))
        .where(chosen(person, MissingPart.lot_id, choice))
        .order_by(MissingPart.id)
    )
    return tuple((row.kind, row.code) for row in session.execute(query))


def money(session: Session, person: Person, period: Period, choice: Choice, exits: Sequence[ExitRow]) -> Money | None:
    """Declared values of the lots received in the period, and what its sales brought; None for other roles."""
    if person.role not in {role.value for role in MODERATORS}:
        return None
    newest = select(func.max(DeviceFact.id)).where(DeviceFact.about == VALUE).group_by(DeviceFact.device_id)
    query = (
        select(Device.kind, DeviceFact.word)
        .join(Device, Device.id == DeviceFact.device_id)
        .join(Lot, Lot.id == DeviceFact.lot_id)
        .where(DeviceFact.id.in_(newest), DeviceFact.word != "")
        .where(Lot.received >= period.begin, Lot.received < period.end, chosen(person, DeviceFact.lot_id, choice))
    )
    declared = Counter[str]()
    for row in session.execute(query):
        declared[row.kind] += int(row.word)
    sold = sum(row.cents or 0 for row in exits if period.first <= row.day <= period.last)
    return Money(declared, sold)


def reen(session: Session, person: Person, period: Period, choice: Choice) -> tuple[ReenRow, ...]:
    """A and B of each public donor and year of the period; of the chosen donor where one was chosen alone."""
    if choice not in {Choice(), Choice(donor_id=choice.donor_id)}:
        return ()
    chosen_ones = [one for one in public_donors(session, person) if choice.donor_id in {"", one.id}]
    years = range(max(period.first.year, rules.rules()["first_year"]), period.last.year + 1)  # ten years at most
    query = select(RetiredCount.donor_id, RetiredCount.year).where(RetiredCount.year.in_(years))
    said = {(row.donor_id, row.year) for row in session.execute(query)}
    found = []
    for donor in chosen_ones:
        for year in years:
            told = reen_of(session, person, donor.id, year) if (donor.id, year) in said else None
            found.append(ReenRow(donor_name(donor), year, told.sent if told else 0, told.retired if told else None))
    return tuple(found)


def _counted(session: Session, query: Select[str, int]) -> Counter[str]:
    return Counter({row[0]: row[1] for row in session.execute(query)})
