"""Judges a value by the notation of `members`."""

import re
from datetime import datetime
from typing import Any

FORMS = {
    "hex64": r"[0-9a-f]{64}",
    "hex64?": r"([0-9a-f]{64})?",
    "hex32": r"[0-9a-f]{32}",
    "uuid": r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}",
    "url": r"https?://[!-~]{1,400}",
    "shard": r"[0-9]{4}(-([2-9]|[1-9][0-9]{1,3}))?",
    "time": r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z",
}
LARGEST = 9_007_199_254_740_991


def fits(wanted: Any, value: Any) -> bool:
    """Whether the value is what the notation says."""
    if isinstance(wanted, str):
        return _word(wanted, value)
    if isinstance(wanted, dict):
        return _members(wanted, value)
    if isinstance(wanted, list):
        return isinstance(value, list) and len(value) <= wanted[1] and all(fits(wanted[0], item) for item in value)
    mark, inner = wanted
    if mark == "~":
        return value is None or fits(inner, value)
    return isinstance(value, list) and len(value) == 2 and all(fits(inner, item) for item in value)


def _members(wanted: dict[str, Any], value: Any) -> bool:
    if not isinstance(value, dict):
        return False
    needed = {name for name in wanted if not name.endswith("?") and name != "*"}
    allowed = needed | {name[:-1] for name in wanted if name.endswith("?")}
    if not needed <= value.keys() or ("*" not in wanted and not value.keys() <= allowed):
        return False
    return all(fits(wanted[name], value[name]) for name in needed)


def _word(wanted: str, value: Any) -> bool:
    if wanted[0] in "~=":
        return (value is None or _word(wanted[1:], value)) if wanted[0] == "~" else _one_of(wanted[1:], value)
    kind, *bounds = wanted.split(" ")
    if kind in ("any", "bool"):
        return kind == "any" or isinstance(value, bool)
    if kind.startswith("int"):
        low, high = map(int, bounds) if bounds else (int(kind == "int+"), LARGEST)
        return isinstance(value, int) and not isinstance(value, bool) and low <= value <= high
    if kind in FORMS:
        return isinstance(value, str) and bool(re.fullmatch(FORMS[kind], value)) and (kind != "time" or _exists(value))
    low, high = map(int, bounds) if len(bounds) == 2 else (0, int(bounds[0]))
    return isinstance(value, str) and low <= len(value) <= high and _letters(kind, value)


def _one_of(words: str, value: Any) -> bool:
    """One of the words; the one number that is asked for anywhere is 1."""
    if words == "1":
        return isinstance(value, int) and not isinstance(value, bool) and value == 1
    return isinstance(value, str) and value in words.split("|")


def _letters(kind: str, value: str) -> bool:
    if kind == "line":
        return all(" " <= letter <= "~" for letter in value)
    return all(letter >= " " or (kind == "prose" and letter == "\n") for letter in value)


def _exists(value: str) -> bool:
    try:
        datetime.strptime(value, "%Y-%m-%dT%H:%M:%SZ")  # noqa: DTZ007
    except ValueError:
        return False
    return True
