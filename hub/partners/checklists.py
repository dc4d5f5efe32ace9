"""Weighted checklists as data: their lines, and what the answers of an evaluation come to, as an exact share.

A line that does not apply (*sans objet*) leaves the denominator; where none applies, there is no share.
"""

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import Any

from hub.errors import BadInput
from hub.partners.gates import PER_CENT

FILE = Path(__file__).resolve().parent / "checklists.toml"
ADMINISTRATIVE, TECHNICAL = "administrative", "technical"
YES, NO, NOT_APPLICABLE = "yes", "no", "na"
ANSWERS = (YES, NO, NOT_APPLICABLE)


@dataclass(frozen=True, slots=True)
class ChecklistLine:
    """One line: its id, its weight, its text by language."""

    id: str
    weight: int
    texts: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Checklists:
    """The two checklists of one version."""

    name: str
    version: int
    lines: Mapping[str, Sequence[ChecklistLine]]


@cache
def shipped() -> Checklists:
    """The checklists that come with the hub."""
    return read_checklists(FILE.read_text(encoding="utf-8"))


def read_checklists(text: str) -> Checklists:
    """The checklists of a file. Raises ValueError for a file that is not whole, a weight under 1, an id twice."""
    told = tomllib.loads(text)
    try:
        lines = {kind: [_line(row) for row in told[kind]] for kind in (ADMINISTRATIVE, TECHNICAL)}
        found = Checklists(str(told["name"]), int(told["version"]), lines)
    except (KeyError, TypeError) as error:
        raise ValueError(f"checklists: {error}") from error
    for kind, rows in lines.items():
        if not rows or len({row.id for row in rows}) < len(rows) or any(row.weight < 1 for row in rows):
            raise ValueError(f"checklists: {kind} has no line, an id twice, or a weight under 1")
    return found


def share(answered: Sequence[tuple[int, str]]) -> Fraction | None:
    """The share of the weight that is met, in per cent, of (weight, answer); None where no line applies."""
    applies = [(weight, answer) for weight, answer in answered if answer != NOT_APPLICABLE]
    whole = sum(weight for weight, _ in applies)
    met = sum(weight for weight, answer in applies if answer == YES)
    return Fraction(PER_CENT * met, whole) if whole else None


def answered(kind: str, answers: Mapping[str, str], lists: Checklists) -> dict[str, Any]:
    """The document of an evaluation: each line with its weight and its answer. Raises BadInput for an open line."""
    rows = []
    for line in lists.lines[kind]:
        answer = answers.get(line.id, "")
        if answer not in ANSWERS:
            raise BadInput("answer every line of the list", "checklist")
        rows.append({"id": line.id, "weight": line.weight, "answer": answer})
    return {"checklist": lists.name, "version": lists.version, "lines": rows}


def share_of(document: Mapping[str, Any]) -> Fraction | None:
    """The share of a kept evaluation, from its own weights."""
    return share([(int(row["weight"]), str(row["answer"])) for row in document["lines"]])


def _line(row: Mapping[str, Any]) -> ChecklistLine:
    if isinstance(row["weight"], bool) or not isinstance(row["weight"], int):
        raise TypeError(f"the weight of {row['id']} is no whole number")
    return ChecklistLine(str(row["id"]), row["weight"], {lang: str(row[lang]) for lang in ("fr", "en")})
