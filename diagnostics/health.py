"""The health verdict of a drive: a reading, judged by a written policy.

`ok` only where a status and counters were read and nothing was found; no reading is `unknown`, never good. The exit
status of smartctl is a bit field (its manual, "EXIT STATUS"): only bits 3 and 4 mean failing now, bits 0 to 2 never
lead to a pass and never cancel a failure. NVMe health comes from the critical-warning bits (NVM Express Base, log page
02h), not from `passed`, which smartctl sets to false for heat alone.
"""

import fnmatch
import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import IntFlag, StrEnum
from typing import Any

from diagnostics import plain, wording
from diagnostics.errors import UnreadableReport
from diagnostics.health_policy import HealthPolicy, Severity, load_health_policy
from diagnostics.reading import Protocol, SmartIdentity, SmartReading, decode

SCHEMA = "etabli.health/1"


class HealthVerdict(StrEnum):
    """What the bench says about a drive's health. Unknown is never shown as good."""

    OK = "ok"
    REVIEW = "review"
    REJECT = "reject"
    UNKNOWN = "unknown"


class ExitBit(IntFlag):
    """Exit status of smartctl."""

    COMMAND_LINE = 1
    OPEN_FAILED = 2
    COMMAND_FAILED = 4
    FAILING = 8
    PREFAIL = 16
    PAST = 32
    ERROR_LOG = 64
    SELF_TEST = 128


@dataclass(frozen=True, slots=True)
class Reason:
    """One finding: a stable code, what it is about (attribute id or field name) and the figure found."""

    code: str
    attribute: str
    value: int | str
    severity: Severity


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
    exit_status: int
    policy: str
    after_overwrite: bool
    complete: bool  # a status and counters were read
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
            "policy": self.policy,
            "after_overwrite": self.after_overwrite,
            "complete": self.complete,
        }
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
    """Judge the text of a smartctl JSON file (one document, several in a row, or a list). Raises UnreadableReport."""
    return assess_document(parse_documents(text), after_overwrite=after_overwrite, policy=policy)


def parse_documents(text: str) -> list[object]:
    """Split a text into its JSON documents; a list counts as its members. Raises UnreadableReport."""
    decoder, found, place = json.JSONDecoder(), list[object](), 0
    text = text.lstrip("\ufeff").rstrip()
    while place < len(text):
        place += len(text[place:]) - len(text[place:].lstrip())
        try:
            part, place = decoder.raw_decode(text, place)
        except (ValueError, RecursionError) as error:
            raise UnreadableReport(f"this is no JSON of smartctl: {error}") from error
        found.extend(part if isinstance(part, list) else [part])
    if not any(isinstance(part, Mapping) and _SIGNS & part.keys() for part in found):
        raise UnreadableReport("this JSON was not written by smartctl: it has neither 'smartctl' nor 'device'")
    return found


def assess(reading: SmartReading, *, after_overwrite: bool = False, policy: HealthPolicy | None = None) -> HealthReport:
    """Judge one reading. Pure: the same reading and policy give the same report."""
    rules = policy or load_health_policy()
    found = tuple(_findings(reading, rules, after_overwrite=after_overwrite))
    reasons = tuple(sorted(dict.fromkeys(found), key=lambda reason: _HEAVIEST_FIRST.index(reason.severity)))
    return HealthReport(
        verdict=_verdict(reason.severity for reason in reasons),
        reasons=reasons,
        identity=_doubted(reading.identity, rules),
        hours=_plausible_hours(reading, rules),
        temperature=reading.temperature,
        exit_status=reading.exit_status,
        policy=rules.label,
        after_overwrite=after_overwrite,
        complete=reading.passed is not None and reading.has_counters,
    )


_SIGNS = frozenset({"smartctl", "device"})  # one of them is in every document of smartctl
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


