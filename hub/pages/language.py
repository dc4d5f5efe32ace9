"""Which language a page speaks: the reader's choice, else the browser's, else French.

Source strings are English; translations are in `hub/locale/`. The choice is kept in a cookie that holds nothing else.
"""

from functools import cache
from pathlib import Path

from fastapi import Request

from certificates.language import Catalogue, catalogue

COOKIE = "etabli-lang"
LANGUAGES = {"fr": "Français", "en": "English"}
DEFAULT = "fr"
LOCALE = Path(__file__).resolve().parent.parent / "locale"


@cache
def words(lang: str) -> Catalogue:
    """The catalogue of page words in `lang` ("fr" or "en")."""
    return catalogue(LOCALE, lang)


def mark(text: str) -> str:
    """Mark a string for translation later; returns it unchanged."""
    return text


def language_of(request: Request) -> str:
    """Choose the language of one request: cookie, then Accept-Language, then French."""
    chosen = request.cookies.get(COOKIE, "")
    if chosen in LANGUAGES:
        return chosen
    for part in request.headers.get("accept-language", "").split(","):
        short = part.split(";")[0].strip().lower()[:2]
        if short in LANGUAGES:
            return short
    return DEFAULT
