"""The journal of every run, in the file of the bench.

`record` returns only when the entry is durable (`erasure.journal.Journal`). `close_run` writes CLOSED, the signed
statement, its outbox row, its evidence and the chain head in one transaction: after any crash a run is either open, or
closed with its statement queued, and nothing in between.
"""

import hashlib
import json
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any, Final

from erasure.errors import JournalError
from erasure.journal import EntryKind, JournalEntry
from erasure.report import ErasureReport
from erasure.resume import measured
from erasure.scsi.clip import METHOD as SCSI_RESTORE
from station_agent.assemble import erasure_facts, transcript
from station_agent.clock import Clock
from station_agent.clock_floor import within
from station_agent.errors import StationError
from station_agent.members import members
from station_agent.records import Rows, legible
from station_agent.run_context import RunContext
from station_agent.signing import Chain, Signed
from station_agent.store import Store

DESTRUCTIVE: Final = (
    *(EntryKind.INTENT, EntryKind.CHECKPOINT, EntryKind.WRITTEN, EntryKind.RESUMED),
    *(EntryKind.RESTORED, EntryKind.POWER_CYCLE, EntryKind.PLANTED),
    *(EntryKind.COMMANDED, EntryKind.ACCEPTED, EntryKind.OBSERVED, EntryKind.STEPPED),
)
SUPERSEDE: Final = (
    "DELETE FROM journal WHERE position = (SELECT max(position) FROM journal WHERE run_id = ?) AND kind = ?"
)


@dataclass(frozen=True, slots=True)
class OpenRun:
    """A run without a verdict: INTERRUPTED when no worker has it."""

    run_id: str
    opened: str
    context: RunContext
    entries: tuple[JournalEntry, ...]
    worker: int = 0  # process of an erase that holds the state now, 0 for none: who holds this drive too is at it

    @property
    def offset(self) -> int:
        """Bytes below which everything was written and flushed."""
        offsets = [int(entry.data.get("offset", 0)) for entry in self.entries if entry.kind is EntryKind.CHECKPOINT]
        written = any(entry.kind is EntryKind.WRITTEN for entry in self.entries)
        return self.context.facts.size_bytes if written else max(offsets, default=0)

    @property
    def destructive(self) -> bool:
        """Whether something destructive may have been sent: INTENT comes before it."""
        return any(entry.kind in DESTRUCTIVE for entry in self.entries)

    @property
    def commanded(self) -> bool:
        """Whether the drive may have been told to erase itself: nobody can say then how far it came."""
        return any(entry.kind is EntryKind.COMMANDED for entry in self.entries)

    @property
    def waits_for_power(self) -> bool:
        """Whether the run waits for the drive to be switched off and on."""
        return bool(self.entries) and self.entries[-1].kind is EntryKind.POWER_CYCLE

    @property
    def followed(self) -> bool:
        """Whether the drive was told to erase itself, or was found at it: it may be at work when it comes back."""
        return self.commanded or any(one.kind is EntryKind.INTENT and one.data.get("adopt") for one in self.entries)

    @property
    def _unmeasured(self) -> bool:
        """Whether the kernel has never shown a capacity of the drive since the run began."""
        return self.context.facts.size_bytes == 0 and self.followed and not measured(self.entries)

    @property
    def sizes(self) -> frozenset[int]:
        """Capacities in bytes under which this drive may show up again: hidden areas may have been removed since."""
        facts = self.context.facts
        kinds = (EntryKind.RESTORED, EntryKind.POWER_CYCLE)
        touched = [one.data for one in self.entries if one.kind in kinds or "native_bytes" in one.data]
        told = [*(data.get("native_bytes") for data in touched), measured(self.entries).get("size_bytes")]
        native = facts.hidden.native_bytes if touched else None
        return frozenset({facts.size_bytes, *(size for size in (native, *told) if isinstance(size, int))})

    def shows(self, size_bytes: int) -> bool:
        """Say whether this drive may show up with this capacity.

        A SCSI drive tells its whole one only after it was asked for: a bench that died in between takes any larger one.
        One that erases itself may show none at all until the kernel has read it, and one that came so, any.
        """
        kinds = (EntryKind.RESTORED, EntryKind.COMMANDED)
        if self._unmeasured or (size_bytes == 0 and self.followed):
            return True
        last = next((one for one in reversed(self.entries) if one.kind in kinds), None)
        asked = last is not None and last.kind is EntryKind.COMMANDED and last.data.get("method") == SCSI_RESTORE
        return size_bytes in self.sizes or (asked and size_bytes > self.context.facts.size_bytes)


