"""The record of one run as it is kept: context, journal, transcript and statement. Read only, and without the key.

The key of the run stays in the journal; what is given here carries its SHA-256 (`erasure.transcript`).
"""

import hashlib
from collections import defaultdict
from dataclasses import dataclass
from typing import Any

from erasure.drive import DriveIdentity
from erasure.naming import unlike
from erasure.transcript import SECRET, without_key
from station_agent.errors import UsageError
from station_agent.kept_facts import rebuilt
from station_agent.language import mark, visible
from station_agent.members import group, listed, members, signed, word
from station_agent.records import Rows, legible
from station_agent.run_context import RunContext

RUN_ID_CHARACTERS = 32


@dataclass(frozen=True, slots=True)
class RunRecord:
    """Everything that this bench keeps of one run. `statement` is None while the run is open."""

    run_id: str
    opened: str
    open: bool
    context: RunContext
    journal: tuple[dict[str, Any], ...]  # {"kind", "data", "wall", "mono_ns", "boot_id"}, oldest first
    transcript: tuple[dict[str, Any], ...]  # {"what", "data"}, oldest first; the journal's entries for an open run
    statement_id: str
    statement: dict[str, Any] | None  # the signed payload
    evidence_found: bool  # the transcript is there and has the hash that was signed

    def to_document(self) -> dict[str, Any]:
        """Plain JSON types."""
        return {
            "run_id": self.run_id,
            "opened": self.opened,
            "open": self.open,
            "context": self.context.to_document(),
            "journal": list(self.journal),
            "transcript": list(self.transcript),
            "statement_id": self.statement_id or None,
            "statement": self.statement,
            "evidence_found": self.evidence_found,
        }

    def timed(self) -> tuple[tuple[str, dict[str, Any]], ...]:
        """Give the items of the transcript, each with the wall time of its journal entry; "" where there is none."""
        times: dict[str, list[str]] = defaultdict(list)
        for entry in self.journal:
            times[entry["kind"]].append(entry["wall"])
        return tuple((times[item["what"]].pop(0) if times[item["what"]] else "", item) for item in self.transcript)


@legible()
def record_of(store: Rows, run_id: str) -> RunRecord:
    """Read one run. Raises `UsageError` when there is none, `StoreError` when it cannot be read."""
    rows = store.rows("SELECT run_id, opened, context, state FROM run WHERE run_id = ?", (run_id,))
    if not rows:
        raise UsageError(mark("This bench has no run {run}."), run=visible(run_id))
    row = rows[0]
    journal = _journal(store, run_id)
    kept = tuple({"what": entry["kind"], "data": entry["data"]} for entry in journal)
    found = store.rows("SELECT id, envelope FROM statement WHERE run_id = ?", (run_id,))
    statement = signed(found[0]["envelope"]) if found else None
    evidence = None if statement is None else _evidence(store, word(statement, "evidence_sha256"))
    return RunRecord(
        run_id=run_id,
        opened=row["opened"],
        open=row["state"] == "open",
        context=RunContext.from_document(members(row["context"])),
        journal=journal,
        transcript=kept if evidence is None else evidence,
        statement_id=found[0]["id"] if found else "",
        statement=statement,
        evidence_found=evidence is not None,
    )


@legible()
def runs_of(store: Rows, drive: DriveIdentity) -> tuple[str, ...]:
    """Give the ids of the runs of a drive, oldest first: those of its serial and model, its world-wide name aside.

    Raises `StoreBroken`.
    """
    rows = store.rows("SELECT run_id, context FROM run ORDER BY rowid")
    known = ((row["run_id"], group(members(row["context"]), "facts", "device", "identity")) for row in rows)
    names = ((run_id, rebuilt(DriveIdentity, identity)) for run_id, identity in known)
    return tuple(run_id for run_id, name in names if not {"serial", "model"}.intersection(unlike(name, drive)))


def _journal(store: Rows, run_id: str) -> tuple[dict[str, Any], ...]:
    rows = store.rows(
        "SELECT kind, data, wall, mono_ns, boot_id FROM journal WHERE run_id = ? ORDER BY position", (run_id,)
    )
    return tuple({**dict(row), "data": _shown(members(row["data"]))} for row in rows)


def _shown(entry: dict[str, Any]) -> dict[str, Any]:
    """Copy an entry without its key. Raises `Illegible` and ValueError for a key that is none."""
    return without_key({**entry, SECRET: word(entry, SECRET)} if SECRET in entry else entry)


def _evidence(store: Rows, digest: str) -> tuple[dict[str, Any], ...] | None:
    """Give the transcript that was signed; None when it is gone or is another one."""
    rows = store.rows("SELECT transcript FROM evidence WHERE sha256 = ?", (digest,))
    if not rows or hashlib.sha256(bytes(rows[0]["transcript"])).hexdigest() != digest:
        return None
    return listed(bytes(rows[0]["transcript"]))
