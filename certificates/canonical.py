"""Strict canonical JSON: RFC 8785 on a smaller value space, so that one value has exactly one form in bytes.

Values: objects with ASCII member names, lists, strings without lone surrogates, integers within +-(2^53 - 1), booleans,
null. No floats, no duplicates, no whitespace, no byte order mark. Decoding encodes again and compares bytes.
"""

import json
from typing import Any, NoReturn

from certificates.errors import NotCanonical

MAX_INTEGER = 2**53 - 1
MAX_BYTES = 65_536
MAX_DEPTH = 8
_UNSURE = object()


def encode(value: object, *, max_bytes: int = MAX_BYTES, max_depth: int = MAX_DEPTH) -> bytes:
    """Encode a value; NotCanonical when it lies outside the value space or the limits (bytes, levels of nesting)."""
    _check(value, max_depth, "")
    text = json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)
    data = text.encode("utf-8")
    if len(data) > max_bytes:
        raise NotCanonical(f"{len(data)} bytes, at most {max_bytes}")
    return data


def decode(data: bytes, *, max_bytes: int = MAX_BYTES, max_depth: int = MAX_DEPTH) -> Any:
    """Decode canonical bytes; NotCanonical for everything that `encode` would not have written so."""
    if len(data) > max_bytes:
        raise NotCanonical(f"{len(data)} bytes, at most {max_bytes}")
    quick = _quick(data, max_depth)
    return _slow(data, max_bytes, max_depth) if quick is _UNSURE else quick


def _quick(data: bytes, max_depth: int) -> Any:
    """The value of bytes that are canonical beyond doubt, else _UNSURE: then `_slow` decides and says why.

    What the parser gives is of plain types, and of these a form in bytes comes out again only if it was the one form:
    members in order and once, no space, one spelling of text. Depth, integers and names are judged beside.
    """
    try:
        value = (_PLAIN if data.isascii() else _NAMED).decode(data.decode("utf-8"))
        again = _ENCODER.encode(value).encode("utf-8")
    except (ValueError, RecursionError):
        return _UNSURE
    return value if again == data and _within(value, max_depth) else _UNSURE


def _slow(data: bytes, max_bytes: int, max_depth: int) -> Any:
    try:
        value = json.loads(
            data.decode("utf-8"), object_pairs_hook=_members, parse_float=_no_float, parse_constant=_no_float
        )
    except (ValueError, RecursionError) as error:
        raise NotCanonical(f"not JSON of the allowed kind: {error}") from error
    if encode(value, max_bytes=max_bytes, max_depth=max_depth) != data:
        raise NotCanonical("another form than the canonical one")
    return value


def _members(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise NotCanonical("a member occurs twice")
    return members


def _no_float(text: str) -> NoReturn:
    raise NotCanonical(f"not an integer: {text[:40]}")


def _named(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = _members(pairs)
    if not "".join(members).isascii():
        raise NotCanonical("a member name is not ASCII text")
    return members


def _within(value: object, depth: int) -> bool:
    """Whether containers are nested no deeper than this, and every integer lies within the bounds."""
    level: list[Any] = [[value]]
    for _ in range(depth + 1):
        inner: list[Any] = []
        for container in level:
            for item in container.values() if type(container) is dict else container:
                kind = type(item)
                if kind is dict or kind is list:
                    inner.append(item)
                elif kind is int and not -MAX_INTEGER <= item <= MAX_INTEGER:
                    return False
        level = inner
    return not level


_PLAIN = json.JSONDecoder(parse_float=_no_float, parse_constant=_no_float)
_NAMED = json.JSONDecoder(object_pairs_hook=_named, parse_float=_no_float, parse_constant=_no_float)
_ENCODER = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)


def _check(value: object, depth: int, path: str) -> None:
    """Check types first: True is an int for Python, and 1.0 survives a round trip."""
    if isinstance(value, str):
        _check_text(value, path)
    elif value is None or isinstance(value, bool):
        return
    elif type(value) is int:
        if abs(value) > MAX_INTEGER:
            raise NotCanonical(f"{path}: integer beyond 2^53 - 1")
    elif isinstance(value, dict | list):
        if depth == 0:
            raise NotCanonical(f"{path[:80]}: nested too deeply")
        _check_container(value, depth, path)
    else:
        raise NotCanonical(f"{path}: {type(value).__name__} has no canonical form")


def _check_container(value: dict[Any, Any] | list[Any], depth: int, path: str) -> None:
    if isinstance(value, list):
        for index, item in enumerate(value):
            _check(item, depth - 1, f"{path}[{index}]")
        return
    for name, item in value.items():
        if not isinstance(name, str) or not name.isascii():
            raise NotCanonical(f"{path}: member name {name!r} is not ASCII text")
        _check(item, depth - 1, f"{path}.{name}")


def _check_text(value: str, path: str) -> None:
    try:
        value.encode("utf-8")
    except UnicodeEncodeError as error:
        raise NotCanonical(f"{path}: lone surrogate") from error