class BenchJournal:
    """Implements `erasure.journal.Journal` over the store of the bench."""

    def __init__(self, store: Store, chain: Chain, *, clock: Clock) -> None:
        self._store = store
        self._chain = chain
        self._clock = clock
        self._postponed: list[JournalEntry] = []

    @property
    def postponed(self) -> frozenset[str]:
        """Give the runs of which entries are in memory only."""
        return frozenset(entry.run_id for entry in self._postponed)

    def postpone(self, entry: JournalEntry) -> None:
        """Keep an entry in memory, to be written before anything else of its run (`station_agent.patient_journal`)."""
        last = next((one for one in reversed(self._postponed) if one.run_id == entry.run_id), None)
        if last is not None and last.kind is entry.kind is EntryKind.CHECKPOINT:
            self._postponed.remove(last)  # as `_write` does: the last of a row counts
        self._postponed.append(entry)

    def write_postponed(self) -> None:
        """Write what is in memory only. Raises `StationError`: then it stays there."""
        if self._postponed:
            with self._writing(self.postponed):
                pass

    @contextmanager
    def _writing(self, run_ids: Iterable[str]) -> Iterator[sqlite3.Connection]:
        """Yield a transaction that begins with the postponed entries of these runs. Raises `StationError`."""
        first = self._of(frozenset(run_ids))
        with self._store.transaction() as connection:
            for entry in first:
                self._write(connection, entry)
            yield connection
        self._postponed = [one for one in self._postponed if not any(one is entry for entry in first)]

    def _of(self, run_ids: frozenset[str]) -> tuple[JournalEntry, ...]:
        return tuple(entry for entry in self._postponed if entry.run_id in run_ids)

    def open_run(self, run_id: str, context: RunContext) -> None:
        """Keep what the statement will need (lot, asset, person, facts) durably, before the engine starts."""
        with self._store.transaction() as connection:
            connection.execute(
                "INSERT INTO run (run_id, opened, context, state) VALUES (?, ?, ?, 'open')",
                (run_id, self._clock.moment().wall, json.dumps(context.to_document())),
            )

    def record(self, entry: JournalEntry) -> None:
        """Store the entry durably, then return. Raises `JournalError`; the engine then stops writing."""
        self.record_all((entry,))

    def record_all(self, entries: Sequence[JournalEntry]) -> None:
        """Store the entries of several drives in one transaction. Raises `JournalError`: then none is stored."""
        try:
            with self._writing({entry.run_id for entry in entries}) as connection:
                for entry in entries:
                    self._write(connection, entry)
        except (StationError, sqlite3.Error) as error:
            raise JournalError(str(error)) from error

    def close_run(self, report: ErasureReport, context: RunContext) -> Signed:
        """Write the verdict and its signed statement in one transaction; a second call returns the stored statement.

        Raises `StationError`, `certificates` signing errors and `sqlite3.Error`; the run then stays open.
        """
        if (done := self.statement_of(report.run_id)) is not None:
            return done
        facts = self._bracketed(erasure_facts(report, context))
        verdict = {"verdict": facts["result"]["verdict"], "reasons": facts["result"]["reasons"]}
        with self._writing((report.run_id,)) as connection:
            self._write(connection, JournalEntry(report.run_id, EntryKind.CLOSED, verdict))
            signed = self._chain.append(connection, "erasure", facts, run_id=report.run_id)
            keep_evidence(connection, report)
            connection.execute("UPDATE run SET state = 'closed' WHERE run_id = ?", (report.run_id,))
        return signed

    def _bracketed(self, facts: dict[str, Any]) -> dict[str, Any]:
        """Bring start and end between the opening of the run and now: the clock may have jumped meanwhile."""
        rows = self._store.rows("SELECT opened FROM run WHERE run_id = ?", (facts["run_id"],))
        now = self._clock.moment().wall
        started = within(str(rows[0]["opened"]) if rows else "", facts["started"], now)
        return {**facts, "started": started, "ended": within(started, facts["ended"], now)}

    def rehearse(self, report: ErasureReport, context: RunContext) -> None:
        """Raise whatever would keep `close_run` from stating a run of this context; store nothing."""
        self._chain.rehearse("erasure", erasure_facts(report, context))

    def close_unstarted(self, run_id: str) -> None:
        """Forget a run that never reached INTENT: nothing destructive was sent and nothing is claimed."""
        with self._store.transaction() as connection:
            connection.execute("DELETE FROM journal WHERE run_id = ?", (run_id,))
            connection.execute("DELETE FROM run WHERE run_id = ? AND state = 'open'", (run_id,))

    def statement_of(self, run_id: str) -> Signed | None:
        """Give the statement that closed this run."""
        found = self._store.rows("SELECT id, kid, seq, kind, envelope FROM statement WHERE run_id = ?", (run_id,))
        return Signed(**dict(found[0])) if found else None

    def entries(self, run_id: str) -> tuple[JournalEntry, ...]:
        """Give all entries of a run, oldest first."""
        return (*entries_in(self._store, run_id), *self._of(frozenset((run_id,))))

    def open_runs(self) -> tuple[OpenRun, ...]:
        """Give every run without a verdict, oldest first."""
        found = open_runs_in(self._store)
        return tuple(replace(run, entries=(*run.entries, *self._of(frozenset((run.run_id,))))) for run in found)

    def _write(self, connection: sqlite3.Connection, entry: JournalEntry) -> None:
        moment = self._clock.moment()
        if entry.kind is EntryKind.CHECKPOINT:  # only the last of a row counts, and each carries the whole list of LBAs
            connection.execute(SUPERSEDE, (entry.run_id, EntryKind.CHECKPOINT))
        connection.execute(
            "INSERT INTO journal (run_id, kind, data, boot_id, mono_ns, wall) VALUES (?, ?, ?, ?, ?, ?)",
            (entry.run_id, entry.kind, json.dumps(entry.data), moment.boot_id, moment.mono_ns, moment.wall),
        )


