"""The rules: what a reading shows that a person must know, each with the weight that the policy gives it.

A finding that means "nobody knows" (no status, no counters, a figure that cannot be read) has a weight of its own here:
no policy can turn it into a pass. The exit status of smartctl is a bit field (its manual, "EXIT STATUS"): only bits 3
and 4 mean failing now, bits 0 to 2 never lead to a pass and never cancel a failure. NVMe health comes from the
critical-warning bits (NVM Express Base, log page 02h), not from `passed`, which is false for heat alone.
"""

import fnmatch
from collections.abc import Iterator
from dataclasses import dataclass
from enum import IntFlag

from diagnostics.health_policy import HealthPolicy, Severity
from diagnostics.reading import EmmcHealth, NvmeLog, Protocol, SmartReading

EMMC_LIFE_STEP = 10  # percent of rated life in one step of the eMMC's estimate


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


def findings(reading: SmartReading, rules: HealthPolicy, *, after_overwrite: bool) -> Iterator[Reason]:
    """Yield everything that was found, in the order of looking; the same finding may come twice."""
    if not reading.responds:
        yield Reason("drive.not-responding", "", "", Severity.UNKNOWN)
        return
    yield from _what_is_missing(reading, rules)
    yield from _exit_status(reading, rules)
    yield from _logs(reading, rules)
    yield from _heat(reading, rules)
    if reading.nvme is not None:
        yield from _nvme(reading, reading.nvme, rules)
    else:
        yield from _stated_failure(reading, rules)
        yield from _attributes(reading, rules, after_overwrite=after_overwrite)
        yield from _scsi(reading, rules)
        yield from _emmc(reading.emmc, rules)


def exit_bits(status: int | None) -> tuple[str, ...]:
    """Return the names of the bits that are set, lowest first; nothing where there is no exit status."""
    bits = ExitBit((status or 0) & 0xFF)
    return tuple(bit.name.lower().replace("_", "-") for bit in ExitBit if bit in bits and bit.name)


def is_no_disk(model: str, rules: HealthPolicy) -> bool:
    """Say whether this is the name of a volume or of a virtual disk."""
    return any(fnmatch.fnmatchcase(model.lower(), pattern) for pattern in rules.no_disk_models)


def plausible_hours(reading: SmartReading, rules: HealthPolicy) -> int | None:
    """Return the hours a drive can have run; None where they are absent or not hours."""
    hours = reading.hours_raw
    return hours if hours is not None and 0 <= hours <= rules.hours else None


def _what_is_missing(reading: SmartReading, rules: HealthPolicy) -> Iterator[Reason]:
    model = reading.identity.model
    if is_no_disk(model, rules):
        yield Reason("identity.no-disk", "model", model, Severity.UNKNOWN)
    if reading.smart_enabled is False and reading.passed is None:
        yield Reason("smart.off", "smart_support", 0, Severity.UNKNOWN)
    if reading.passed is None and reading.emmc is None:
        yield Reason("smart.no-status", "smart_status", "", Severity.UNKNOWN)
    if not reading.has_counters:
        yield Reason("smart.no-counters", "", "", Severity.UNKNOWN)
    for name in reading.unreadable:
        yield Reason("smart.unreadable", name, "", Severity.REVIEW)
    watched = [(rule, reading.attribute(rule.number)) for rule in rules.attributes]
    blank = [(rule.severity, row) for rule, row in watched if row is not None and row.count is None]
    if blank and len(blank) == sum(row is not None for _, row in watched):
        yield Reason("smart.implausible", "", "", Severity.UNKNOWN)
        return
    for severity, row in blank:
        weight = Severity.INFO if severity is Severity.INFO else Severity.REVIEW
        yield Reason("smart.unreadable", str(row.number), row.raw, weight)


def _exit_status(reading: SmartReading, rules: HealthPolicy) -> Iterator[Reason]:
    status = (reading.exit_status or 0) & 0xFF
    bits = ExitBit(status)
    if ExitBit.COMMAND_LINE in bits:
        yield Reason("exit.command-line", "exit_status", status, Severity.UNKNOWN)
    if ExitBit.OPEN_FAILED in bits:
        yield Reason("exit.open-failed", "exit_status", status, Severity.UNKNOWN)
    if reading.incomplete:
        told = "" if reading.exit_status is None else status
        yield Reason("exit.incomplete", "exit_status", told, Severity.REVIEW)
    if ExitBit.FAILING in bits and reading.nvme is None:
        yield Reason("smart.failing", "exit_status", status, rules.weight("smart.failing"))
    if ExitBit.PREFAIL in bits and reading.nvme is None:
        yield Reason("smart.prefail", "exit_status", status, rules.weight("smart.prefail"))
    if ExitBit.PAST in bits and not any(row.when_failed == "past" for row in reading.attributes):
        yield Reason("smart.failed-in-past", "exit_status", status, rules.weight("smart.failed-in-past"))


def _logs(reading: SmartReading, rules: HealthPolicy) -> Iterator[Reason]:
    bits = ExitBit((reading.exit_status or 0) & 0xFF)
    failed_tests = reading.failed_self_tests or int(ExitBit.SELF_TEST in bits)
    if failed_tests:
        yield Reason("smart.self-test-failed", "self_test_log", failed_tests, rules.weight("smart.self-test-failed"))
    entries = reading.error_log or int(ExitBit.ERROR_LOG in bits)
    if entries:
        yield Reason("smart.error-log", "error_log", entries, rules.weight("smart.error-log"))
    if reading.hours_raw is not None and plausible_hours(reading, rules) is None:
        yield Reason("hours.implausible", "power_on_time", reading.hours_raw, rules.weight("hours.implausible"))


