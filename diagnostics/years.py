"""The year in which a machine was made, with where it comes from: serial code, panel, battery, processor, BIOS date.

Pure: facts in, claims out. The rules are data (`year_rules.toml`, with provenance). No claim is invented: a serial that
could mean two years and is not settled by anything else says nothing.
"""

import functools
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from diagnostics import plain
from diagnostics.errors import PolicyError

RULES = Path(__file__).with_name("year_rules.toml")
_FIRST_YEAR, _LAST_YEAR = 1990, 2100
_DECADE = 10
_BIOS_DATE = re.compile(r"^\d{1,2}/\d{1,2}/(\d{4}|\d{2})$")
_YEAR_FIRST = re.compile(r"^(\d{4})[-/.]\d{1,2}[-/.]\d{1,2}")
_CENTURY_TURN = 90  # "05/20/98" is 1998, "05/20/08" is 2008


@dataclass(frozen=True, slots=True)
class YearFacts:
    """What the claims are made from; "" or None where the machine does not tell."""

    maker: str = ""
    serial: str = ""
    processor: str = ""
    bios_date: str = ""
    panel_year: int | None = None
    battery_made: str = ""


@dataclass(frozen=True, slots=True)
class YearOfMake:
    """The year and the source that decided; None and "" where nothing tells. `claims` holds every (source, year).

    `meaning` is "made", "not-before" (a processor) or "about" (a BIOS date); `doubt`: two claims are far apart.
    """

    year: int | None
    source: str
    meaning: str
    doubt: bool
    claims: tuple[tuple[str, int], ...]
    rules: int

    def to_document(self) -> dict[str, Any]:
        """Return plain JSON types."""
        fields = {name: getattr(self, name) for name in self.__slots__}
        return fields | {"claims": [{"source": source, "year": year} for source, year in self.claims]}


_MEANINGS = {"processor": "not-before", "bios": "about"}


def year_of_make(facts: YearFacts, path: Path = RULES) -> YearOfMake:
    """Return the year of manufacture with its source. Raises PolicyError where the rules are malformed."""
    rules = _load(path)
    claims = _claims(facts, rules)
    order = [str(source) for source in rules["order"]]
    earliest = claims.get("processor", _FIRST_YEAR)
    usable = [source for source in order if source in claims and claims[source] >= earliest]
    source = next(iter(usable), "")
    made = [year for one, year in claims.items() if one != "bios"]
    doubt = bool(made) and max(made) - min(made) > int(rules["contradiction_years"])
    told = tuple((one, claims[one]) for one in order if one in claims)
    return YearOfMake(claims.get(source), source, _meaning(source), doubt, told, int(rules["version"]))


def _meaning(source: str) -> str:
    return _MEANINGS.get(source, "made") if source else ""


def _claims(facts: YearFacts, rules: Mapping[str, Any]) -> dict[str, int]:
    found = {
        "panel": facts.panel_year,
        "battery": _year_of_date(facts.battery_made),
        "processor": _processor_year(facts.processor, rules),
        "bios": _year_of_date(facts.bios_date),
    }
    claims = {source: year for source, year in found.items() if year and _FIRST_YEAR <= year <= _LAST_YEAR}
    serial = _serial_year(facts, rules, claims)
    return {"serial": serial, **claims} if serial else claims


def _year_of_date(words: str) -> int | None:
    """Return the year of a date as firmware writes it: 03/21/2014, 03/21/14 or 2014-03-21."""
    if match := _YEAR_FIRST.match(words):
        return int(match.group(1))
    if not (match := _BIOS_DATE.match(words)):
        return None
    year = int(match.group(1))
    return year if len(match.group(1)) == 4 else year + (1900 if year >= _CENTURY_TURN else 2000)  # noqa: PLR2004 - digits


def _processor_year(name: str, rules: Mapping[str, Any]) -> int | None:
    return next((int(rule["year"]) for rule in rules["processor"] if re.search(rule["pattern"], name)), None)


def _serial_year(facts: YearFacts, rules: Mapping[str, Any], claims: Mapping[str, int]) -> int | None:
    for rule in rules["serial"]:
        match = re.match(rule["pattern"], facts.serial)
        if match and re.match(rule["maker"], facts.maker, re.IGNORECASE):
            return _settled(_possible(rule, match), claims)
    return None


def _possible(rule: Mapping[str, Any], match: re.Match[str]) -> tuple[int, ...]:
    """Return the years that a serial may mean: its code repeats every ten years."""
    if "codes" in rule:
        start = int(rule["first"]) + str(rule["codes"]).index(match.group("code")) // 2
    else:
        start = 2000 + int(match.group("digit"))
    return tuple(range(start, start + 4 * _DECADE, _DECADE))


def _settled(years: tuple[int, ...], claims: Mapping[str, int]) -> int | None:
    """Return the year nearest to what else is known, not before the processor; None where nothing settles it."""
    anchor = next((claims[one] for one in ("panel", "battery", "processor", "bios") if one in claims), None)
    possible = [year for year in years if year >= claims.get("processor", _FIRST_YEAR)]
    if anchor is None or not possible:
        return None
    return min(possible, key=lambda year: abs(year - anchor))


@functools.cache
def _load(path: Path) -> Mapping[str, Any]:
    try:
        rules = tomllib.loads(path.read_text(encoding="utf-8"))
        for rule in (*rules["serial"], *rules["processor"]):
            re.compile(rule["pattern"])
    except (ValueError, KeyError, re.error) as error:
        raise PolicyError(f"{path.name} is malformed: {error!r}") from error
    if not {"version", "order", "contradiction_years"} <= set(rules) or plain.integer(rules["version"]) is None:
        raise PolicyError(f"{path.name} has no version or order")
    return rules
