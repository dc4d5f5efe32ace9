"""The diagnostic report: machine, drives, batteries, guided checks and grade in one document of plain JSON types.

Shape of `to_document()`, the member `report` of a `diagnostics` statement :

    machine    MachineReport.to_document()
    drives     [HealthReport.to_document()]      `etabli.health/1`, one per drive
    batteries  [BatteryReport.to_document()]
    checks     [AnsweredCheck.to_document()]     one per check of the chassis, in the order of asking
    untested   [check id]                        while there is one, « reconditionné » is not allowed
    checklist  version of the checklists
    grade      Grade.to_document()               letter "" is *non gradé*
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from diagnostics.battery import BatteryReport
from diagnostics.checks import AnsweredCheck, without_result
from diagnostics.grading import Grade, GradePolicy, grade_report
from diagnostics.health import HealthReport
from diagnostics.machine import MachineReport


@dataclass(frozen=True, slots=True)
class Findings:
    """Everything that was found out about one machine: what a grade is computed from."""

    machine: MachineReport
    drives: tuple[HealthReport, ...]
    batteries: tuple[BatteryReport, ...]
    checks: tuple[AnsweredCheck, ...]
    checklist: int  # version of the checklists

    def graded(self, policy: GradePolicy | None = None) -> "DiagnosticReport":
        """Grade the findings by a policy, the default one where none is given."""
        grade = grade_report(self.to_document(), policy)
        return DiagnosticReport(self.machine, self.drives, self.batteries, self.checks, self.checklist, grade)

    def to_document(self, translate: Callable[[str], str] = str) -> dict[str, Any]:
        """Return the document without its grade."""
        return {
            "machine": self.machine.to_document(),
            "drives": [drive.to_document(translate) for drive in self.drives],
            "batteries": [battery.to_document() for battery in self.batteries],
            "checks": [check.to_document() for check in self.checks],
            "untested": list(without_result(self.checks)),
            "checklist": self.checklist,
        }


@dataclass(frozen=True, slots=True)
class DiagnosticReport(Findings):
    """Findings and the grade that follows from them."""

    grade: Grade

    def to_document(self, translate: Callable[[str], str] = str) -> dict[str, Any]:
        """Return plain JSON types; texts inside pass through `translate` (signed statements keep the English ones)."""
        return Findings.to_document(self, translate) | {"grade": self.grade.to_document()}