def _heat(reading: SmartReading, rules: HealthPolicy) -> Iterator[Reason]:
    if reading.temperature is None or reading.identity.protocol is Protocol.NVME:
        return  # an NVMe drive judges its own heat, by its critical warning
    if reading.temperature > (reading.temperature_limit or rules.temperature):
        yield Reason("temperature.high", "temperature", reading.temperature, rules.weight("temperature.high"))


def _stated_failure(reading: SmartReading, rules: HealthPolicy) -> Iterator[Reason]:
    if reading.passed is False:
        yield Reason("smart.failing", "smart_status", "FAILED", rules.weight("smart.failing"))
    for row in reading.attributes:
        value = row.value if row.value is not None else ""
        if row.fails_now:
            code = "ata.threshold-now" if row.prefail else "ata.age-threshold"
            yield Reason(code, str(row.number), value, rules.weight(code))
        elif row.when_failed == "past":
            yield Reason("ata.threshold-past", str(row.number), value, rules.weight("ata.threshold-past"))


def _attributes(reading: SmartReading, rules: HealthPolicy, *, after_overwrite: bool) -> Iterator[Reason]:
    for rule in rules.attributes:
        row = reading.attribute(rule.number)
        if row is not None and row.count:
            weight = rule.after_overwrite if after_overwrite else rule.severity
            yield Reason(rule.code, str(rule.number), row.count, weight)


def _scsi(reading: SmartReading, rules: HealthPolicy) -> Iterator[Reason]:
    log = reading.scsi
    if log is None:
        return
    if log.grown_defects:
        yield Reason(
            "scsi.grown-defects", "scsi_grown_defect_list", log.grown_defects, rules.weight("scsi.grown-defects")
        )
    if log.uncorrected:
        yield Reason("scsi.uncorrected", "scsi_error_counter_log", log.uncorrected, rules.weight("scsi.uncorrected"))
    if log.used is not None and log.used >= rules.used_review:
        yield Reason("scsi.worn", "percentage_used", log.used, rules.weight("scsi.worn"))


def _emmc(health: EmmcHealth | None, rules: HealthPolicy) -> Iterator[Reason]:
    """Judge the estimates of an eMMC; 0 or nothing means that the device does not say, which is never a pass."""
    if health is None:
        return
    if not health.pre_eol:
        yield Reason("emmc.no-pre-eol", "pre_eol_info", "", Severity.UNKNOWN)
    elif health.pre_eol >= rules.emmc_pre_eol_review:
        urgent = health.pre_eol >= rules.emmc_pre_eol_reject
        code = "emmc.pre-eol-urgent" if urgent else "emmc.pre-eol"
        yield Reason(code, "pre_eol_info", health.pre_eol, rules.weight(code))
    if not health.life_used:
        yield Reason("emmc.no-life-time", "life_time", "", Severity.UNKNOWN)
    elif health.life_used >= rules.emmc_life_review:
        past = health.life_used >= rules.emmc_life_reject
        code = "emmc.worn-out" if past else "emmc.worn"
        yield Reason(code, "life_time", (health.life_used - 1) * EMMC_LIFE_STEP, rules.weight(code))


def _nvme(reading: SmartReading, log: NvmeLog, rules: HealthPolicy) -> Iterator[Reason]:
    yield from _critical_warning(log.critical_warning, reading, rules)
    figures = {"available_spare": log.spare, "percentage_used": log.used, "media_errors": log.media_errors}
    for name, figure in figures.items():
        if figure is None:
            yield Reason("smart.unreadable", name, "", Severity.REVIEW)
    if log.spare is not None and log.spare_threshold and log.spare <= log.spare_threshold:
        yield Reason("nvme.spare", "available_spare", log.spare, rules.weight("nvme.spare"))
    yield from _wear(log.used, rules)
    if log.media_errors:
        yield Reason("nvme.media-errors", "media_errors", log.media_errors, rules.weight("nvme.media-errors"))
    if log.error_entries:
        yield Reason("smart.error-log", "num_err_log_entries", log.error_entries, rules.weight("smart.error-log"))


def _critical_warning(warning: int | None, reading: SmartReading, rules: HealthPolicy) -> Iterator[Reason]:
    if warning is None:
        yield Reason("nvme.no-warning", "critical_warning", "", Severity.UNKNOWN)
        yield from _stated_failure(reading, rules)
        return
    known = {rule.bit: rule for rule in rules.bits}
    for bit in range(warning.bit_length()):
        if not warning >> bit & 1:
            continue
        rule = known.get(bit)
        code, weight = (rule.code, rule.severity) if rule else ("nvme.unknown-warning", Severity.REVIEW)
        yield Reason(code, "critical_warning", warning, weight)
    if not warning and reading.passed is False:
        yield Reason("nvme.contradiction", "critical_warning", 0, Severity.REVIEW)


def _wear(used: int | None, rules: HealthPolicy) -> Iterator[Reason]:
    if used is None or used < rules.used_review:
        return
    code = "nvme.worn-out" if used >= rules.used_reject else "nvme.worn"
    shown: int | str = f">= {rules.used_ceiling}" if used >= rules.used_ceiling else used
    yield Reason(code, "percentage_used", shown, rules.weight(code))
