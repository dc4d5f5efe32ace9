"""One diagnosis: read the machine, judge the drives' documents, lay the answers over the checklist, grade."""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from diagnostics.battery import BatteryReport, BatteryState, read_batteries
from diagnostics.checks import CheckOutcome, CheckResult, answer, checklist_version, found_devices
from diagnostics.grading import GradePolicy
from diagnostics.health import assess_document
from diagnostics.health_policy import HealthPolicy
from diagnostics.machine import read_machine
from diagnostics.report import DiagnosticReport, Findings


def diagnose(
    root: Path,
    smart_documents: Iterable[object] = (),
    checks: Iterable[CheckResult] = (),
    *,
    chassis: str = "",
    health_policy: HealthPolicy | None = None,
    grade_policy: GradePolicy | None = None,
    year: int | None = None,
    extra: Mapping[str, Any] | None = None,
) -> DiagnosticReport:
    """Diagnose the machine below `root` ("/" for this one).

    `smart_documents` are parsed documents of `smartctl --json -x`, one per drive; `checks` the results that people
    gave, oldest first; `chassis` replaces the one of the firmware where a person knows better; `year` is that of today;
    `extra` holds optional members of the report (`report.OPTIONAL_MEMBERS`). Raises CheckRefused, PolicyError.
    """
    machine, batteries = read_machine(root), read_batteries(root)
    results = (*_read_by_the_bench(batteries), *checks)
    answers = answer(chassis or machine.identity.chassis, results, found_devices(machine, len(batteries)))
    drives = tuple(assess_document(document, policy=health_policy) for document in smart_documents)
    findings = Findings(machine, drives, batteries, answers, checklist_version(), extra=extra or {})
    return findings.graded(grade_policy, year=year)


def _read_by_the_bench(batteries: tuple[BatteryReport, ...]) -> tuple[CheckResult, ...]:
    """Count a sound reading of every battery as the battery check; a doubtful one waits for a person."""
    if not batteries or any(battery.state is not BatteryState.OK for battery in batteries):
        return ()
    figures = ", ".join(f"{battery.name} {(battery.health_permille or 0) // 10} %" for battery in batteries)
    return (CheckResult("battery", CheckOutcome.PASS, value=figures, note="sysfs"),)
