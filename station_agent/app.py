"""The command line of the bench: which commands there are, their help in two languages, and how errors are told."""

import os
import sys
from collections.abc import Callable, Sequence
from functools import partial
from importlib import import_module
from typing import Final

from certificates.command_line import Command, Group, Program, WrongCall, language_asked
from certificates.errors import CertificateError, KeyFileError
from station_agent.errors import StationError
from station_agent.language import Voice, complain, mark, voice
from station_agent.refusals import words_of
from station_agent.repeated import options_given, repeated

NAME: Final = "etabli-station"
USAGE: Final = 2
OPEN: Final = 22
INTERRUPTED: Final = 130  # what a shell says of Ctrl-C
WITH_VALUE: Final = frozenset({"--bench", "--lang", "--state"})  # options that may stand before a command
COMMANDS: Final = (
    ("disks", "disks.disks", mark("Show every drive: identity, size, health, protections, methods.")),
    ("plan", "plan.plan", mark("Show how each drive would be erased, or why not. Nothing is touched.")),
    ("erase", "erase.erase", mark("Erase drives, check the result, and keep a signed statement of each.")),
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
    (
        "label",
        "label.label",
        mark("Print the label of a device or a drive, only from statements that are stored here."),
    ),
    ("sheet", "sheet.sheet", mark("Make the sheet to print for the scanner: test code, commands, badges to cut out.")),
    ("enrol", "enrol.enrol", mark("Introduce this bench to a hub; a person there must accept it by its fingerprint.")),
    ("sync", "sync.sync", mark("Send every queued statement to the hub now.")),
    ("outbox", "sync.outbox", mark("Show every statement of this bench and where it is.")),
    (
        "export",
        "carry.export",
        mark("Write what the hub has not confirmed to a file, for `etabli-hub import`; also beside a running erase."),
    ),
    (
        "receipts",
        "carry.receipts",
        mark(
            "Read what the hub answered to an exported file; only a receipt that the hub signed confirms a statement."
        ),
    ),
    (
        "restore-copy",
        "carry.restore_copy",
        mark("Take statements that this bench lost back out of a second copy, and queue them again."),
    ),
    ("make-stick", "make_stick.make_stick", mark("Write the image of a bench onto a USB stick, and compare it.")),
    (
        "serve",
        "serve.serve",
        mark("Run the bench: watch drives, erase what people order, send statements; until SIGTERM or Ctrl-C."),
    ),
)
LOG: Final = mark("The log of the hub, as this bench follows it.")
LOG_COMMANDS: Final = (
    ("show", mark("Show what this bench has seen of the hub's log, and every alarm about it.")),
    ("resume", mark("Send again after an alarm about the hub's log, by the word of the administrator of the hub.")),
)
POLICIES: Final = mark("Policies of your hub.")
OPERATORS: Final = mark("People who may sign in at this bench.")
OPERATOR_COMMANDS: Final = (
    ("add", mark("Add an operator, or give one a new PIN. The PIN is asked for, or read from the input.")),
    ("show", mark("Show who may sign in at this bench, and how.")),
    ("remove", mark("Remove an operator of this bench; what was stated under the name stays.")),
)
ADD: Final = mark("Keep a policy that your hub signed; use it by its name with --policy.")
DRIVES_FIRST: Final = mark("Every word after --confirm is a serial number: write the drives before it.")
ABOUT: Final = mark(
    "Établi, at the bench: erase drives and prove it, diagnose machines, keep and send signed statements. "
    "Without a command: the console, of a bench that `serve` runs."
)


def function_at(place: str) -> Callable[..., None]:
    """Import the function of a command, named "module.function" below `station_agent.commands`."""
    module, _, name = place.partition(".")
    function: Callable[..., None] = getattr(import_module(f"station_agent.commands.{module}"), name)
    return function


PROGRAM: Final = Program(
    name=NAME,
    about=ABOUT,
    commands={
        **{name: Command(about, partial(function_at, place)) for name, place, about in COMMANDS},
        "operator": Group(
            OPERATORS,
            {name: Command(about, partial(function_at, f"operator.{name}")) for name, about in OPERATOR_COMMANDS},
        ),
        "log": Group(LOG, {name: Command(about, partial(function_at, f"log.{name}")) for name, about in LOG_COMMANDS}),
        "policy": Group(POLICIES, {"add": Command(ADD, partial(function_at, "policy.add"))}),
    },
    bare=partial(function_at, "overview.overview"),
    early=WITH_VALUE,
)


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
    speech = voice(language_asked(given), os.environ)
    words = with_many_serials(given)
    try:
        sys.exit(PROGRAM.run(words, os.environ, speech.lang, speech.say))
    except WrongCall as wrong:
        sentence, way = PROGRAM.told(wrong, words, speech.lang)
        status = tell(wrong.code, sentence, wrong.exit_status, given)
        if "DEVICE" in wrong.facts.values() and "--confirm" in given:
            complain(speech.say(DRIVES_FIRST))
        complain(way)
    except StationError as error:
        status = tell(error.code, words_of(error, speech), error.exit_status, given)
    except KeyboardInterrupt:
        status = INTERRUPTED
        complain(speech.say("Stopped by a person."))
    except Exception as error:  # noqa: BLE001  the top loop: what a library refuses is said, the rest is raised again
        status = told_of_library(error, speech, given)
    sys.exit(status)


def told_of_library(error: Exception, speech: Voice, given: Sequence[str]) -> int:
    """Tell an error of a library by its code, and give the exit status; raise again what is none of them."""
    from certificates.wording.error_details import error_words  # noqa: PLC0415  only when something went wrong
    from diagnostics.errors import DiagnosticsError  # noqa: PLC0415  only when something went wrong
    from erasure.errors import ErasureError, PolicyError  # noqa: PLC0415  only when something went wrong

    if isinstance(error, PolicyError | KeyFileError):
        return tell(error.code, error_words(error, speech.lang), USAGE, given)
    if isinstance(error, ErasureError | CertificateError | DiagnosticsError):
        return tell(error.code, error_words(error, speech.lang), OPEN, given)
    raise error


def tell(code: str, sentence: str, status: int, given: Sequence[str]) -> int:
    """Say an error to the person, or as a document; give the exit status."""
    if not {"--json", "--events"}.isdisjoint(given):
        import json  # noqa: PLC0415  only where it is asked for

        document = {"schema": "etabli.error/1", "error": {"code": code, "message": sentence}}
        print(json.dumps(document, ensure_ascii=False))
    complain(f"{repeated(sentence, options_given(given))} [{code}]")
    return status
