"""Reading foreign JSON without trusting a single key: every accessor answers None or empty for what is not there.

It never raises and never guesses: a number that is not an integer in one of the shapes that smartctl prints is None.
"""

import re
from collections.abc import Mapping, Sequence

_FIRST_INTEGER = re.compile(r"\s*(0x[0-9a-fA-F]{1,32}|[0-9]{1,50})")
_UNPRINTABLE = re.compile(r"[^\x20-\x7e]")
_LONGEST_TEXT = 200
_LONGEST_NUMBER = 50  # digits; the largest counter has 39


def table(value: object) -> Mapping[str, object]:
    """Return `value` if it is an object, else an empty one."""
    return value if isinstance(value, Mapping) else {}


def rows(value: object) -> Sequence[Mapping[str, object]]:
    """Return the objects in `value` if it is a list, else nothing."""
    if not isinstance(value, Sequence) or isinstance(value, str | bytes):
        return ()
    return tuple(row for row in value if isinstance(row, Mapping))


def integer(value: object) -> int | None:
    """Return an integer given as a number or, as smartctl does above 2^53, as a string of digits."""
    if isinstance(value, bool):
        return None
    if isinstance(value, int):
        return value
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, str) and len(value) <= _LONGEST_NUMBER and value.isascii() and value.strip().isdecimal():
        return int(value)
    return None


def counter(owner: Mapping[str, object], key: str) -> int | None:
    """Return the integer `key`, or its string twin `key_s`, of `owner`."""
    direct = integer(owner.get(key))
    return direct if direct is not None else integer(owner.get(f"{key}_s"))


def first_integer(text: str) -> int | None:
    """Return the number that `text` begins with: "24 (3 0)" is 24, "0x1f" is 31."""
    match = _FIRST_INTEGER.match(text)
    return int(match.group(1), 0 if match.group(1).startswith("0x") else 10) if match else None


def text(value: object) -> str:
    r"""Return printable ASCII without outer blanks; other characters appear as visible `\xHH` of their UTF-8 bytes."""
    if not isinstance(value, str):
        return ""
    visible = _UNPRINTABLE.sub(_escape, value.strip())
    return visible[:_LONGEST_TEXT]


def single_spaced(value: str) -> str:
    """Return `value` with every run of blanks as one: models are compared in this form."""
    return " ".join(value.split())


def _escape(match: re.Match[str]) -> str:
    return "".join(f"\\x{byte:02x}" for byte in match.group().encode("utf-8", "surrogatepass"))
