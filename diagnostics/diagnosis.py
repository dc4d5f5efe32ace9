"""One diagnosis: read the machine, judge the drives' documents, lay the answers over the checklist, grade."""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from diagnostics.battery import BatteryReport, BatteryState, read_batteries
from diagnostics.blocking import blocking_list
from diagnostics.checks import CheckOutcome, CheckResult, answer, checklist_version, found_devices
from diagnostics.grading import GradePolicy
from diagnostics.guided.presence import found_below
from diagnostics.health import HealthReport, assess_document
from diagnostics.health_policy import HealthPolicy
from diagnostics.locks import Declaration, DriveLock, lock_by_security
from diagnostics.machine import read_machine
from diagnostics.repeats import SeenMachine, without_repeats
from diagnostics.report import DiagnosticReport, Findings


def diagnose(
    root: Path,
    smart_documents: Iterable[object] = (),
    checks: Iterable[CheckResult] = (),
    *,
    chassis: str = "",
    health_policy: HealthPolicy | None = None,
    grade_policy: GradePolicy | None = None,
    drive_locks: Iterable[DriveLock] = (),
    declared: Iterable[Declaration] = (),
    year: int | None = None,
    asset: str = "",
    seen: Iterable[SeenMachine] = (),
    extra: Mapping[str, Any] | None = None,
) -> DiagnosticReport:
    """Diagnose the machine below `root` ("/" for this one).

    `smart_documents` are parsed documents of `smartctl --json -x`, one per drive; `checks` the results that people
    gave, oldest first; `chassis` replaces the one of the firmware where a person knows better; `drive_locks` come from
    whoever asked the drives, `declared` from people; `year` is that of today; `asset` the tag of the machine, `seen`
    the machines that the bench met before; `extra` holds optional members of the report (`report.OPTIONAL_MEMBERS`).
    Raises CheckRefused, PolicyError.
    """
    drives = tuple(assess_document(document, policy=health_policy) for document in smart_documents)
    read, batteries = read_machine(root, _drive_locks(drives, drive_locks), declared, chassis), read_batteries(root)
    machine = without_repeats(read, asset, seen)
    results = (*_read_by_the_bench(batteries), *checks)
    found = found_devices(machine, len(batteries)) | found_below(root)
    answers = answer(machine.identity.chassis, results, found)
    members = {"locks": blocking_list(machine.locks, answers), **(extra or {})}
    findings = Findings(machine, drives, batteries, answers, checklist_version(), extra=members)
    return findings.graded(grade_policy, year=year)


def _drive_locks(drives: Iterable[HealthReport], asked: Iterable[DriveLock]) -> tuple[DriveLock, ...]:
    """Lay what smartctl saw of passwords beside what the drives themselves were asked, which counts first."""
    given = tuple(asked)
    known = {lock.serial for lock in given if lock.kind == "ata"}
    seen = (lock_by_security(drive.identity.serial, drive.security) for drive in drives)
    return (*given, *(lock for lock in seen if lock is not None and lock.serial not in known))


def _read_by_the_bench(batteries: tuple[BatteryReport, ...]) -> tuple[CheckResult, ...]:
    """Count a sound reading of every battery as the battery check; a doubtful one waits for a person."""
    if not batteries or any(battery.state is not BatteryState.OK for battery in batteries):
        return ()
    figures = ", ".join(f"{battery.name} {(battery.health_permille or 0) // 10} %" for battery in batteries)
    return (CheckResult("battery", CheckOutcome.PASS, value=figures, note="sysfs"),)
