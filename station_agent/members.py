"""Members of a JSON document that this bench kept, each asked for by its type. Pure; never guesses.

What is no such document raises `Illegible` and nothing else: a mistake of this program stays one, and is seen.
"""

import json
from base64 import b64decode
from typing import Any


class Illegible(ValueError):
    """A kept document is none that this program wrote."""


def members(text: object) -> dict[str, Any]:
    """Read the members of a document. Raises `Illegible`, and ValueError and RecursionError for what is no JSON."""
    if not isinstance(text, str | bytes):
        raise Illegible(f"{type(text).__name__} instead of a document")
    found = json.loads(text)
    if not isinstance(found, dict):
        raise Illegible(f"{type(found).__name__} instead of members")
    return found


def group(document: dict[str, Any], *names: str) -> dict[str, Any]:
    """Give the members under `names`, one inside the other. Raises `Illegible`."""
    for name in names:
        inner = document.get(name)
        if not isinstance(inner, dict):
            raise Illegible(f"{name} with {type(inner).__name__} instead of members")
        document = inner
    return document


def word(document: dict[str, Any], *names: str) -> str:
    """Give the text under `names`, one inside the other. Raises `Illegible`."""
    found = group(document, *names[:-1]).get(names[-1])
    if not isinstance(found, str):
        raise Illegible(f"{names[-1]} with {type(found).__name__} instead of text")
    return found


def listed(text: bytes) -> tuple[dict[str, Any], ...]:
    """Read a list of documents that say `what` they are. Raises as `members`."""
    found = json.loads(text)
    if not isinstance(found, list) or not all(isinstance(one, dict) and "what" in one for one in found):
        raise Illegible("no list of documents")
    return tuple(found)


def signed(envelope: object) -> dict[str, Any]:
    """Read the statement in a kept envelope; its signature is not looked at. Raises as `members`."""
    return members(b64decode(word(members(envelope), "payload")))
