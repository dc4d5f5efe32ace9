"""Which run a person means: by the beginning of its id, by that of its statement, or by its drive.

Never guesses: what fits several runs is answered by their list.
"""

import re
from dataclasses import dataclass
from typing import Final

from erasure.drive import DriveIdentity
from station_agent.errors import UsageError
from station_agent.language import mark, visible
from station_agent.members import members, word
from station_agent.records import Rows, legible
from station_agent.run_record import runs_of

LEAST: Final = 6  # characters of an id that name a run
MOST: Final = 8  # runs that an answer lists
BEGINNING: Final = re.compile(rf"[0-9a-f]{{{LEAST},64}}", re.ASCII)
FITTING: Final = (
    "SELECT run.run_id AS run_id, run.opened AS opened, run.context AS context, statement.id AS id "
    "FROM run LEFT JOIN statement USING (run_id) "
    "WHERE substr(run.run_id, 1, length(?1)) = ?1 OR substr(statement.id, 1, length(?1)) = ?1 ORDER BY run.rowid"
)
OTHER_KIND: Final = "SELECT id, kind FROM statement WHERE run_id IS NULL AND substr(id, 1, length(?1)) = ?1"


@dataclass(frozen=True, slots=True)
class FoundRun:
    """One run that fits: enough to tell it from the others."""

    run_id: str
    opened: str
    serial: str
    statement_id: str

    @property
    def named(self) -> str:
        """Say it in one line."""
        return f"{self.run_id} ({self.opened[:10]}, {visible(self.serial) or '-'}, {self.statement_id[:12] or '-'})"


def as_beginning(subject: str) -> str:
    """Give the beginning of an id that a person may have typed, in lower case; "" when it cannot be one."""
    plain = subject.strip().lower()
    return plain if BEGINNING.fullmatch(plain) else ""


@legible()
def run_named(store: Rows, beginning: str) -> str:
    """Give the id of the one run whose own id or whose statement's id begins so; "" when there is none.

    Raises `UsageError` with their list when several fit, and for a statement that is of no run.
    """
    rows = store.rows(FITTING, (beginning,))
    found = [FoundRun(row["run_id"], row["opened"], _serial(row["context"]), row["id"] or "") for row in rows]
    whole = [one for one in found if beginning in (one.run_id, one.statement_id)]
    if len(whole or found) == 1:
        return (whole or found)[0].run_id
    if found:
        more = ["..."] if len(found) > MOST else []
        raise UsageError(
            mark("{beginning} fits {n} runs; give more of the id of one: {runs}."),
            beginning=beginning,
            n=len(found),
            runs=", ".join([one.named for one in found[:MOST]] + more),
        )
    if others := store.rows(OTHER_KIND, (beginning,)):
        raise UsageError(
            mark(
                "The statement {id} is of no run of a drive: it is of the kind {kind}. `etabli-station outbox` has it."
            ),
            id=others[0]["id"],
            kind=others[0]["kind"],
        )
    return ""


def last_run(store: Rows, drive: DriveIdentity) -> str:
    """Give the last run of a drive. Raises `UsageError` when there is none."""
    runs = runs_of(store, drive) if drive.serial.strip() else ()
    if not runs:
        raise UsageError(mark("This bench has no run of the drive {serial}."), serial=visible(drive.serial) or "-")
    return runs[-1]


def _serial(context: str) -> str:
    return word(members(context), "facts", "device", "identity", "serial")
