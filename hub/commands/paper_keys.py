"""A paper key at a terminal: printed once and typed back, or typed in to sign. It is never written to a disk."""

import os
import secrets
from pathlib import Path
from typing import Final

from certificates.keys import SigningKey, fingerprint
from certificates.language import mark
from hub.commands.opening import Call
from hub.commands.refusals import refusal_words
from hub.errors import BadInput
from hub.keys.paper import LINES, lines_of, read_key, read_line
from hub.keys.sheets import paper_sheet

MEMORY: Final = Path("/dev/shm")  # noqa: S108  (memory, not a disk; the name is new and for its owner only)
TRIES: Final = 5
YES: Final = ("y", "yes", "o", "oui")


def agreed(context: Call, question: str) -> bool:
    """Ask, and give whether the answer is yes."""
    return _typed(f"{context.say(question)} [{context.say(mark('y/N'))}] ").strip().lower() in YES


def require_yes(context: Call, question: str) -> None:
    """Ask, and raise BadInput for anything but a yes."""
    if not agreed(context, question):
        raise BadInput("nothing was done")


def make_paper_key(context: Call, name: str, hub: str, *, rehearsal: bool) -> SigningKey:
    """Make a key, let it be printed and typed back in part, and forget the sheet. Raises BadInput."""
    seed = secrets.token_bytes(32)
    key = SigningKey.from_seed(seed, demo=rehearsal)
    if not MEMORY.is_dir():
        raise BadInput(f"there is no {MEMORY} here: a paper key is never written to a disk")
    sheet = MEMORY / f"etabli-{secrets.token_hex(8)}.pdf"
    handle = os.open(sheet, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(paper_sheet(seed, name, hub, key.kid, context.lang, rehearsal=rehearsal))
        context.tell(
            mark("The sheet of {name}: {file} (in memory). Print it now, and save it nowhere."), name=name, file=sheet
        )
        _typed(context.say(mark("Enter when the sheet lies before you: ")))
        _typed_back(context, lines_of(seed, rehearsal=rehearsal), rehearsal=rehearsal)
    finally:
        sheet.unlink(missing_ok=True)
    context.tell(mark("key fingerprint: {fingerprint}"), fingerprint=fingerprint(key.kid))
    return key


def typed_key(context: Call, *, rehearsal: bool) -> SigningKey:
    """Let somebody type the four lines of a paper key. Raises BadInput after too many mistakes."""
    return read_key(
        [_line(context, number, rehearsal=rehearsal) for number in range(1, LINES + 1)], rehearsal=rehearsal
    )


def _line(context: Call, number: int, *, rehearsal: bool) -> str:
    fault = BadInput("nothing was done")
    for _ in range(TRIES):
        typed = _typed(context.say(mark("Line {number} of the sheet: "), number=number))
        try:
            read_line(number, typed, rehearsal=rehearsal)
        except BadInput as error:
            fault = error
            context.show(refusal_words(str(error), context.lang))
            continue
        return typed
    raise fault


def _typed_back(context: Call, lines: tuple[str, ...], *, rehearsal: bool) -> None:
    number = secrets.randbelow(LINES) + 1
    context.tell(mark("Type one line back, so that the sheet is surely readable."))
    typed = _line(context, number, rehearsal=rehearsal)
    if "".join(typed.split()).lower() != "".join(lines[number - 1].split()):
        raise BadInput("this is not the line of this sheet: nothing was kept, begin again")


def _typed(question: str) -> str:
    try:
        return input(question)
    except EOFError as error:
        raise BadInput("nothing was done") from error
