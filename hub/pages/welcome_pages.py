"""The page behind a link: somebody chooses a password and is in. Whoever holds the link needs no account for it."""

from fastapi import APIRouter, Response

from hub.errors import BadInput, NotFound
from hub.pages.forms import SmallForm
from hub.pages.language import mark
from hub.pages.sentences import in_words
from hub.pages.sign_in import enter
from hub.pages.visit import Anybody
from hub.people import invitations
from hub.people.second_factor import is_on

router = APIRouter(include_in_schema=False)
DIFFERENT = mark("The two passwords differ.")


@router.get("/welcome/{token}")
def show(visit: Anybody, token: str) -> Response:
    """Ask for a password, or say that the link is over."""
    return _page(visit, token)


@router.post("/welcome/{token}")
def choose(visit: Anybody, token: str, fields: SmallForm) -> Response:
    """Keep the password and sign in; where a second factor is on, its code is asked as at each sign-in."""
    password = fields.text("password")
    if password != fields.text("again"):
        return _page(visit, token, visit.say(DIFFERENT), 422)
    try:
        person = invitations.choose_password(visit.session, token, password)
    except BadInput as error:
        return _page(visit, token, in_words(error.message, visit.lang), error.status)
    except NotFound as error:
        return _over(visit, error)
    if is_on(visit.session, person):
        return visit.go("/sign-in", "password-kept")
    return enter(visit, person, visit.go("/", "password-kept"))


def _page(visit: Anybody, token: str, error: str = "", status: int = 200) -> Response:
    try:
        person = invitations.invited(visit.session, token)
    except NotFound as over:
        return _over(visit, over)
    return visit.page("welcome.html", status, token=token, name=person.name, email=person.email, error=error)


def _over(visit: Anybody, error: NotFound) -> Response:
    return visit.page("welcome.html", error.status, token="", error=in_words(error.message, visit.lang))
