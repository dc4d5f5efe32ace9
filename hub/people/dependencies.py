"""FastAPI dependencies of pages: database, signed-in person, roles, form tokens.

Authorisation is a dependency on the route; nothing here looks at paths.
"""

import hashlib
import hmac
from collections.abc import Iterator
from typing import Annotated
from urllib.parse import urlsplit

from fastapi import Depends, Request, Response
from sqlalchemy.orm import Session

from hub.context import Hub
from hub.errors import CrossSite, NotSignedIn
from hub.models import Person
from hub.people import service

SAFE_METHODS = {"GET", "HEAD", "OPTIONS"}
FIELD = "csrf"
HEADER = "X-CSRF-Token"


def current_hub(request: Request) -> Hub:
    """The hub that serves this request."""
    hub = request.app.state.hub
    assert isinstance(hub, Hub)
    return hub


CurrentHub = Annotated[Hub, Depends(current_hub)]


def database(request: Request) -> Iterator[Session]:
    """One transaction per request, committed before the answer leaves; rolled back on any error."""
    hub = current_hub(request)
    with (hub.readers() if request.method in SAFE_METHODS else hub.sessions())() as session:
        yield session
        session.commit()


Database = Annotated[Session, Depends(database, scope="function")]


def cookie_name(hub: Hub) -> str:
    """`__Host-` over TLS; browsers refuse that prefix without it."""
    return "__Host-etabli" if hub.settings.secure else "etabli"


def set_session_cookie(response: Response, hub: Hub, token: str) -> None:
    """Hand the session token to the browser: HttpOnly, SameSite=Lax, for the whole host."""
    response.set_cookie(
        cookie_name(hub),
        token,
        max_age=int(service.SESSION_LIFE.total_seconds()),
        secure=hub.settings.secure,
        httponly=True,
        samesite="lax",
        path="/",
    )


def clear_session_cookie(response: Response, hub: Hub) -> None:
    """Take the session token back."""
    response.delete_cookie(cookie_name(hub), path="/", secure=hub.settings.secure, httponly=True, samesite="lax")


def session_token(request: Request) -> str | None:
    """The session token that the browser sent."""
    return request.cookies.get(cookie_name(current_hub(request)))


def optional_person(request: Request, session: Database) -> Person | None:
    """Who is signed in, if anybody."""
    token = session_token(request)
    if token is None:
        return None
    try:
        return service.person_of(session, token)
    except NotSignedIn:
        return None


def current_person(person: Annotated[Person | None, Depends(optional_person)]) -> Person:
    """Who is signed in. Raises NotSignedIn."""
    if person is None:
        raise NotSignedIn("sign in first")
    return person


CurrentPerson = Annotated[Person, Depends(current_person)]


def csrf_token(request: Request) -> str:
    """The token for hidden field `csrf` (or header X-CSRF-Token): bound to the session, empty when signed out."""
    token = session_token(request)
    return hmac.new(token.encode(), b"etabli csrf v1", hashlib.sha256).hexdigest() if token else ""


async def check_csrf(request: Request) -> None:
    """Refuse unsafe requests from another site, or without the token of the session. Raises CrossSite."""
    if request.method in SAFE_METHODS:
        return
    _same_site(request)
    wanted = csrf_token(request)
    if not wanted:
        return  # signed out: no authority to abuse; the origin was checked
    sent = request.headers.get(HEADER) or str((await request.form()).get(FIELD, ""))
    if not hmac.compare_digest(sent.encode(), wanted.encode()):
        raise CrossSite("this form is too old: load the page again")


def _same_site(request: Request) -> None:
    fetch_site = request.headers.get("Sec-Fetch-Site")
    if fetch_site is not None:
        if fetch_site not in {"same-origin", "none"}:
            raise CrossSite("this request came from another site")
        return
    origin = request.headers.get("Origin")
    if origin is not None and _host_of(origin) != _own_host(request):
        raise CrossSite("this request came from another site")


def _host_of(origin: str) -> str:
    try:
        return urlsplit(origin).netloc
    except ValueError:  # a bracket out of place, or letters that turn into others
        return ""


def _own_host(request: Request) -> str:
    return request.headers.get("Host") or urlsplit(current_hub(request).settings.public_url).netloc
