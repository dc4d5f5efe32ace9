"""`etabli-station diagnose`: machine, batteries, drives, checks and grade, stated and queued."""

from typing import Annotated, Any

from certificates.command_line import Option
from diagnostics import wording
from diagnostics.checks import CheckResult
from diagnostics.report import DiagnosticReport
from station_agent.bench import Bench
from station_agent.checks.answers import Answers
from station_agent.checks.kept import KeptAnswers, machine_key
from station_agent.clock import SystemClock
from station_agent.commands import options
from station_agent.commands.call import Call, begin
from station_agent.commands.health import readers_lines
from station_agent.diagnose import diagnosis, diagnostics_words, machine_of, state_diagnosis
from station_agent.language import complain, mark, visible
from station_agent.signing import Signed
from station_agent.words import size_words

LotOption = Annotated[str, Option("--lot", metavar="CODE", help=mark("Lot of the machine."))]
AssetOption = Annotated[str, Option("--asset", metavar="TAG", help=mark("Asset tag of the machine."))]
ShowOnly = Annotated[bool, Option("--show-only", help=mark("Show the diagnosis; state and queue nothing."))]


def diagnose(
    *,
    lot: LotOption = "",
    asset: AssetOption = "",
    operator: options.Operator = "",
    show_only: ShowOnly = False,
    bench_file: options.BenchFile = None,
    as_json: options.AsJson = False,
    lang: options.Lang = None,
    state: options.State = None,
) -> None:
    """Read this machine, grade it by the written policy, and keep a signed statement of it."""
    call = begin(lang=lang, as_json=as_json, state=state, bench_file=bench_file)
    complain(call.voice.say("Reading this machine ..."))
    bench = call.bench()
    tag = asset or bench.asset
    report = diagnosis(bench, _kept(call, bench, tag), lambda done, of: _tell_drive(call, done, of))
    signed = None
    if not show_only:
        with call.station(simulated=bench.simulated) as station:
            signed = state_diagnosis(station, bench, report, lot=lot, asset=tag, operator=operator)
    document = {
        "simulated": bench.simulated,
        "report": report.to_document(),
        "statement": signed.id if signed else None,
    }
    call.show("diagnose", document, diagnosis_lines(call, report, signed))


def _kept(call: Call, bench: Bench, tag: str) -> tuple[CheckResult, ...]:
    """Give the answers that `check` kept for this machine, those alone that the rules still allow."""
    machine, found = machine_of(bench)
    kept = KeptAnswers(call.state, machine_key(machine.identity, tag, SystemClock().moment().boot_id))
    answers = Answers(machine.identity.chassis, found, kept, lambda: "")
    return tuple(row for answered in answers.answered() for row in (*answered.earlier, answered.result) if row.ended)


def _tell_drive(call: Call, done: int, of: int) -> None:
    complain(call.voice.say("Health of drive {done} of {of} read.", done=done, of=of))


def diagnosis_lines(call: Call, report: DiagnosticReport, signed: Signed | None) -> list[str]:
    """Say what was found, shortest first."""
    words = diagnostics_words(call.voice.lang)
    identity = report.machine.identity
    said = [
        f"{visible(identity.maker)} {visible(identity.model)}  {visible(identity.serial)}  {identity.chassis}",
        f"  {visible(report.machine.processor)}, {size_words(report.machine.memory_bytes, call.voice.lang)}",
    ]
    for battery in report.batteries:
        health = "-" if battery.health_permille is None else f"{battery.health_permille // 10} %"
        said.append("  " + call.voice.say("battery {name}: {health}", name=visible(battery.name), health=health))
    for drive in report.drives:
        verdict = words(wording.HEALTH_VERDICTS[str(drive.verdict)])
        said.append(f"  {visible(drive.identity.model)}  {visible(drive.identity.serial)}  {verdict}")
        said += [f"  {line}" for line in readers_lines(drive, words)]
    said += _check_lines(call, report, words)
    said.append(call.voice.say("Grade: {letter}", letter=report.grade.letter or call.voice.say("not graded")))
    said += [f"  - {_reason(reason.code, dict(reason.values), words)}" for reason in report.grade.reasons]
    if signed is not None:
        said.append("  " + call.voice.say("statement {id}", id=signed.id))
    return said


def _check_lines(call: Call, report: DiagnosticReport, words: Any) -> list[str]:
    failed = [row for row in report.checks if str(row.result.outcome) == "fail"]
    open_checks = [row for row in report.checks if str(row.result.outcome) == "not-tested"]
    said = [f"  - {words(wording.CHECKS.get(row.check.id, row.check.id))}: {words('Failed')}" for row in failed]
    if open_checks:
        names = ", ".join(words(wording.CHECKS.get(row.check.id, row.check.id)) for row in open_checks)
        said.append("  " + call.voice.say("not tested: {names}", names=names))
    return said


def _reason(code: str, values: dict[str, Any], words: Any) -> str:
    if "check" in values:
        values["check"] = words(wording.CHECKS.get(values["check"], values["check"]))
    return wording.render(*wording.grade_reason(code, values), words)
