"""`user add`, `user list`, `user password`, `user close`, `user reopen`, `token new`.

Passwords are asked for, or come by $ETABLI_PASSWORD; never as an argument.
"""

import os
from typing import Annotated

import typer

from hub.commands.opening import unit_of_work
from hub.lots.service import donor_named
from hub.models import Role
from hub.people import service
from hub.stations.service import LONGEST_TOKEN, new_token

user = typer.Typer(help="Accounts.", no_args_is_help=True)
token = typer.Typer(help="One-off enrolment tokens for benches.", no_args_is_help=True)


@user.command()
def add(
    context: typer.Context,
    email: str,
    *,
    role: Annotated[Role, typer.Option(help="What the person may do.")],
    name: Annotated[str, typer.Option(help="Name as it stands on decisions.")] = "",
    donor: Annotated[str, typer.Option(help="Name of the donor, for role donor.")] = "",
    lang: Annotated[str, typer.Option(help="fr or en.")] = "fr",
) -> None:
    """Open an account."""
    password = _password()
    with unit_of_work(context) as session:
        giver = donor_named(session, donor) if donor else None
        person = service.add_person(session, email, name or email, role, password, donor=giver, lang=lang)
        typer.echo(f"{person.email} {person.role} {person.pseudonym}")


@user.command(name="list")
def list_people(context: typer.Context) -> None:
    """Every account."""
    with unit_of_work(context) as session:
        for person in service.people(session):
            state = "active" if person.active else "closed"
            typer.echo(f"{person.email}\t{person.role}\t{person.name}\t{person.pseudonym}\t{state}")


@user.command()
def password(context: typer.Context, email: str) -> None:
    """Give somebody a new password and sign them out everywhere."""
    new = _password()
    with unit_of_work(context) as session:
        service.set_password(session, email, new)
    typer.echo("password changed")


@user.command()
def close(context: typer.Context, email: str) -> None:
    """Close an account and sign the person out everywhere; what they decided stays."""
    with unit_of_work(context) as session:
        service.set_active(session, email, active=False)
    typer.echo("account closed")


@user.command()
def reopen(context: typer.Context, email: str) -> None:
    """Open a closed account again."""
    with unit_of_work(context) as session:
        service.set_active(session, email, active=True)
    typer.echo("account open")


@token.command()
def new(
    context: typer.Context,
    minutes: Annotated[int, typer.Option(help="How long it can be used.")] = LONGEST_TOKEN,
) -> None:
    """Print a token that enrols one bench, once."""
    with unit_of_work(context) as session:
        typer.echo(new_token(session, None, minutes))


def _password() -> str:
    given = os.environ.get("ETABLI_PASSWORD")
    return given if given is not None else str(typer.prompt("Password", hide_input=True, confirmation_prompt=True))
