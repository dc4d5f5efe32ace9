"""One request of one reader: who, which language, which database; and the two answers, a page or a redirect.

Routes take one of the annotated types below: which roles may come in is part of the route's signature, and a route that
names none of them is public on purpose (`Anybody`).
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import Depends, Request, Response
from fastapi.responses import RedirectResponse
from sqlalchemy.orm import Session

from hub.context import Hub
from hub.models import Person, Role
from hub.pages import flash
from hub.pages.language import language_of, words
from hub.pages.places import places_of
from hub.pages.rendering import html
from hub.people.dependencies import CurrentHub, Database, csrf_token, optional_person, require_role
from hub.people.roles import READERS


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
        """Render a page with what every page shows: places, reader, form token, waiting message."""
        waiting = flash.take(self.request)
        shared: Mapping[str, Any] = {
            "person": self.person,
            "csrf": csrf_token(self.request),
            "places": places_of(self.session, self.person, self.request.url.path, self.lang),
            "here": self.request.url.path,
            "demo": self.hub.settings.demo,
            "flash": waiting and {"tone": waiting.tone, "text": self.say(waiting.message, **waiting.named)},
        }
        response = html(self.lang, template, status, {**shared, **facts})
        if waiting is not None:
            response.delete_cookie(flash.COOKIE)
        return response

    def go(self, path: str, flash_code: str | None = None, /, **values: str) -> Response:
        """Send the reader to `path` after a form was done, with a message from the closed list."""
        response = RedirectResponse(path, status_code=303)
        if flash_code is not None:
            flash.put(response, flash.Flash(flash_code, values), secure=self.hub.settings.secure)
        return response


def _anybody(
    request: Request, hub: CurrentHub, session: Database, person: Annotated[Person | None, Depends(optional_person)]
) -> Visit:
    return Visit(request, hub, session, person, language_of(request))


def _only(*roles: Role) -> Callable[..., Visit]:
    def visit(
        request: Request, hub: CurrentHub, session: Database, person: Annotated[Person, Depends(require_role(*roles))]
    ) -> Visit:
        return Visit(request, hub, session, person, language_of(request))

    return visit


Anybody = Annotated[Visit, Depends(_anybody)]
SignedIn = Annotated[Visit, Depends(_only(*Role))]
Staff = Annotated[Visit, Depends(_only(Role.TECHNICIAN, Role.LEAD, Role.ADMIN))]
Managers = Annotated[Visit, Depends(_only(Role.LEAD, Role.ADMIN))]
Validators = Annotated[Visit, Depends(_only(Role.LEAD))]
Administrators = Annotated[Visit, Depends(_only(Role.ADMIN))]
Distributors = Annotated[Visit, Depends(_only(Role.DISTRIBUTOR))]
Distributing = Annotated[Visit, Depends(_only(Role.DISTRIBUTOR, Role.TECHNICIAN, Role.LEAD, Role.ADMIN))]
StockReaders = Annotated[Visit, Depends(_only(Role.DISTRIBUTOR, *READERS))]
Prescribing = Annotated[Visit, Depends(_only(Role.PRESCRIBER, Role.LEAD, Role.ADMIN))]
PrescriptionReaders = Annotated[Visit, Depends(_only(Role.PRESCRIBER, *READERS))]
