"""Regions (S2-27): of a donor by the department that somebody typed, else of the network of the lot's workshop.

Which departments a region has is data. Decides nothing about who may see a lot: that is `hub.scope`.
"""

import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import Session

from hub import audit
from hub.context import hub_of
from hub.errors import BadInput, NotFound
from hub.models import Donor, Lot, Person
from hub.partnered import LotPartner, Network, Partner
from hub.people.roles import MANAGERS, NETWORKERS, require
from hub.reckoned import DonorArea
from hub.scope import LotColumn, donor_in_scope

FILE = Path(__file__).resolve().parent / "regions.toml"


@cache
def regions() -> Mapping[str, tuple[str, ...]]:
    """Every region by name, with the codes of its departments."""
    told = tomllib.loads(FILE.read_text(encoding="utf-8"))
    return {str(name): tuple(codes) for name, codes in told["regions"].items()}


def region_of(department: str) -> str:
    """The region of a department; "" for none."""
    return next((name for name, codes in regions().items() if department in codes), "")


def set_department(session: Session, person: Person, donor_id: str, code: str) -> DonorArea:
    """Say in which department a donor is; "" for unknown. Raises Forbidden, NotFound, BadInput."""
    require(person, *MANAGERS)
    if session.get(Donor, donor_id) is None:
        raise NotFound("no such donor")
    code = code.strip().upper()
    if code and not region_of(code):
        raise BadInput("a department has a code such as 29, 2A or 974", "department")
    row = DonorArea(donor_id=donor_id, department=code, at=hub_of(session).clock(), by=person.id, by_name=person.name)
    session.add(row)
    session.flush()
    audit.record(session, person, "donor.department", donor_id, code or "-")
    return row


def departments_of(session: Session, person: Person) -> Mapping[str, str]:
    """The department of each donor in scope that has one. Raises Forbidden."""
    require(person, *NETWORKERS)
    rows = session.scalars(select(DonorArea).where(donor_in_scope(person, DonorArea.donor_id)).order_by(DonorArea.id))
    return {row.donor_id: row.department for row in rows}


def within(lot_id: LotColumn, region: str) -> ColumnElement[bool]:
    """The condition that a lot is of a region. Nothing is of a region that there is not."""
    codes = regions().get(region, ())
    newest = select(func.max(DonorArea.id)).group_by(DonorArea.donor_id)
    known = select(DonorArea.donor_id).where(DonorArea.id.in_(newest), DonorArea.department != "")
    here = known.where(DonorArea.department.in_(codes))
    near = (
        select(LotPartner.lot_id)
        .join(Partner, Partner.id == LotPartner.partner_id)
        .join(Network, Network.id == Partner.network_id)
        .where(LotPartner.withdrawn.is_(None), Network.area == region)
    )
    by_donor = lot_id.in_(select(Lot.id).where(Lot.donor_id.in_(here)))
    by_workshop = lot_id.in_(select(Lot.id).where(Lot.donor_id.not_in(known), Lot.id.in_(near)))
    return or_(by_donor, by_workshop) if codes else lot_id.is_(None) & lot_id.is_not(None)
