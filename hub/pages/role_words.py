"""What each role may do, in a sentence for whoever opens an account; the rights stand in `hub.people.roles`."""

from collections.abc import Iterable
from dataclasses import dataclass

from hub import wording
from hub.models import Role
from hub.pages.language import mark, words

HELP = {
    Role.TECHNICIAN: mark("Works at the benches: triage, repairs, records of drives. Decides nothing about erasures."),
    Role.LEAD: mark("Does what a technician does, decides about erasures, closes lots, invites donors."),
    Role.DONOR: mark("Sees the lots of one donor, their drives and certificates. Choose the donor."),
    Role.ADMIN: mark("Looks after accounts, stations and policies. Does not decide about erasures."),
    Role.COORDINATOR: mark(
        "Reads lots, devices and figures of the partners of one network and looks after them. Choose the network."
    ),
    Role.VOLUNTEER: mark(
        "Helps at the benches as a technician does, but never says that a drive is destroyed, absent or given back."
    ),
    Role.DISTRIBUTOR: mark("Sees what is in stock and the own reservations, never a donor. Choose the partner."),
    Role.PRESCRIBER: mark("Sees the own prescriptions only. Choose the partner."),
}


@dataclass(frozen=True, slots=True)
class RoleRow:
    """A role to choose: its code, its word, and what it may do."""

    value: str
    word: str
    help: str


def role_rows(lang: str, roles: Iterable[Role]) -> list[RoleRow]:
    """The roles to choose from, in the order of the list."""
    say = words(lang).gettext
    return [RoleRow(role.value, wording.role_word(role, lang), say(HELP[role])) for role in roles]
