"""Guided checks: which functions a chassis has, what a person answered, what is still without an answer.

The last result of a check counts, the earlier ones are counted. "Not applicable" needs a reason from a list and is
refused where the reading of the machine found such a device. "Not tested" is the absence of a result, never a pass.
A result carries the raw evidence of its probe (whole numbers and texts, as statements hold them) and the path and
SHA-256 of a photo where a person took one.
"""

import functools
import tomllib
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any

from diagnostics import plain
from diagnostics.errors import CheckRefused, PolicyError
from diagnostics.machine import MachineReport
from diagnostics.wording import ABSENCE_REASONS

CHECKLISTS = Path(__file__).with_name("checklists.toml")
_WORDS = ("value", "reason", "note", "operator", "started", "ended")
_PHOTO = ("photo", "photo_sha256")
_EARLIER = ("result", "value", "operator", "started", "ended")
_MOST_MEMBERS = 200
_DEEPEST = 4
_DEVICE_PROBES = ("card-reader", "fingerprint")
OPTIONAL_ROLE = "triage"
UNWANTED_ROLES = (OPTIONAL_ROLE, "drive")  # nothing waits for them: a person's choice, and what a drive says of itself
_BROKEN_OFF = "aborted"
FULLEST_CHASSIS = "laptop"  # asked where the chassis is unknown: the longest list


class CheckOutcome(StrEnum):
    """Result of a guided check."""

    PASS = "pass"  # noqa: S105 - a result, no password
    FAIL = "fail"
    NOT_APPLICABLE = "na"
    NOT_TESTED = "not-tested"


@dataclass(frozen=True, slots=True)
class GuidedCheck:
    """One entry of a checklist. `seconds` is the usual time, `probe` the device that the machine's reading may find."""

    id: str
    chassis: tuple[str, ...]
    role: str
    key: bool
    seconds: int
    probe: str


@dataclass(frozen=True, slots=True)
class CheckResult:
    """One answer: `value` is what was measured or chosen, `reason` the code of why a check does not apply."""

    id: str
    outcome: CheckOutcome
    value: str = ""
    reason: str = ""
    note: str = ""
    operator: str = ""
    started: str = ""  # "YYYY-MM-DDTHH:MM:SSZ", "" where nobody noted it
    ended: str = ""
    evidence: Mapping[str, object] = field(default_factory=dict)
    photo: str = ""
    photo_sha256: str = ""

    def to_row(self) -> dict[str, Any]:
        """Return the plain row that `results_from` reads back; empty members are left out."""
        row = {"id": self.id, "result": str(self.outcome), **{name: getattr(self, name) for name in (*_WORDS, *_PHOTO)}}
        return {name: value for name, value in row.items() if value} | _evidence(self)


@dataclass(frozen=True, slots=True)
class AnsweredCheck:
    """A check of the list with the result that counts, how many results there were, and the earlier ones."""

    check: GuidedCheck
    result: CheckResult
    attempts: int
    earlier: tuple[CheckResult, ...] = ()

    def to_document(self) -> dict[str, Any]:
        """Return plain JSON types."""
        beside = {"photo": self.result.photo, "photo_sha256": self.result.photo_sha256} if self.result.photo else {}
        earlier = [{name: row.to_row().get(name, "") for name in _EARLIER} for row in self.earlier]
        return {
            "id": self.check.id,
            "result": str(self.result.outcome),
            "role": self.check.role,
            "key": self.check.key,
            "attempts": self.attempts,
            **{name: getattr(self.result, name) for name in _WORDS},
            **_evidence(self.result),
            **beside,
            **({"earlier": earlier} if earlier else {}),
        }


def checklist(chassis: str, path: Path = CHECKLISTS) -> tuple[GuidedCheck, ...]:
    """Return the checks of a chassis, in the order of asking. An unknown chassis gets the longest list."""
    return tuple(check for check in _every_check(path) if (chassis or FULLEST_CHASSIS) in check.chassis)


def offers_absence(check: GuidedCheck, found: Collection[str]) -> bool:
    """Tell whether "not applicable" may be offered: not where the reading of the machine found such a device."""
    return check.probe not in found


def results_from(rows: Iterable[Mapping[str, object]]) -> tuple[CheckResult, ...]:
    """Read results from plain rows such as the `[[checks]]` of a bench file. Raises CheckRefused on an unknown one."""
    return tuple(_result(row) for row in rows)


def found_devices(machine: MachineReport, batteries: int = 0) -> frozenset[str]:
    """Return the probes that the reading of the machine answers with "there is one"."""
    found = {adapter.kind for adapter in machine.adapters}
    found |= {device.kind for device in machine.devices if device.kind in _DEVICE_PROBES}
    found |= {one.kind for one in machine.inputs if not one.external}  # an outside keyboard may be the technician's
    found |= {"camera"} if machine.cameras else set()
    found |= {"panel"} if machine.panels else set()
    found |= {"battery"} if batteries else set()
    return frozenset(found)


