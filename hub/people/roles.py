"""Which role may do what. Services ask here themselves, so that a forgotten check on a page lets nobody in."""

from hub.errors import Forbidden
from hub.models import Person, Role

STAFF = (Role.TECHNICIAN, Role.LEAD, Role.ADMIN)
MANAGERS = (Role.LEAD, Role.ADMIN)
NETWORKERS = (Role.LEAD, Role.ADMIN)  # who sees partners, figures and half-years: the coordinators of a network
MODERATORS = (Role.COORDINATOR, Role.ADMIN)  # who reads totals of money (S3-6)
VALIDATORS = (Role.LEAD,)  # an administrator does not sign or validate by that role alone


def require_care(by: Person | None, role: str) -> None:
    """Raise Forbidden unless `by` may open, close and let in accounts of this role; None is the command line.

    An administrator looks after everybody, a lead after the accounts of donors.
    """
    if by is not None:
        require(by, *(MANAGERS if role == Role.DONOR else (Role.ADMIN,)))


def require(person: Person, *roles: Role) -> None:
    """Raise Forbidden unless the person is active and has one of these roles."""
    if not person.active or person.role not in {role.value for role in roles}:
        raise Forbidden("your role may not do this")
