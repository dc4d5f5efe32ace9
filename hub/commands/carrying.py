"""`import`: statements that a bench exported to a stick."""

import json
import os
import stat
from pathlib import Path
from typing import Annotated, BinaryIO

from certificates.command_line import Argument, Option
from certificates.language import mark
from certificates.receipts import written
from hub.commands.opening import Call
from hub.commands.refusals import refusal_words
from hub.context import open_hub
from hub.errors import BadInput
from hub.ledger.carried import Import, result_of, take_file
from hub.ledger.opening import CONFLICT, CREATED, KNOWN

REFUSED = mark("{id}  refused: {why}")
IN_CONFLICT = mark("{id}  in conflict: {why}")
SUFFIX = ".receipts"


def import_file(
    context: Call,
    file: Annotated[Path, Argument("FILE", help=mark("What `etabli-station export` wrote, or a second copy."))],
    receipts: Annotated[
        Path | None,
        Option(
            "--receipts", metavar="FILE", help=mark("Where the receipts go; else beside FILE, named FILE.receipts.")
        ),
    ] = None,
    *,
    as_json: Annotated[bool, Option("--json", help=mark("Print one JSON document instead of text."))] = False,
) -> None:
    """Take statements from a file, checked as if they came over the network, and write signed receipts."""
    hub = open_hub(context.settings)
    target = receipts or file.with_name(file.name + SUFFIX)
    try:
        with open_regular(file) as stream:
            done = take_file(hub, stream)
        write_receipts(target, written(hub.identity.key, done.results()))
    finally:
        hub.engine.dispose()
    if as_json:
        print(json.dumps(document(done, target), ensure_ascii=False, indent=1))
    else:
        tell(context, done, target)
    if any(not answer.stored for answer in done.answers) or done.damage:
        raise BadInput("not every statement was taken: the list above says which and why", "import")


def document(done: Import, target: Path) -> dict[str, object]:
    """Give the report in plain JSON types."""
    return {
        "schema": "etabli.import/1",
        "receipts": str(target),
        "statements": [result_of(answer) for answer in done.answers],
        "damaged": [{"kind": str(one.kind), "offset": one.offset} for one in done.damage],
    }


def tell(context: Call, done: Import, target: Path) -> None:
    """Say one line for each statement that was not stored, then the numbers."""
    unknown = False
    for answer in done.answers:
        if not answer.stored:
            why = refusal_words(answer.message, context.lang)
            context.tell(IN_CONFLICT if answer.status == CONFLICT else REFUSED, id=answer.id[:16], why=why)
            if answer.code == "station":
                unknown = True
    if unknown:
        context.tell(
            mark("A bench is listened to once its key is accepted: page Stations of the hub, then import again.")
        )
    for place in done.damage:
        context.tell(mark("damaged: byte {offset} ({kind})"), offset=place.offset, kind=place.kind)
    context.tell(
        mark("{new} new, {known} known already, {conflict} in conflict, {other} refused; receipts: {file}"),
        new=done.count(CREATED),
        known=done.count(KNOWN),
        conflict=done.count(CONFLICT),
        other=len(done.answers) - done.count(CREATED) - done.count(KNOWN) - done.count(CONFLICT),
        file=target,
    )


def open_regular(path: Path) -> BinaryIO:
    """Open a file to read, never a device or a pipe. Raises OSError, `BadInput`."""
    descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK)
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise BadInput(f"{path} is no regular file", "file")
    return os.fdopen(descriptor, "rb")


def write_receipts(path: Path, data: bytes) -> None:
    """Write the receipts, whole or not at all; a file of that name is replaced, no link is followed. Raises OSError."""
    draft = path.with_name(f".{path.name}.part")
    draft.unlink(missing_ok=True)
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC | os.O_NOFOLLOW, 0o644)
    with os.fdopen(descriptor, "wb") as out:
        out.write(data)
        out.flush()
        os.fsync(out.fileno())
    draft.replace(path)
