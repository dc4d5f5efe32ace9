"""What sort of donor somebody is: the six types of the programme (S2-9). It sets what the law asks of a sale."""

from collections.abc import Collection, Mapping

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub import audit
from hub.context import hub_of
from hub.departed import DonorType
from hub.errors import BadInput, NotFound
from hub.models import Donor, Person
from hub.people.roles import MANAGERS, READERS, require

TYPES = ("local-authority", "company", "individual", "public-operator", "maker", "lessor")


def set_type(session: Session, person: Person, donor_id: str, word: str) -> DonorType:
    """Say what sort of donor somebody is; what was said before stays. Raises Forbidden, NotFound, BadInput."""
    require(person, *MANAGERS)
    if session.get(Donor, donor_id) is None:
        raise NotFound("no such donor")
    if word not in TYPES:
        raise BadInput("choose a type of donor of the list", "donor-type")
    row = DonorType(donor_id=donor_id, word=word, at=hub_of(session).clock(), by=person.id, by_name=person.name)
    session.add(row)
    session.flush()
    audit.record(session, person, "donor.type", donor_id, word)
    return row


def types_of(session: Session, person: Person, donor_ids: Collection[str]) -> Mapping[str, str]:
    """The type of each of these donors that has one. Raises Forbidden."""
    require(person, *READERS)
    query = select(DonorType).where(DonorType.donor_id.in_(donor_ids)).order_by(DonorType.id)
    return {row.donor_id: row.word for row in session.scalars(query)}
