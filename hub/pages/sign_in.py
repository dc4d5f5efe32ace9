"""Signing in and out, and the choice of language and of colours."""

from urllib.parse import urlencode, urlsplit

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse

from hub.errors import BadCredentials, NotFound, NotSignedIn, Throttled
from hub.models import Person
from hub.pages import theme
from hub.pages.forms import SmallForm
from hub.pages.language import COOKIE, LANGUAGES, mark
from hub.pages.sentences import in_words
from hub.pages.visit import Anybody, SignedIn
from hub.people import half_sessions, second_factor, service
from hub.people.dependencies import clear_session_cookie, session_token, set_session_cookie

router = APIRouter(include_in_schema=False)
WRONG = mark("This address and this password do not belong together.")
THROTTLED = mark("Too many attempts. Wait %(seconds)s seconds, then try again: nothing is locked.")
YEAR = 365 * 24 * 3600  # seconds
BROWSERS = (("Firefox/", "Firefox"), ("Edg/", "Edge"), ("Chrome/", "Chrome"), ("Safari/", "Safari"))
SYSTEMS = (
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Windows", "Windows"),
    ("Mac OS X", "macOS"),
    ("Linux", "Linux"),
)


def safe_path(path: str) -> str:
    """The path, if it leads to a page of this hub, else the start."""
    try:
        parts = urlsplit(path)
    except ValueError:  # a bracket out of place, or letters that turn into others
        return "/"
    inside = path.startswith("/") and not path.startswith(("//", "/\\")) and not parts.scheme and not parts.netloc
    return path if inside and path.isprintable() and "\\" not in path else "/"


def sign_in_form(visit: Anybody, to: str, email: str = "", error: str = "", status: int = 200) -> Response:
    """The form for address and password, and the way by the identity provider where there is one."""
    oidc = visit.hub.settings.oidc
    way = {"name": oidc.name, "address": "/sign-in/provider?" + urlencode({"next": to})} if oidc else None
    return visit.page("sign_in.html", status, next=to, email=email, error=error, way=way)


@router.get("/sign-in")
def show(visit: Anybody, next: str = "/") -> Response:  # noqa: A002 - the name in the address
    """The sign-in form; somebody signed in goes on to the start."""
    return visit.go("/") if visit.person else sign_in_form(visit, safe_path(next))


@router.post("/sign-in")
def sign_in(visit: Anybody, fields: SmallForm) -> Response:
    """Open a session, or say why not."""
    to, email = safe_path(fields.text("next")), fields.text("email")
    try:
        person = service.authenticate(visit.session, email, fields.text("password"), _address(visit.request))
    except BadCredentials:
        return sign_in_form(visit, to, email, visit.say(WRONG), 401)
    except Throttled as error:
        return _slowed(sign_in_form(visit, to, email, _wait(visit, error), 429), error)
    if second_factor.is_on(visit.session, person):
        return code_form(visit, to, half_sessions.open_half(visit.session, person))
    return enter(visit, person, visit.go(to))


@router.post("/sign-in/code")
def sign_in_with_code(visit: Anybody, fields: SmallForm) -> Response:
    """Open a session for somebody whose password was right before, or say why not."""
    to, half = safe_path(fields.text("next")), fields.text("half")
    try:
        person = half_sessions.complete(visit.session, half, fields.text("code"), _address(visit.request))
    except BadCredentials as error:
        return code_form(visit, to, half, in_words(error.message, visit.lang), 401)
    except NotSignedIn as error:
        return sign_in_form(visit, to, "", in_words(error.message, visit.lang), 401)
    except Throttled as error:
        return _slowed(code_form(visit, to, half, _wait(visit, error), 429), error)
    return enter(visit, person, visit.go(to))


def enter(visit: Anybody, person: Person, answer: Response) -> Response:
    """Open a session for this person on the way to `answer`."""
    browser = visit.request.headers.get("User-Agent", "")
    set_session_cookie(answer, visit.hub, service.open_session(visit.session, person, browser_word(browser)))
    if COOKIE not in visit.request.cookies:
        _remember(answer, person.lang, secure=visit.hub.settings.secure)
    return answer


def browser_word(agent: str) -> str:
    """Name browser and system of a `User-Agent`, so that people know it again; "" when it names neither."""
    named = (next((word for sign, word in signs if sign in agent), "") for signs in (BROWSERS, SYSTEMS))
    return " · ".join(filter(None, named))


def _wait(visit: Anybody, error: Throttled) -> str:
    return visit.say(THROTTLED, seconds=error.retry_after)


def _slowed(answer: Response, error: Throttled) -> Response:
    answer.headers["Retry-After"] = str(error.retry_after)
    return answer


def code_form(visit: Anybody, to: str, half: str, error: str = "", status: int = 200) -> Response:
    """The question for the code of the second factor."""
    return visit.page("sign_in_code.html", status, next=to, half=half, error=error)


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


@router.get("/theme/{code}")
def choose_theme(visit: Anybody, code: str, back: str = "/") -> Response:
    """Keep the reader's choice of light or dark in a cookie and go back to the page."""
    if code not in theme.THEMES:
        raise NotFound("no such theme")
    answer = RedirectResponse(safe_path(back), status_code=303)
    secure = visit.hub.settings.secure
    answer.set_cookie(theme.COOKIE, code, max_age=YEAR, samesite="lax", secure=secure, httponly=True)
    return answer


def _remember(answer: Response, lang: str, *, secure: bool) -> None:
    answer.set_cookie(COOKIE, lang, max_age=YEAR, samesite="lax", secure=secure, httponly=True)


def _address(request: Request) -> str:
    return request.client.host if request.client else "unknown"
