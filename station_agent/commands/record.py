"""`etabli-station record DEVICE DIR`: make a hardware fixture of a drive. Nothing is written to the drive."""

import os
from pathlib import Path
from typing import Annotated

from certificates.command_line import Argument, Option
from station_agent.commands import options
from station_agent.commands.call import begin
from station_agent.language import complain, mark
from station_agent.planning import choose
from station_agent.recording import keep, must_be_empty, record_drive
from station_agent.words import named

Device = Annotated[str, Argument(metavar="DEVICE", help=mark("Drive: /dev/sda, sda, or sim:sda on a bench file."))]
Folder = Annotated[Path, Argument(metavar="DIR", help=mark("Folder of the fixture: new, or empty."))]
Scrub = Annotated[bool, Option("--scrub", help=mark("Replace serial numbers and world-wide names by invented ones."))]


def record(
    *,
    device: Device,
    folder: Folder,
    scrub: Scrub = False,
    bench_file: options.BenchFile = None,
    as_json: options.AsJson = False,
    lang: options.Lang = None,
    state: options.State = None,
) -> None:
    """Make a hardware fixture of a drive, by harmless commands only."""
    call = begin(lang=lang, as_json=as_json, state=state, bench_file=bench_file)
    must_be_empty(folder)
    bench = call.bench()
    [chosen] = choose(bench.enumerate_disks(), [device])
    made = record_drive(bench, chosen, os.urandom if scrub else None)
    keep(folder, made.files)
    document = {
        "simulated": bench.simulated,
        "path": chosen.path,
        "folder": str(folder),
        "files": list(made.files),
        "commands": list(made.ways),
        "answers": made.answers,
        "refusals": made.refusals,
        "scrubbed": scrub,
    }
    lines = [
        named(chosen, call.voice.lang),
        "  " + call.voice.say("recorded in {folder}: {files}", folder=folder, files=", ".join(made.files)),
        "  "
        + call.voice.say("answers: {answers}, of these errors: {errors}", answers=made.answers, errors=made.refusals),
    ]
    call.show("record", document, lines)
    if not scrub:
        complain(call.voice.say("The serial number of the drive is in these files. With --scrub it would not be."))
