"""Put the page together: one HTML file that opens no connection, with or without the trust file of a hub in it.

The policy in its head (CSP level 3) names its script and its style by their SHA-256 and forbids everything else. The
same sources and the same trust file give the same bytes.
"""

import base64
import hashlib
import json
from importlib.resources import files
from typing import Any, Final

from certificates.trust import Trust
from certificates.verifier_page.tables import tables
from certificates.verifier_page.words import page_words

FILE_NAME: Final = "verifier.html"
CORE: Final = (  # in this order: a constant stands before what uses it at once
    *("bytes", "ed25519", "canonical", "shapes", "consistency", "statements", "notes", "roots", "trust"),
    *("proofs", "disputes", "bundles", "pdf", "verdict"),
)
PAGE: Final = ("figures", "account", "view", "main")


def verifier_page(trust: bytes = b"", as_of: str = "", lang: str = "") -> bytes:
    """The page as UTF-8; `trust` is a trust file that it is to know, `as_of` the moment of it ("2026-11-21T10:00:00Z").

    `lang` "fr" or "en" is the language that it opens with, else that of the browser. TrustError when the trust file
    cannot be used.
    """
    if trust:
        Trust.from_json(trust)
    style, script = source("page.css"), page_script()
    known = {"trust": base64.b64encode(trust).decode("ascii"), "asOf": as_of, "lang": lang}
    parts = {
        "policy": f"default-src 'none'; script-src {_named(script)}; style-src {_named(style)}; base-uri 'none'; "
        "form-action 'none'",
        "style": style,
        "script": script,
        "known": plain_json(known),
        "words": plain_json(page_words()),
    }
    page = source("page.html")
    for name, text in parts.items():
        head, _, tail = page.partition(f"@@{name}@@")
        page = head + text + tail
    return page.encode("utf-8")


def core_script() -> str:
    """The judging half of the page as one script that names `etabli` for who drives it; it knows no document."""
    return _wrapped((*_constants(), *_sources(CORE), source("js/door.js")))


def page_script() -> str:
    """The whole script of the page."""
    return _wrapped((*_constants(), *_sources(CORE), *_sources(PAGE), source("js/door.js")))


def source(name: str) -> str:
    """One source of the page, by its path in this folder."""
    return files(__package__).joinpath(name).read_text(encoding="utf-8")


def plain_json(value: Any) -> str:
    """JSON that may stand inside a script element: nothing in it ends the element."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False).replace("<", "\\u003c")


def _wrapped(parts: tuple[str, ...]) -> str:
    return "\n".join(('(() => {\n"use strict";', *parts, "})();\n"))


def _constants() -> tuple[str, ...]:
    return tuple(f"const {name} = {plain_json(table)};" for name, table in tables().items())


def _sources(names: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(source(f"js/{name}.js") for name in names)


def _named(text: str) -> str:
    """How the policy names a script or a style."""
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode('utf-8')).digest()).decode('ascii')}'"