def _findings(reading: SmartReading, rules: HealthPolicy, *, after_overwrite: bool) -> Iterator[Reason]:
    yield from _what_is_missing(reading, rules)
    yield from _exit_status(reading)
    yield from _logs(reading, rules)
    yield from _heat(reading, rules)
    if reading.identity.protocol is Protocol.NVME:
        yield from _nvme(reading, rules)
    else:
        yield from _stated_failure(reading)
        yield from _attributes(reading, rules, after_overwrite=after_overwrite)
        yield from _scsi(reading)


def _what_is_missing(reading: SmartReading, rules: HealthPolicy) -> Iterator[Reason]:
    model = reading.identity.model
    if _is_no_disk(model, rules):
        yield Reason("identity.no-disk", "model", model, Severity.UNKNOWN)
    if reading.smart_enabled is False and reading.passed is None:
        yield Reason("smart.off", "smart_support", 0, Severity.UNKNOWN)
    if reading.passed is None:
        yield Reason("smart.no-status", "smart_status", "", Severity.UNKNOWN)
    if not reading.has_counters:
        yield Reason("smart.no-counters", "", "", Severity.UNKNOWN)
    watched = [reading.attribute(rule.number) for rule in rules.attributes]
    if any(watched) and all(row is None or row.count is None for row in watched):
        yield Reason("smart.implausible", "", "", Severity.UNKNOWN)


def _is_no_disk(model: str, rules: HealthPolicy) -> bool:
    return any(fnmatch.fnmatchcase(model.lower(), pattern) for pattern in rules.no_disk_models)


def _exit_status(reading: SmartReading) -> Iterator[Reason]:
    bits, nvme = ExitBit(reading.exit_status & 0xFF), reading.identity.protocol is Protocol.NVME
    status = int(bits)
    if ExitBit.COMMAND_LINE in bits:
        yield Reason("exit.command-line", "exit_status", status, Severity.UNKNOWN)
    if ExitBit.OPEN_FAILED in bits:
        yield Reason("exit.open-failed", "exit_status", status, Severity.UNKNOWN)
    if ExitBit.COMMAND_FAILED in bits:
        yield Reason("exit.incomplete", "exit_status", status, Severity.REVIEW)
    if ExitBit.FAILING in bits and not (nvme and reading.nvme):
        yield Reason("smart.failing", "exit_status", status, Severity.REJECT)
    if ExitBit.PREFAIL in bits and not (nvme and reading.nvme):
        yield Reason("smart.prefail", "exit_status", status, Severity.REJECT)
    if ExitBit.PAST in bits and not any(row.when_failed == "past" for row in reading.attributes):
        yield Reason("smart.failed-in-past", "exit_status", status, Severity.REVIEW)


def _logs(reading: SmartReading, rules: HealthPolicy) -> Iterator[Reason]:
    failed_tests = reading.failed_self_tests or int(bool(reading.exit_status & ExitBit.SELF_TEST))
    if failed_tests:
        yield Reason("smart.self-test-failed", "self_test_log", failed_tests, Severity.REVIEW)
    entries = reading.error_log or int(bool(reading.exit_status & ExitBit.ERROR_LOG))
    if entries:
        yield Reason("smart.error-log", "error_log", entries, Severity.INFO)
    if reading.hours_raw is not None and _plausible_hours(reading, rules) is None:
        yield Reason("hours.implausible", "power_on_time", reading.hours_raw, Severity.INFO)


def _plausible_hours(reading: SmartReading, rules: HealthPolicy) -> int | None:
    hours = reading.hours_raw
    return hours if hours is not None and 0 <= hours <= rules.hours else None


def _heat(reading: SmartReading, rules: HealthPolicy) -> Iterator[Reason]:
    if reading.temperature is None or reading.identity.protocol is Protocol.NVME:
        return  # an NVMe drive judges its own heat, by its critical warning
    if reading.temperature > (reading.temperature_limit or rules.temperature):
        yield Reason("temperature.high", "temperature", reading.temperature, Severity.REVIEW)


