"""The evidence of a run: what was journalled and what was read, in order, without the key.

The journal holds the key because a run cannot be taken up again without it; the evidence travels, so it has only the
key's SHA-256.
"""

import hashlib
from dataclasses import asdict
from typing import Any

from erasure.drive import DriveFacts
from erasure.journal import EntryKind, Journal, JournalEntry

SECRET = "key"  # noqa: S105 - the name of a member, not a secret
SECRET_HASH = "key_sha256"  # noqa: S105


def without_key(data: dict[str, Any]) -> dict[str, Any]:
    """Copy `data` with the key replaced by its SHA-256."""
    if SECRET not in data:
        return dict(data)
    told = {name: value for name, value in data.items() if name != SECRET}
    told[SECRET_HASH] = hashlib.sha256(bytes.fromhex(data[SECRET])).hexdigest()
    return told


def facts_document(facts: DriveFacts) -> dict[str, Any]:
    """Give facts as plain JSON types, raw readings included."""
    return asdict(facts)


class Transcript:
    """Writes through to the journal and keeps what may be shown. Items are plain JSON types."""

    def __init__(self, journal: Journal, run_id: str, earlier: tuple[JournalEntry, ...] = ()) -> None:
        self._journal, self._run_id = journal, run_id
        self._items: list[dict[str, Any]] = []
        for entry in earlier:
            self._keep(entry)

    def note(self, what: str, data: dict[str, Any]) -> None:
        """Keep a reading that needs no journal."""
        self._items.append({"what": what, "data": data})

    def record(self, kind: EntryKind, data: dict[str, Any]) -> None:
        """Make an entry durable, then keep it. Raises JournalError."""
        entry = JournalEntry(self._run_id, kind, data)
        self._journal.record(entry)
        self._keep(entry)

    def items(self) -> tuple[dict[str, Any], ...]:
        """Everything kept so far, oldest first."""
        return tuple(self._items)

    def _keep(self, entry: JournalEntry) -> None:
        """Keep an entry; of a row of checkpoints only the last."""
        if entry.kind is EntryKind.CHECKPOINT and self._items and self._items[-1]["what"] == EntryKind.CHECKPOINT:
            self._items.pop()
        self._items.append({"what": str(entry.kind), "data": without_key(entry.data)})
