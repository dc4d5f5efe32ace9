"""The evidence of a run: what was journalled and what was read, in order, without the key.

The journal holds the key because a run cannot be taken up again without it; the evidence travels, so it has only the
key's SHA-256.
"""

import hashlib
import json
from collections.abc import Callable, Iterator
from dataclasses import asdict
from typing import Any

from erasure.drive import DriveFacts
from erasure.journal import EntryKind, Journal, JournalEntry

ASKED = frozenset(
    {
        "port",
        "cdb",
        "data_out_bytes",
        "timeout_ms",
        "opcode",
        "nsid",
        "cdw10",
        "cdw11",
        "cdw12",
        "cdw13",
        "argument",
        "command",
    }
)  # members of a command; the others are its reply
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
    document: dict[str, Any] = json.loads(json.dumps(asdict(facts)))
    return document


class Transcript:
    """Writes through to the journal and keeps what may be shown. Items are plain JSON types."""

    def __init__(
        self,
        journal: Journal,
        run_id: str,
        earlier: tuple[JournalEntry, ...] = (),
        now: Callable[[], int] = lambda: 0,
    ) -> None:
        self._journal, self._run_id = journal, run_id
        self._now = now  # milliseconds since the run began
        self._items: list[dict[str, Any]] = []
        for entry in earlier:
            self._keep(entry)

    def note(self, what: str, data: dict[str, Any]) -> None:
        """Keep a reading that needs no journal."""
        self._items.append({"what": what, "data": data})

    def command(self, item: dict[str, Any]) -> None:
        """Keep a command and its reply; of a row of equal questions the first, the last, and how many they were."""
        asked = {name: item[name] for name in item.keys() & ASKED}
        data = {"asked": asked, "answered": {name: item[name] for name in item.keys() - ASKED}, "ms": self._now()}
        same = [place for place in self._trailing_commands() if self._items[place]["data"]["asked"] == asked]
        if len(same) < 2:  # noqa: PLR2004 - a first and a last
            self._items.append({"what": "command", "data": data})
            return
        times = int(self._items[same[-1]]["data"].get("times", 1)) + 1
        self._items[same[-1]] = {"what": "command", "data": {**data, "times": times}}

    def _trailing_commands(self) -> Iterator[int]:
        """Places of the commands after the last entry that is none, oldest first."""
        first = len(self._items)
        while first and self._items[first - 1]["what"] == "command":
            first -= 1
        yield from range(first, len(self._items))

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
