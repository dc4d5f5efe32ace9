"""One call of `diagnose`: locks are told before anything is spent, then drives are asked, then what else was wanted.

The long tests run only when they are asked for, and on this machine alone: a recording has nothing to load.
"""

import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from diagnostics.checks import CheckResult
from diagnostics.machine import MachineReport
from diagnostics.measured_wording import STRESS
from diagnostics.repeats import SeenMachine
from diagnostics.report import DiagnosticReport
from diagnostics.stress.course import Progress
from erasure.drive import BlockDevice
from station_agent.bench import Bench
from station_agent.checks.answers import Answers
from station_agent.checks.kept import KeptAnswers, machine_key
from station_agent.clock import SystemClock, wall_text, year_of
from station_agent.commands.call import Call
from station_agent.commands.through_daemon import through_daemon
from station_agent.diagnose import (
    KIND,
    Heard,
    Members,
    declarations,
    diagnosis,
    diagnosis_members,
    diagnostics_words,
    machine_of,
    rehearsal_facts,
    require_statable,
    state_members,
)
from station_agent.diagnosis_words import blocking_lines, diagnosis_lines
from station_agent.drive_self_test import is_being_erased
from station_agent.earlier_machines import seen_machines
from station_agent.errors import StationError, StoreBusy, StoreError, UsageError
from station_agent.kept_self_tests import kept_self_tests
from station_agent.language import complain, mark
from station_agent.signing import Signed
from station_agent.stopping import stop_on_signals
from station_agent.stress import Hands, run_parts

if TYPE_CHECKING:
    from station_agent.control.view import StatedDiagnosis

