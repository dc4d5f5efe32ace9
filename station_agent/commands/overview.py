"""`etabli-station` without a command: the console of the bench, on the screen or line by line."""

import os
import sys
from datetime import datetime
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING, Annotated, TextIO

from certificates.command_line import Option
from certificates.language import LANGUAGES
from station_agent.commands import options
from station_agent.errors import StationError
from station_agent.language import complain, mark
from station_agent.refusals import words_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from station_agent.commands.call import Call
    from station_agent.console.checks_session import CheckSession
    from station_agent.console.desk import Following

FAR = "/dev/pts/"  # of SSH, tmux, a window: what a scanner types arrives there as letters
LIGHTS = Path("/sys/class/leds")
Plain = Annotated[
    bool, Option("--plain", help=mark("Line mode: commands as lines, for serial lines, braille and scripts."))
]


def overview(
    *,
    plain: Plain = False,
    bench_file: options.BenchFile = None,
    lang: options.Lang = None,
    state: options.State = None,
) -> None:
    """Show the bench: its console where `serve` runs, else what it has."""
    from station_agent.commands.bench_in_words import tell_bench  # noqa: PLC0415  --help is read without the bench
    from station_agent.commands.call import begin  # noqa: PLC0415  --help is read without the bench
    from station_agent.control.client import BenchClient  # noqa: PLC0415  --help is read without the bench
    from station_agent.control.place import socket_path  # noqa: PLC0415  --help is read without the bench

    call = begin(lang=lang, as_json=False, state=state, bench_file=bench_file)
    with BenchClient(socket_path(call.state)) as desk:
        try:
            desk.bench()
        except StationError as error:
            if plain:  # a script is told by the exit status
                raise
            tell_bench(call)
            complain(words_of(error, call.voice))
            return
        if plain or not (sys.stdout.isatty() and sys.stderr.isatty()):  # Textual draws on standard error
            _lines(call, desk)
        else:
            _screen(call, desk)


def _lines(call: "Call", desk: "Following") -> None:
    from station_agent.console.plain import Plain as Session  # noqa: PLC0415  only where it is used
    from station_agent.console.plain_commands import COMMANDS as BY_NAME  # noqa: PLC0415  only where it is used
    from station_agent.console.plain_run import run_plain  # noqa: PLC0415  only where it is used
    from station_agent.console.plain_scans import take_scanned  # noqa: PLC0415  only where it is used
    from station_agent.console.watcher import Watcher  # noqa: PLC0415  only where it is used
    from station_agent.language import voice  # noqa: PLC0415  only where it is used

    voices = tuple(voice(code, {}) for code in LANGUAGES)
    session = Session(desk, voices, call.write, BY_NAME, take_scanned, lang=call.voice.lang, opening=_opening(call))
    try:
        run_plain(session, Watcher(desk), sys.stdin)
    finally:
        if session.session is not None:
            session.session.desk.close()


def _screen(call: "Call", desk: "Following") -> None:
    os.environ.setdefault("TEXTUAL_DISABLE_KITTY_KEY", "1")  # the Linux console would show its request
    from station_agent.console.console import Console  # noqa: PLC0415  heavy, only where it is used
    from station_agent.console.desk import Beside  # noqa: PLC0415  heavy, only where it is used
    from station_agent.console.screen_app import BenchApp, run_screen  # noqa: PLC0415  heavy, only where it is used
    from station_agent.console.signals import BellAndLights, keyboard_lights  # noqa: PLC0415  only where it is used
    from station_agent.console.watcher import Watcher  # noqa: PLC0415  heavy, only where it is used
    from station_agent.language import voice  # noqa: PLC0415  only where it is used
    from station_agent.scanner.listening import own_listening  # noqa: PLC0415  only where it is used

    signal = BellAndLights(lambda: None, keyboard_lights(LIGHTS))
    voices = tuple(voice(code, {}) for code in LANGUAGES)
    console = Console(desk, Beside(), voices, _hour, monotonic, signal, lang=call.voice.lang, opening=_opening(call))
    watcher = Watcher(desk)
    listening = own_listening(call.state) if on_own_console(sys.stdin) else None
    app = BenchApp(console, watcher, listening)
    signal.ring = app.bell
    run_screen(console, watcher, app, listening)


def on_own_console(source: TextIO) -> bool:
    """Say whether keys come from a console of this machine: a scanner beside it is not taken away by a far terminal."""
    try:
        return not os.ttyname(source.fileno()).startswith(FAR)
    except (OSError, ValueError):
        return False


def _opening(call: "Call") -> "Callable[[str, str], CheckSession]":
    """Open the checks of this machine for the console; what a bench notices is on the wall already."""

    def opening(asset: str, operator: str) -> "CheckSession":
        from station_agent.assignments import protected_serials  # noqa: PLC0415  only where it is used
        from station_agent.bench import open_bench  # noqa: PLC0415  only where it is used
        from station_agent.checks.opening import Wish, open_checks  # noqa: PLC0415  only where it is used
        from station_agent.console.checks_session import CheckSession  # noqa: PLC0415  only where it is used

        guarded = protected_serials(call.state)
        bench = open_bench(call.bench_file, call.state, allow_loop=False, protected_serials=guarded)
        opened = open_checks(call, bench, Wish(asset=asset, operator=operator))
        return CheckSession(opened.desk(call, bench), opened.name, asset)

    return opening


def _hour() -> str:
    return f"{datetime.now().astimezone():%H:%M}"
