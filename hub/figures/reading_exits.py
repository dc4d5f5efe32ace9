"""Reads what left and what came back for the figures of one period; an exit that was taken back is none."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TypeVar

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.claims import donor_name
from hub.departed import DeviceReturn, DonorType, ExitBatch, ExitLine, ExitMass, NonConformity
from hub.exits.modes import MODES
from hub.figures.choice import Choice, chosen
from hub.figures.periods import Period
from hub.figures.regions import departments_of, region_of, regions
from hub.figures.rows import ExitRow, ReturnRow
from hub.models import Donor, Lot, Person
from hub.partnered import LotPartner, Network, Partner
from hub.repaired import Repair
from hub.returns.service import END_OF_LOAN

PART = 500  # ids of one query
T = TypeVar("T", int, str)


@dataclass(frozen=True, slots=True)
class Places:
    """The type and the region of each donor, and the region of the network of each lot, where they are known."""

    types: Mapping[str, str]
    regions: Mapping[str, str]
    of_lots: Mapping[str, str]

    def region(self, lot_id: str, donor_id: str) -> str:
        """The region of a lot: its donor's, else that of the network of its workshop."""
        return self.regions.get(donor_id) or self.of_lots.get(lot_id, "")


def places(session: Session, person: Person) -> Places:
    """Where donors and lots are, and of what type donors are. Raises Forbidden."""
    areas = (
        select(LotPartner.lot_id, Network.area)
        .join(Partner, Partner.id == LotPartner.partner_id)
        .join(Network, Network.id == Partner.network_id)
        .where(LotPartner.withdrawn.is_(None), Network.area.in_(list(regions())))
    )
    types = session.scalars(select(DonorType).order_by(DonorType.id))
    return Places(
        {row.donor_id: row.word for row in types},
        {donor: region_of(code) for donor, code in departments_of(session, person).items()},
        {row.lot_id: row.area for row in session.execute(areas.order_by(LotPartner.id))},
    )


def exits(session: Session, person: Person, period: Period, choice: Choice, where: Places) -> tuple[ExitRow, ...]:
    """The exits of a period, and those before it of the lots that were received in it; oldest first."""
    first, last = period.first.isoformat(), period.last.isoformat()
    mine = (Lot.received >= period.begin) & (Lot.received < period.end)
    query = (
        select(ExitLine, ExitBatch, Lot, Donor)
        .join(ExitBatch, ExitBatch.id == ExitLine.batch_id)
        .join(Lot, Lot.id == ExitLine.lot_id)
        .join(Donor, Donor.id == Lot.donor_id)
        .where(ExitLine.withdrawn.is_(None), ExitBatch.day <= last, (ExitBatch.day >= first) | mine)
        .where(chosen(person, ExitLine.lot_id, choice))
        .order_by(ExitLine.id)
    )
    rows = session.execute(query).all()
    things = [row[0].device_id for row in rows if row[0].device_id]
    repaired, back = _repaired(session, things), _back(session, [row[0].id for row in rows], last)
    return tuple(
        ExitRow(
            line=line.id,
            batch=batch.id,
            lot=lot.code,
            donor=donor_name(donor),
            kind=line.kind,
            mode=batch.mode,
            units=line.units,
            day=date.fromisoformat(batch.day),
            thing=line.device_id or "",
            region=where.region(lot.id, donor.id),
            prescription=batch.prescription,
            cents=line.price_cents,
            received=lot.received.date() if lot.received else None,
            repaired=line.device_id in repaired,
            back=line.id in back,
        )
        for line, batch, lot, donor in rows
    )


def returns(session: Session, lines: Sequence[int], period: Period) -> tuple[ReturnRow, ...]:
    """The returns of these lines until the end of a period; the end of a loan is none."""
    found: list[ReturnRow] = []
    for part in _parts(lines):
        query = select(DeviceReturn).where(
            DeviceReturn.line_id.in_(part),
            DeviceReturn.withdrawn.is_(None),
            DeviceReturn.day <= period.last.isoformat(),
            DeviceReturn.reason != END_OF_LOAN,
        )
        rows = session.scalars(query.order_by(DeviceReturn.id))
        found += [ReturnRow(row.line_id, row.device_id, row.reason, row.within) for row in rows]
    return tuple(found)


def defects(session: Session, lines: Sequence[int]) -> tuple[ReturnRow, ...]:
    """The counted defects of these lines."""
    found: list[ReturnRow] = []
    for part in _parts(lines):
        query = select(NonConformity).where(
            NonConformity.line_id.in_(part), NonConformity.withdrawn.is_(None), NonConformity.counted
        )
        rows = session.scalars(query.order_by(NonConformity.id))
        found += [ReturnRow(row.line_id, row.device_id, row.reason) for row in rows]
    return tuple(found)


def weighed(session: Session, rows: Sequence[ExitRow]) -> Mapping[tuple[int, str], int]:
    """The weighed grams of movements of waste by category; of those only that are whole among these rows."""
    batches = sorted({row.batch for row in rows if MODES[row.mode].is_waste})
    here = {row.line for row in rows}
    found: dict[tuple[int, str], int] = {}
    for part in _parts(batches):
        lines = select(ExitLine.id, ExitLine.batch_id).where(ExitLine.batch_id.in_(part), ExitLine.withdrawn.is_(None))
        shared = {row.batch_id for row in session.execute(lines) if row.id not in here}
        masses = select(ExitMass).where(ExitMass.batch_id.in_(part)).order_by(ExitMass.id)
        for row in session.scalars(masses):
            if row.batch_id not in shared:
                found[row.batch_id, row.category] = row.grams
    return found


def _repaired(session: Session, things: Sequence[str]) -> set[str | None]:
    found: set[str | None] = set()
    for part in _parts(things):
        query = select(Repair.device_id).where(Repair.device_id.in_(part), Repair.withdrawn.is_(None))
        found |= set(session.scalars(query))
    return found


def _back(session: Session, lines: Sequence[int], last: str) -> set[int]:
    found: set[int] = set()
    for part in _parts(lines):
        query = select(DeviceReturn.line_id).where(
            DeviceReturn.line_id.in_(part),
            DeviceReturn.came_back,
            DeviceReturn.withdrawn.is_(None),
            DeviceReturn.day <= last,
        )
        found |= set(session.scalars(query))
    return found


def _parts(ids: Sequence[T]) -> list[Sequence[T]]:
    return [ids[at : at + PART] for at in range(0, len(ids), PART)]
