"""Light or dark: the reader's choice, else what the reader's system says. Paper is always light.

The choice is kept in a cookie that holds nothing else. No script asks for it: the page says for which screens the dark
colours (`static/dark.css`) are meant.
"""

from fastapi import Request

from hub.pages.language import mark

COOKIE = "etabli-theme"
AUTOMATIC = "automatic"
THEMES = {AUTOMATIC: mark("As my device"), "light": mark("Light"), "dark": mark("Dark")}


def theme_of(request: Request) -> str:
    """The theme of one request: one of `THEMES`."""
    chosen = request.cookies.get(COOKIE, "")
    return chosen if chosen in THEMES else AUTOMATIC
