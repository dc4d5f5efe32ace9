"""Which role may do what. Services ask here themselves, so that a forgotten check on a page lets nobody in.

A role says what a person may do; what it is done to, `hub.scope` says. Nothing here looks at rows.
"""

from hub.errors import Forbidden
from hub.models import Person, Role

STAFF = (Role.TECHNICIAN, Role.LEAD, Role.ADMIN)  # of a workshop: says that a drive is destroyed, absent, given back
BENCH = (Role.VOLUNTEER, *STAFF)  # whoever works at the machines: triage, steps, repairs, parts, places
READERS = (Role.COORDINATOR, *BENCH)  # whoever reads lots, devices and drives as the workshop does
MANAGERS = (Role.LEAD, Role.ADMIN)
EXPORTERS = (Role.COORDINATOR, *STAFF)  # who takes tables of them away
NETWORKERS = (Role.COORDINATOR, Role.LEAD, Role.ADMIN)  # who sees partners, figures and half-years
MODERATORS = (Role.COORDINATOR, Role.ADMIN)  # who reads totals of money (S3-6)
TRADERS = (Role.COORDINATOR, *STAFF)  # who offers and writes on the exchange board
VALIDATORS = (Role.LEAD,)  # an administrator does not sign or validate by that role alone
DISTRIBUTORS = (Role.DISTRIBUTOR,)  # available stock, own reservations and deliveries; no donor
PRESCRIBERS = (Role.PRESCRIBER,)  # own prescriptions

OF_A_NETWORK = (Role.COORDINATOR,)  # whose account names a network (hub.belonging)
OF_A_PARTNER = (Role.DISTRIBUTOR, Role.PRESCRIBER)  # whose account names a partner
OF_A_WORKSHOP = BENCH  # whose account names a partner, or nobody: the workshop that runs this hub


def require_care(by: Person | None, role: str) -> None:
    """Raise Forbidden unless `by` may open, close and let in accounts of this role; None is the command line.

    An administrator looks after everybody, a lead after the accounts of donors.
    """
    if by is not None:
        require(by, *(MANAGERS if role == Role.DONOR else (Role.ADMIN,)))


def require(person: Person, *roles: Role) -> None:
    """Raise Forbidden unless the person is active and has one of these roles."""
    if not may(person, *roles):
        raise Forbidden("your role may not do this")


def may(person: Person, *roles: Role) -> bool:
    """Whether the person is active and has one of these roles."""
    return person.active and person.role in {role.value for role in roles}
