"""Turns a template and facts into a page: language and escaping (security headers: `hub.boundary.headers`).

Autoescape is always on; every value passes through `visible` first, so that a serial number with control characters
shows them instead of acting. No page holds inline script or style, nor the address of another host.
"""

from collections.abc import Callable, Mapping
from datetime import datetime
from functools import cache, partial
from pathlib import Path
from typing import Any

from fastapi.responses import HTMLResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from hub.pages import assets, formats
from hub.pages.language import LANGUAGES, words
from hub.pages.theme import THEMES

TEMPLATES = Path(__file__).resolve().parent.parent / "templates"


def _when(moment: datetime | None, lang: str) -> str:
    return formats.moment_text(moment, lang)


@cache
def environment(lang: str) -> Environment:
    """The template environment of one language."""
    env = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=formats.shown,
        extensions=["jinja2.ext.i18n"],
        trim_blocks=True,
        lstrip_blocks=True,
    )
    spoken = words(lang)
    env.install_gettext_callables(spoken.gettext, spoken.ngettext, newstyle=True)  # type: ignore[attr-defined]
    env.globals.update(icon=assets.icon, static=assets.address, lang=lang, languages=LANGUAGES, themes=THEMES)
    env.filters.update(
        when=partial(_when, lang=lang),
        day=partial(formats.day_text, lang=lang),
        size=partial(formats.size_text, lang=lang),
        count=partial(formats.count_text, lang=lang),
        bounded=partial(formats.bounded_text, lang=lang),
        duration=formats.duration_text,
        groups=formats.in_groups,
    )
    return env


def html(
    lang: str, template: str, status: int, facts: Mapping[str, Any], last: Callable[[str], str] = str
) -> HTMLResponse:
    """Render one template of one language; `last` may still change the finished text."""
    body = last(environment(lang).get_template(template).render(**facts))
    return HTMLResponse(body, status_code=status, headers={"Content-Language": lang, "Cache-Control": "no-store"})


def fragment(lang: str, template: str, facts: Mapping[str, Any]) -> Markup:
    """Render a piece of a page, escaped as a page is."""
    return Markup(environment(lang).get_template(template).render(**facts))  # noqa: S704 - own template, escaped
