"""The settings file of a stick: `etabli.toml` on its small FAT partition, written by a person on any computer.

Hostile input: whatever cannot be used is named and left out; the rest holds. Never a command, never a path.
"""

import re
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from certificates.language import LANGUAGES
from station_agent.language import mark

FILE: Final = "etabli.toml"
LONGEST: Final = 16_384  # bytes
KEYBOARD: Final = re.compile(r"[a-z]{2,8}(-[a-z0-9]{1,12})?", re.ASCII)
TOKEN: Final = re.compile(r"[A-Za-z0-9_-]{8,128}", re.ASCII)
HUB: Final = re.compile(r"https?://[A-Za-z0-9.\-\[\]:]{1,253}(:[0-9]{1,5})?/?", re.ASCII)
PRINTABLE: Final = re.compile(r"[^\x00-\x1f\x7f]{1,64}")
RADIO_KEY: Final = re.compile(r"[\x20-\x7e]{8,63}", re.ASCII)
UNKNOWN: Final = mark("{name} is not a setting")
UNUSABLE: Final = mark("{name} cannot be used")


@dataclass(frozen=True, slots=True)
class Settings:
    """What a stick was told. `troubles` are sentences with their facts, for the person at the bench."""

    hub: str = ""
    token: str = ""
    allow_http: bool = False
    name: str = ""
    language: str = ""  # "": nobody said so, what was chosen before holds
    keyboard: str = ""
    radio: tuple[tuple[str, str], ...] = ()  # (network, key)
    troubles: tuple[tuple[str, str], ...] = field(default=())


def settings_of(content: bytes) -> Settings:
    """Read a settings file; what is wrong stands in `troubles`."""
    known, troubles = usable(content, READERS)
    return Settings(**known, troubles=troubles)


def usable(
    content: bytes, readers: Mapping[str, Callable[[object], Any]]
) -> tuple[dict[str, Any], tuple[tuple[str, str], ...]]:
    """Give what these readers take of a settings file, by name, and what is wrong with the rest."""
    try:
        told = tomllib.loads(content[:LONGEST].decode("utf-8-sig").replace("\r\n", "\n"))
    except (ValueError, RecursionError) as error:
        return {}, ((UNUSABLE, f"{FILE}: {error}"),)
    troubles: list[tuple[str, str]] = []
    known: dict[str, Any] = {}
    for name, value in told.items():
        if name not in readers:
            troubles.append((UNKNOWN, name[:40]))
        elif (read := readers[name](value)) is None:
            troubles.append((UNUSABLE, name))
        else:
            known[name] = read
    return known, tuple(troubles)


def matching(pattern: re.Pattern[str]) -> Callable[[object], str | None]:
    """Make a reader that takes a text of this form."""
    return lambda value: value if isinstance(value, str) and pattern.fullmatch(value) else None


def _language(value: object) -> str | None:
    return value if isinstance(value, str) and value in LANGUAGES else None


def _flag(value: object) -> bool | None:
    return value if isinstance(value, bool) else None


def _radio(value: object) -> tuple[tuple[str, str], ...] | None:
    rows = value if isinstance(value, list) else [value]
    found = [(row.get("name"), row.get("key")) if isinstance(row, dict) else (None, None) for row in rows]
    good = [
        (name, key)
        for name, key in found
        if isinstance(name, str) and isinstance(key, str) and PRINTABLE.fullmatch(name) and RADIO_KEY.fullmatch(key)
    ]
    return tuple(good) if len(good) == len(found) else None


READERS: Final[Mapping[str, Callable[[object], Any]]] = {
    "hub": matching(HUB),
    "token": matching(TOKEN),
    "allow_http": _flag,
    "name": matching(PRINTABLE),
    "language": _language,
    "keyboard": matching(KEYBOARD),
    "radio": _radio,
}


def radio_file(network: str, key: str) -> tuple[str, str]:
    """Name and content of the file in which iwd looks for the key of a network (iwd.network(5))."""
    plain = re.fullmatch(r"[A-Za-z0-9_ -]+", network, re.ASCII) is not None
    name = network if plain else "=" + network.encode("utf-8").hex()
    escaped = key.replace("\\", "\\\\")
    escaped = "\\s" + escaped[1:] if escaped.startswith(" ") else escaped
    return f"{name}.psk", f"[Security]\nPassphrase={escaped}\n"
