"""`etabli-station erase DEVICE... --confirm SERIAL...`: confirm by serial, erase, verify, state, begin to send."""

import os
import signal
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any

from certificates.command_line import Option
from erasure.errors import JournalError
from erasure.supervisor import Supervisor, warm_up
from station_agent.asked import asked_for, secrets_from
from station_agent.before_erasing import refuse_psid, refuse_recordings, require_person, require_psid
from station_agent.bench import Bench
from station_agent.board import Board, Line
from station_agent.clock import SystemClock
from station_agent.closed_runs import seen_closed_runs
from station_agent.commands import options
from station_agent.commands.call import Call, begin
from station_agent.commands.interrupted import settle_interrupted
from station_agent.commands.one_drive import require_one_place, require_own_restart
from station_agent.commands.plan import plan_lines
from station_agent.commands.trouble import tell_trouble
from station_agent.errors import StationError, UnstatableError, UsageError
from station_agent.event_lines import EventLines
from station_agent.exit_status import of_line, worst
from station_agent.language import complain, mark, say_aloud
from station_agent.live import MEANWHILE, Display, LiveTable, PlainLines, Silent
from station_agent.machine import machine_identity
from station_agent.open_runs import seen_open_runs
from station_agent.patient_journal import PatientJournal
from station_agent.planning import Surveyed, choose, confirm, survey
from station_agent.policies import policy_named
from station_agent.reconcile import open_run_of
from station_agent.station import STOP_PATIENCE_S, Station
from station_agent.stopping import Stop, stop_on_signals
from station_agent.summary import summary
from station_agent.wipe import Session, Task

Confirm = Annotated[
    list[str] | None,
    Option("--confirm", metavar="SERIAL...", help=mark("Full serial number of each drive, in any order.")),
]
Restart = Annotated[
    bool, Option("--restart", help=mark("Give up an interrupted run (FAILED or UNCONFIRMED) and start over."))
]
AsEvents = Annotated[
    bool,
    Option(
        "--events", help=mark("Print JSON, one object a line: what happens as it does, the outcome of --json last.")
    ),
]
OfMachine = Annotated[
    bool, Option("--machine", help=mark("The drives belong to this machine: name it in their statements."))
]


