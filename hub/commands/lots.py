"""`lot create`, `lot import`."""

import json
from pathlib import Path
from typing import Annotated

from sqlalchemy import select

from certificates.command_line import Argument, Option
from certificates.language import mark
from hub.commands.opening import Call
from hub.errors import NotFound
from hub.imported.lists import read_file
from hub.lots.importing import RowOutcome
from hub.lots.service import create_lot, import_list, preview_import
from hub.models import Lot

Code = Annotated[str, Argument("CODE", help=mark("Code of the lot."))]
LINE = mark("line {line}: {outcome}: {reason}")
OUTCOMES = {
    RowOutcome.CREATED: mark("created"),
    RowOutcome.MATCHED: mark("matched"),
    RowOutcome.CONFLICTING: mark("conflicting"),
    RowOutcome.REJECTED: mark("rejected"),
}


def create(
    context: Call,
    code: Code,
    donor: Annotated[str, Option("--donor", help=mark("Name of the donor; made when new."), metavar="NAME")],
    label: Annotated[str, Option("--label", help=mark("What the lot is."))] = "",
) -> None:
    """Announce a lot."""
    with context.unit_of_work() as session:
        create_lot(session, code, donor, label, None)
    context.tell(mark("lot {lot}"), lot=code)


def import_file(
    context: Call,
    code: Code,
    file: Annotated[Path, Argument("FILE", help=mark("List as CSV or XLSX, or an inventory."), file=True)],
    *,
    dry_run: Annotated[bool, Option("--dry-run", help=mark("Only show what would happen."))] = False,
    as_json: Annotated[bool, Option("--json", help=mark("Print the result as JSON."))] = False,
) -> None:
    """Import a donor's list into a lot."""
    data = file.read_bytes()
    with context.unit_of_work() as session:
        target = session.scalar(select(Lot).where(Lot.code == code))
        if target is None:
            raise NotFound(f"no lot {code}")
        source = read_file(data)
        done = preview_import(session, target, source) if dry_run else import_list(session, target, source, None)
    if as_json:
        rows = [{"line": row.line, "outcome": row.outcome.value, "reason": row.reason} for row in done.rows]
        print(json.dumps({"schema": "etabli.import/1", "sha256": done.sha256, "rows": rows}, ensure_ascii=False))
        return
    context.show(", ".join(f"{len(done.of(outcome))} {context.say(word)}" for outcome, word in OUTCOMES.items()))
    if source.left_out:
        context.tell(mark("columns that are not read: {names}"), names=" · ".join(source.left_out))
    from hub.pages.sentences import in_words  # noqa: PLC0415  (with all pages, only where something is to be said)

    for row in (*done.conflicting, *done.rejected):
        reason = in_words(row.reason, context.lang)
        context.tell(LINE, line=row.line, outcome=context.say(OUTCOMES[row.outcome]), reason=reason)
