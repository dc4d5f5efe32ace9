"""One's own account: password, second factor, and where one is signed in."""

from fastapi import APIRouter, Response

from hub import wording
from hub.errors import HubError
from hub.oidc.visits import subject_of
from hub.pages.forms import SmallForm
from hub.pages.language import mark
from hub.pages.sentences import in_words
from hub.pages.visit import SignedIn
from hub.people import second_factor, service
from hub.people.dependencies import session_token
from hub.post import wishes

router = APIRouter(include_in_schema=False)
DIFFERENT = mark("The two passwords differ.")
LETTERS = {
    wishes.LOT_STEPS: mark("Tell me at each step of my lots"),
    wishes.WEEKLY: mark("Send me each Monday what is blocked, late or matched with no lot"),
}


@router.get("/account")
def show(visit: SignedIn) -> Response:
    """What the account is, and what can be changed."""
    return _page(visit)


@router.post("/account/password")
def change_password(visit: SignedIn, fields: SmallForm) -> Response:
    """Change the password, or say why not; other browsers are signed out."""
    new = fields.text("new")
    if new != fields.text("again"):
        return _page(visit, visit.say(DIFFERENT), 422)
    try:
        service.change_password(visit.session, visit.someone, fields.text("old"), new, _token(visit))
    except HubError as error:
        return _page(visit, in_words(error.message, visit.lang), error.status)
    return visit.go("/account", "password-changed")


@router.post("/account/second-factor")
def begin(visit: SignedIn, _fields: SmallForm) -> Response:
    """Make a secret and show it, to be confirmed by a code."""
    second_factor.begin(visit.session, visit.someone)
    return visit.go("/account")


@router.post("/account/second-factor/confirm")
def confirm(visit: SignedIn, fields: SmallForm) -> Response:
    """Turn the second factor on and show the codes for paper this once, or say that the code was wrong."""
    try:
        paper = second_factor.confirm(visit.session, visit.someone, fields.text("code"))
    except HubError as error:
        return _page(visit, in_words(error.message, visit.lang), error.status)
    return _page(visit, paper=paper)


@router.post("/account/second-factor/off")
def turn_off(visit: SignedIn, fields: SmallForm) -> Response:
    """Turn the second factor off for a code, which a stolen session has not; or forget a secret not in use."""
    try:
        second_factor.turn_off(visit.session, visit.someone, fields.text("code"))
    except HubError as error:
        return _page(visit, in_words(error.message, visit.lang), error.status)
    return visit.go("/account", "second-factor-off")


@router.post("/account/sessions/end")
def end_session(visit: SignedIn, fields: SmallForm) -> Response:
    """Sign out in one place."""
    service.end_session(visit.session, visit.someone, fields.text("session"))
    return visit.go("/account", "session-ended")


@router.post("/account/sessions/end-others")
def end_others(visit: SignedIn, _fields: SmallForm) -> Response:
    """Sign out everywhere but here."""
    service.close_all_sessions(visit.session, visit.someone, _token(visit))
    return visit.go("/account", "session-ended")


@router.post("/account/letters")
def choose_letters(visit: SignedIn, fields: SmallForm) -> Response:
    """Ask for messages by e-mail, or for none."""
    asked = frozenset(kind for kind in wishes.offered_to(visit.someone) if fields.text(kind))
    wishes.wish(visit.session, visit.someone, asked)
    return visit.go("/account", "letters-kept")


def _token(visit: SignedIn) -> str:
    return session_token(visit.request) or ""


def _page(visit: SignedIn, error: str = "", status: int = 200, paper: tuple[str, ...] = ()) -> Response:
    person, session = visit.someone, visit.session
    waiting, oidc = second_factor.waiting(session, person), visit.hub.settings.oidc
    wished = wishes.wished(session, person)
    letters = [(kind, visit.say(LETTERS[kind]), kind in wished) for kind in wishes.offered_to(person)]
    return visit.page(
        "account.html",
        status,
        error=error,
        paper=paper,
        name=person.name,
        email=person.email,
        role=wording.role_word(person.role, visit.lang),
        on=second_factor.is_on(session, person),
        secret=waiting.secret if waiting else "",
        picture=_qr(second_factor.address_of(waiting, person)) if waiting else "",
        letters=letters if visit.hub.settings.mail else [],
        provider=oidc.name if oidc and subject_of(session, oidc.issuer, person) else "",
        sessions=[
            (one, one.token_hash == service.known_by(_token(visit))) for one in service.sessions_of(session, person)
        ],
    )


def _qr(address: str) -> str:
    import segno  # noqa: PLC0415  only this page draws one

    return str(segno.make(address, error="m").svg_data_uri(scale=5, border=3, dark="#000", light="#fff"))