@legible()
def entries_in(store: Rows, run_id: str) -> tuple[JournalEntry, ...]:
    """Give all entries of a run, oldest first. Raises `StoreBroken`."""
    rows = store.rows("SELECT kind, data FROM journal WHERE run_id = ? ORDER BY position", (run_id,))
    return tuple(JournalEntry(run_id, EntryKind(row["kind"]), members(row["data"])) for row in rows)


@legible()
def open_runs_in(store: Rows) -> tuple[OpenRun, ...]:
    """Give every run without a verdict, oldest first. Needs no key. Raises `StoreBroken`."""
    rows = store.rows("SELECT run_id, opened, context FROM run WHERE state = 'open' ORDER BY rowid")
    return tuple(
        OpenRun(
            row["run_id"],
            row["opened"],
            RunContext.from_document(members(row["context"])),
            entries_in(store, row["run_id"]),
        )
        for row in rows
    )


def keep_evidence(connection: sqlite3.Connection, report: ErasureReport) -> None:
    """Store the transcript under its SHA-256."""
    data = transcript(report)
    connection.execute("INSERT OR IGNORE INTO evidence VALUES (?, ?)", (hashlib.sha256(data).hexdigest(), data))


def outcome_document(report: ErasureReport) -> dict[str, Any]:
    """What JSON output says of one finished run."""
    return {
        "run_id": report.run_id,
        "verdict": str(report.verdict),
        "level": str(report.level),
        "method": report.method_achieved,
        "reasons": [{"code": str(reason.code), "detail": reason.detail} for reason in report.reasons],
        "exceptions": [{"code": str(reason.code), "detail": reason.detail} for reason in report.exceptions],
        "bad": {name: [[r.first, r.count] for r in ranges] for name, ranges in _bad(report).items()},
    }


def _bad(report: ErasureReport) -> dict[str, Any]:
    return {"write": report.bad.write, "read": report.bad.read, "mismatch": report.bad.mismatch}