def accept(check: GuidedCheck, result: CheckResult, found: Collection[str] = ()) -> CheckResult:
    """Return `result` if the rules allow it for `check`. Raises CheckRefused with the reason."""
    if result.outcome is CheckOutcome.NOT_APPLICABLE:
        if result.reason not in ABSENCE_REASONS:
            raise CheckRefused(f"{check.id}: 'not applicable' needs one of the reasons {', '.join(ABSENCE_REASONS)}")
        if not offers_absence(check, found):
            raise CheckRefused(f"{check.id}: the machine has such a device; it fails or is not tested")
    if result.outcome is CheckOutcome.PASS and result.evidence.get("ending") == _BROKEN_OFF:
        raise CheckRefused(f"{check.id}: it was broken off, so nothing passed: begin again, or answer later")
    if check.role == "looks" and result.outcome is not CheckOutcome.NOT_TESTED and not _is_looks(result.value):
        raise CheckRefused(f"{check.id}: the looks are one of C0 to C9")
    return result


def answer(chassis: str, results: Iterable[CheckResult], found: Collection[str] = ()) -> tuple[AnsweredCheck, ...]:
    """Lay results over the checklist of a chassis; a check without a result is "not tested".

    Results of checks that this chassis does not have are left out. Raises CheckRefused where a result breaks a rule.
    """
    given = tuple(results)
    return tuple(_answered(check, [row for row in given if row.id == check.id], found) for check in checklist(chassis))


def without_result(answers: Iterable[AnsweredCheck]) -> tuple[str, ...]:
    """Return the ids of checks that nobody tested: while there is one, the word « reconditionné » is not allowed."""
    wanted = (row for row in answers if row.check.role not in UNWANTED_ROLES)
    return tuple(row.check.id for row in wanted if row.result.outcome is CheckOutcome.NOT_TESTED)


@functools.cache
def checklist_version(path: Path = CHECKLISTS) -> int:
    """Return the version of the checklists, kept with every report. Raises PolicyError where the file is malformed."""
    version = plain.integer(_load(path).get("version"))
    if version is None:
        raise PolicyError(f"{path.name} has no version")
    return version


def _answered(check: GuidedCheck, results: list[CheckResult], found: Collection[str]) -> AnsweredCheck:
    last = results[-1] if results else CheckResult(check.id, CheckOutcome.NOT_TESTED)
    return AnsweredCheck(check, accept(check, last, found), len(results), tuple(results[:-1]))


def _evidence(result: CheckResult) -> dict[str, Any]:
    return {"evidence": dict(result.evidence)} if result.evidence else {}


def _is_looks(value: str) -> bool:
    return len(value) == 2 and value[0] == "C" and value[1].isdecimal()  # noqa: PLR2004 - "C5"


def _result(row: Mapping[str, object]) -> CheckResult:
    try:
        outcome = CheckOutcome(str(row.get("result")))
    except ValueError as error:
        raise CheckRefused(f"{row.get('id')}: unknown result {row.get('result')!r}") from error
    words = {name: plain.text(row.get(name)) for name in (*_WORDS, *_PHOTO)}
    return CheckResult(plain.text(row.get("id")), outcome, evidence=_whole(plain.table(row.get("evidence"))), **words)


def _whole(evidence: Mapping[str, object]) -> dict[str, object]:
    """Keep what a signed statement can hold: texts, whole numbers, truths, and lists and tables of them."""
    return {plain.text(name): _member(value, _DEEPEST) for name, value in evidence.items()}


def _member(value: object, levels: int) -> object:
    if isinstance(value, bool | int) or value is None:
        return value
    if isinstance(value, list) and levels:
        return [_member(one, levels - 1) for one in value[:_MOST_MEMBERS]]
    if isinstance(value, dict) and levels:
        return {plain.text(str(name)): _member(one, levels - 1) for name, one in list(value.items())[:_MOST_MEMBERS]}
    return plain.text(str(value))


@functools.cache
def _every_check(path: Path) -> tuple[GuidedCheck, ...]:
    try:
        checks = tuple(_check(row) for row in plain.rows(_load(path)["checks"]))
    except (KeyError, TypeError, ValueError) as error:
        raise PolicyError(f"{path.name} is malformed: {error!r}") from error
    if len({check.id for check in checks}) != len(checks):
        raise PolicyError(f"{path.name} has two checks of one id")
    return checks


def _check(row: Mapping[str, object]) -> GuidedCheck:
    chassis, seconds = row["chassis"], plain.integer(row["seconds"])
    if not isinstance(chassis, list) or seconds is None:
        raise TypeError(f"check {row['id']}")
    places = tuple(str(word) for word in chassis)
    return GuidedCheck(str(row["id"]), places, str(row["role"]), row["key"] is True, seconds, str(row.get("probe", "")))


def _load(path: Path) -> Mapping[str, object]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:
        raise PolicyError(f"{path.name} is malformed: {error}") from error