LONGEST_S: Final = 24 * 3600
TELL_EVERY_S: Final = 5


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a person asked of one diagnosis; `stress` are parts of the long tests, `keep` states and queues it."""

    lot: str = ""
    asset: str = ""
    chassis: str = ""
    operator: str = ""
    declared: tuple[str, ...] = ()
    stress: tuple[str, ...] = ()
    stress_seconds: int = 60
    keep: bool = True


def diagnose_machine(call: Call, wanted: Wanted) -> None:
    """Diagnose, state, queue and show. Raises `UsageError`, `StationError`."""
    declared = declarations(wanted.declared, wanted.operator)
    bench = call.bench()
    tag = wanted.asset or bench.asset
    _require_possible(call, bench, wanted, tag)
    heard = Heard(
        kept=_kept(call, bench, tag, wanted.chassis),
        declared=declared,
        year=year_of(SystemClock()),
        tell=lambda done, of: _tell_drive(call, done, of),
        chassis=wanted.chassis,
        asset=tag,
        seen=_seen(call),
        first=lambda machine: _tell_locks(call, machine),
        measure=lambda drives: _measured(call, bench, drives, wanted),
        kept_of=lambda serials: {"self_tests": kept_self_tests(call.state, serials)},
    )
    report = diagnosis(bench, heard)
    signed = _stated(call, bench, report, wanted, tag) if wanted.keep else None
    document = {
        "simulated": bench.simulated,
        "report": report.to_document(),
        "statement": signed.id if signed else None,
    }
    call.show("diagnose", document, diagnosis_lines(call.voice, report, signed, _given(wanted)))


def _stated(call: Call, bench: Bench, report: DiagnosticReport, wanted: Wanted, tag: str) -> Signed:
    """State and queue the diagnosis; where that fails the person still sees what was found. Raises `StationError`."""
    try:
        return _state(call, bench, report, wanted, tag)
    except StationError:
        for line in diagnosis_lines(call.voice, report, None, _given(wanted)):
            complain(line)
        raise


def _state(call: Call, bench: Bench, report: DiagnosticReport, wanted: Wanted, tag: str) -> Signed:
    members = diagnosis_members(bench, report, lot=wanted.lot, asset=tag, operator=wanted.operator)
    try:
        with call.station(simulated=bench.simulated) as station:
            return state_members(station, members)
    except StoreBusy as busy:
        told = _handed_over(call, busy, members, keep=True)
        return Signed(told.statement, told.kid, told.seq, KIND, b"")


def _handed_over(call: Call, busy: StoreBusy, members: dict[str, Any], *, keep: bool) -> "StatedDiagnosis":
    """Have the daemon of this bench state it, or try. Raises `StationError`."""
    from station_agent.control.view import DiagnosisOrder  # noqa: PLC0415  heavy

    return through_daemon(call, busy, lambda client: client.state_diagnosis(DiagnosisOrder(facts=members, keep=keep)))


def _given(wanted: Wanted) -> tuple[str, ...]:
    """Give the options of this call that `check` needs to be about the same machine."""
    asset = ("--asset", wanted.asset) if wanted.asset else ()
    return (*asset, "--chassis", wanted.chassis) if wanted.chassis else asset


def _require_possible(call: Call, bench: Bench, wanted: Wanted, tag: str) -> None:
    """Refuse before a minute is spent what would be refused after it. Raises `StationError`."""
    if wanted.stress and bench.simulated:
        raise UsageError(mark("The machine of a bench file is a recording: --stress needs this machine itself."))
    if not 0 < wanted.stress_seconds <= LONGEST_S:
        raise UsageError(mark("--stress-seconds is a number of seconds from 1 to {most}."), most=LONGEST_S)
    if wanted.keep:
        try:
            with call.station(simulated=bench.simulated) as station:
                require_statable(station, bench, lot=wanted.lot, asset=tag, operator=wanted.operator)
        except StoreBusy as busy:
            facts = rehearsal_facts(bench, lot=wanted.lot, asset=tag, operator=wanted.operator)
            _handed_over(call, busy, facts, keep=False)


def _kept(call: Call, bench: Bench, tag: str, chassis: str) -> tuple[CheckResult, ...]:
    """Give the answers that `check` kept for this machine, those alone that the rules still allow."""
    machine, found = machine_of(bench)
    kept = KeptAnswers(call.state, machine_key(machine.identity, tag, SystemClock().moment().boot_id))
    answers = Answers(chassis or machine.identity.chassis, found, kept, lambda: "")
    return tuple(row for answered in answers.answered() for row in (*answered.earlier, answered.result) if row.ended)


def _seen(call: Call) -> tuple[SeenMachine, ...]:
    """Give the machines of earlier reports; that they cannot be read is told, and the diagnosis goes on."""
    try:
        return seen_machines(call.state)
    except StoreError as error:
        complain(call.voice.say(error.sentence, **error.facts))
        complain(call.voice.say("Whether another machine shows the same serial number is not known."))
        return ()


def _measured(call: Call, bench: Bench, drives: list[BlockDevice], wanted: Wanted) -> Members:
    """Run the long tests that were asked for; nothing is started without being asked."""
    if not wanted.stress:
        return {}
    clock = SystemClock()
    with stop_on_signals() as stop:
        hands = Hands(
            root=bench.machine_root or Path("/"),
            threads=os.cpu_count() or 1,
            limit_s=wanted.stress_seconds,
            now=lambda: wall_text(clock.now()),
            stopped=stop.asked,
            tell=teller(diagnostics_words(call.voice.lang)),
            left_alone=lambda drive: is_being_erased(call, bench, drive),
        )
        return {"stress": run_parts(wanted.stress, drives, hands)}


def teller(words: Callable[[str], str]) -> Callable[[str, Progress], None]:
    """Give what tells of a long test: a line when it begins to speak, then every five seconds, and at its end."""
    told: dict[str, int] = {}

    def tell(name: str, progress: Progress) -> None:
        last = told.get(name)
        if last is None or progress.seconds - last >= TELL_EVERY_S or progress.permille >= 1000:  # noqa: PLR2004 - all
            told[name] = progress.seconds
            figure = f"  {progress.figure}" if progress.figure else ""
            complain(f"{words(STRESS.get(name, name))}  {progress.permille // 10} %{figure}")

    return tell


def _tell_locks(call: Call, machine: MachineReport) -> None:
    rows: list[dict[str, Any]] = [one.to_document() for one in machine.locks.findings if one.weight == "blocks"]
    for line in blocking_lines(call.voice, rows, diagnostics_words(call.voice.lang)):
        complain(line)


def _tell_drive(call: Call, done: int, of: int) -> None:
    complain(call.voice.say("Health of drive {done} of {of} read.", done=done, of=of))
