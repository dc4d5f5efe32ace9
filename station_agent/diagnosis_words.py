"""A diagnosis on the console: what blocks reuse first, then the machine, its parts, the checks and the grade. Pure.

Nothing is decided here; every sentence comes from the wording of the diagnostics library or of the bench.
"""

import shlex
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, Final

from diagnostics import machine_wording, wording
from diagnostics.agreement import Agreement
from diagnostics.battery import BatteryReport
from diagnostics.checks import UNWANTED_ROLES, without_result
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
from diagnostics.measured_wording import CHASSIS_KINDS
from diagnostics.report import DiagnosticReport
from station_agent.diagnose import diagnostics_words
from station_agent.language import Voice, mark, visible
from station_agent.signing import Signed
from station_agent.words import size_words

MISSING: Final = "grade.missing-check"
Translate = Callable[[str], str]
WEIGHTS = {"blocks": mark("[KO] LOCKED"), "look": mark("[!!] LOOK"), "ask": mark("[??] ASK"), "info": mark("[--]")}


def diagnosis_lines(
    voice: Voice, report: DiagnosticReport, signed: Signed | None, given: tuple[str, ...] = ()
) -> list[str]:
    """Say what was found, what blocks reuse before anything else.

    `given` are the options of the call that `check` needs too: it keeps answers by the tag of a machine without a name.
    """
    words = diagnostics_words(voice.lang)
    said = [
        *blocking_lines(voice, report.extra.get("locks", ()), words),
        *_name_lines(voice, report.machine, words, given),
    ]
    said += _chassis_lines(report, words) + _repeat_lines(report.machine, words)
    said += _licence_lines(voice, report.machine, words)
    said += _machine_lines(voice, report.machine, words)
    said += [f"  ! {words(machine_wording.NOTES.get(code, code))}" for code in report.machine.notes]
    for battery in report.batteries:
        said += _battery_lines(voice, battery, words)
    said += _discharge_lines(voice, report, words)
    for drive in report.drives:
        verdict = words(wording.HEALTH_VERDICTS[str(drive.verdict)])
        said.append(f"  {visible(drive.identity.model)}  {visible(drive.identity.serial)}  {verdict}")
    said += _measured_lines(voice, report, words)
    said += _check_lines(voice, report, words, given)
    said += _grade_lines(voice, report, words)
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


def _name_lines(voice: Voice, machine: MachineReport, words: Translate, given: tuple[str, ...]) -> Iterator[str]:
    """Name the machine; one that does not name itself or its kind asks for what a person can tell."""
    identity = machine.identity
    named = [visible(name) for name in (f"{identity.maker} {identity.model}".strip(), identity.serial) if name]
    chassis = words(CHASSIS_KINDS.get(identity.chassis, identity.chassis))
    yield "  ".join([*(named or [voice.say("A machine without a name")]), *filter(None, [chassis])])
    if not named and "--asset" not in given:
        yield "  > " + voice.say("It tells neither its model nor a serial number: give it an asset tag with --asset.")
    if not identity.chassis:
        kinds = ", ".join(CHASSIS_KINDS)
        yield "  > " + voice.say("Nothing tells what kind of machine it is: --chassis, one of {kinds}.", kinds=kinds)


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


def _measured_lines(voice: Voice, report: DiagnosticReport, words: Translate) -> Iterator[str]:
    """Say what was measured and tried beside the reading: long tests, speed and self-tests of drives, two readers."""
    for rows in (stress_rows, read_rows, self_test_rows, reader_rows):
        for row in rows(report.extra, words):
            yield "  " + voice.say("{name}: {said}", name=row.name, said=row.said)
            yield from (f"    - {fact}" for fact in row.facts)


def _battery_lines(voice: Voice, battery: BatteryReport, words: Translate) -> Iterator[str]:
    health = "-" if battery.health_permille is None else f"{battery.health_permille // 10} %"
    yield "  " + voice.say("battery {name}: {health}", name=visible(battery.name), health=health)
    for doubt in battery_doubts(battery.to_document(), words):
        yield f"    - {doubt}"


def _discharge_lines(voice: Voice, report: DiagnosticReport, words: Translate) -> Iterator[str]:
    for row in report.extra.get("battery_discharge", ()):
        said = wording.render(*machine_wording.discharge_outcome(str(row.get("outcome", ""))), words)
        yield "  " + voice.say("{name}: {said}", name=visible(str(row.get("name", ""))), said=said)


def _orientation_lines(voice: Voice, report: DiagnosticReport, words: Translate) -> Iterator[str]:
    proposal, reasons = orientation_lines(report.grade.orientation.to_document(), words)
    yield voice.say("Proposed: {way}", way=proposal)
    for reason in reasons:
        yield f"  - {reason}"


def _check_lines(voice: Voice, report: DiagnosticReport, words: Translate, given: tuple[str, ...]) -> list[str]:
    failed = [row for row in report.checks if str(row.result.outcome) == "fail"]
    names = [words(wording.CHECKS.get(row.check.id, row.check.id)) for row in failed]
    said = ["  - " + voice.say("{name}: {said}", name=name, said=words("Failed")) for name in names]
    open_checks = without_result(report.checks)
    if not open_checks:
        return said
    if len(open_checks) == len([row for row in report.checks if row.check.role not in UNWANTED_ROLES]):
        said.append("  " + voice.say("not tested: none of the {n} checks has a result", n=len(open_checks)))
    else:
        left = " ; ".join(words(wording.CHECKS.get(name, name)) for name in open_checks)
        said.append("  " + voice.say("not tested: {names}", names=left))
    command = shlex.join(["etabli-station", "check", *given])
    return [*said, "  > " + voice.say("Go through the checks: {command}", command=command)]


def _grade_lines(voice: Voice, report: DiagnosticReport, words: Translate) -> Iterator[str]:
    """Say the letter and why; several checks that lack a result, each of them named above, take one line."""
    yield voice.say("Grade: {letter}", letter=report.grade.letter or voice.say("not graded"))
    named = set(without_result(report.checks))
    reasons = report.grade.reasons
    missing = [one for one in reasons if one.code == MISSING and dict(one.values).get("check") in named]
    if len(missing) > 1:
        yield "  - " + voice.say("Not graded: {n} of the checks above have no result", n=len(missing))
        reasons = tuple(one for one in reasons if one not in missing)
    for reason in reasons:
        yield f"  - {_reason(reason.code, dict(reason.values), words)}"


def _reason(code: str, values: dict[str, Any], words: Translate) -> str:
    if "check" in values:
        values["check"] = words(wording.CHECKS.get(values["check"], values["check"]))
    return wording.render(*wording.grade_reason(code, values), words)
