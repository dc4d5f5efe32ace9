"""`etabli-verify FILE...`: verify certificates, bundles and statements offline. Reads files, prints, never connects.

Exit status: 0 VALID, 1 INVALID, 3 valid but disputed or unwitnessed, 4 unknown key, 2 usage. With several files the
worst counts, in the order 1, 4, 2, 3, 0.
"""

import argparse
import io
import json
import os
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TextIO

from certificates.errors import TrustError
from certificates.language import LANGUAGES, choose_language
from certificates.printed import document, lines
from certificates.trust import Trust
from certificates.verdicts import Judgement, judge
from certificates.wording import words

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


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command and return the exit status."""
    environ = os.environ
    lang = choose_language(_early_language(sys.argv[1:] if arguments is None else arguments), environ)
    options = _parser(lang).parse_args(arguments)
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")  # an old console must not stop a verdict
    checked = [_check(path, options.trust, environ) for path in options.files]
    status = min((one.exit_status for one in checked), key=_WORST_FIRST.index)
    if options.json:
        report: dict[str, Any] = {
            "schema": "etabli.verification/1",
            "exit": status,
            "documents": [document(one.path, one.judgement, one.trust, one.problem, lang) for one in checked],
        }
        print(json.dumps(report, indent=1, ensure_ascii=False))
    else:
        _print(checked, lang, sys.stdout)
    return status


def trust_places(file: Path, environ: Mapping[str, str]) -> list[Path]:
    """Where a trust file is looked for without `--trust`, in this order."""
    places = [Path(environ["ETABLI_TRUST"])] if environ.get("ETABLI_TRUST") else []
    config = Path(environ.get("XDG_CONFIG_HOME") or Path(environ.get("HOME") or "/") / ".config")
    return [*places, file.parent / "trust.json", config / "etabli" / "trust.json", Path("/etc/etabli/trust.json")]


def _check(path: Path, wanted: Path | None, environ: Mapping[str, str]) -> Checked:
    places = [wanted] if wanted else trust_places(path, environ)
    found = next((place for place in places if place.is_file()), wanted)
    try:
        data = _read(path)
        trust = Trust.from_json(_read(found)) if found else Trust("", "")
    except (OSError, TrustError) as error:
        return Checked(path, None, found, f"{error.strerror}: {error.filename}" if isinstance(error, OSError) and
                       error.strerror else str(error))  # fmt: skip
    return Checked(path, judge(data, trust), found)


def _read(path: Path) -> bytes:
    with path.open("rb") as file:
        data = file.read(_MAX_FILE_BYTES + 1)
    if len(data) > _MAX_FILE_BYTES:
        raise OSError(27, "too large", str(path))
    return data


def _print(checked: Sequence[Checked], lang: str, out: TextIO) -> None:
    for place, one in enumerate(checked):
        if place:
            print("\n" + "─" * 72 + "\n", file=out)
        for line in lines(one.path, one.judgement, one.trust, one.problem, lang):
            print(line, file=out)


def _early_language(arguments: Sequence[str]) -> str | None:
    for place, argument in enumerate(arguments):
        if argument == "--lang" and place + 1 < len(arguments):
            return arguments[place + 1]
        if argument.startswith("--lang="):
            return argument.removeprefix("--lang=")
    return None


def _parser(lang: str) -> argparse.ArgumentParser:
    say = words(lang).gettext
    parser = argparse.ArgumentParser(
        prog="etabli-verify",
        description=say("Verify erasure certificates (PDF), bundles and signed statements, offline."),
        epilog=say("Exit status: 0 valid, 1 invalid, 3 disputed or unwitnessed, 4 unknown key, 2 usage."),
    )
    parser.add_argument("files", nargs="+", type=Path, metavar="FILE", help=say("PDF, bundle or envelope to verify"))
    parser.add_argument(
        "--trust",
        type=Path,
        metavar="FILE",
        help=say(
            "trust file of the hub; by default $ETABLI_TRUST, trust.json beside the document, "
            "~/.config/etabli/trust.json, /etc/etabli/trust.json"
        ),
    )
    parser.add_argument("--json", action="store_true", help=say("print one JSON document"))
    parser.add_argument("--lang", choices=LANGUAGES, help=say("language of the answer"))
    return parser
