"""Which lots are counted: of a donor or a sort of donor, a partner, a region, one lot; in the reader's scope."""

from dataclasses import dataclass

from sqlalchemy import ColumnElement, func, select

from hub.departed import DonorType
from hub.figures import regions
from hub.models import Lot, Person
from hub.partnered import LotPartner
from hub.scope import LotColumn, in_scope


@dataclass(frozen=True, slots=True)
class Choice:
    """What the reader chose; "" for all. `lot` is a code."""

    donor_id: str = ""
    partner_id: str = ""
    donor_type: str = ""
    region: str = ""
    lot: str = ""

    @property
    def is_whole(self) -> bool:
        """Whether nothing was chosen."""
        return self == Choice()


def chosen(person: Person, lot_id: LotColumn, choice: Choice) -> ColumnElement[bool]:
    """The condition that a row with this lot column is counted."""
    found = in_scope(person, lot_id)
    if choice.donor_id:
        found &= lot_id.in_(select(Lot.id).where(Lot.donor_id == choice.donor_id))
    if choice.partner_id:
        mine = select(LotPartner.lot_id).where(LotPartner.partner_id == choice.partner_id)
        found &= lot_id.in_(mine.where(LotPartner.withdrawn.is_(None)))
    if choice.donor_type:
        newest = select(func.max(DonorType.id)).group_by(DonorType.donor_id)
        typed = select(DonorType.donor_id).where(DonorType.id.in_(newest), DonorType.word == choice.donor_type)
        found &= lot_id.in_(select(Lot.id).where(Lot.donor_id.in_(typed)))
    if choice.region:
        found &= regions.within(lot_id, choice.region)
    if choice.lot:
        found &= lot_id.in_(select(Lot.id).where(Lot.code == choice.lot))
    return found
