"""`user add`, `user list`, `user password`, `user link`, `user codes-off`, `user close` and the like, `token new`.

Passwords are asked for, or come by $ETABLI_PASSWORD; never as an argument.
"""

import os
from collections.abc import Mapping
from getpass import getpass
from typing import Annotated

from certificates.command_line import Argument, Option
from certificates.language import DEFAULT, LANGUAGES, mark
from hub.commands.opening import Call
from hub.context import hub_of
from hub.errors import BadInput
from hub.lots.service import donor_named
from hub.models import Role
from hub.partners import register
from hub.people import badges, invitations, second_factor, service
from hub.people.houses import House
from hub.people.roles import OF_A_NETWORK, OF_A_PARTNER, OF_A_WORKSHOP
from hub.stations.service import LONGEST_TOKEN, new_token

Email = Annotated[str, Argument("EMAIL", help=mark("E-mail address of the person."))]
ACTIVE, CLOSED = mark("active"), mark("closed account")


def add(
    context: Call,
    email: Email,
    *,
    role: Annotated[Role, Option("--role", help=mark("What the person may do."))],
    name: Annotated[str, Option("--name", help=mark("Name as it stands on decisions."), metavar="NAME")] = "",
    donor: Annotated[str, Option("--donor", help=mark("Name of the donor, for role donor."), metavar="NAME")] = "",
    partner: Annotated[
        str, Option("--partner", help=mark("Name of the partner for whom the person works."), metavar="NAME")
    ] = "",
    network: Annotated[
        str, Option("--network", help=mark("Name of the network, for role coordinator."), metavar="NAME")
    ] = "",
    speaks: Annotated[
        str, Option("--speaks", choices=LANGUAGES, help=mark("Language of the person; else that of --lang, else fr."))
    ] = "",
) -> None:
    """Open an account."""
    _said_where(role, {"--donor": donor, "--partner": partner, "--network": network})
    password = _password(context)
    with context.unit_of_work() as session:
        house = House(
            donor_named(session, donor) if donor else None,
            register.partner_named(session, partner) if partner else None,
            register.network_named(session, network) if network else None,
        )
        person = service.add_person(
            session, email, name or email, role, password, house=house, lang=speaks or context.asked or DEFAULT
        )
        print(f"{person.email} {person.role} {person.pseudonym}")


def list_people(context: Call) -> None:
    """Every account."""
    with context.unit_of_work() as session:
        for person in service.people(session):
            state = context.say(ACTIVE if person.active else CLOSED)
            print(f"{person.email}\t{person.role}\t{person.name}\t{person.pseudonym}\t{state}")


def password(context: Call, email: Email) -> None:
    """Give somebody a new password and sign them out everywhere."""
    new = _password(context)
    with context.unit_of_work() as session:
        service.set_password(session, service.person_at(session, email), new)
    context.tell(mark("password changed"))


def link(context: Call, email: Email) -> None:
    """Print a link with which somebody chooses a new password, once, within a week."""
    with context.unit_of_work() as session:
        token = invitations.invite(session, service.person_at(session, email), None)
        print(invitations.address_of(hub_of(session).settings.public_url, token))


def codes_off(context: Call, email: Email) -> None:
    """Ask somebody for no second code any more, when the telephone and the codes on paper are lost."""
    with context.unit_of_work() as session:
        second_factor.remove(session, service.person_at(session, email), None)
    context.tell(mark("the second factor is off"))


def close(context: Call, email: Email) -> None:
    """Close an account and sign the person out everywhere; what they decided stays."""
    with context.unit_of_work() as session:
        service.set_active(session, service.person_at(session, email), active=False)
    context.tell(mark("account closed"))


def reopen(context: Call, email: Email) -> None:
    """Open a closed account again."""
    with context.unit_of_work() as session:
        service.set_active(session, service.person_at(session, email), active=True)
    context.tell(mark("account open"))


def badge(
    context: Call,
    email: Email,
    sha256: Annotated[
        str, Argument("SHA256", help=mark("Of the token on the badge, as a bench shows it; none: the badge is void."))
    ] = "",
) -> None:
    """Let every bench know somebody by a badge, or no more."""
    with context.unit_of_work() as session:
        if sha256:
            badges.keep_badge(session, email, sha256)
        else:
            badges.void_badge(session, email)
    context.tell(mark("badge kept") if sha256 else mark("badge void"))


def provider(
    context: Call,
    email: Email,
    subject: Annotated[
        str, Argument("SUBJECT", help=mark("The `sub` of the person at the identity provider; none: unlinked."))
    ] = "",
) -> None:
    """Say by which subject the identity provider knows somebody, or by none."""
    from hub.oidc import visits  # noqa: PLC0415  (other commands start without it)

    oidc = context.settings.oidc
    if subject and oidc is None:
        raise BadInput("no identity provider is set: see ETABLI_OIDC_ISSUER")
    with context.unit_of_work() as session:
        person = service.person_at(session, email)
        if subject and oidc is not None:
            visits.link(session, oidc.issuer, subject, person, None)
        else:
            visits.unlink(session, person, None)
    context.tell(mark("linked to the identity provider") if subject else mark("linked to no identity provider"))


def new(
    context: Call,
    minutes: Annotated[int, Option("--minutes", help=mark("How long it can be used."))] = LONGEST_TOKEN,
) -> None:
    """Print a token that enrols one bench, once."""
    with context.unit_of_work() as session:
        print(new_token(session, None, minutes))


def _said_where(role: Role, named: Mapping[str, str]) -> None:
    """Raise BadInput unless the options that say where somebody belongs are those of the role; names the option."""
    due = {Role.DONOR: "--donor"} | dict.fromkeys(OF_A_NETWORK, "--network") | dict.fromkeys(OF_A_PARTNER, "--partner")
    free = {"--partner"} if role in OF_A_WORKSHOP else set[str]()
    for option, name in named.items():
        if name.strip() and option not in {due.get(role), *free}:
            raise BadInput(f"role {role} goes without {option}: leave it out, or choose another role", "house")
    if role in due and not named[due[role]].strip():
        raise BadInput(f"role {role} needs {due[role]} NAME: say to whom the account belongs", "house")


def _password(context: Call) -> str:
    """Take the password of the environment, or ask twice. Raises `BadInput`: none is given, or the two differ."""
    given = os.environ.get("ETABLI_PASSWORD")
    if given is not None:
        return given
    try:
        typed = getpass(context.say(mark("Password: ")))
        again = getpass(context.say(mark("The same again: ")))
    except EOFError:
        raise BadInput("no password was given: nothing was changed", "password-none") from None
    if typed != again:
        raise BadInput("the two passwords differ: nothing was changed", "password-twice")
    return typed