def erase(
    *,
    devices: options.Devices,
    confirmed: Confirm = None,
    lot: options.Lot = None,
    asset: options.Asset = None,
    policy: options.PolicyName = "purge-preferred",
    method: options.Method = None,
    allow: options.Allow = None,
    psid: options.Psid = "",
    label_read: options.LabelRead = None,
    operator: options.Operator = "",
    of_machine: OfMachine = False,
    restart: Restart = False,
    allow_loop: options.AllowLoop = False,
    bench_file: options.BenchFile = None,
    as_json: options.AsJson = False,
    events: AsEvents = False,
    lang: options.Lang = None,
    state: options.State = None,
    second_copy: options.SecondCopy = None,
) -> None:
    """Erase drives, check the result, and keep a signed statement of each."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # ends in good order, like Ctrl-C
    call = begin(lang=lang, as_json=as_json or events, state=state, bench_file=bench_file, second_copy=second_copy)
    bench = call.bench(allow_loop=allow_loop)
    warm_up()
    chosen = choose(bench.enumerate_disks(), devices)
    require_person(operator)
    refuse_recordings(chosen)
    secrets = secrets_from(psid, len(chosen), sys.stdin.readline)
    going_on = options_to_go_on(policy, bench_file, state, allow_loop=allow_loop)
    lots, assets = per_drive("--lot", lot, len(chosen)), per_drive("--asset", asset, len(chosen))
    open_runs = () if restart else seen_open_runs(call.state) or ()
    asked = asked_for(method, allow, psid, open_runs, seen_closed_runs(call.state), label_read=label_read)
    found = survey(bench, chosen, policy_named(policy, call.state), asked)
    require_psid(found, secrets)
    refuse_psid(call.voice, found, secrets)
    rows = list(zip(found, lots, assets, strict=True))
    require_one_place(rows)
    if restart:
        require_own_restart(rows, seen_open_runs(call.state) or ())
    tell_plans(call, found, events=events)
    confirmations = confirm(found, confirmed or [], operator or "bench")
    with stop_on_signals() as stop, call.station(simulated=bench.simulated) as station:
        placed = [row for row in rows if not row[0].together]
        station.require_fit(len(placed))
        interrupted = settle_interrupted(call.voice, station, placed, policy=policy, restart=restart)
        tasks = [
            Task(drive, confirmations.get(drive.device.path), lot_code, tag, resume, secrets)
            for drive, lot_code, tag in placed
            for resume in (open_run_of(drive.device, interrupted),)
        ]
        board = wipe(call, station, bench, tasks, operator=operator, of_machine=of_machine, stop=stop, events=events)
        tell_trouble(call, station)
        states = {line.statement_id: station.outbox.state_of(line.statement_id) for line in board.lines.values()}
        led = [drive for drive in found if drive.together]
        told = summary(call.voice, board, states, going_on, found)
        told += [line for drive in led for line in ("", *plan_lines(call.voice, drive))]
        call.show("erase", _document(bench, board, states, led), told, indent=None if events else 1)
    sys.exit(worst(board.lines.values()))


def tell_plans(call: Call, found: Sequence[Surveyed], *, events: bool) -> None:
    """Show how each drive would be erased, or why not."""
    if events:
        EventLines(say_aloud, SystemClock(), time.monotonic).planned(found)
    for drive in () if call.as_json else found:
        for line in plan_lines(call.voice, drive):
            call.write(line)


def per_drive(option: str, given: Sequence[str] | None, drives: int) -> list[str]:
    """Give one value for each drive: none, one for all, or exactly as many. Raises `UsageError`."""
    values = list(given or [""])
    if len(values) == 1:
        return values * drives
    if len(values) != drives:
        raise UsageError(
            mark("{option} was given {given} times for {drives} drives. Give it once, or once for each drive."),
            option=option,
            given=len(values),
            drives=drives,
        )
    return values


def options_to_go_on(policy: str, bench_file: Path | None, state: Path | None, *, allow_loop: bool) -> tuple[str, ...]:
    """Give the options that a call needs to find the same run again."""
    found = ["--policy", policy] if policy != "purge-preferred" else []
    found += ["--allow-loop"] if allow_loop else []
    found += ["--bench", str(bench_file)] if bench_file else []
    return (*found, "--state", str(state)) if state else tuple(found)


def wipe(
    call: Call,
    station: Station,
    bench: Bench,
    tasks: Sequence[Task],
    *,
    operator: str,
    of_machine: bool,
    stop: Stop,
    events: bool = False,
) -> Board:
    """Run the tasks with their table, sync beside them, and stop in good order when `stop` is asked."""
    machine = machine_identity(bench)
    sending = station.background_sync()
    board = Board()
    crew = Supervisor(PatientJournal(station.journal), opener=bench.opener, examine=bench.examine)
    session = Session(
        crew=crew,
        journal=station.journal,
        clock=station.clock,
        operator=operator,
        machine_of=lambda task: machine if of_machine or (task.asset and task.asset == bench.asset) else None,
        random_bytes=os.urandom,
        stated=sending.nudge,
        allow_loop=bench.allow_loop,
        smart=bench.smart,
        stop_asked=stop.asked,
        board=board,
    )
    try:
        with _display(call, board, events=events) as display:
            _follow(call, session, tasks, display)
    finally:
        crew.close()
        sending.stop(STOP_PATIENCE_S)
    return board


def _follow(call: Call, session: Session, tasks: Sequence[Task], display: Display) -> None:
    try:
        session.begin(tasks)
        session.run(display)
    except UnstatableError:
        raise
    except (JournalError, StationError) as error:
        complain(call.voice.say("The record cannot be kept ({detail}): the drives are stopped.", detail=error))
    else:
        if session.board.running:
            complain(
                call.voice.say("Stopping in good order: what was written is kept, the runs can be taken up again ...")
            )
            if any(line.elapsed_s is not None for line in session.board.running):
                complain(call.voice.say(MEANWHILE))
    session.interrupt(display)


def _display(call: Call, board: Board, *, events: bool) -> Display:
    if events:
        return EventLines(say_aloud, SystemClock(), time.monotonic, board)
    if call.as_json:
        return Silent()
    if sys.stdout.isatty():
        return LiveTable(board, call.voice)
    return PlainLines(board, call.voice, call.write)


def _document(bench: Bench, board: Board, states: dict[str, Any], led: Sequence[Surveyed]) -> dict[str, Any]:
    lines = board.lines.values()
    return {
        "simulated": bench.simulated,
        "exit_status": int(worst(lines)),
        "drives": [_drive(line, states.get(line.statement_id)) for line in lines],
        "together": [{"path": drive.device.path, "with": drive.together} for drive in led],
    }


def _drive(line: Line, kept: Any) -> dict[str, Any]:
    identity = line.device.identity
    return {
        "path": line.device.path,
        "model": identity.model,
        "serial": identity.serial,
        "size_bytes": line.device.size_bytes,
        "run_id": line.run_id,
        "state": str(line.state),
        "verdict": line.verdict or None,
        "exit_status": int(of_line(line)),
        "resumed": line.resumed,
        "method": line.method or None,
        "level": line.level or None,
        "phase": line.phase or None,
        "elapsed_s": line.elapsed_s,
        "expected_s": line.expected_s,
        "reasons": [{"code": code, "detail": detail} for code, detail in line.reasons],
        "exceptions": [{"code": code, "detail": detail} for code, detail in line.exceptions],
        "bad": {kind: [list(pair) for pair in ranges] for kind, ranges in line.ranges.items()},
        "statement": line.statement_id or None,
        "kept": str(kept) if kept else None,
        "detail": line.detail,
    }
