"""Where an account belongs: to a donor, a partner, a network, or to the workshop that runs this hub (nothing is set).

The role says which of them is due (`hub.people.roles`). What somebody then sees, `hub.scope` says.
"""

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.belonging import Belonging
from hub.errors import BadInput, Forbidden
from hub.models import Donor, Person, Role
from hub.partnered import Network, Partner
from hub.people.roles import OF_A_NETWORK, OF_A_PARTNER, OF_A_WORKSHOP
from hub.scope import ELSEWHERE, donor_in_care, own_partner, works_here


@dataclass(frozen=True, slots=True)
class House:
    """Where somebody works; at most one of the three, none: in the workshop that runs this hub."""

    donor: Donor | None = None
    partner: Partner | None = None
    network: Network | None = None


HOME = House()


def house_for(session: Session, role: Role, house: House, by: Person | None) -> House:
    """The house of a new account, as its role asks for one; staff that staff of a partner add are of that partner.

    Raises BadInput (too much or too little was named), Forbidden (somebody of a partner adds others than its own).
    """
    if (role is Role.DONOR) != (house.donor is not None):
        raise BadInput("a donor account, and only that, belongs to a donor", "donor-account")
    if (role in OF_A_NETWORK) != (house.network is not None):
        raise BadInput("a coordinator account, and only that, belongs to a network", "network-account")
    if role in OF_A_PARTNER and house.partner is None:
        raise BadInput("choose the partner for whom this person works", "partner-account")
    if role not in (*OF_A_PARTNER, *OF_A_WORKSHOP) and house.partner is not None:
        raise BadInput("only people who work for a partner belong to one", "partner-account")
    if by is None or works_here(session, by):
        return house
    return _of_own(session, role, house, by)


def settle(session: Session, person: Person, house: House) -> None:
    """Write down where a new account belongs; the donor stands on the account itself."""
    if house.partner is not None or house.network is not None:
        partner, network = house.partner, house.network
        row = Belonging(
            person_id=person.id,
            partner_id=partner.id if partner else None,
            network_id=network.id if network else None,
        )
        session.add(row)
        session.flush()


def house_of(session: Session, person: Person) -> House:
    """Where somebody belongs."""
    row = session.get(Belonging, person.id)
    return House(
        person.donor,
        session.get(Partner, row.partner_id) if row and row.partner_id else None,
        session.get(Network, row.network_id) if row and row.network_id else None,
    )


def _of_own(session: Session, role: Role, house: House, by: Person) -> House:
    """What somebody of a partner may add: staff of this partner, and people of donors whom it looks after."""
    if house.donor is not None:
        care = select(Donor.id).where(Donor.id == house.donor.id, donor_in_care(by, Donor.id))
        if session.scalar(care) is None:
            raise Forbidden(ELSEWHERE)
        return house
    own = session.scalar(own_partner(by))
    if own is None or role not in OF_A_WORKSHOP or (house.partner is not None and house.partner.id != own):
        raise Forbidden(ELSEWHERE)
    return House(partner=session.get_one(Partner, own))
