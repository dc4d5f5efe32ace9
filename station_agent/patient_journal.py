"""The journal of running erases on a medium that fills or fails: what runs goes on, and nothing new begins.

Behind a durable INTENT (or RESUMED), entries that permit nothing (`erasure.journal.MAY_WAIT`) are kept in memory when
they cannot be written, and written first of all when they can. Everything else is refused: no drive is begun, and no
command goes out, of which nothing would be known after a power cut. A verdict is stated with all of them, or not.
"""

from collections.abc import Sequence
from typing import Final

from erasure.errors import JournalError
from erasure.journal import MAY_WAIT, EntryKind, JournalEntry
from station_agent.journal import BenchJournal

BEGINNING: Final = frozenset({EntryKind.INTENT, EntryKind.RESUMED})


class PatientJournal:
    """Implements `erasure.journal.GroupJournal` over the journal of the bench. Used by one thread."""

    def __init__(self, journal: BenchJournal) -> None:
        self._journal = journal
        self._begun: set[str] = set()  # runs whose beginning this process made durable

    def record(self, entry: JournalEntry) -> None:
        """Store the entry durably, or keep it in memory where it may wait. Raises `JournalError` where it may not."""
        try:
            self._journal.record(entry)
        except JournalError:
            if entry.kind not in MAY_WAIT or entry.run_id not in self._begun:
                raise
            self._journal.postpone(entry)
        else:
            self._note((entry,))

    def record_all(self, entries: Sequence[JournalEntry]) -> None:
        """Store all entries durably; or store none of them and raise `JournalError`."""
        self._journal.record_all(entries)
        self._note(entries)

    def _note(self, entries: Sequence[JournalEntry]) -> None:
        self._begun |= {entry.run_id for entry in entries if entry.kind in BEGINNING}
