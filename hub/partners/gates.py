"""The gates of onboarding (field reference, section 5): pure rules over exact fractions. Reads no database.

Each list of conditions is what it takes to leave its step. A figure that is missing is unmet, never zero; a rate over
nothing delivered is undefined, and unmet.
"""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cache
from pathlib import Path

from hub.partners.documents import CONVENTION, NDA, TEST_AGREEMENT, Held

FILE = Path(__file__).resolve().parent / "ctnrs.toml"
GATES = (1, 2, 3, 4, 5, 6)
PER_CENT = 100
_DECIMAL = re.compile(r"\d{1,9}([.,]\d{1,9})?", re.ASCII)


@dataclass(frozen=True, slots=True)
class GatePolicy:
    """The limits of the gates, as a dated file gives them."""

    name: str
    version: int
    score_above: Fraction
    test_devices_at_most: int
    administrative_at_least: Fraction  # per cent
    technical_at_least: Fraction  # per cent
    nonconformity_below: Fraction  # per cent


@dataclass(frozen=True, slots=True)
class GateFacts:
    """What is known of a partner on the day of a judgement; None: nobody has said it."""

    contact: bool = False
    score: Fraction | None = None
    documents: Mapping[str, Held] = field(default_factory=dict)
    documents_read: bool = False
    wish_to_test: bool = False
    test_devices: int | None = None
    administrative: Fraction | None = None  # per cent
    technical: Fraction | None = None  # per cent
    delivered: int | None = None
    nonconforming: int | None = None


@dataclass(frozen=True, slots=True)
class Unmet:
    """One condition that is not met: its code, and the kind of document or the figure that was found ("" for none)."""

    code: str
    found: str = ""


@cache
def shipped() -> GatePolicy:
    """The limits that come with the hub."""
    return read_policy(FILE.read_text(encoding="utf-8"))


def read_policy(text: str) -> GatePolicy:
    """The limits of a policy file. Raises ValueError for one that is not whole."""
    told = tomllib.loads(text)
    try:
        return GatePolicy(
            str(told["name"]),
            int(told["version"]),
            Fraction(told["score_above"]),
            int(told["test_devices_at_most"]),
            Fraction(told["administrative_at_least"]),
            Fraction(told["technical_at_least"]),
            Fraction(told["nonconformity_below"]),
        )
    except (KeyError, TypeError) as error:
        raise ValueError(f"gate policy: {error}") from error


def exact(text: str) -> Fraction | None:
    """A number as people write it, "6,5" or "6.01", exactly; None for anything else."""
    text = text.strip()
    return Fraction(text.replace(",", ".")) if _DECIMAL.fullmatch(text) else None


def unmet(gate: int, facts: GateFacts, policy: GatePolicy) -> tuple[Unmet, ...]:
    """The conditions of one gate that are not met; none: it is passed. Raises ValueError for a gate that is none."""
    match gate:
        case 1:
            return () if facts.contact else (Unmet("contact"),)
        case 2:
            return (*_score(facts, policy), *_document(facts, NDA))
        case 3:
            return _process(facts)
        case 4:
            return _test(facts, policy)
        case 5:
            return _document(facts, CONVENTION)
        case 6:
            return ()
        case _:
            raise ValueError(f"no gate {gate}")


def nonconforming_rate(nonconforming: int, delivered: int) -> Fraction | None:
    """The share of delivered devices that do not conform, in per cent; None where nothing was delivered."""
    return Fraction(PER_CENT * nonconforming, delivered) if delivered > 0 else None


def _score(facts: GateFacts, policy: GatePolicy) -> tuple[Unmet, ...]:
    if facts.score is None:
        return (Unmet("score-missing"),)
    return () if facts.score > policy.score_above else (Unmet("score", _written(facts.score)),)


def _document(facts: GateFacts, kind: str) -> tuple[Unmet, ...]:
    held = facts.documents.get(kind, Held.MISSING)
    return () if held is Held.VALID else (Unmet(f"document-{held}", kind),)


def _process(facts: GateFacts) -> tuple[Unmet, ...]:
    found = []
    if not facts.documents_read:
        found.append(Unmet("documents-read"))
    if not facts.wish_to_test:
        found.append(Unmet("wish-to-test"))
    return (*found, *_document(facts, TEST_AGREEMENT))


def _test(facts: GateFacts, policy: GatePolicy) -> tuple[Unmet, ...]:
    found = []
    if not facts.test_devices:
        found.append(Unmet("test-lot"))
    elif facts.test_devices > policy.test_devices_at_most:
        found.append(Unmet("test-devices", str(facts.test_devices)))
    for code, value, least in (
        ("administrative", facts.administrative, policy.administrative_at_least),
        ("technical", facts.technical, policy.technical_at_least),
    ):
        if value is None:
            found.append(Unmet(f"{code}-missing"))
        elif value < least:
            found.append(Unmet(code, _written(value)))
    return (*found, *_rate(facts, policy))


def _rate(facts: GateFacts, policy: GatePolicy) -> tuple[Unmet, ...]:
    if facts.delivered is None or facts.nonconforming is None:
        return (Unmet("rate-missing"),)
    rate = nonconforming_rate(facts.nonconforming, facts.delivered)
    if rate is None:
        return (Unmet("rate-undefined"),)
    below = rate < policy.nonconformity_below
    return () if below else (Unmet("rate", f"{facts.nonconforming}/{facts.delivered}"),)


def _written(value: Fraction) -> str:
    """An exact figure for the record: whole, or as a fraction."""
    return str(value)
