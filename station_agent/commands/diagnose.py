"""`etabli-station diagnose`: machine, batteries, drives, checks and grade, stated and queued."""

from typing import Annotated

from certificates.command_line import Option
from diagnostics.checks import CheckResult
from station_agent.bench import Bench
from station_agent.checks.answers import Answers
from station_agent.checks.kept import KeptAnswers, machine_key
from station_agent.clock import SystemClock, year_of
from station_agent.commands import options
from station_agent.commands.call import Call, begin
from station_agent.diagnose import Heard, declarations, diagnosis, machine_of, state_diagnosis
from station_agent.diagnosis_words import diagnosis_lines
from station_agent.language import complain, mark

LotOption = Annotated[str, Option("--lot", metavar="CODE", help=mark("Lot of the machine."))]
AssetOption = Annotated[str, Option("--asset", metavar="TAG", help=mark("Asset tag of the machine."))]
Declare = Annotated[
    list[str] | None,
    Option(
        "--declare",
        metavar="LOCK=STATE",
        help=mark(
            "A lock that a person looked for: mdm, autopilot, icloud, chromeos or android = absent, present or unknown."
        ),
    ),
]
ShowOnly = Annotated[bool, Option("--show-only", help=mark("Show the diagnosis; state and queue nothing."))]


def diagnose(
    *,
    lot: LotOption = "",
    asset: AssetOption = "",
    operator: options.Operator = "",
    declare: Declare = None,
    show_only: ShowOnly = False,
    bench_file: options.BenchFile = None,
    as_json: options.AsJson = False,
    lang: options.Lang = None,
    state: options.State = None,
) -> None:
    """Read this machine, grade it by the written policy, and keep a signed statement of it."""
    call = begin(lang=lang, as_json=as_json, state=state, bench_file=bench_file)
    declared = declarations(declare or [], operator)
    complain(call.voice.say("Reading this machine ..."))
    bench = call.bench()
    tag = asset or bench.asset
    kept = _kept(call, bench, tag)
    heard = Heard(kept, declared, year_of(SystemClock()), lambda done, of: _tell_drive(call, done, of))
    report = diagnosis(bench, heard)
    signed = None
    if not show_only:
        with call.station(simulated=bench.simulated) as station:
            signed = state_diagnosis(station, bench, report, lot=lot, asset=tag, operator=operator)
    document = {
        "simulated": bench.simulated,
        "report": report.to_document(),
        "statement": signed.id if signed else None,
    }
    call.show("diagnose", document, diagnosis_lines(call.voice, report, signed))


def _kept(call: Call, bench: Bench, tag: str) -> tuple[CheckResult, ...]:
    """Give the answers that `check` kept for this machine, those alone that the rules still allow."""
    machine, found = machine_of(bench)
    kept = KeptAnswers(call.state, machine_key(machine.identity, tag, SystemClock().moment().boot_id))
    answers = Answers(machine.identity.chassis, found, kept, lambda: "")
    return tuple(row for answered in answers.answered() for row in (*answered.earlier, answered.result) if row.ended)


def _tell_drive(call: Call, done: int, of: int) -> None:
    complain(call.voice.say("Health of drive {done} of {of} read.", done=done, of=of))
