"""`etabli-verify FILE...`: verify certificates, bundles and statements offline. Reads files, prints, never connects.

Exit status: 0 VALID, 1 INVALID, 3 authentic but disputed, superseded or unwitnessed, 4 unknown key, 2 usage. With
several files the worst counts, in the order 1, 4, 2, 3, 0.
"""

import io
import json
import os
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Final

from certificates.bundle import FILE_NAME as BUNDLE_NAME
from certificates.command_line import Argument, Option, Program, WrongCall, language_asked
from certificates.command_line.streams import speak
from certificates.errors import TrustError
from certificates.language import LANGUAGES, choose_language
from certificates.language import mark as _
from certificates.printed import document, lines
from certificates.proof import FILE_NAME as PROOF_NAME
from certificates.trust import Trust
from certificates.verdicts import Judgement, judge
from certificates.wording import words
from certificates.wording.error_details import error_words

USAGE = 2
_WORST_FIRST = (1, 4, 2, 3, 0)
_MAX_FILE_BYTES = 32_000_000


@dataclass(frozen=True, slots=True)
class Checked:
    """One file of the command line: judged, or why it could not be read."""

    path: Path
    judgement: Judgement | None
    trust: Path | None
    problem: str = ""

    @property
    def exit_status(self) -> int:
        """Exit status for this file alone."""
        return self.judgement.exit_status if self.judgement else USAGE


Files = Annotated[list[str], Argument("FILE...", help=_("PDF, bundle or envelope to verify"))]
TrustFile = Annotated[
    Path | None,
    Option(
        "--trust",
        metavar="FILE",
        help=_(
            "trust file of the hub; by default $ETABLI_TRUST, trust.json beside the document, "
            "~/.config/etabli/trust.json, /etc/etabli/trust.json"
        ),
    ),
]
ProofFile = Annotated[
    Path | None,
    Option(
        "--proof",
        metavar="FILE",
        help=_("proof of the log for the one document; by default NAME.proof.json beside NAME.json or NAME.pdf"),
    ),
]
AsJson = Annotated[bool, Option("--json", help=_("print one JSON document"))]
Lang = Annotated[str | None, Option("--lang", choices=LANGUAGES, help=_("language of the answer"))]


def verify(
    *,
    files: Files,
    trust: TrustFile = None,
    proof: ProofFile = None,
    as_json: AsJson = False,
    lang: Lang = None,
) -> None:
    """Judge every file, print the answers, and end with the status of the worst."""
    if proof is not None and len(files) != 1:
        raise WrongCall(_("{option} goes with one document."), option="--proof")
    spoken = choose_language(lang, os.environ)
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")  # an old console must not stop a verdict
    checked = [_check(Path(file), trust, proof, os.environ, spoken) for file in files]
    status = min((one.exit_status for one in checked), key=_WORST_FIRST.index)
    if as_json:
        report: dict[str, Any] = {
            "schema": "etabli.verification/1",
            "exit": status,
            "documents": [document(one.path, one.judgement, one.trust, one.problem, spoken) for one in checked],
        }
        speak(json.dumps(report, indent=1, ensure_ascii=False))
    else:
        speak(_text(checked, spoken))
    sys.exit(status)


PROGRAM: Final = Program(
    name="etabli-verify",
    about=_("Verify erasure certificates (PDF), bundles and signed statements, offline.")
    + "\n\n"
    + _("Exit status: 0 valid, 1 invalid, 3 disputed, superseded or unwitnessed, 4 unknown key, 2 usage."),
    bare=lambda: verify,
)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command and return the exit status."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    lang = choose_language(language_asked(given), os.environ)
    try:
        return PROGRAM.run(given, os.environ, lang, words(lang).gettext)
    except WrongCall as wrong:
        sentence, way = PROGRAM.told(wrong, given, lang)
        if "--json" in given:
            error = {"code": wrong.code, "message": sentence}
            print(json.dumps({"schema": "etabli.error/1", "error": error}, ensure_ascii=False))
        print(f"{sentence}\n{way}", file=sys.stderr)
        return wrong.exit_status
    except SystemExit as ended:
        return int(ended.code or 0)


def trust_places(file: Path, environ: Mapping[str, str]) -> list[Path]:
    """Where a trust file is looked for without `--trust`, in this order."""
    places = [Path(environ["ETABLI_TRUST"])] if environ.get("ETABLI_TRUST") else []
    config = Path(environ.get("XDG_CONFIG_HOME") or Path(environ.get("HOME") or "/") / ".config")
    return [*places, file.parent / "trust.json", config / "etabli" / "trust.json", Path("/etc/etabli/trust.json")]


def proof_beside(file: Path) -> Path | None:
    """Where a proof lies: `NAME.proof.json` beside `NAME.json` or `NAME.pdf`, or as the files of a PDF are named."""
    if file.suffix not in {".json", ".pdf"} or file.name.endswith(".proof.json"):
        return None
    name = PROOF_NAME if file.name == BUNDLE_NAME else f"{file.stem}.proof.json"
    return file.with_name(name) if file.with_name(name).is_file() else None


def _check(path: Path, wanted: Path | None, proof: Path | None, environ: Mapping[str, str], lang: str) -> Checked:
    places = [wanted] if wanted else trust_places(path, environ)
    found = next((place for place in places if place.is_file()), wanted)
    try:
        data = _read(path)
        beside = proof or proof_beside(path)
        shown = _read(beside) if beside else None
    except OSError as error:
        return Checked(path, None, found, error_words(_told(error, f": {error.filename}"), lang))
    if shown == b"":  # says nothing of the document
        return Checked(path, None, found, error_words(f"the proof file {beside} is empty", lang))
    try:
        trust = Trust.from_json(_read(found)) if found else Trust("", "")
    except (OSError, TrustError) as error:
        told = f"the trust file {found} cannot be used: {_told(error)}"
        return Checked(path, None, found, error_words(told, lang))
    return Checked(path, judge(data, trust, shown), found)


def _told(error: Exception, after: str = "") -> str:
    return f"{error.strerror}{after}" if isinstance(error, OSError) and error.strerror else str(error)


def _read(path: Path) -> bytes:
    with path.open("rb") as file:
        data = file.read(_MAX_FILE_BYTES + 1)
    if len(data) > _MAX_FILE_BYTES:
        raise OSError(27, "too large", str(path))
    return data


def _text(checked: Sequence[Checked], lang: str) -> str:
    answers = ("\n".join(lines(one.path, one.judgement, one.trust, one.problem, lang)) for one in checked)
    return ("\n\n" + "─" * 72 + "\n\n").join(answers)
