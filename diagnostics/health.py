"""The health verdict of a drive: a reading, judged by a written policy.

`ok` only where a status and counters were read and nothing was found; no reading is `unknown`, never good. The findings
are made in `health_rules`, their weights are in the policy.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

from diagnostics import plain, wording
from diagnostics.agreement import Agreement
from diagnostics.dump import dumped_documents
from diagnostics.health_policy import HealthPolicy, Severity, load_health_policy
from diagnostics.health_rules import Reason, exit_bits, findings, is_no_disk, plausible_hours
from diagnostics.reading import SmartIdentity, SmartReading, decode

SCHEMA = "etabli.health/1"


class HealthVerdict(StrEnum):
    """What the bench says about a drive's health. Unknown is never shown as good."""

    OK = "ok"
    REVIEW = "review"
    REJECT = "reject"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class HealthReport:
    """The verdict with its reasons, heaviest first. `hours` is None where unknown or implausible.

    `others` holds further drives when one document told of several; the verdict of each stands alone.
    """

    verdict: HealthVerdict
    reasons: tuple[Reason, ...]
    identity: SmartIdentity
    hours: int | None
    temperature: int | None  # degrees Celsius
    exit_status: int | None  # None where nobody told
    policy: str
    after_overwrite: bool
    complete: bool  # a status and counters were read
    security: str  # ATA security as smartctl words it, "" where it does not
    readers: Agreement | None = None  # how the second reader compares; None where it was not asked
    others: tuple["HealthReport", ...] = ()

    def to_document(self, translate: Callable[[str], str] = str) -> dict[str, Any]:
        """Return the `etabli.health/1` document: plain JSON types, texts passed through `translate`."""
        document: dict[str, object] = {
            "schema": SCHEMA,
            "verdict": str(self.verdict),
            "reasons": [_reason_document(reason, translate) for reason in self.reasons],
            "identity": self.identity.to_document(),
            "hours": self.hours,
            "temperature": self.temperature,
            "exit_status": self.exit_status,
            "exit_bits": list(exit_bits(self.exit_status)),
            "policy": self.policy,
            "after_overwrite": self.after_overwrite,
            "complete": self.complete,
            "security": self.security,
        }
        if self.readers is not None:
            document["readers"] = self.readers.to_document()
        if self.others:
            document["others"] = [other.to_document(translate) for other in self.others]
        return document


def assess_document(
    document: object,
    exit_status: int | None = None,
    *,
    after_overwrite: bool = False,
    policy: HealthPolicy | None = None,
) -> HealthReport:
    """Judge a parsed document of `smartctl --json -x`, or a list of them.

    Several readings of one drive (other `-d` types) count once, the most complete one; of several drives the worst
    comes first and carries the `others`. `exit_status` defaults to the one stated inside. Anything that is no smartctl
    document is judged `unknown`.
    """
    rules = policy or load_health_policy()
    documents = plain.rows(document if isinstance(document, Sequence) else [document]) or ({},)
    readings = _one_per_drive(decode(part, exit_status) for part in documents)
    reports = [assess(reading, after_overwrite=after_overwrite, policy=rules) for reading in readings]
    worst = min(range(len(reports)), key=lambda place: _WORST_FIRST.index(reports[place].verdict))
    others = tuple(reports[:worst] + reports[worst + 1 :])
    return replace(reports[worst], others=others)


def assess_text(text: str, *, after_overwrite: bool = False, policy: HealthPolicy | None = None) -> HealthReport:
    """Judge a dump: JSON of smartctl (one document, several, a list) or its text. Raises UnreadableReport."""
    return assess_document(dumped_documents(text), after_overwrite=after_overwrite, policy=policy)


def assess(reading: SmartReading, *, after_overwrite: bool = False, policy: HealthPolicy | None = None) -> HealthReport:
    """Judge one reading. Pure: the same reading and policy give the same report."""
    rules = policy or load_health_policy()
    found = tuple(findings(reading, rules, after_overwrite=after_overwrite))
    reasons = tuple(sorted(dict.fromkeys(found), key=lambda reason: _HEAVIEST_FIRST.index(reason.severity)))
    return HealthReport(
        verdict=_verdict(reason.severity for reason in reasons),
        reasons=reasons,
        identity=_doubted(reading.identity, rules),
        hours=plausible_hours(reading, rules),
        temperature=reading.temperature,
        exit_status=reading.exit_status,
        policy=rules.label,
        after_overwrite=after_overwrite,
        complete=(reading.passed is not None or reading.emmc is not None) and reading.has_counters,
        security=reading.security,
    )


_WORST_FIRST = (HealthVerdict.REJECT, HealthVerdict.UNKNOWN, HealthVerdict.REVIEW, HealthVerdict.OK)
_HEAVIEST_FIRST = (Severity.REJECT, Severity.UNKNOWN, Severity.REVIEW, Severity.INFO)
_WORD = {
    Severity.REJECT: HealthVerdict.REJECT,
    Severity.UNKNOWN: HealthVerdict.UNKNOWN,
    Severity.REVIEW: HealthVerdict.REVIEW,
    Severity.INFO: HealthVerdict.OK,
}


def _verdict(severities: Iterable[Severity]) -> HealthVerdict:
    """A stated failure outweighs a missing figure, a missing figure outweighs a doubt."""
    return _WORD[min(severities, key=_HEAVIEST_FIRST.index, default=Severity.INFO)]


def _one_per_drive(readings: Iterable[SmartReading]) -> list[SmartReading]:
    """Keep the most complete of several readings of one drive: the first with as many of status, counters, serial."""
    best: dict[object, SmartReading] = {}
    for place, reading in enumerate(readings):
        key: object = plain.single_spaced(reading.identity.serial) or place
        if key not in best or _completeness(reading) > _completeness(best[key]):
            best[key] = reading
    return list(best.values())


def _completeness(reading: SmartReading) -> tuple[bool, bool, bool]:
    return (reading.passed is not None, reading.has_counters, not (reading.exit_status or 0) & 0b111)


def _doubted(identity: SmartIdentity, rules: HealthPolicy) -> SmartIdentity:
    return replace(identity, grade="C") if is_no_disk(identity.model, rules) else identity


def _reason_document(reason: Reason, translate: Callable[[str], str]) -> dict[str, Any]:
    return {
        "code": reason.code,
        "attribute": reason.attribute,
        "value": reason.value,
        "severity": str(reason.severity),
        "text": wording.render(*wording.health_reason(reason.code, reason.attribute, reason.value), translate),
    }
