"""Error pages, in both languages: what happened, what to do next, and a code to quote on the telephone."""

from urllib.parse import quote

from fastapi import Request, Response
from fastapi.responses import RedirectResponse

from hub.pages.language import language_of, mark, words
from hub.pages.places import PUBLIC_PLACES, Place
from hub.pages.rendering import html
from hub.pages.sentences import in_words

# status: title, text, next step
ERRORS = {
    401: (mark("Sign in first"), mark("This page is for people with an account."), mark("Sign in and try again.")),
    403: (
        mark("This is not for your account"),
        mark("Your role does not open this page, or the form came from elsewhere or is too old."),
        mark("Go back to the start and try again from there; if you need this page, ask the workshop lead."),
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
    title, text, next_step = ERRORS.get(status, ERRORS[UNPROCESSABLE if status < GENERAL else GENERAL])
    facts = {
        "person": None,
        "csrf": "",
        "places": [Place("/", say("Start"), "bench", here=False)]
        + [Place(path, say(word), icon, here=False) for path, word, icon in PUBLIC_PLACES],
        "here": "/sign-in",
        "demo": False,
        "flash": None,
        "title": say(title),
        "text": say(text),
        "next_step": say(next_step),
        "code": code,
        "detail": in_words(message, lang) if status < GENERAL else "",
    }
    return html(lang, "error.html", status, facts)
