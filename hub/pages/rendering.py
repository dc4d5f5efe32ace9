"""Turns a template and facts into a page: language and escaping (security headers: `hub.boundary.headers`).

Autoescape is always on; every value passes through `visible` first, so that a serial number with control characters
shows them instead of acting. No page holds inline script or style, nor the address of another host.
"""

from collections.abc import Callable, Mapping
from collections.abc import Set as AbstractSet
from datetime import datetime
from functools import cache, lru_cache, partial
from pathlib import Path
from typing import Any, Final

from fastapi.responses import HTMLResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined, nodes
from jinja2.compiler import CodeGenerator, Frame
from jinja2.visitor import NodeTransformer
from markupsafe import Markup

from hub.pages import assets, formats
from hub.pages.language import LANGUAGES, words
from hub.pages.theme import THEMES
from hub.wording import State

TEMPLATES = Path(__file__).resolve().parent.parent / "templates"
BADGE: Final = "drawn_badge"


def _when(moment: datetime | None, lang: str) -> str:
    return formats.moment_text(moment, lang)


class Translating(NodeTransformer):
    """Puts what never changes into a template when it is compiled: a sentence without figures, an icon.

    The rows of a table ask for the same few again and again. A badge is asked for where those drawn before are kept.
    """

    def __init__(self, say: Callable[[str], str]) -> None:
        self._say = say

    def visit_Call(self, call: nodes.Call) -> nodes.Node:  # noqa: N802 (jinja's name)
        """Translate; a call with figures, and whatever asks for no sentence, is left to the page."""
        self.generic_visit(call)
        if isinstance(call.node, nodes.Getattr) and call.node.attr == "badge" and _names(call.node.node, {"parts"}):
            call.node = nodes.Name(BADGE, "load", lineno=call.lineno)
        if call.kwargs or call.dyn_args or call.dyn_kwargs or len(call.args) != 1:
            return call
        (text,) = call.args
        if not isinstance(text, nodes.Const) or not isinstance(text.value, str):
            return call
        if _names(call.node, {"icon"}):
            return nodes.MarkSafe(nodes.Const(str(assets.icon(text.value))), lineno=call.lineno)
        if not _names(call.node, {"_", "gettext"}) or "%" in text.value:
            return call
        return nodes.MarkSafe(nodes.Const(self._say(text.value)), lineno=call.lineno)


def _names(node: nodes.Expr, names: AbstractSet[str]) -> bool:
    return isinstance(node, nodes.Name) and node.name in names


class DrawingOnce(CodeGenerator):
    """Makes a value fit and escapes it by one call, which remembers short texts, where jinja's own writes two."""

    def _output_child_pre(self, node: nodes.Expr, frame: Frame, finalize: Any) -> None:
        if frame.eval_ctx.volatile or not frame.eval_ctx.autoescape:
            super()._output_child_pre(node, frame, finalize)
        else:
            self.write("environment.drawn(")

    def _output_child_post(self, node: nodes.Expr, frame: Frame, finalize: Any) -> None:
        if frame.eval_ctx.volatile or not frame.eval_ctx.autoescape:
            super()._output_child_post(node, frame, finalize)
        else:
            self.write(")")


class SpokenEnvironment(Environment):
    """An environment that speaks one language."""

    say: Callable[[str], str]
    drawn = staticmethod(formats.drawn)
    code_generator_class = DrawingOnce

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
    env.globals[BADGE] = partial(_badge, lang)
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


def _badge(lang: str, state: object, big: bool = False) -> Markup:  # noqa: FBT001, FBT002 (as templates call it)
    return (_badge_of if isinstance(state, State) else _badge_of.__wrapped__)(lang, state, big)


@lru_cache(maxsize=1024)
def _badge_of(lang: str, state: object, big: bool) -> Markup:  # noqa: FBT001
    """A badge as the templates' own macro draws it: a table shows the same few in each of its rows."""
    drawn: Markup = environment(lang).get_template("parts.html").module.badge(state, big)  # type: ignore[attr-defined]
    return drawn


def html(
    lang: str, template: str, status: int, facts: Mapping[str, Any], last: Callable[[str], str] = str
) -> HTMLResponse:
    """Render one template of one language; `last` may still change the finished text."""
    body = last(environment(lang).get_template(template).render(**facts))
    return HTMLResponse(body, status_code=status, headers={"Content-Language": lang, "Cache-Control": "no-store"})


def fragment(lang: str, template: str, facts: Mapping[str, Any]) -> Markup:
    """Render a piece of a page, escaped as a page is."""
    return Markup(environment(lang).get_template(template).render(**facts))  # noqa: S704 - own template, escaped
