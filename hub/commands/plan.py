"""What a new hub is to be, and its making: key and name, tables, first administrator; each step can be made again."""

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from sqlalchemy.orm import Session

from certificates.keys import fingerprint
from certificates.language import DEFAULT, mark
from hub.commands.opening import Call
from hub.context import hub_of, open_hub
from hub.identity import KEY_FILE, NAME_FILE, Issuer, create_identity
from hub.migrations import upgrade
from hub.models import Role
from hub.outside import require_web
from hub.people import invitations, service
from hub.settings import Settings

PUBLIC_URL, TWO_PEOPLE, SAMPLE = "ETABLI_PUBLIC_URL", "ETABLI_TWO_PEOPLE", "ETABLI_SAMPLE"
KEY_WORDS: Final = (
    mark("The key of this hub signs every certificate: {file}"),
    mark(
        "It cannot be made again, and it is in no backup of the database. Copy this file and {name} once, to a stick "
        "or printed on paper that lies under lock, away from this machine. Whoever has it can sign in your name."
    ),
)


@dataclass(frozen=True, slots=True)
class Plan:
    """What a new hub is to be; `public_url` and `admin` may be "": the setting holds, and nobody gets an account."""

    issuer: Issuer
    name: str
    public_url: str = ""
    two_people: bool = False
    sample: bool | None = None  # None: nobody was asked, the usual holds
    demo: bool = False
    admin: str = ""

    def kept(self) -> dict[str, str]:
        """The settings that `hub.json` keeps."""
        told = {PUBLIC_URL: self.public_url.rstrip("/"), TWO_PEOPLE: "1" if self.two_people else ""}
        told[SAMPLE] = "" if self.sample is None else str(int(self.sample))
        return {name: value for name, value in told.items() if value}


@dataclass(frozen=True, slots=True)
class Made:
    """What was made: the fingerprint of the key, and the link of the first administrator, or ""."""

    fingerprint: str
    link: str


def make(context: Call, plan: Plan, password: str | None) -> Made:
    """Make the hub. Raises BadInput (a name, an address, a weak password, a hub that exists already), SchemaError."""
    settings = context.settings
    if plan.public_url:
        require_web(plan.public_url, "--public-url")
    identity = create_identity(settings.data_dir, plan.name, plan.issuer, demo=plan.demo, settings=plan.kept())
    settings = replace(settings, public_url=plan.public_url.rstrip("/") or settings.public_url)
    link = finish(replace(context, settings=settings), plan.admin, password)
    return Made(fingerprint(identity.key.kid), link)


def finish(context: Call, admin: str, password: str | None, lang: str = "") -> str:
    """Bring the tables up and open the first administrator's account; both do nothing where it is done.

    Gives the link with which the administrator chooses a password, "" where one was given or nobody was named.
    """
    hub = open_hub(context.settings)
    try:
        upgrade(hub.engine)
    finally:
        hub.engine.dispose()
    if not admin:
        return ""
    with context.unit_of_work() as session:
        return _administrator(session, admin, password, lang or context.asked or DEFAULT)


def has_administrator(session: Session) -> bool:
    """Whether somebody looks after this hub already."""
    return any(one.active and one.role == Role.ADMIN for one in service.people(session))


def tell_key(context: Call, folder: Path) -> None:
    """Say what the key is and where a copy of it belongs."""
    for sentence in KEY_WORDS:
        context.tell(sentence, file=folder / KEY_FILE, name=NAME_FILE)


def _administrator(session: Session, admin: str, password: str | None, lang: str) -> str:
    person = service.add_person(session, admin, admin, Role.ADMIN, password, lang=lang)
    if password is not None:
        return ""
    token = invitations.invite(session, person, None)
    settings: Settings = hub_of(session).settings
    return invitations.address_of(settings.public_url, token)
