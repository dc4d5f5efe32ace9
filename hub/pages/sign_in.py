"""Signing in and out, and the language switch."""

from urllib.parse import urlsplit

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse

from hub.errors import BadCredentials, NotFound, Throttled
from hub.pages.forms import SmallForm
from hub.pages.language import COOKIE, LANGUAGES, mark
from hub.pages.visit import Anybody, SignedIn
from hub.people import service
from hub.people.dependencies import clear_session_cookie, session_token, set_session_cookie

router = APIRouter(include_in_schema=False)
WRONG = mark("This address and this password do not belong together.")
THROTTLED = mark("Too many attempts. Wait %(seconds)s seconds, then try again: nothing is locked.")
YEAR = 365 * 24 * 3600  # seconds


def safe_path(path: str) -> str:
    """The path, if it leads to a page of this hub, else the start."""
    try:
        parts = urlsplit(path)
    except ValueError:  # a bracket out of place, or letters that turn into others
        return "/"
    inside = path.startswith("/") and not path.startswith(("//", "/\\")) and not parts.scheme and not parts.netloc
    return path if inside and path.isprintable() and "\\" not in path else "/"


def _form(visit: Anybody, to: str, email: str = "", error: str = "", status: int = 200) -> Response:
    return visit.page("sign_in.html", status, next=to, email=email, error=error)


@router.get("/sign-in")
def show(visit: Anybody, next: str = "/") -> Response:  # noqa: A002 - the name in the address
    """The sign-in form; somebody signed in goes on to the start."""
    return visit.go("/") if visit.person else _form(visit, safe_path(next))


@router.post("/sign-in")
def sign_in(visit: Anybody, fields: SmallForm) -> Response:
    """Open a session, or say why not."""
    to, email = safe_path(fields.text("next")), fields.text("email")
    try:
        person = service.authenticate(visit.session, email, fields.text("password"), _address(visit.request))
    except BadCredentials:
        return _form(visit, to, email, visit.say(WRONG), 401)
    except Throttled as error:
        answer = _form(visit, to, email, visit.say(THROTTLED, seconds=error.retry_after), 429)
        answer.headers["Retry-After"] = str(error.retry_after)
        return answer
    answer = visit.go(to)
    set_session_cookie(answer, visit.hub, service.open_session(visit.session, person))
    if COOKIE not in visit.request.cookies:
        _remember(answer, person.lang, secure=visit.hub.settings.secure)
    return answer


@router.post("/sign-out")
def sign_out(visit: SignedIn, _fields: SmallForm) -> Response:
    """End the session, here and on the hub."""
    service.close_session(visit.session, session_token(visit.request) or "")
    answer = visit.go("/sign-in", "signed-out")
    clear_session_cookie(answer, visit.hub)
    return answer


@router.get("/language/{code}")
def choose_language(visit: Anybody, code: str, back: str = "/") -> Response:
    """Keep the reader's language in a cookie and go back to the page."""
    if code not in LANGUAGES:
        raise NotFound("no such language")
    answer = RedirectResponse(safe_path(back), status_code=303)
    _remember(answer, code, secure=visit.hub.settings.secure)
    return answer


def _remember(answer: Response, lang: str, *, secure: bool) -> None:
    answer.set_cookie(COOKIE, lang, max_age=YEAR, samesite="lax", secure=secure, httponly=True)


def _address(request: Request) -> str:
    return request.client.host if request.client else "unknown"
