"""The factor set of an impact estimate: a dated file with its sources, of the program or of the site. Only reads.

A figure that the file does not have is None and stays None: nothing is borrowed from another kind, nothing is 0.
"""

import hashlib
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Final
from unicodedata import category

from hub.devices.outcomes import KINDS
from hub.errors import BadInput

SHIPPED: Final = Path(__file__).with_name("factors.toml")
OWN: Final = "factors.toml"  # in the data folder of the hub
FIGURES = ("co2e_g", "matter_g", "ewaste_g")
MEMBERS = (*FIGURES, "years", "mass_g")
MOST: Final = 10**9
LONGEST: Final = 300
MOST_LINES: Final = 20
MOST_BYTES: Final = 100_000
TEXTS: Final = ("scope", "sources", "hypotheses")
LINE: Final = "%s is a line of text"
UNFIT: Final = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})


@dataclass(frozen=True, slots=True)
class Factor:
    """What one unit of a kind avoids in a year of second use, how many years are assumed, what it weighs; grams."""

    co2e_g: int | None = None
    matter_g: int | None = None
    ewaste_g: int | None = None
    years: int | None = None
    mass_g: int | None = None


@dataclass(frozen=True, slots=True)
class FactorSet:
    """A factor set as read; `sha256` is that of its file."""

    id: str
    version: int
    date: str
    scope: str
    sources: tuple[str, ...]
    hypotheses: tuple[str, ...]
    kinds: Mapping[str, Factor]
    sha256: str
    en: Mapping[str, Any] | None = None  # scope, sources, hypotheses in English, line by line; None: not given


def factors_of(data_dir: Path) -> FactorSet:
    """The factor set of a site, else the shipped one. Raises BadInput for a file of the site that cannot be used."""
    own = data_dir / OWN
    try:
        return read_factors(own.read_bytes() if own.exists() else SHIPPED.read_bytes())
    except OSError as error:
        raise BadInput(f"the factors of this site cannot be read: {error.strerror}", "factors") from error


@lru_cache(maxsize=4)
def read_factors(data: bytes) -> FactorSet:
    """Read a file of factors. Raises BadInput that names what is wrong."""
    try:
        found = tomllib.loads(data[: MOST_BYTES + 1].decode("utf-8"))
    except (UnicodeDecodeError, tomllib.TOMLDecodeError, RecursionError) as error:
        raise BadInput(f"the factors of this site cannot be read: {error}", "factors") from error
    wanted = {"id", "version", "date", "scope", "sources", "hypotheses", "kinds"}
    _need(set(found) - {"en"} == wanted and len(data) <= MOST_BYTES, f"its members are {', '.join(sorted(wanted))}")
    _need(isinstance(found["version"], int) and not isinstance(found["version"], bool), "version is a whole number")
    kinds = found["kinds"]
    _need(isinstance(kinds, dict) and set(kinds) <= set(KINDS), f"its kinds are among {', '.join(KINDS)}")
    return FactorSet(
        *(_text(found, "id"), found["version"], _text(found, "date"), _text(found, "scope")),
        *(_texts(found, "sources"), _texts(found, "hypotheses")),
        {kind: _factor(kind, table) for kind, table in kinds.items()},
        hashlib.sha256(data).hexdigest(),
        _english(found),
    )


def texts_of(told: Mapping[str, Any], lang: str) -> Mapping[str, Any]:
    """Scope, sources and hypotheses of a kept factor set in a language; in French where it has no other."""
    en = told.get("en")
    return en if lang == "en" and isinstance(en, Mapping) else told


def _english(found: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """The English texts of a file. Raises BadInput where they are not as many as the French ones."""
    en = found.get("en")
    if en is None:
        return None
    _need(isinstance(en, dict) and set(en) == set(TEXTS), f"en has the members {', '.join(TEXTS)}")
    told = {name: list(_texts(en, name)) for name in TEXTS[1:]}
    _need(all(len(told[name]) == len(found[name]) for name in told), "en has as many lines as the French texts")
    return {"scope": _text(en, "scope"), **told}


def _factor(kind: str, table: Any) -> Factor:
    _need(isinstance(table, dict) and set(table) <= set(MEMBERS), f"{kind} has the members {', '.join(MEMBERS)}")
    for name, value in table.items():
        _need(type(value) is int and 0 <= value <= MOST, f"{kind}.{name} is a whole number from 0 to {MOST}")
    factor = Factor(**table)
    _need(factor.years is not None or not any(table.get(name) for name in FIGURES), f"{kind} needs its years")
    return factor


def _text(found: Mapping[str, Any], name: str) -> str:
    value = found[name]
    _need(isinstance(value, str) and 0 < len(value) <= LONGEST and not UNFIT & set(map(category, value)), LINE % name)
    return str(value)


def _texts(found: Mapping[str, Any], name: str) -> tuple[str, ...]:
    value = found[name]
    _need(isinstance(value, list) and 0 < len(value) <= MOST_LINES, f"{name} is a list of lines")
    return tuple(_text({name: one}, name) for one in value)


def _need(sound: object, rule: str) -> None:
    if not sound:
        raise BadInput(f"the factors of this site cannot be used: {rule}", "factors")
