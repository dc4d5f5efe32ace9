"""The highest lawful price of goods that a public body gave (CGPPP, L3212-2). Pure: reads its data file only.

A price may reach the ceiling and not pass it. What the list does not name has no lawful price: it is given, not sold.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from hub.exits.dated import read, version_on

FILE = "ceilings"


class Refused(StrEnum):
    """Why a sale under the ceilings is refused."""

    NO_LIST = "no-list"
    NOT_LISTED = "not-listed"
    MISSING = "missing"
    TOO_HIGH = "too-high"


@dataclass(frozen=True, slots=True)
class Ceiling:
    """What the list of a day says of a kind: highest price in cents, what has to be there, and which list it is."""

    cents: int
    needs: tuple[str, ...]
    policy: str


@dataclass(frozen=True, slots=True)
class Judgement:
    """What comes of one offer: the ceiling where there is one, why it is refused, and what is missing."""

    ceiling: Ceiling | None
    refused: Refused | None = None
    missing: tuple[str, ...] = ()


def concerns(donor_type: str) -> bool:
    """Whether goods of such a donor are sold under the ceilings."""
    return donor_type in read(FILE)["public"]


def ceiling_of(kind: str, day: date, document: dict[str, Any] | None = None) -> Ceiling | None:
    """The ceiling of a kind of device on a day; None where no list of that day names it."""
    document = read(FILE) if document is None else document
    version = version_on(document, day)
    found = next((one for one in version["items"] if one["kind"] == kind), None) if version else None
    if version is None or found is None:
        return None
    return Ceiling(found["ceiling_cents"], tuple(found["needs"]), f"{document['name']} v{version['version']}")


def judge(
    kind: str, price_cents: int, there: Collection[str], day: date, document: dict[str, Any] | None = None
) -> Judgement:
    """Whether goods of a public body may be sold so. `there`: what is in the device and what is handed over with it."""
    ceiling = ceiling_of(kind, day, document)
    if ceiling is None:
        listed = version_on(read(FILE) if document is None else document, day) is not None
        return Judgement(None, Refused.NOT_LISTED if listed else Refused.NO_LIST)
    missing = tuple(part for part in ceiling.needs if part not in there)
    if missing:
        return Judgement(ceiling, Refused.MISSING, missing)
    return Judgement(ceiling, Refused.TOO_HIGH if price_cents > ceiling.cents else None)
