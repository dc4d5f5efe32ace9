"""The journal that the engine writes through: what permits something is durable before `record` returns.

The engine only needs this protocol. The bench keeps it in SQLite beside its outbox (`station_agent.journal`); tests
keep it in memory. `INTENT` comes before the first destructive byte; a run without `CLOSED` is open (INTERRUPTED).
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Protocol, runtime_checkable

from erasure.errors import JournalError


class EntryKind(StrEnum):
    """What a journal entry says."""

    INTENT = "INTENT"  # identity, size, plan, key, boot id: durable before the first write
    CHECKPOINT = "CHECKPOINT"  # {"phase","offset","bad"}: everything below `offset` was written and flushed
    RESTORED = "RESTORED"  # what was done about hidden areas, and the sizes before and after
    POWER_CYCLE = "POWER_CYCLE"  # the run waits for the drive to be switched off and on: {"native_bytes","boot_id"}
    PLANTED = "PLANTED"  # canaries are on the drive, flushed and read back; fingerprints of old content
    COMMANDED = "COMMANDED"  # the destructive command that is sent next: {"method","command"}
    ACCEPTED = "ACCEPTED"  # the drive took it: {"method","reply","notes"}
    OBSERVED = "OBSERVED"  # what the drive was seen at: {"method","state"}; "running" once, "measured" with sizes
    STEPPED = "STEPPED"  # a step that comes before the method is over: {"method"}
    WRITTEN = "WRITTEN"  # the write pass is complete and flushed; its errors are listed
    FOUND = "FOUND"  # {"unreadable","mismatch"}: what the verification met since the last one; counts for ever
    VERIFIED = "VERIFIED"  # the verification is complete; its counts
    RESUMED = "RESUMED"  # taken up again: boot id, offset
    CLOSED = "CLOSED"  # the verdict; written by the bench in one transaction with the statement


MAY_WAIT = frozenset(
    {
        *(EntryKind.CHECKPOINT, EntryKind.WRITTEN, EntryKind.FOUND),
        *(EntryKind.ACCEPTED, EntryKind.OBSERVED, EntryKind.VERIFIED),
    }
)
"""What a bench may keep in memory while its medium fails, behind a durable INTENT: such entries tell what was done or
seen, and permit nothing. Lost with the process, they are done or seen again, and the run has no verdict."""


@dataclass(frozen=True, slots=True)
class JournalEntry:
    """One durable fact of a run. `data` holds plain JSON types only."""

    run_id: str
    kind: EntryKind
    data: dict[str, Any] = field(default_factory=dict)


class Journal(Protocol):
    """Where entries become durable."""

    def record(self, entry: JournalEntry) -> None:
        """Store the entry durably, then return; one that may wait (`MAY_WAIT`) may be kept in memory meanwhile.

        Raises `JournalError`; the engine then stops writing.
        """
        ...


@runtime_checkable
class GroupJournal(Journal, Protocol):
    """A journal that makes what several drives wait for durable with one commit."""

    def record_all(self, entries: Sequence[JournalEntry]) -> None:
        """Store all entries durably, then return; or store none of them and raise `JournalError`."""
        ...


def record_each(journal: Journal, entries: Sequence[JournalEntry]) -> tuple[JournalError | None, ...]:
    """Make entries of several runs durable; give for each why it is not, None for one that is.

    Together where the journal can. When that fails each is tried alone: one bad entry stops no other drive.
    """
    if len(entries) > 1 and isinstance(journal, GroupJournal):
        try:
            journal.record_all(entries)
        except JournalError:
            pass
        else:
            return (None,) * len(entries)
    return tuple(_recorded(journal, entry) for entry in entries)


def _recorded(journal: Journal, entry: JournalEntry) -> JournalError | None:
    try:
        journal.record(entry)
    except JournalError as error:
        return error
    return None
