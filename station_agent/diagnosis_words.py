"""A diagnosis on the console: what blocks reuse first, then the machine, its parts, the checks and the grade. Pure.

Nothing is decided here; every sentence comes from the wording of the diagnostics library or of the bench.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from diagnostics import machine_wording, wording
from diagnostics.agreement import Agreement
from diagnostics.battery import BatteryReport
from diagnostics.checks import without_result
from diagnostics.grading import (
    battery_doubts,
    chassis_line,
    orientation_lines,
    read_rows,
    reader_rows,
    repeat_lines,
    self_test_rows,
    stress_rows,
)
from diagnostics.machine import MachineReport
from diagnostics.report import DiagnosticReport
from station_agent.diagnose import diagnostics_words
from station_agent.language import Voice, mark, visible
from station_agent.signing import Signed
from station_agent.words import size_words

Translate = Callable[[str], str]
WEIGHTS = {"blocks": mark("[KO] LOCKED"), "look": mark("[!!] LOOK"), "ask": mark("[??] ASK"), "info": mark("[--]")}


def diagnosis_lines(voice: Voice, report: DiagnosticReport, signed: Signed | None) -> list[str]:
    """Say what was found, what blocks reuse before anything else."""
    words = diagnostics_words(voice.lang)
    said = [*blocking_lines(voice, report.extra.get("locks", ()), words), _name_line(report.machine)]
    said += _chassis_lines(report, words) + _repeat_lines(report.machine, words)
    said += _licence_lines(voice, report.machine, words)
    said += _machine_lines(voice, report.machine, words)
    said += [f"  ! {words(machine_wording.NOTES.get(code, code))}" for code in report.machine.notes]
    for battery in report.batteries:
        said += _battery_lines(voice, battery, words)
    said += _discharge_lines(report, words)
    for drive in report.drives:
        verdict = words(wording.HEALTH_VERDICTS[str(drive.verdict)])
        said.append(f"  {visible(drive.identity.model)}  {visible(drive.identity.serial)}  {verdict}")
    said += _measured_lines(report, words)
    said += _check_lines(voice, report, words)
    said.append(voice.say("Grade: {letter}", letter=report.grade.letter or voice.say("not graded")))
    said += [f"  - {_reason(reason.code, dict(reason.values), words)}" for reason in report.grade.reasons]
    said += _orientation_lines(voice, report, words)
    if signed is not None:
        said.append("  " + voice.say("statement {id}", id=signed.id))
    return said


def readers_lines(readers: Agreement | None, words: Translate) -> list[str]:
    """Say how the two readers of a drive compare, where they were both asked and do not simply agree."""
    if readers is None or readers.state == "agree":
        return []
    named = ", ".join(words(wording.READER_FIELDS[one.field]) for one in readers.differences)
    return [f"  {words(wording.READERS[readers.state]).format(field=named)}"]


def _name_line(machine: MachineReport) -> str:
    identity = machine.identity
    return f"{visible(identity.maker)} {visible(identity.model)}  {visible(identity.serial)}  {identity.chassis}"


def _machine_lines(voice: Voice, machine: MachineReport, words: Translate) -> Iterator[str]:
    for field, value in machine.identity.placeholders:
        note = words(wording.IDENTITY_NOTES["placeholder"])
        yield f"  ! {note.format(field=field, value=visible(value))}"
    yield f"  {visible(machine.processor)}, {size_words(machine.memory_bytes, voice.lang)}"
    yield "  " + wording.render(*machine_wording.year(machine.year.source, machine.year.year), words)
    for panel in machine.panels:
        if panel.doubt:
            yield f"  ! {words(machine_wording.PANEL_DOUBTS.get(panel.doubt, panel.doubt))}"


def blocking_lines(voice: Voice, rows: Iterable[Mapping[str, Any]], words: Translate) -> list[str]:
    """Say what keeps a machine from reuse, under a line of its own; nothing where there is nothing to say."""
    said = [f"  {voice.say(WEIGHTS[row['weight']])} {_lock(row['code'], row['values'], words)}" for row in rows]
    return [voice.say("Locks, before anything else:"), *said] if said else []


def _licence_lines(voice: Voice, machine: MachineReport, words: Translate) -> Iterator[str]:
    for finding in machine.locks.findings:
        if finding.weight == "info":
            yield f"  {voice.say(WEIGHTS[finding.weight])} {_lock(finding.code, dict(finding.values), words)}"


def _lock(code: str, told: Mapping[str, str], words: Translate) -> str:
    values = {name: visible(value) for name, value in told.items()}
    if "lock" in values:
        values["lock"] = words(machine_wording.DECLARED_LOCKS.get(values["lock"], values["lock"]))
    return wording.render(*machine_wording.lock(code, values), words)


def _chassis_lines(report: DiagnosticReport, words: Translate) -> list[str]:
    identity = report.machine.identity.to_document()
    line = chassis_line({"machine": {"identity": identity}}, words)
    return [f"  ! {line}"] if identity["chassis_source"] == "person" else []


def _repeat_lines(machine: MachineReport, words: Translate) -> list[str]:
    return [f"  ! {line}" for line in repeat_lines(machine.identity.to_document(), words)]


def _measured_lines(report: DiagnosticReport, words: Translate) -> Iterator[str]:
    """Say what was measured and tried beside the reading: long tests, speed and self-tests of drives, two readers."""
    for rows in (stress_rows, read_rows, self_test_rows, reader_rows):
        for row in rows(report.extra, words):
            yield f"  {row.name}: {row.said}"
            yield from (f"    - {fact}" for fact in row.facts)


def _battery_lines(voice: Voice, battery: BatteryReport, words: Translate) -> Iterator[str]:
    health = "-" if battery.health_permille is None else f"{battery.health_permille // 10} %"
    yield "  " + voice.say("battery {name}: {health}", name=visible(battery.name), health=health)
    for doubt in battery_doubts(battery.to_document(), words):
        yield f"    - {doubt}"


def _discharge_lines(report: DiagnosticReport, words: Translate) -> Iterator[str]:
    for row in report.extra.get("battery_discharge", ()):
        said = wording.render(*machine_wording.discharge_outcome(str(row.get("outcome", ""))), words)
        yield f"  {visible(str(row.get('name', '')))}: {said}"


def _orientation_lines(voice: Voice, report: DiagnosticReport, words: Translate) -> Iterator[str]:
    proposal, reasons = orientation_lines(report.grade.orientation.to_document(), words)
    yield voice.say("Proposed: {way}", way=proposal)
    for reason in reasons:
        yield f"  - {reason}"


def _check_lines(voice: Voice, report: DiagnosticReport, words: Translate) -> list[str]:
    failed = [row for row in report.checks if str(row.result.outcome) == "fail"]
    open_checks = without_result(report.checks)
    said = [f"  - {words(wording.CHECKS.get(row.check.id, row.check.id))}: {words('Failed')}" for row in failed]
    if open_checks:
        names = ", ".join(words(wording.CHECKS.get(name, name)) for name in open_checks)
        said.append("  " + voice.say("not tested: {names}", names=names))
    return said


def _reason(code: str, values: dict[str, Any], words: Translate) -> str:
    if "check" in values:
        values["check"] = words(wording.CHECKS.get(values["check"], values["check"]))
    return wording.render(*wording.grade_reason(code, values), words)
