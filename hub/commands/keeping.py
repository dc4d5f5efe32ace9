"""`export`, `backup`, `restore`."""

import json
import sys
from pathlib import Path
from typing import Annotated

from certificates.command_line import Argument, Option
from certificates.language import mark
from hub import audit, backups
from hub.commands.opening import Call
from hub.ledger.export import exported_lines


def export(
    context: Call,
    file: Annotated[Path | None, Argument("FILE", help=mark("Where to write; standard output when left out."))] = None,
) -> None:
    """Write the ledger as JSON lines: position, id, received, and the envelope byte for byte."""
    with context.unit_of_work() as session:
        if file is None:
            for line in exported_lines(session):
                sys.stdout.write(json.dumps(line, ensure_ascii=False) + "\n")
            return
        with file.open("x", encoding="utf-8") as target:
            for line in exported_lines(session):
                target.write(json.dumps(line, ensure_ascii=False) + "\n")


def backup(
    context: Call,
    place: Annotated[
        Path, Argument("PLACE", help=mark("File to make, which must not exist, or a folder for a file with its date."))
    ],
    keep: Annotated[
        int, Option("--keep", help=mark("In a folder: how many of its backups stay; 0 keeps all."), metavar="N")
    ] = 0,
) -> None:
    """Copy the database while the hub runs (the key file is not in it: keep a copy of it apart)."""
    made = backups.back_up(context.settings, place)
    with context.unit_of_work() as session:
        audit.record(session, None, backups.MADE, made.name)
    context.tell(mark("backup written: {file}"), file=made)
    for old in backups.thin_out(place, keep, made):
        context.tell(mark("older backup deleted: {file}"), file=old)


def restore(
    context: Call,
    file: Annotated[Path, Argument("FILE", help=mark("A backup of this hub."))],
) -> None:
    """Put a backup in the place of the database; what was there is kept beside it. The hub must not run."""
    aside = backups.restore(context.settings, file)
    with context.unit_of_work() as session:
        audit.record(session, None, backups.PUT_BACK, file.name)
    context.tell(mark("restored: {file}"), file=file)
    if aside is not None:
        context.tell(mark("the database of before is kept: {file}"), file=aside)
    context.tell(
        mark(
            "Benches send again by themselves what came after this backup. What people did since then on the pages "
            "(lots, lists, decisions, accounts) has to be done again."
        )
    )
