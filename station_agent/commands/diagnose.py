"""`etabli-station diagnose`: machine, batteries, drives, checks and grade, stated and queued.

What it works with is imported after its first line, so that a person sees on an old machine that something begins.
"""

import os
from typing import Annotated

from certificates.command_line import Option
from station_agent.commands import options
from station_agent.language import complain, mark, voice

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
Stress = Annotated[
    list[str] | None,
    Option(
        "--stress",
        choices=("benchmark", "memory", "cpu", "drives", "all"),
        help=mark("Run this long test too; once for each. Ctrl-C ends it, and the diagnosis goes on without the rest."),
    ),
]
StressSeconds = Annotated[
    int, Option("--stress-seconds", metavar="N", help=mark("How long each long test may take, 60 seconds if not said."))
]
ShowOnly = Annotated[bool, Option("--show-only", help=mark("Show the diagnosis; state and queue nothing."))]


def diagnose(
    *,
    lot: options.MachineLot = "",
    asset: options.MachineAsset = "",
    chassis: options.Chassis = "",
    operator: options.Operator = "",
    declare: Declare = None,
    stress: Stress = None,
    stress_seconds: StressSeconds = 60,
    show_only: ShowOnly = False,
    bench_file: options.BenchFile = None,
    as_json: options.AsJson = False,
    lang: options.Lang = None,
    state: options.State = None,
) -> None:
    """Read this machine, grade it by the written policy, and keep a signed statement of it."""
    complain(voice(lang, os.environ).say("Reading this machine ..."))
    from station_agent.commands.call import begin  # noqa: PLC0415  heavy, only after the first line
    from station_agent.diagnosing import Wanted, diagnose_machine  # noqa: PLC0415  heavy, only after the first line

    call = begin(lang=lang, as_json=as_json, state=state, bench_file=bench_file)
    wanted = Wanted(
        lot=lot,
        asset=asset,
        chassis=options.known_chassis(chassis),
        operator=operator,
        declared=tuple(declare or ()),
        stress=tuple(stress or ()),
        stress_seconds=stress_seconds,
        keep=not show_only,
    )
    diagnose_machine(call, wanted)
