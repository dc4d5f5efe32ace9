"""Which language a page speaks: the reader's choice, else the browser's, else French.

Source strings are English; translations are in `hub/locale/`. The choice is kept in a cookie that holds nothing else.
"""

from fastapi import Request

from certificates.language import mark
from hub.wording import page_words as words

__all__ = ["COOKIE", "LANGUAGES", "language_of", "mark", "words"]

COOKIE = "etabli-lang"
LANGUAGES = {"fr": "Français", "en": "English"}
DEFAULT = "fr"


def language_of(request: Request) -> str:
    """Choose the language of one request: cookie, then Accept-Language, then French."""
    return asked_language(request) or DEFAULT


def asked_language(request: Request) -> str:
    """The language that a request asks for by its cookie or by Accept-Language; "" where it asks for none of ours."""
    chosen = request.cookies.get(COOKIE, "")
    if chosen in LANGUAGES:
        return chosen
    for part in request.headers.get("accept-language", "").split(","):
        short = part.split(";")[0].strip().lower()[:2]
        if short in LANGUAGES:
            return short
    return ""
