"""`export`, `backup`."""

import json
import sqlite3
import sys
from contextlib import closing
from pathlib import Path
from typing import Annotated

from sqlalchemy import make_url

from certificates.command_line import Argument
from certificates.language import mark
from hub.commands.opening import Call
from hub.errors import BadInput
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
    file: Annotated[Path, Argument("FILE", help=mark("File to make; it must not exist."))],
) -> None:
    """Copy the database while the hub runs (the key file is not in it: keep a copy of it apart)."""
    url = make_url(context.settings.database_url)
    if url.get_backend_name() != "sqlite" or url.database is None:
        raise BadInput("this hub is on PostgreSQL: use pg_dump --format=custom", "backup")
    if file.exists():
        raise BadInput(f"{file} exists already", "backup")
    try:
        with (
            closing(sqlite3.connect(f"file:{url.database}?mode=ro", uri=True)) as source,
            closing(sqlite3.connect(file)) as target,
        ):
            source.backup(target)
    except sqlite3.Error as error:
        raise BadInput(f"no backup was made at {file}: {error}", "backup") from error
    context.tell(mark("backup written: {file}"), file=file)
