"""The command line of the bench: which commands there are, their help in two languages, and how errors are told."""

import json
import os
import sys
from collections.abc import Callable, Sequence
from importlib import import_module
from typing import Any, Final

import typer

from certificates.errors import CertificateError, KeyFileError
from certificates.language import LANGUAGES
from diagnostics.errors import DiagnosticsError
from erasure.errors import ErasureError, PolicyError
from station_agent.commands.overview import overview
from station_agent.errors import StationError, UsageError
from station_agent.language import Voice, complain, lang_option, mark, voice

PROGRAM: Final = "etabli-station"
USAGE: Final = 2
WITH_VALUE: Final = ("--bench", "--lang", "--state")  # options that may stand before a command
OPEN: Final = 22
COMMANDS: Final = (
    ("disks", "disks.disks", mark("Show every drive: identity, size, health, protections, methods.")),
    ("plan", "plan.plan", mark("Show how each drive would be erased, or why not. Nothing is touched.")),
    ("erase", "erase.erase", mark("Erase drives, verify every sector, and keep a signed statement of each.")),
    (
        "unfreeze",
        "unfreeze.unfreeze",
        mark("Suspend this machine for 5 s (S3) and wake it, so that frozen drives take security commands again."),
    ),
    (
        "unlock",
        "unlock.unlock",
        mark("Open a drive that an interrupted security erase of this software left locked. Erases nothing."),
    ),
    (
        "report",
        "report.report",
        mark("Show the evidence of one run: what was sent, said and read back, and what was not checked."),
    ),
    (
        "diagnose",
        "diagnose.diagnose",
        mark("Read this machine, grade it by the written policy, and keep a signed statement of it."),
    ),
    ("check", "check.check", mark("Go through the guided checks of this machine; also while its drives are erased.")),
    (
        "health",
        "health.health",
        mark("Judge the health of a drive: 0 healthy, 10 to be looked at, 20 failing, 21 unknown."),
    ),
    ("record", "record.record", mark("Make a hardware fixture of a drive, by harmless commands only.")),
    ("enrol", "enrol.enrol", mark("Introduce this bench to a hub; a person there must accept it by its fingerprint.")),
    ("sync", "sync.sync", mark("Send every queued statement to the hub now.")),
    ("outbox", "sync.outbox", mark("Show every statement of this bench and where it is.")),
    (
        "serve",
        "serve.serve",
        mark(
            "Watch drives, show interrupted runs, send statements; until SIGTERM or Ctrl-C. Erases nothing by itself."
        ),
    ),
)
POLICIES: Final = mark("Policies of your hub.")
ADD: Final = mark("Keep a policy that your hub signed; use it by its name with --policy.")
ABOUT: Final = mark(
    "Établi, at the bench: erase drives and prove it, diagnose machines, keep and send signed statements."
)


def build(only: str = "") -> typer.Typer:
    """Make the application, in English: with every command, or with one, since each brings its own imports."""
    app = typer.Typer(
        name=PROGRAM,
        help=ABOUT,
        add_completion=False,
        no_args_is_help=False,
        pretty_exceptions_enable=False,
        rich_markup_mode=None,
    )
    app.callback(invoke_without_command=True)(overview)
    for name, place, about in COMMANDS:
        if only in ("", name):
            app.command(name, help=about)(function_at(place))
    if not only:
        group = typer.Typer(help=POLICIES, no_args_is_help=True, rich_markup_mode=None)
        group.callback()(policies)
        group.command("add", help=ADD)(function_at("policy.add"))
        app.add_typer(group, name="policy", help=POLICIES)
    return app


def policies() -> None:
    """Policies of your hub."""


def function_at(place: str) -> Callable[..., None]:
    """Import the function of a command, named "module.function" below `station_agent.commands`."""
    module, _, name = place.partition(".")
    function: Callable[..., None] = getattr(import_module(f"station_agent.commands.{module}"), name)
    return function


def translated(command: Any, speech: Voice) -> Any:
    """Translate the help of a command, of its options and of its sub-commands, in place."""
    if command.help:
        command.help = speech.say(command.help)
    for parameter in command.params:
        if getattr(parameter, "help", None):
            parameter.help = speech.say(parameter.help)
    for child in getattr(command, "commands", {}).values():
        translated(child, speech)
    return command


def with_command_first(arguments: Sequence[str]) -> list[str]:
    """Let options stand before the command as well: `--bench FILE disks` is `disks --bench FILE`.

    Without this they would be read and forgotten, and a command meant for a bench file would go to the real drives.
    """
    names = {name for name, _, _ in COMMANDS}
    place, value_follows = 0, False
    while place < len(arguments) and (value_follows or arguments[place] not in names):
        value_follows = not value_follows and arguments[place] in WITH_VALUE
        place += 1
    return [*arguments[place : place + 1], *arguments[:place], *arguments[place + 1 :]]


def with_many_serials(arguments: Sequence[str]) -> list[str]:
    """Let `--confirm A B` stand for `--confirm A --confirm B`: all words up to the next option are serials."""
    spread: list[str] = []
    serials = first = False
    for word in arguments:
        if word == "--confirm":
            serials = first = True
            spread.append(word)
            continue
        serials = serials and not word.startswith("-")
        spread += ["--confirm", word] if serials and not first else [word]
        first = False
    return spread


def main(arguments: Sequence[str] | None = None) -> None:
    """Run one command and end with its exit status; every known error is a sentence and a code."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    speech = voice(lang_option(given), os.environ)
    words = with_many_serials(with_command_first(given))
    asked = next((name for name, _, _ in COMMANDS if words[:1] == [name]), "")
    command = translated(typer.main.get_command(build(asked)), speech)
    try:
        known_language(lang_option(given))
        command.main(args=words, prog_name=PROGRAM)
    except StationError as error:
        sys.exit(tell(error.code, speech.say(error.sentence, **error.facts), error.exit_status, given))
    except (PolicyError, KeyFileError) as error:
        sys.exit(tell(error.code, str(error), USAGE, given))
    except (ErasureError, CertificateError, DiagnosticsError) as error:
        sys.exit(tell(error.code, str(error), OPEN, given))


def known_language(option: str | None) -> None:
    """Refuse a language that is not there, instead of speaking another one. Raises `UsageError`."""
    if option is not None and option not in LANGUAGES:
        raise UsageError(
            mark("There is no language {lang} here: choose one of {known}."), lang=option, known=", ".join(LANGUAGES)
        )


def tell(code: str, sentence: str, status: int, given: Sequence[str]) -> int:
    """Say an error to the person, or as a document; give the exit status."""
    if "--json" in given:
        print(
            json.dumps({"schema": "etabli.error/1", "error": {"code": code, "message": sentence}}, ensure_ascii=False)
        )
    complain(f"{sentence} [{code}]")
    return status
