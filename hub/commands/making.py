"""`init`: a hub made from arguments, or from answers; and whether what was made is fit for work."""

import os
import sys
from getpass import getpass
from typing import Annotated, Final

from certificates.command_line import Option
from certificates.keys import fingerprint
from certificates.language import mark
from hub.commands.guided import Guide
from hub.commands.opening import Call
from hub.commands.plan import Plan, make
from hub.context import open_hub
from hub.errors import BadInput
from hub.identity import Issuer
from hub.models import Role
from hub.people import service
from hub.running import problems

NOTHING_SAID: Final = "name who issues the certificates: --issuer NAME, or call `init` in a terminal to be asked"


def init(
    context: Call,
    *,
    issuer: Annotated[str, Option("--issuer", help=mark("Who issues the certificates."), metavar="NAME")] = "",
    name: Annotated[str, Option("--name", help=mark("Name of this hub."), metavar="NAME")] = "",
    address: Annotated[str, Option("--address", help=mark("Postal address of the issuer."))] = "",
    siret: Annotated[str, Option("--siret", help=mark("SIRET of the issuer."), metavar="N")] = "",
    url: Annotated[str, Option("--url", help=mark("Web site of the issuer."), metavar="URL")] = "",
    public_url: Annotated[
        str, Option("--public-url", help=mark("Address that people and benches use."), metavar="URL")
    ] = "",
    admin: Annotated[
        str,
        Option(
            "--admin",
            help=mark("First administrator; by $ETABLI_PASSWORD, else a link is printed."),
            metavar="EMAIL",
        ),
    ] = "",
    two_people: Annotated[bool, Option("--two-people", help=mark("Whoever ran an erasure never approves it."))] = False,
    demo: Annotated[bool, Option("--demo", help=mark("A hub for simulated benches only."))] = False,
    check: Annotated[bool, Option("--check", help=mark("Make nothing: say how the hub that is there stands."))] = False,
) -> None:
    """Make a hub: key, name and tables. In a terminal without --issuer it asks for everything."""
    if check:
        _check(context)
    elif issuer:
        who = Issuer(name=issuer, address=address, siret=siret, url=url)
        demo = demo or context.settings.demo
        plan = Plan(who, name or issuer, public_url, two_people=two_people, demo=demo, admin=admin)
        made = make(context, plan, os.environ.get("ETABLI_PASSWORD"))
        context.tell(mark("hub made in {folder}"), folder=context.settings.data_dir)
        context.tell(mark("key fingerprint: {fingerprint}"), fingerprint=made.fingerprint)
        if made.link:
            print(made.link)
    elif sys.stdin.isatty() and sys.stdout.isatty():
        Guide(context, input, getpass).run(demo=demo or context.settings.demo)
    else:
        raise BadInput(NOTHING_SAID)


def _check(context: Call) -> None:
    """Say where the hub stands. Raises BadInput when it is not fit for work, NotInitialised without one."""
    hub = open_hub(context.settings)
    try:
        wrong = problems(hub)
        on, off = context.say(mark("on")), context.say(mark("off"))
        settings = hub.settings
        context.tell(mark("hub {name} in {folder}"), name=hub.identity.name, folder=settings.data_dir)
        context.tell(mark("key fingerprint: {fingerprint}"), fingerprint=fingerprint(hub.identity.key.kid))
        context.tell(mark("address: {url}"), url=settings.public_url)
        if not settings.secure:
            context.tell(mark("this address has no TLS: passwords are sent in the clear; put a proxy in front"))
        context.tell(mark("two people for each approval: {state}"), state=on if settings.two_people else off)
        context.tell(mark("a sample of each lot read again: {state}"), state=on if settings.require_sample else off)
        context.tell(mark("identity provider: {state}"), state=settings.oidc.issuer if settings.oidc else off)
        context.tell(mark("e-mail: {state}"), state=settings.mail.host if settings.mail else off)
        if wrong:
            raise BadInput(f"the hub is not fit for work: {', '.join(wrong)}")
        with hub.readers()() as session:
            found = sum(one.active and one.role == Role.ADMIN for one in service.people(session))
        context.tell(mark("active administrators: {count}"), count=found)
        if found == 0:
            context.tell(mark("nobody looks after this hub yet: call `init` again in a terminal, or `user add`"))
        context.tell(mark("fit for work"))
    finally:
        hub.engine.dispose()
