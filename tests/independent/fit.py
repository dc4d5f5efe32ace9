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
    kind, *bounds = wanted.split(" ") if wanted[0] != "=" else [wanted]
    if wanted[0] == "~":
        return value is None or _word(wanted[1:], value)
    if wanted[0] == "=":
        return (
            value is not True
            and str(value) in wanted[1:].split("|")
            and isinstance(value, int if wanted == "=1" else str)
        )
    if kind in ("any", "bool"):
        return kind == "any" or isinstance(value, bool)
    if kind.startswith("int"):
        low, high = (int(bounds[0]), int(bounds[1])) if bounds else (int(kind == "int+"), LARGEST)
        return isinstance(value, int) and not isinstance(value, bool) and low <= value <= high
    if not isinstance(value, str):
        return False
    if kind in FORMS:
        return re.fullmatch(FORMS[kind], value) is not None and (kind != "time" or _exists(value))
    low, high = (int(bounds[0]), int(bounds[1])) if len(bounds) == 2 else (0, int(bounds[0]))
    return low <= len(value) <= high and _letters(kind, value)


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
