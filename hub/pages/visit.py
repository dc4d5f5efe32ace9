"""One request of one reader: who, which language, which database; and the two answers, a page or a redirect.

Routes take one of the annotated types below: whom they let in is part of the route's signature (`hub.people.policies`).
What of it somebody sees, `hub.scope` says.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from http import HTTPStatus
from typing import Annotated, Any

from fastapi import Depends, Request, Response
from fastapi.responses import RedirectResponse
from sqlalchemy.orm import Session

from hub.context import Hub
from hub.models import Person, Role
from hub.pages import flash, kept
from hub.pages.language import language_of, words
from hub.pages.places import bar_of
from hub.pages.rendering import html
from hub.pages.theme import theme_of
from hub.people.dependencies import CurrentHub, CurrentPerson, Database, csrf_token
from hub.people.dependencies import optional_person as who
from hub.people.policies import OPEN, Door, Policy
from hub.people.roles import (
    BENCH,
    EXPORTERS,
    MANAGERS,
    MODERATORS,
    NETWORKERS,
    READERS,
    STAFF,
    TRADERS,
    VALIDATORS,
    require,
)
from hub.scope import require_home


@dataclass(frozen=True, slots=True)
class Visit:
    """Everything that a page needs of one request; `person` is None for a visitor without account."""

    request: Request
    hub: Hub
    session: Session
    person: Person | None
    lang: str

    @property
    def someone(self) -> Person:
        """The signed-in person; the route's role has made sure of it."""
        assert self.person is not None
        return self.person

    def has_role(self, *roles: Role) -> bool:
        """Whether the reader has one of these roles."""
        return self.person is not None and self.person.role in {role.value for role in roles}

    def say(self, text: str, /, **values: object) -> str:
        """Translate a marked string and fill its placeholders."""
        spoken = words(self.lang).gettext(text)
        return spoken % values if values else spoken

    def page(self, template: str, status: int = 200, **facts: Any) -> Response:
        """Render a page with what every page shows: places, reader, form token, waiting message.

        A page that refuses takes back what this request wrote, so that an error never leaves half a change behind.
        What has to stay, as a counted failure of a sign-in, its service has committed before. The form that was refused
        keeps what was typed into it.
        """
        refused = status >= HTTPStatus.BAD_REQUEST
        if refused:
            self.session.rollback()
        waiting = flash.take(self.request)
        shared: Mapping[str, Any] = {
            "person": self.person,
            "csrf": csrf_token(self.request),
            "bar": bar_of(self.session, self.person, self.request.url.path, self.lang),
            "here": self.request.url.path,
            "at_bench": self.has_role(*BENCH),  # who reads along is shown no form of the work
            "theme": theme_of(self.request),
            "demo": self.hub.settings.demo,
            "flash": waiting and {"tone": waiting.tone, "text": self.say(waiting.message, **waiting.named)},
        }
        typed = kept.typed_in(self.request) if refused else ()
        last = partial(kept.given_back, path=self.request.url.path, typed=typed) if typed else str
        response = html(self.lang, template, status, {**shared, **facts}, last)
        if waiting is not None:
            response.delete_cookie(flash.COOKIE)
        return response

    def go(self, path: str, flash_code: str | None = None, /, **values: str) -> Response:
        """Send the reader to `path` after a form was done, with a message from the closed list."""
        response = RedirectResponse(path, status_code=303)
        if flash_code is not None:
            flash.put(response, flash.Flash(flash_code, values), secure=self.hub.settings.secure)
        return response


@dataclass(frozen=True, slots=True)
class Guests:
    """The dependency of pages that anybody opens."""

    policy: Policy = OPEN

    def __call__(
        self, request: Request, hub: CurrentHub, session: Database, person: Annotated[Person | None, Depends(who)]
    ) -> Visit:
        """The visit of somebody, signed in or not."""
        return Visit(request, hub, session, person, language_of(request))


@dataclass(frozen=True, slots=True)
class Only:
    """The dependency of pages that some roles open. Raises NotSignedIn, Forbidden."""

    policy: Policy

    def __call__(self, request: Request, hub: CurrentHub, session: Database, person: CurrentPerson) -> Visit:
        """The visit of a person whom the policy lets in."""
        require(person, *self.policy.roles)
        if person.role in self.policy.at_home:
            require_home(session, person, *self.policy.roles)
        return Visit(request, hub, session, person, language_of(request))


def _only(*allowed: Role, at_home: tuple[Role, ...] = ()) -> Only:
    return Only(Policy(Door.PEOPLE, frozenset(allowed), frozenset(at_home)))


Anybody = Annotated[Visit, Depends(Guests())]
SignedIn = Annotated[Visit, Depends(_only(*Role))]
LotReaders = Annotated[Visit, Depends(_only(Role.DONOR, *READERS))]
Readers = Annotated[Visit, Depends(_only(*READERS))]
Bench = Annotated[Visit, Depends(_only(*BENCH))]
Staff = Annotated[Visit, Depends(_only(*STAFF))]
Exporters = Annotated[Visit, Depends(_only(*EXPORTERS))]
TargetReaders = Annotated[Visit, Depends(_only(Role.DONOR, *NETWORKERS))]
Managers = Annotated[Visit, Depends(_only(*MANAGERS))]
Home = Annotated[Visit, Depends(_only(*MANAGERS, at_home=MANAGERS))]
Counters = Annotated[Visit, Depends(_only(*NETWORKERS))]
Networkers = Annotated[Visit, Depends(_only(*NETWORKERS, at_home=MANAGERS))]
Traders = Annotated[Visit, Depends(_only(*TRADERS))]
Moderators = Annotated[Visit, Depends(_only(*MODERATORS, at_home=(Role.ADMIN,)))]
Validators = Annotated[Visit, Depends(_only(*VALIDATORS))]
Administrators = Annotated[Visit, Depends(_only(Role.ADMIN))]
Distributors = Annotated[Visit, Depends(_only(Role.DISTRIBUTOR))]
Distributing = Annotated[Visit, Depends(_only(Role.DISTRIBUTOR, Role.TECHNICIAN, Role.LEAD, Role.ADMIN))]
StockReaders = Annotated[Visit, Depends(_only(Role.DISTRIBUTOR, *READERS))]
Prescribing = Annotated[Visit, Depends(_only(Role.PRESCRIBER, Role.LEAD, Role.ADMIN))]
PrescriptionReaders = Annotated[Visit, Depends(_only(Role.PRESCRIBER, *READERS))]
