"""Requests of the pages, made from the routes: path, query, form fields and files, asked by people of every role.

The names of form fields are those of the forms that the pages show and those that the module of the route reads; their
values are what the forms offer, hostile words, and figures and days at the rim of what there is.
"""

import ast
import hashlib
import hmac
import inspect
import re
import sys
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import cache
from html.parser import HTMLParser
from urllib.parse import quote, urlencode

from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute
from hypothesis import strategies as st

from hub import pages
from hub.api import watching
from hub.people.policies import policy_of
from tests.hub.fuzzing.asking import Answered, Asked
from tests.hub.fuzzing.copies import VISITOR, Template
from tests.hub.hostile_words import HOSTILE
from tests.hub.houses import ACTORS, ALPHA, BRAVO, HOME

ROUTES = tuple(
    route for router in (*pages.routers, watching.router) for route in router.routes if isinstance(route, APIRoute)
)
PLAIN = {"name": "etabli.css", "token": "unknown", "sha256": "0" * 64, "subject": "lots"}
PLACEHOLDER = re.compile(r"\{(\w+)(?::\w+)?\}")
FIELD_NAME = re.compile(r"[a-z][a-z0-9_-]{1,30}")
RIM = (
    *("0", "1", "2", "-1", "00", "+5", "1_0", "²", "١٢", "１２", "½", "Ⅷ", "1e400", "nan", "inf", "-inf", "0.1", "1,5"),
    *("99999999999999999999", "9" * 5000, "2147483648", "9223372036854775808", "-9223372036854775809", "0x10", "1 000"),
    *("2026-03-02", "2026-02-30", "0001-01-01", "9999-12-31", "10000-01-01", "2026-3-2", "20260302", "2026-W01-1"),
    *("2026-03-02T25:00", "2026-03-02T10:00", "0000-00-00", "2026-S2", "0000-S1", "9999-S2", "2026", "on", "yes", "no"),
    *("", " ", "\x00", "a\x00b", "https://elsewhere.example/", "//elsewhere.example", "/\\elsewhere.example", "/lots"),
)
TORN = (
    b"",
    b"\x00",
    b"%PDF-1.7\n",
    b"PK\x03\x04",
    b"a;b\n1;2\n",
    b"\xff\xfe",
    b"{}",
    b"[" * 5000,
    b"<a>",
    b"\xef\xbb\xbfa,b\n=1,2",
)
HEADERS = st.sampled_from(
    (
        *((), (), (), (("accept-language", "fr;q=nan,en;q=1e999,*"),), (("accept-language", "\xe9" * 500),)),
        *((("sec-fetch-site", "none"),), (("sec-fetch-site", "cross-site"),), (("origin", "http://[::1"),)),
        *((("x-forwarded-for", "a, b, \xff"),), (("referer", "javascript:alert(1)"),), (("range", "bytes=9-1"),)),
        *((("if-none-match", '"' + "x" * 999),), (("cookie", "etabli-lang=\xff; etabli-theme=<b>; etabli-flash=%%%"),)),
    )
)


