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
from jinja2 import Environment, FileSystemLoader, StrictUndefined, nodes
from jinja2.visitor import NodeTransformer
from markupsafe import Markup

from hub.pages import assets, formats
from hub.pages.language import LANGUAGES, words
from hub.pages.theme import THEMES

TEMPLATES = Path(__file__).resolve().parent.parent / "templates"


def _when(moment: datetime | None, lang: str) -> str:
    return formats.moment_text(moment, lang)


class Translating(NodeTransformer):
    """Puts the translated sentence where a template asks for one that takes no figure, once, when it is compiled.

    The rows of a table ask for the same few words again and again.
    """

    def __init__(self, say: Callable[[str], str]) -> None:
        self._say = say

    def visit_Call(self, call: nodes.Call) -> nodes.Node:  # noqa: N802 (jinja's name)
        """Translate; a call with figures, and whatever asks for no sentence, is left to the page."""
        self.generic_visit(call)
        named = isinstance(call.node, nodes.Name) and call.node.name in {"_", "gettext"}
        if not named or call.kwargs or call.dyn_args or call.dyn_kwargs or len(call.args) != 1:
            return call
        (text,) = call.args
        if not isinstance(text, nodes.Const) or not isinstance(text.value, str) or "%" in text.value:
            return call
        return nodes.MarkSafe(nodes.Const(self._say(text.value)), lineno=call.lineno)


class SpokenEnvironment(Environment):
    """An environment that speaks one language."""

    say: Callable[[str], str]

    def _generate(self, source: nodes.Template, *arguments: Any, **options: Any) -> str:
        return super()._generate(Translating(self.say).visit(source), *arguments, **options)


@cache
def environment(lang: str) -> Environment:
    """The template environment of one language."""
    env = SpokenEnvironment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=formats.shown,
        extensions=["jinja2.ext.i18n"],
        trim_blocks=True,
        lstrip_blocks=True,
    )
    spoken = words(lang)
    env.say = spoken.gettext
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
