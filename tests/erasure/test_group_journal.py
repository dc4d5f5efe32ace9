"""What several drives wait for becomes durable with one commit, and one bad entry stops no other drive."""

from collections.abc import Sequence

from erasure.errors import JournalError
from erasure.journal import EntryKind, JournalEntry, record_each


def test_what_several_drives_wait_for_becomes_durable_together_and_one_bad_entry_stops_no_other() -> None:
    class Grouping:
        def __init__(self, broken: str) -> None:
            self.broken, self.commits, self.kept = broken, [], []

        def record(self, entry: JournalEntry) -> None:
            self.record_all((entry,))

        def record_all(self, entries: Sequence[JournalEntry]) -> None:
            self.commits.append(len(entries))
            if any(entry.run_id == self.broken for entry in entries):
                raise JournalError("this row is refused")
            self.kept += [entry.run_id for entry in entries]

    entries = [JournalEntry(name, EntryKind.INTENT) for name in ("one", "two", "three")]
    sound, torn = Grouping(""), Grouping("two")
    assert record_each(sound, entries) == (None, None, None)
    assert (sound.commits, sound.kept) == ([3], ["one", "two", "three"])
    assert [fault and str(fault) for fault in record_each(torn, entries)] == [None, "this row is refused", None]
    assert (torn.commits, torn.kept) == ([3, 1, 1, 1], ["one", "three"])