class Forms(HTMLParser):
    """The forms of a page: where they are sent and what they hold."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, list[str]]]] = []
        self.files: set[str] = set()
        self._name = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        told = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.found.append((told.get("action", ""), {}))
        elif tag in {"input", "select", "textarea", "button"} and self.found and told.get("name"):
            self._name = told["name"]
            self.found[-1][1].setdefault(self._name, []).append(told.get("value", ""))
            if told.get("type") == "file":
                self.files.add(self._name)
        elif tag == "option" and self.found and self._name:
            self.found[-1][1].setdefault(self._name, []).append(told.get("value", ""))


@dataclass
class Known:
    """Field names and values by the path of the route that takes them, and which fields are files."""

    fields: dict[str, dict[str, list[str]]] = field(default_factory=dict)
    files: set[str] = field(default_factory=lambda: {"file"})

    def read(self, text: str) -> None:
        """Learn from a page."""
        forms = Forms(text)
        self.files |= forms.files
        for action, fields in forms.found:
            route = next((one for one in ROUTES if one.path_regex.match(action.partition("?")[0])), None)
            if route is not None:
                known = self.fields.setdefault(route.path, {})
                for name, values in fields.items():
                    known.setdefault(name, []).extend(values)

    def of(self, route: APIRoute) -> dict[str, list[str]]:
        """The fields of a route: those of its forms, and every word of its module that may be one."""
        read = {name: [""] for name in _words_of(sys.modules[route.endpoint.__module__].__name__)}
        return {**read, **self.fields.get(route.path, {})} if "POST" in (route.methods or ()) else {}


def learnt(template: Template, ask: Callable[[Asked], Answered]) -> Known:
    """What the forms of every page hold, read as somebody who may open it."""
    known = Known()
    for route in ROUTES:
        who = next(
            (one for one, (role, house, _) in ACTORS.items() if policy_of(route).admits(role, at_home=house == HOME)),
            "",
        )
        if "GET" in (route.methods or ()) and who:
            asked = Asked("GET", _filled(route.path, _things(template, who)), _cookie(template, who))
            known.read(ask(asked).body.decode("utf-8", "replace"))
    return known


@cache
def _words_of(module: str) -> tuple[str, ...]:
    tree = ast.parse(inspect.getsource(sys.modules[module]))
    words = {node.value for node in ast.walk(tree) if isinstance(node, ast.Constant) and isinstance(node.value, str)}
    return tuple(sorted(word for word in words if FIELD_NAME.fullmatch(word)))


def requests_of(template: Template, known: Known) -> st.SearchStrategy[Asked]:
    """Requests of every route of the pages, mostly by people whom it lets in."""
    admitted = {
        route.path: tuple(
            who for who, (role, house, _) in ACTORS.items() if policy_of(route).admits(role, at_home=house == HOME)
        )
        for route in ROUTES
    }
    return _requests(template, known, admitted)


@st.composite
def _requests(draw: st.DrawFn, template: Template, known: Known, admitted: dict[str, tuple[str, ...]]) -> Asked:
    route = ROUTES[draw(st.integers(0, len(ROUTES) - 1))]
    everybody = (*ACTORS, VISITOR)
    likely = admitted[route.path] or everybody
    who = draw(st.sampled_from(likely if draw(st.integers(0, 5)) else everybody))
    target = _path(draw, route, _things(template, who)) + _query(draw, route)
    headers, body = draw(HEADERS), b""
    if "cookie" not in dict(headers):
        headers = (*headers, *_cookie(template, who))
    method = min(route.methods or {"GET"})
    if method == "POST":
        kind, body = _form(draw, known.of(route), known.files, csrf_of(template.tokens.get(who, "")))
        headers = (*headers, ("content-type", kind))
    return Asked(method, target, headers, body)


def _path(draw: st.DrawFn, route: APIRoute, things: dict[str, str]) -> str:
    values = dict(things)
    for name in PLACEHOLDER.findall(route.path):
        if draw(st.integers(0, 3)) == 0 or name not in values:
            values[name] = draw(_words([things.get(name, "1")]))
    return _filled(route.path, values)


def _filled(path: str, values: dict[str, str]) -> str:
    return PLACEHOLDER.sub(lambda found: _quoted(values.get(found[1], "1")[:2000]), path)


def _query(draw: st.DrawFn, route: APIRoute) -> str:
    names = [name for name in _query_names(route.dependant) if draw(st.booleans())]
    if not names:
        return ""
    return "?" + "&".join(f"{name}={_quoted(draw(_words([''])))[:20_000]}" for name in names)


def _query_names(dependant: Dependant) -> list[str]:
    found = [one.alias or one.name for one in dependant.query_params]
    return [*found, *(name for inner in dependant.dependencies for name in _query_names(inner))]


def _form(draw: st.DrawFn, fields: dict[str, list[str]], files: Iterable[str], csrf: str) -> tuple[str, bytes]:
    chosen = {name: draw(_words(values)) for name, values in fields.items() if draw(st.integers(0, 9))}
    pairs = [(name, value) for name, value in chosen.items() if name not in files and name != "csrf"][:19]
    pairs.append(("csrf", csrf if draw(st.integers(0, 15)) else draw(st.sampled_from(HOSTILE))))
    attached = [name for name in chosen if name in files]
    if not attached and draw(st.integers(0, 7)):
        return "application/x-www-form-urlencoded", urlencode(pairs, errors="surrogatepass").encode()
    name, file_name = attached[0] if attached else "file", draw(st.sampled_from(HOSTILE))
    data = draw(st.one_of(st.sampled_from(TORN), st.sampled_from(HOSTILE).map(_bytes), st.binary(max_size=300)))
    return _multipart(pairs, name, file_name, data)


def _multipart(pairs: list[tuple[str, str]], name: str, file_name: str, data: bytes) -> tuple[str, bytes]:
    mark = "x" * 24
    parts = [
        f'--{mark}\r\nContent-Disposition: form-data; name="{one}"\r\n\r\n'.encode() + _bytes(value)
        for one, value in pairs
    ]
    safe = _bytes(file_name.replace('"', "%22").replace("\r", "%0D").replace("\n", "%0A"))
    head = f'--{mark}\r\nContent-Disposition: form-data; name="{name}"; filename="'.encode() + safe
    parts.append(head + b'"\r\nContent-Type: application/octet-stream\r\n\r\n' + data)
    return f"multipart/form-data; boundary={mark}", b"\r\n".join([*parts, f"--{mark}--\r\n".encode()])


def _words(values: list[str]) -> st.SearchStrategy[str]:
    offered = st.sampled_from(values)
    return st.one_of(offered, offered, offered, st.sampled_from(RIM), st.sampled_from(HOSTILE), st.text(max_size=60))


def _things(template: Template, who: str) -> dict[str, str]:
    house = ACTORS[who][1] if who in ACTORS else ALPHA
    things = template.houses.things
    return {**PLAIN, **things[BRAVO], **things.get(house, things[ALPHA])}


def _cookie(template: Template, who: str) -> tuple[tuple[str, str], ...]:
    return (("cookie", f"etabli={template.tokens[who]}"),) if who in template.tokens else ()


def csrf_of(token: str) -> str:
    """The form token of a session."""
    return hmac.new(token.encode(), b"etabli csrf v1", hashlib.sha256).hexdigest() if token else ""


def _quoted(text: str) -> str:
    return quote(_bytes(text), safe="")


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")
