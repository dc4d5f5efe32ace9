"""Default weights of units and the limit of dependence, as a dated file gives them."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from pathlib import Path

FILE = Path(__file__).resolve().parent / "defaults.toml"


@dataclass(frozen=True, slots=True)
class Defaults:
    """Grams of one unit by kind; per cent of one donor above which a workshop depends on it."""

    name: str
    version: int
    source: str
    grams: Mapping[str, int]
    dependence_above: Fraction


@cache
def shipped() -> Defaults:
    """The figures that come with the hub."""
    told = tomllib.loads(FILE.read_text(encoding="utf-8"))
    grams = {str(kind): int(weight) for kind, weight in told["grams"].items()}
    return Defaults(told["name"], told["version"], told["source"], grams, Fraction(told["dependence_above"]))
