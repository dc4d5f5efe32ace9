"""`etabli-hub`: its commands, its language, and how errors end: one sentence and status 1, or 2 for a wrong call."""

import os
import sys
from collections.abc import Callable, Sequence
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

from certificates.command_line import Command, Group, Option, Program, WrongCall, language_asked
from certificates.errors import CertificateError
from certificates.language import LANGUAGES, catalogue, choose_language, mark
from hub.commands.key_program import key_commands
from hub.errors import HubError

if TYPE_CHECKING:
    from hub.commands.opening import Call

LOCALE: Final = Path(__file__).resolve().parents[1] / "locale"
REFUSED: Final = 1
INTERRUPTED: Final = 130  # what a shell says of Ctrl-C
Data = Annotated[Path | None, Option("--data", metavar="DIR", help=mark("Data folder (else $ETABLI_HUB_DATA)."))]
Lang = Annotated[str | None, Option("--lang", choices=LANGUAGES, help=mark("Language of the texts."))]


def opened(*, data: Data = None, lang: Lang = None) -> "Call":
    """Read the settings once for every command. Raises BadInput for a bad address."""
    from hub.commands.opening import Call  # noqa: PLC0415  (help starts without the database)
    from hub.settings import Settings  # noqa: PLC0415  (help starts without the database)

    return Call(Settings.from_environment(data, os.environ), choose_language(lang, os.environ), lang)


def function_at(place: str) -> Callable[..., None]:
    """Import the function of a command, named "module.function" below `hub.commands`."""
    module, _, name = place.partition(".")
    function: Callable[..., None] = getattr(import_module(f"hub.commands.{module}"), name)
    return function


def command(place: str, about: str) -> Command:
    """Give a command that is imported when it is called."""
    return Command(about, partial(function_at, place))


