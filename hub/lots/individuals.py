"""Who stands for all the private persons that bring something to one house: a donor of its own, who names nobody.

Each house has one, so that nobody reads of another house what private persons gave there.
"""

from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub import audit
from hub.belonging import DonorBelonging
from hub.context import hub_of
from hub.departed import DonorType
from hub.handed import HouseIndividuals
from hub.models import Donor, Person
from hub.partnered import Partner
from hub.people.roles import MANAGERS, require
from hub.scope import own_partner

INDIVIDUALS: Final = "Particuliers"
INDIVIDUAL: Final = "individual"  # a code of `hub.exits.donor_types`
LONGEST: Final = 200


def individuals_of(session: Session, person: Person) -> Donor:
    """The donor that stands for private persons in the house of this manager, made when new. Raises Forbidden."""
    require(person, *MANAGERS)
    partner = session.scalar(select(Partner).where(Partner.id.in_(own_partner(person))))
    if partner is None:
        found = session.scalar(select(Donor).where(Donor.name == INDIVIDUALS))
        donor = found or _made(session, person, INDIVIDUALS)
    else:
        query = select(Donor).join(HouseIndividuals, HouseIndividuals.donor_id == Donor.id)
        found = session.scalar(query.where(HouseIndividuals.partner_id == partner.id))
        donor = found or _of_partner(session, person, partner)
    if session.scalar(select(DonorType.id).where(DonorType.donor_id == donor.id).limit(1)) is None:
        now = hub_of(session).clock()
        session.add(DonorType(donor_id=donor.id, word=INDIVIDUAL, at=now, by=person.id, by_name=person.name))
        session.flush()
        audit.record(session, person, "donor.type", donor.id, INDIVIDUAL)
    return donor


def _free_name(session: Session, partner_name: str) -> str:
    """A name that no donor has yet."""
    plain, number = f"{INDIVIDUALS} – {partner_name}"[: LONGEST - 8], 1
    name = plain
    while session.scalar(select(Donor.id).where(Donor.name == name)) is not None:
        number += 1
        name = f"{plain} ({number})"
    return name


def _of_partner(session: Session, person: Person, partner: Partner) -> Donor:
    donor = _made(session, person, _free_name(session, partner.name))
    session.add(HouseIndividuals(partner_id=partner.id, donor_id=donor.id))
    session.add(DonorBelonging(donor_id=donor.id, partner_id=partner.id))
    session.flush()
    return donor


def _made(session: Session, person: Person, name: str) -> Donor:
    donor = Donor(name=name, created=hub_of(session).clock())
    session.add(donor)
    session.flush()
    audit.record(session, person, "donor.create", donor.id, name)
    return donor
