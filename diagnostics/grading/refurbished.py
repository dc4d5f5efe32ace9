"""Whether a machine may be called « reconditionné » (Code de la consommation, R. 122-4), and what is missing if not.

Lawful only when every function of the chassis has a result, no blocking defect is open (a lock that was read or
declared is one, whatever was ticked), and every drive of the machine is new or erased, by a statement that a person
approved, or its absence is attested. Unknown is missing. There is no other way to the word, and none at all to the
words of `banned`.
"""

import functools
import tomllib
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from diagnostics.grading.inputs import blocking_locks, inputs_of
from diagnostics.grading.plainly import Table, chassis_of, checks_of, result, rows, table, word
from diagnostics.grading.policy import ROOM

CHECKLISTS = ROOM / "checklists.toml"
REFURBISHED, SECOND_HAND = "refurbished", "second-hand"
ERASED, NEW = "erased", "new"
CLEAN = (ERASED, NEW)
LOCKS = "locks"
TRIAGE = "triage"  # a person's choice where the machine goes, no test of it
UNWANTED_ROLES = (TRIAGE, "drive")  # of "drive", only a fault counts: its erasure and its health speak for it
BLOCKING_ROLES = ("locks", "battery", "privacy", "drive")


@dataclass(frozen=True, slots=True)
class DriveStanding:
    """A drive of the machine and how it stands: `erased` (approved, without exception), `new`, or what it is not.

    Other words: exceptions, awaiting, rejected, failed, nothing.
    """

    serial: str
    model: str
    state: str


@dataclass(frozen=True, slots=True)
class Mention:
    """The word that is lawful, `refurbished` or `second-hand`, and what is missing as (code, values)."""

    word: str
    missing: tuple[tuple[str, Mapping[str, str]], ...] = ()

    def to_document(self) -> dict[str, Any]:
        """Return plain JSON types."""
        return {"word": self.word, "missing": [{"code": code, "values": dict(values)} for code, values in self.missing]}


def mention(
    report: Table, drives: Iterable[DriveStanding], required: Mapping[str, Collection[str]] | None = None
) -> Mention:
    """Say which word is lawful for the machine of a report with these drives. Never raises on a report.

    `required` are the checks that each chassis needs; the checklists of this library where it is left out.
    """
    standing = tuple(drives)
    wanted = checks_by_chassis() if required is None else required
    missing = (*_checks(report, wanted), *_drives(report, standing))
    return Mention(SECOND_HAND if missing else REFURBISHED, missing)


@functools.cache
def checks_by_chassis(path: Path = CHECKLISTS) -> Mapping[str, tuple[str, ...]]:
    """Return the ids of the checks of each chassis. Raises OSError, ValueError where the checklists cannot be read."""
    found: dict[str, tuple[str, ...]] = {}
    for row in rows(tomllib.loads(path.read_text(encoding="utf-8")).get("checks")):
        if row.get("role") in UNWANTED_ROLES:
            continue
        places = row.get("chassis")
        for chassis in places if isinstance(places, list) else ():
            found[str(chassis)] = (*found.get(str(chassis), ()), word(row.get("id")))
    return found


def _checks(report: Table, required: Mapping[str, Collection[str]]) -> tuple[tuple[str, Mapping[str, str]], ...]:
    chassis, checks = chassis_of(report), checks_of(report)
    if not required.get(chassis):
        return (("mention.chassis", {"value": chassis or "?"}),)
    found: list[tuple[str, Mapping[str, str]]] = []
    tested = [name for name, row in checks.items() if row.get("role") not in UNWANTED_ROLES or result(row) == "fail"]
    for name in dict.fromkeys((*required[chassis], *tested)):
        row = checks.get(name)
        outcome = result(row)
        if row is None or outcome not in ("pass", "fail", "na") or (outcome == "na" and not word(row.get("reason"))):
            found.append(("mention.check", {"check": name}))
        elif outcome == "fail" and (row.get("key") is True or row.get("role") in BLOCKING_ROLES):
            found.append(("mention.defect", {"check": name}))
    if blocking_locks(report) and ("mention.defect", {"check": LOCKS}) not in found:
        found.append(("mention.defect", {"check": LOCKS}))
    return tuple(found)


def _drives(report: Table, drives: tuple[DriveStanding, ...]) -> tuple[tuple[str, Mapping[str, str]], ...]:
    found = [
        (f"mention.drive-{drive.state}", {"serial": drive.serial, "model": drive.model})
        for drive in drives
        if drive.state not in CLEAN
    ]
    known = {_comparable(drive.serial) for drive in drives}
    seen = [row for row in rows(table(report.get("machine")).get("storage")) if row.get("removable") is not True]
    for row in seen:
        serial = word(row.get("serial"))
        if not serial.strip() or _comparable(serial) not in known:
            found.append(("mention.drive-unseen", {"serial": serial or "?", "model": word(row.get("model"))}))
    if not drives and not seen and "drive" not in (inputs_of(report).missing_parts or ()):
        found.append(("mention.absence", {}))  # "none found" is not "none there": a person names it among missing parts
    return tuple(found)


def _comparable(serial: str) -> str:
    return " ".join(serial.split()).casefold()
