"""Error pages, in both languages: what happened, what to do next, and a code to quote on the telephone."""

from typing import Any
from urllib.parse import quote

from fastapi import Request, Response
from fastapi.responses import RedirectResponse
from sqlalchemy.exc import SQLAlchemyError

from hub.pages import kept
from hub.pages.language import language_of, mark, words
from hub.pages.places import bar_of, bar_of_nobody
from hub.pages.rendering import html
from hub.pages.sentences import in_words
from hub.pages.theme import theme_of
from hub.people.dependencies import csrf_token, current_hub, optional_person, session_token

# status: title, text, next step
ERRORS = {
    401: (mark("Sign in first"), mark("This page is for people with an account."), mark("Sign in and try again.")),
    403: (
        mark("This is not for your account"),
        mark("Your role does not open this page, or does not do this."),
        mark("If you need it, ask the workshop lead or the administrator."),
    ),
    404: (
        mark("There is nothing here"),
        mark("The address is wrong, or it leads to something that your account does not see."),
        mark("Check the address, or begin again from the start."),
    ),
    409: (
        mark("Somebody was faster"),
        mark("This was decided or changed in the meantime; nothing was done twice."),
        mark("Load the page again to see how it stands."),
    ),
    413: (
        mark("This is too large"),
        mark("The hub takes lists up to 2 MB and documents up to 8 MB."),
        mark("Split the list, or check that it is the right file."),
    ),
    422: (mark("This cannot be used"), mark("Something in the form does not fit."), mark("Go back and correct it.")),
    429: (
        mark("Too many attempts"),
        mark("The hub slows down when somebody tries again and again."),
        mark("Wait a minute, then try again: nothing is locked."),
    ),
    500: (
        mark("The hub has stumbled"),
        mark("This is our fault, not yours. Signed statements are stored before anything else: none is lost."),
        mark("Try again; if it stays, tell the administrator the time and the code."),
    ),
}
CAUSES = {  # code: as above, where a status has causes of which people do different things
    "cross-site": (
        mark("This form was not taken"),
        mark("The form came from elsewhere or is too old: nothing was done. Your role is not the cause."),
        mark("Load the page again and send the form from there."),
    ),
}
GENERAL = 500
UNPROCESSABLE = 422
SIGN_IN = "not-signed-in"


def error_page(request: Request, status: int, code: str, message: str) -> Response:
    """The page for one error; a reader who is not signed in and only wanted to read is sent to the sign-in form."""
    if code == SIGN_IN and request.method == "GET":
        target = request.url.path + (f"?{request.url.query}" if request.url.query else "")
        return RedirectResponse(f"/sign-in?next={quote(target, safe='/')}", status_code=303)
    lang = language_of(request)
    say = words(lang).gettext
    general = ERRORS.get(status, ERRORS[UNPROCESSABLE if status < GENERAL else GENERAL])
    title, text, next_step = CAUSES.get(code, general)
    facts = {
        **(_bar(request, lang) if status < GENERAL else _nobody(lang)),  # after a fault the database is not asked
        "demo": False,
        "theme": theme_of(request),
        "flash": None,
        "title": say(title),
        "text": say(text),
        "next_step": say(next_step),
        "code": code,
        "texts": kept.texts_of(kept.typed_in(request)),
        "detail": in_words(message, lang) if status < GENERAL else "",
    }
    return html(lang, "error.html", status, facts)


def _bar(request: Request, lang: str) -> dict[str, Any]:
    """The bar of whoever is signed in; of nobody where that cannot be told."""
    if session_token(request) is None:
        return _nobody(lang)
    try:
        with current_hub(request).readers()() as session:
            person = optional_person(request, session)
            if person is None:
                return _nobody(lang)
            session.expunge(person)
            bar = bar_of(session, person, request.url.path, lang)
    except SQLAlchemyError:
        return _nobody(lang)
    return {"person": person, "csrf": csrf_token(request), "bar": bar, "here": request.url.path}


def _nobody(lang: str) -> dict[str, Any]:
    return {"person": None, "csrf": "", "bar": bar_of_nobody(lang), "here": "/sign-in"}
