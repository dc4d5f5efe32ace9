"""Checklists by hand as data, and the report that answers make, as the grading policies read it. Pure."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

FILE = Path(__file__).with_name("checklists.toml")
PASS, FAIL, NA, NOT_TESTED = "pass", "fail", "na", ""
RESULTS = (PASS, FAIL, NA, NOT_TESTED)
LOOKS = tuple(f"C{level}" for level in range(9, 0, -1))
LOOKS_ROLE, PRIVACY_ROLE = "looks", "privacy"
CHASSIS = "by-hand"  # no bench read a battery: whether it holds is one of the checks


@dataclass(frozen=True, slots=True)
class HandTest:
    """One line of a checklist."""

    id: str
    role: str
    key: bool
    names: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Checklist:
    """One checklist with the file's name and version."""

    id: str
    name: str
    version: int
    checks: tuple[HandTest, ...]


@cache
def shipped() -> Mapping[str, Checklist]:
    """The checklists that come with this version of the hub, by id."""
    return read(FILE.read_text(encoding="utf-8"))


def read(text: str) -> Mapping[str, Checklist]:
    """The checklists of a file. Raises KeyError, ValueError where it is none."""
    told = tomllib.loads(text)
    return {
        one["id"]: Checklist(one["id"], told["name"], told["version"], tuple(_check(line) for line in one["checks"]))
        for one in told["lists"]
    }


def usable(checklist: Checklist, answers: Mapping[str, str]) -> bool:
    """Whether every answer is one that its check knows."""
    known = {check.id: LOOKS if check.role == LOOKS_ROLE else (PASS, FAIL, NA) for check in checklist.checks}
    return all(name in known and answer in known[name] for name, answer in answers.items())


def report_of(checklist: Checklist, answers: Mapping[str, str], operator: str) -> dict[str, Any]:
    """The answers as a report that a grading policy reads; what was not tested has no row."""
    rows = [_row(check, answers[check.id], operator) for check in checklist.checks if check.id in answers]
    silent = [check for check in checklist.checks if check.id not in answers and check.role != PRIVACY_ROLE]
    return {
        "machine": {"identity": {"chassis": CHASSIS}},
        "batteries": [],
        "checks": [*rows, *(_row(check, "not-tested", "") for check in silent)],
    }


def _row(check: HandTest, answer: str, operator: str) -> dict[str, Any]:
    looks = check.role == LOOKS_ROLE and answer in LOOKS
    told = {"result": PASS, "value": answer} if looks else {"result": answer, "value": ""}
    return {"id": check.id, "role": check.role, "key": check.key, "operator": operator, **told}


def _check(line: Mapping[str, Any]) -> HandTest:
    return HandTest(line["id"], line["role"], line["key"], {lang: line[lang] for lang in ("en", "fr")})
