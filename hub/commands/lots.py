"""`lot create`, `lot import`."""

import json
from pathlib import Path
from typing import Annotated

import typer
from sqlalchemy import select

from hub.commands.opening import unit_of_work
from hub.errors import NotFound
from hub.lots.listing import decode_list
from hub.lots.service import create_lot, import_list, preview_import
from hub.models import Lot

lot = typer.Typer(help="Lots.", no_args_is_help=True)


@lot.command()
def create(
    context: typer.Context,
    code: str,
    donor: Annotated[str, typer.Option(help="Name of the donor; made when new.")],
    label: Annotated[str, typer.Option(help="What the lot is.")] = "",
) -> None:
    """Announce a lot."""
    with unit_of_work(context) as session:
        create_lot(session, code, donor, label, None)
    typer.echo(f"lot {code}")


@lot.command(name="import")
def import_file(
    context: typer.Context,
    code: str,
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="List as CSV (; or ,).")],
    *,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only show what would happen.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print the result as JSON.")] = False,
) -> None:
    """Import a donor's list into a lot."""
    text = decode_list(file.read_bytes())
    with unit_of_work(context) as session:
        target = session.scalar(select(Lot).where(Lot.code == code))
        if target is None:
            raise NotFound(f"no lot {code}")
        done = preview_import(session, target, text) if dry_run else import_list(session, target, text, None)
    if as_json:
        rows = [{"line": row.line, "outcome": row.outcome.value, "reason": row.reason} for row in done.rows]
        typer.echo(json.dumps({"schema": "etabli.import/1", "sha256": done.sha256, "rows": rows}, ensure_ascii=False))
        return
    typer.echo(done.counts())
    for row in (*done.conflicting, *done.rejected):
        typer.echo(f"line {row.line}: {row.outcome.value}: {row.reason}")
