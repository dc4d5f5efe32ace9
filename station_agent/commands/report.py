"""`etabli-station report ID|DEVICE`: the evidence of one run, so that an auditor can replay the reasoning."""

import re
from typing import Annotated

from certificates.command_line import Argument
from station_agent.commands import options
from station_agent.commands.call import Call, begin
from station_agent.errors import UsageError
from station_agent.language import mark, visible
from station_agent.planning import choose
from station_agent.records import Records
from station_agent.run_record import RunRecord, record_of
from station_agent.run_report import report_lines
from station_agent.run_search import LEAST, as_beginning, last_run, run_named

COLUMNS = 80
SHORT_ID = re.compile(r"[0-9a-fA-F]{1,5}", re.ASCII)
Subject = Annotated[
    str,
    Argument(
        metavar="ID|DEVICE",
        help=mark("A run or its statement by its id, 6 characters or more; or a drive: its last run here."),
    ),
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
    with call.records() as records:
        record = _record(call, records, subject, allow_loop=allow_loop)
    call.show("report", record.to_document(), report_lines(call.voice, record), columns=COLUMNS)


def _record(call: Call, records: Records, subject: str, *, allow_loop: bool) -> RunRecord:
    """Find the run: by an id first, then by a drive. Raises `UsageError`."""
    beginning = as_beginning(subject)
    if beginning and (run_id := run_named(records, beginning)):
        return record_of(records, run_id)
    devices = call.bench(allow_loop=allow_loop).enumerate_disks()
    if beginning and not any(subject in (device.name, device.path) for device in devices):
        raise UsageError(
            mark("This bench has no run and no statement whose id begins with {beginning}."), beginning=beginning
        )
    if subject not in {device.name for device in devices} and SHORT_ID.fullmatch(subject):
        raise UsageError(
            mark("{subject} is no drive here; of the id of a run or a statement, give {least} characters or more."),
            subject=visible(subject),
            least=LEAST,
        )
    (device,) = choose(devices, [subject])
    return record_of(records, last_run(records, device.identity))
