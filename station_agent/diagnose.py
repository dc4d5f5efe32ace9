"""One diagnosis of the machine of a bench: read, judged and graded by `diagnostics`, stated and queued here."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

import diagnostics
from certificates.language import catalogue
from diagnostics.agreement import Agreement
from diagnostics.checks import CheckOutcome, CheckResult
from diagnostics.diagnosis import diagnose as read_and_grade
from diagnostics.errors import DiagnosticsError
from diagnostics.report import DiagnosticReport
from station_agent.assemble import diagnostics_facts
from station_agent.bench import Bench
from station_agent.errors import UsageError
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
        asked = _documents(bench, report)
        read = read_and_grade(bench.machine_root, [document for document, _ in asked], checks)
        drives = zip(read.drives, asked, strict=True)
        return replace(read, drives=tuple(replace(drive, readers=readers) for drive, (_, readers) in drives))
    except (DiagnosticsError, KeyError, ValueError) as error:
        raise UsageError(mark("The diagnosis cannot be made: {detail}"), detail=error) from error


def state_diagnosis(
    station: Station, bench: Bench, report: DiagnosticReport, *, lot: str, asset: str, operator: str
) -> Signed:
    """Sign the diagnosis and queue it, in one transaction. Raises `StationError` and signing errors."""
    facts = diagnostics_facts(
        stated_report(report),
        member(report.machine.identity),
        lot=lot,
        asset=asset,
        operator=operator,
        simulated=bench.simulated,
    )
    with station.store.transaction() as connection:
        return station.chain.append(connection, "diagnostics", facts, run_id=None)


def stated_report(report: DiagnosticReport) -> dict[str, Any]:
    """Give the closed set of members of a statement; what else the report says goes beside the grade."""
    document = report.to_document()
    grade = dict(report.grade.to_document())
    beside = {name: value for name, value in document.items() if name not in (*STATED, "grade")}
    return {
        **{name: document[name] for name in STATED},
        "grade": {**beside, **grade, "letter": grade["letter"] or UNGRADED},
    }


def _documents(bench: Bench, report: DiagnosticReport) -> list[tuple[dict[str, Any], Agreement | None]]:
    """Give the health documents of the drives that the machine shows, by serial, and whether two readers agree."""
    own = {drive.serial for drive in report.machine.storage if drive.serial}
    mine = [device for device in bench.enumerate_disks() if device.identity.serial in own]
    read = ((device, document) for device in mine if (document := bench.smart(device)) is not None)
    return [(document, bench.readers(device, document)) for device, document in read]


def _result(row: dict[str, Any]) -> CheckResult:
    value, reason, note, operator = (str(row.get(name, "")) for name in ("value", "reason", "note", "operator"))
    return CheckResult(str(row["id"]), CheckOutcome(str(row["result"])), value, reason, note, operator)
