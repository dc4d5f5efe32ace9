"""One diagnosis of the machine of a bench: read, judged and graded by `diagnostics`, stated and queued here."""

from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import diagnostics
from certificates.errors import SchemaError
from certificates.language import catalogue
from diagnostics.checks import CheckOutcome, CheckResult
from diagnostics.diagnosis import diagnose as read_and_grade
from diagnostics.errors import DiagnosticsError
from diagnostics.report import DiagnosticReport
from station_agent.assemble import diagnostics_facts
from station_agent.bench import Bench
from station_agent.errors import UnstatableError, UsageError
from station_agent.language import mark
from station_agent.machine import member
from station_agent.signing import Signed
from station_agent.station import Station

UNGRADED: Final = "none"  # the letter of a statement is never empty
STATED: Final = ("machine", "drives", "batteries", "checks")


def diagnostics_words(lang: str) -> Callable[[str], str]:
    """Give the translation of the diagnostics library's own sentences."""
    return catalogue(Path(diagnostics.__file__).parent / "locale", lang).gettext


def diagnosis(bench: Bench) -> DiagnosticReport:
    """Read and grade the machine of a bench with the drives that belong to it. Raises `UsageError`."""
    if bench.machine_root is None:
        raise UsageError(mark("This bench has no machine to diagnose."))
    try:
        checks = [_result(row) for row in bench.checks]
        report = read_and_grade(bench.machine_root, (), checks)
        return read_and_grade(bench.machine_root, _documents(bench, report), checks)
    except (DiagnosticsError, KeyError, ValueError) as error:
        raise UsageError(mark("The diagnosis cannot be made: {detail}"), detail=error) from error


def state_diagnosis(
    station: Station, bench: Bench, report: DiagnosticReport, *, lot: str, asset: str, operator: str
) -> Signed:
    """Sign the diagnosis and queue it, in one transaction. Raises `StationError`, signing errors."""
    facts = diagnostics_facts(
        stated_report(report),
        member(report.machine.identity),
        lot=lot,
        asset=asset,
        operator=operator,
        simulated=bench.simulated,
    )
    try:
        with station.store.transaction() as connection:
            return station.chain.append(connection, "diagnostics", facts, run_id=None)
    except SchemaError as error:
        raise UnstatableError(
            mark("Nothing was kept: no statement can carry what was given ({detail})."), detail=error
        ) from error


def stated_report(report: DiagnosticReport) -> dict[str, Any]:
    """Give the closed set of members of a statement; what else the report says goes beside the grade."""
    document = report.to_document()
    grade = dict(report.grade.to_document())
    beside = {name: value for name, value in document.items() if name not in (*STATED, "grade")}
    return {
        **{name: document[name] for name in STATED},
        "grade": {**beside, **grade, "letter": grade["letter"] or UNGRADED},
    }


def _documents(bench: Bench, report: DiagnosticReport) -> list[dict[str, Any]]:
    """Give the health documents of the drives that the machine itself shows, by serial."""
    own = {drive.serial for drive in report.machine.storage if drive.serial}
    mine = [device for device in bench.enumerate_disks() if device.identity.serial in own]
    return [document for device in mine if (document := bench.smart(device)) is not None]


def _result(row: dict[str, Any]) -> CheckResult:
    value, reason, note, operator = (str(row.get(name, "")) for name in ("value", "reason", "note", "operator"))
    return CheckResult(str(row["id"]), CheckOutcome(str(row["result"])), value, reason, note, operator)
