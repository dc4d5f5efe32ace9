"""`etabli-station check`: the guided checks of this machine, also while its drives are erased by another process."""

import os
import sys
from pathlib import Path
from typing import Annotated

from certificates.command_line import Option
from diagnostics.checks import UNWANTED_ROLES, without_result
from station_agent.checks.answers import Answers
from station_agent.checks.desk import Desk
from station_agent.checks.opening import Wish, open_checks
from station_agent.checks.page import Page
from station_agent.checks.pages import page_of
from station_agent.checks.plain_console import run_plain
from station_agent.commands import options
from station_agent.commands.call import Call, begin
from station_agent.language import mark

Plain = Annotated[
    bool, Option("--plain", help=mark("Line mode: same words and keys, for serial lines, braille and scripts."))
]
Photos = Annotated[
    list[Path] | None,
    Option(
        "--photos", metavar="DIR", help=mark("Look for photos in this folder too, such as that of a mounted stick.")
    ),
]
Afresh = Annotated[
    bool, Option("--afresh", help=mark("Begin the list anew; earlier answers are kept in a file beside it."))
]


def check(
    *,
    chassis: options.Chassis = "",
    asset: options.MachineAsset = "",
    operator: options.Operator = "",
    plain: Plain = False,
    afresh: Afresh = False,
    photos: Photos = None,
    bench_file: options.BenchFile = None,
    as_json: options.AsJson = False,
    lang: options.Lang = None,
    state: options.State = None,
) -> None:
    """Go through the guided checks of this machine; also while its drives are erased."""
    call = begin(lang=lang, as_json=as_json, state=state, bench_file=bench_file)
    options.known_chassis(chassis)
    bench = call.bench()
    opened = open_checks(call, bench, Wish(chassis, asset, operator, tuple(photos or ()), afresh))
    if not as_json:
        _ask(call, opened.desk(call, bench), opened.name, plain=plain)
    _tell(call, opened.answers)


def _ask(call: Call, desk: Desk, name: str, *, plain: bool) -> None:
    def page() -> Page:
        return page_of(desk, call.voice, name)

    try:
        if plain or not sys.stdout.isatty():
            run_plain(desk, page, sys.stdin, call.voice)
        else:
            os.environ.setdefault("TEXTUAL_DISABLE_KITTY_KEY", "1")  # the Linux console would show its request
            from station_agent.checks.screen_console import run_screen  # noqa: PLC0415  heavy, only where it is used

            run_screen(desk, page)
    finally:
        desk.close()


def _tell(call: Call, answers: Answers) -> None:
    """Say what is kept and what is still open."""
    rows = answers.answered()
    wanted = sum(row.check.role not in UNWANTED_ROLES for row in rows)
    untested = list(without_result(rows))
    document = {
        "chassis": answers.chassis,
        "checks": [row.to_document() for row in rows],
        "untested": untested,
        "kept": str(answers.kept.path),
    }
    said = [call.voice.say("{done} of {count} done", done=wanted - len(untested), count=wanted)]
    said.append(call.voice.say("The answers are kept. Grade and sign them with: etabli-station diagnose"))
    call.show("checks", document, said)
