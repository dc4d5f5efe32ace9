"""Signing in by the identity provider of the house: away, and back once.

Both addresses are opened by a link or by the provider, so both are GET; what they write has transactions of its own,
and none is open while the provider is asked.
"""

from fastapi import APIRouter, Response
from fastapi.responses import RedirectResponse

from hub.errors import BadCredentials, NotFound, Throttled
from hub.models import Person
from hub.oidc import visits
from hub.oidc.provider import Provider, ProviderTrouble
from hub.oidc.tokens import Named
from hub.pages.forms import SmallForm
from hub.pages.sentences import in_words
from hub.pages.sign_in import code_form, enter, safe_path, sign_in_form
from hub.pages.visit import Anybody, SignedIn, Visit
from hub.people import half_sessions, second_factor

router = APIRouter(include_in_schema=False)


@router.get("/sign-in/provider")
def leave(visit: Anybody, next: str = "/") -> Response:  # noqa: A002 - the name in the address
    """Send the browser to the identity provider."""
    provider = _provider(visit)
    try:
        with visit.hub.sessions().begin() as session:
            sent = visits.begin(session, provider, safe_path(next))
    except (ProviderTrouble, Throttled) as error:
        return sign_in_form(visit, safe_path(next), "", in_words(error.message, visit.lang), error.status)
    answer = RedirectResponse(sent.address, status_code=303)
    secure = visit.hub.settings.secure
    life = int(visits.LIFE.total_seconds())
    answer.set_cookie(_cookie(visit), sent.cookie, max_age=life, secure=secure, httponly=True, samesite="lax", path="/")
    return answer


@router.get(visits.BACK)
def come_back(visit: Anybody) -> Response:
    """Let somebody in whom the provider names, or say why not; the visit is used up either way."""
    provider, asked = _provider(visit), dict(visit.request.query_params)
    try:
        with visit.hub.sessions().begin() as session:
            ended = visits.come_back(session, provider, asked, visit.request.cookies.get(_cookie(visit), ""))
        named = visits.named_by(visit.session, provider, ended, asked)
        answer = _entered(visit, provider.client.issuer, named, safe_path(ended.to))
    except (BadCredentials, ProviderTrouble) as error:
        answer = sign_in_form(visit, "/", "", in_words(error.message, visit.lang), error.status)
    answer.delete_cookie(_cookie(visit), path="/", secure=visit.hub.settings.secure, httponly=True, samesite="lax")
    return answer


@router.post("/account/provider/off")
def unlink(visit: SignedIn, _fields: SmallForm) -> Response:
    """Forget by which subject one is known at the provider."""
    visits.unlink(visit.session, visit.someone, visit.someone)
    return visit.go("/account", "provider-off")


def _entered(visit: Visit, issuer: str, named: Named, to: str) -> Response:
    with visit.hub.sessions().begin() as session:
        person: Person = visits.person_named(session, issuer, named)
        own = Visit(visit.request, visit.hub, session, None, visit.lang)
        if second_factor.is_on(session, person):
            return code_form(own, to, half_sessions.open_half(session, person))
        return enter(own, person, own.go(to))


def _cookie(visit: Visit) -> str:
    return "__Host-etabli-provider" if visit.hub.settings.secure else "etabli-provider"


def _provider(visit: Visit) -> Provider:
    found = visit.request.app.state.provider
    if not isinstance(found, Provider):
        raise NotFound("no such page")
    return found
