"""The diagnostic report: machine, drives, batteries, guided checks and grade in one document of plain JSON types.

Shape of `to_document()`, the member `report` of a `diagnostics` statement :

    machine    MachineReport.to_document()
    drives     [HealthReport.to_document()]      `etabli.health/1`, one per drive
    batteries  [BatteryReport.to_document()]
    checks     [AnsweredCheck.to_document()]     one per check of the chassis, in the order of asking
    untested   [check id]                        while there is one, « reconditionné » is not allowed
    checklist  version of the checklists
    grade      Grade.to_document()               letter "" is *non gradé*

Members that a bench adds where it has them, each in the shape of the module that makes it (`OPTIONAL_MEMBERS`) :

    locks              `blocking.blocking_list`: what keeps the machine from reuse, over machine, drives and people
    stress             [{id, by, ended, ...}]    long tests that were asked for, each as the module of `stress` tells it
    self_tests         [{drive: {model, serial}, ended, kind, outcome, seconds, detail}]
    read_benchmark     [{drive: {model, serial}, unit, points, min, median, max, slow, seconds, aborted}]
    second_reader      [{drive: {model, serial}, state, differences, first, second}]      where both readers were asked
    battery_discharge  [DischargeReport.to_document()]

A reader takes any of them, and any other, for absent, present or of a shape that it does not know; it never fails.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from diagnostics.battery import BatteryReport
from diagnostics.checks import AnsweredCheck, without_result
from diagnostics.grading import Grade, GradePolicy, grade_report
from diagnostics.health import HealthReport
from diagnostics.machine import MachineReport

STATED_MEMBERS = ("machine", "drives", "batteries", "checks")
OPTIONAL_MEMBERS = ("locks", "stress", "self_tests", "read_benchmark", "battery_discharge", "second_reader")


@dataclass(frozen=True, slots=True)
class Findings:
    """Everything that was found out about one machine: what a grade is computed from."""

    machine: MachineReport
    drives: tuple[HealthReport, ...]
    batteries: tuple[BatteryReport, ...]
    checks: tuple[AnsweredCheck, ...]
    checklist: int  # version of the checklists
    extra: Mapping[str, Any] = field(default_factory=dict, kw_only=True)  # plain JSON of the optional members

    def __post_init__(self) -> None:
        """Refuse a member that nobody agreed on. Raises ValueError."""
        if unknown := set(self.extra) - set(OPTIONAL_MEMBERS):
            raise ValueError(f"not a member of a report: {', '.join(sorted(unknown))}")

    def graded(self, policy: GradePolicy | None = None, *, year: int | None = None) -> "DiagnosticReport":
        """Grade the findings by a policy, the default one where none is given; `year` is that of the diagnosis."""
        grade = grade_report(self.to_document(), policy, year=year)
        return DiagnosticReport(
            self.machine, self.drives, self.batteries, self.checks, self.checklist, grade, extra=self.extra
        )

    def to_document(self, translate: Callable[[str], str] = str) -> dict[str, Any]:
        """Return the document without its grade."""
        return {
            "machine": self.machine.to_document(),
            "drives": [drive.to_document(translate) for drive in self.drives],
            "batteries": [battery.to_document() for battery in self.batteries],
            "checks": [check.to_document() for check in self.checks],
            "untested": list(without_result(self.checks)),
            "checklist": self.checklist,
            **self.extra,
        }


@dataclass(frozen=True, slots=True)
class DiagnosticReport(Findings):
    """Findings and the grade that follows from them."""

    grade: Grade

    def to_document(self, translate: Callable[[str], str] = str) -> dict[str, Any]:
        """Return plain JSON types; texts inside pass through `translate` (signed statements keep the English ones)."""
        return Findings.to_document(self, translate) | {"grade": self.grade.to_document()}
