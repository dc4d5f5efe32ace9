"""`etabli-station report RUN_ID|DEVICE`: the evidence of one run, so that an auditor can replay the reasoning."""

import re
from typing import Annotated

from certificates.command_line import Argument
from station_agent.commands import options
from station_agent.commands.call import Call, begin
from station_agent.errors import UsageError
from station_agent.language import mark, visible
from station_agent.planning import choose
from station_agent.records import Records
from station_agent.run_record import record_of, runs_of
from station_agent.run_report import report_lines

COLUMNS = 80
RUN = re.compile(r"[0-9a-f]{32}", re.ASCII)
Subject = Annotated[
    str, Argument(metavar="RUN_ID|DEVICE", help=mark("A run by its id, or a drive: its last run here."))
]


def report(
    *,
    subject: Subject,
    bench_file: options.BenchFile = None,
    allow_loop: options.AllowLoop = False,
    as_json: options.AsJson = False,
    lang: options.Lang = None,
    state: options.State = None,
) -> None:
    """Show the evidence of one run: what was sent, said and read back, and what was not checked."""
    call = begin(lang=lang, as_json=as_json, state=state, bench_file=bench_file)
    drive = None if RUN.fullmatch(subject) else _drive(call, subject, allow_loop=allow_loop)
    with call.records() as store:
        run_id = subject if drive is None else _last_run(store, *drive)
        record = record_of(store, run_id)
    call.show("report", record.to_document(), report_lines(call.voice, record), columns=COLUMNS)


def _drive(call: Call, name: str, *, allow_loop: bool) -> tuple[str, str]:
    (device,) = choose(call.bench(allow_loop=allow_loop).enumerate_disks(), [name])
    return device.identity.serial, device.identity.model


def _last_run(store: Records, serial: str, model: str) -> str:
    runs = runs_of(store, serial, model) if serial.strip() else ()
    if not runs:
        raise UsageError(mark("This bench has no run of the drive {serial}."), serial=visible(serial) or "-")
    return runs[-1]