PROGRAM: Final = Program(
    name="etabli-hub",
    about=mark("Run and look after a hub."),
    common=opened,
    commands={
        "init": command("making.init", mark("Make a hub: key, name and tables.")),
        "serve": command("running.serve", mark("Serve the pages and the API, in one process.")),
        "migrate": command("running.migrate", mark("Bring the tables to the newest version.")),
        "export": command(
            "keeping.export",
            mark("Write the ledger as JSON lines: position, id, received, and the envelope byte for byte."),
        ),
        "import": command(
            "carrying.import_file",
            mark("Take statements from a file, checked as if they came over the network, and write signed receipts."),
        ),
        "credential": command(
            "crediting.credential",
            mark("Print a certificate as a W3C Verifiable Credential (JWT): a copy for other programs."),
        ),
        "backup": command(
            "keeping.backup",
            mark("Copy the database while the hub runs (the key file is not in it: keep a copy of it apart)."),
        ),
        "restore": command(
            "keeping.restore",
            mark("Put a backup in the place of the database; what was there is kept beside it. The hub must not run."),
        ),
        "log": Group(
            mark("The log over the ledger: tiles, checkpoints, proofs."),
            {
                "fsck": command(
                    "log.fsck",
                    mark(
                        "Build the log again from the envelopes and compare every row, tile and checkpoint; "
                        "changes nothing."
                    ),
                ),
                "checkpoint": command(
                    "log.checkpoint",
                    mark(
                        "Sign what is new in the ledger and print the newest checkpoint; "
                        "after a restore, show what others have seen."
                    ),
                ),
                "freeze": command(
                    "log.freeze",
                    mark(
                        "End the open part of the log for good and open the next one; "
                        "everything is kept, nothing is signed again."
                    ),
                ),
                "export": command(
                    "log.export",
                    mark("Write the log as a folder of static files, with lists of its entries for auditors."),
                ),
                "serve": command(
                    "log.serve",
                    mark("Show an exported log to anybody, read-only, without a database and without a key."),
                ),
            },
        ),
        "tidy": command(
            "tidying.tidy",
            mark("Show what is kept no longer, or take it away; the ledger, certificates and decisions stay."),
        ),
        "key": key_commands(command),
        "trust": command("key_status.trust", mark("Write the signed trust file that verifiers check against.")),
        "user": Group(
            mark("Accounts."),
            {
                "add": command("users.add", mark("Open an account.")),
                "list": command("users.list_people", mark("Every account.")),
                "password": command(
                    "users.password", mark("Give somebody a new password and sign them out everywhere.")
                ),
                "close": command(
                    "users.close",
                    mark("Close an account and sign the person out everywhere; what they decided stays."),
                ),
                "link": command(
                    "users.link", mark("Print a link with which somebody chooses a new password, once, within a week.")
                ),
                "codes-off": command(
                    "users.codes_off",
                    mark(
                        "Ask somebody for no second code any more, when the telephone and the codes on paper are lost."
                    ),
                ),
                "reopen": command("users.reopen", mark("Open a closed account again.")),
                "provider": command(
                    "users.provider", mark("Say by which subject the identity provider knows somebody, or by none.")
                ),
                "badge": command("users.badge", mark("Let every bench know somebody by a badge, or no more.")),
            },
        ),
        "token": Group(
            mark("One-off enrolment tokens for benches."),
            {"new": command("users.new", mark("Print a token that enrols one bench, once."))},
        ),
        "lot": Group(
            mark("Lots."),
            {
                "create": command("lots.create", mark("Announce a lot.")),
                "import": command("lots.import_file", mark("Import a donor's list into a lot.")),
            },
        ),
        "grades": Group(
            mark("Grade policies of the site."),
            {
                "preview": command(
                    "grades.preview",
                    mark("Show which letters a policy would change; keeps the policy, grades nothing."),
                ),
                "apply": command(
                    "grades.apply",
                    mark("Put a policy in force: every report is graded again, the evidence stays as it is."),
                ),
                "undo": command(
                    "grades.undo",
                    mark(
                        "Take the policy in force back; the one before it is in force again, "
                        "or the benches' own grades stand."
                    ),
                ),
                "history": command("grades.history", mark("List every policy that was in force, the newest first.")),
            },
        ),
        "witness": Group(
            mark("Cosigning the logs of other workshops; needs no hub."),
            {
                "init": command("witness.init", mark("Make a witness: its key and its memory.")),
                "add-log": command(
                    "witness.add_log",
                    mark("Look at a log from now on; its next years by the same key come by themselves."),
                ),
                "serve": command("witness.serve", mark("Serve the witness.")),
                "status": command(
                    "witness.status",
                    mark("Show the key, the logs and what was cosigned, and every history that contradicts it."),
                ),
                "check": command(
                    "witness.check",
                    mark("Compare a checkpoint that somebody else holds with what this witness has cosigned."),
                ),
            },
        ),
        "witnesses": Group(
            mark("Who is asked to cosign the log of this hub."),
            {
                "add": command("witnesses.add", mark("Ask a witness to cosign the log of this hub.")),
                "list": command(
                    "witnesses.show",
                    mark("Show the witnesses that are asked, and how many have cosigned the newest checkpoint."),
                ),
                "remove": command("witnesses.remove", mark("Ask a witness no more; what it cosigned stays.")),
            },
        ),
        "policy": Group(
            mark("Erasure policies."),
            {
                "sign": command(
                    "policies.sign",
                    mark(
                        "Sign an erasure policy with the key of this hub. "
                        "The file: hub/README.md, Policy files; hub/examples/policy.toml."
                    ),
                ),
                "publish": command(
                    "policies.publish",
                    mark("Sign an erasure policy and hand it to every bench with its assignments."),
                ),
                "withdraw": command(
                    "policies.withdraw", mark("Hand a policy to the benches no more; those that have it keep it.")
                ),
            },
        ),
    },
)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and give the exit status; errors that people can act on are one sentence."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    lang = choose_language(language_asked(given), os.environ)
    try:
        return PROGRAM.run(given, os.environ, lang, catalogue(LOCALE, lang).gettext)
    except WrongCall as wrong:
        told = "\n".join(PROGRAM.told(wrong, given, lang))
        complain(told)
        return wrong.exit_status
    except (HubError, CertificateError) as error:
        complain(refusal_words(str(error), lang))
    except KeyboardInterrupt:
        return INTERRUPTED
    except OSError as error:
        if error.filename is None:  # no file of the person's: a fault to be seen whole
            raise
        complain(refusal_words(f"{error.filename}: {error.strerror}", lang))
    return REFUSED


def refusal_words(text: str, lang: str) -> str:
    """Say what the hub or a library refuses in a language."""
    from hub.commands.refusals import refusal_words as words_of  # noqa: PLC0415  only when something went wrong

    return words_of(text, lang)


def complain(sentence: str) -> None:
    """Tell a person something on standard error."""
    from hub.commands.lines import folded, width_of  # noqa: PLC0415  (only where something is refused)

    print(folded(f"etabli-hub: {sentence}", width_of(sys.stderr, os.environ)), file=sys.stderr)