def _stated_failure(reading: SmartReading) -> Iterator[Reason]:
    if reading.passed is False:
        yield Reason("smart.failing", "smart_status", "FAILED", Severity.REJECT)
    for row in reading.attributes:
        if row.fails_now:
            weight = Severity.REJECT if row.prefail else Severity.REVIEW
            yield Reason("ata.threshold-now", str(row.number), row.value if row.value is not None else "", weight)
        elif row.when_failed == "past":
            yield Reason(
                "ata.threshold-past", str(row.number), row.value if row.value is not None else "", Severity.REVIEW
            )


def _attributes(reading: SmartReading, rules: HealthPolicy, *, after_overwrite: bool) -> Iterator[Reason]:
    for rule in rules.attributes:
        row = reading.attribute(rule.number)
        if row is not None and row.count:
            weight = rule.after_overwrite if after_overwrite else rule.severity
            yield Reason(rule.code, str(rule.number), row.count, weight)


def _scsi(reading: SmartReading) -> Iterator[Reason]:
    if reading.scsi is None:
        return
    if reading.scsi.grown_defects:
        yield Reason("scsi.grown-defects", "scsi_grown_defect_list", reading.scsi.grown_defects, Severity.REVIEW)
    if reading.scsi.uncorrected:
        yield Reason("scsi.uncorrected", "scsi_error_counter_log", reading.scsi.uncorrected, Severity.REVIEW)


def _nvme(reading: SmartReading, rules: HealthPolicy) -> Iterator[Reason]:
    log = reading.nvme
    if log is None:
        yield from _stated_failure(reading)
        return
    yield from _critical_warning(log.critical_warning, reading, rules)
    if log.spare is not None and log.spare_threshold and log.spare <= log.spare_threshold:
        yield Reason("nvme.spare", "available_spare", log.spare, Severity.REJECT)
    yield from _wear(log.used, rules)
    if log.media_errors:
        yield Reason("nvme.media-errors", "media_errors", log.media_errors, Severity.REVIEW)
    if log.error_entries:
        yield Reason("smart.error-log", "num_err_log_entries", log.error_entries, Severity.INFO)


def _critical_warning(warning: int | None, reading: SmartReading, rules: HealthPolicy) -> Iterator[Reason]:
    known = {rule.bit: rule for rule in rules.bits}
    for bit in range((warning or 0).bit_length()):
        if not (warning or 0) >> bit & 1:
            continue
        rule = known.get(bit)
        code, weight = (rule.code, rule.severity) if rule else ("nvme.unknown-warning", Severity.REVIEW)
        yield Reason(code, "critical_warning", warning or 0, weight)
    if not warning and reading.passed is False:
        yield Reason("nvme.contradiction", "critical_warning", 0, Severity.REVIEW)


def _wear(used: int | None, rules: HealthPolicy) -> Iterator[Reason]:
    if used is None or used < rules.used_review:
        return
    weight = Severity.REJECT if used >= rules.used_reject else Severity.REVIEW
    shown: int | str = f">= {rules.used_ceiling}" if used >= rules.used_ceiling else used
    yield Reason("nvme.worn", "percentage_used", shown, weight)


def _one_per_drive(readings: Iterable[SmartReading]) -> list[SmartReading]:
    """Keep the most complete of several readings of one drive: the first with as many of status, counters, serial."""
    best: dict[object, SmartReading] = {}
    for place, reading in enumerate(readings):
        key: object = plain.single_spaced(reading.identity.serial) or place
        if key not in best or _completeness(reading) > _completeness(best[key]):
            best[key] = reading
    return list(best.values())


def _completeness(reading: SmartReading) -> tuple[bool, bool, bool]:
    return (reading.passed is not None, reading.has_counters, not reading.exit_status & 0b111)


def _doubted(identity: SmartIdentity, rules: HealthPolicy) -> SmartIdentity:
    return replace(identity, grade="C") if _is_no_disk(identity.model, rules) else identity


def _reason_document(reason: Reason, translate: Callable[[str], str]) -> dict[str, Any]:
    return {
        "code": reason.code,
        "attribute": reason.attribute,
        "value": reason.value,
        "severity": str(reason.severity),
        "text": wording.render(*wording.health_reason(reason.code, reason.attribute, reason.value), translate),
    }
