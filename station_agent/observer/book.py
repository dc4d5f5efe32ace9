"""What this bench has seen of the logs of its hubs, in the file of the bench: keys, newest checkpoints, alarms.

A checkpoint is only ever replaced by one of the same log that is no smaller; an alarm stays until a person ends it.
"""

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from certificates.note import NoteKey
from certificates.root import Root
from station_agent.observer.listing import Shard
from station_agent.records import Rows
from station_agent.store import Store

ROOT: Final = "log-root:"  # note of the root file that is followed, before the address of its hub
ROOT_ASIDE: Final = "UPDATE meta SET name = name || ' ' || rowid WHERE name = ?"
ENROLLED, FIRST_SEEN, ROLLED = "enrolment", "first-seen", "rolled"
NEWEST: Final = (
    "SELECT * FROM log_shard WHERE hub = ?1 AND size > 0 ORDER BY EXISTS (SELECT 1 FROM log_alarm WHERE "
    "log_alarm.hub = ?1 AND log_alarm.origin = log_shard.origin AND resolved = '') DESC, first DESC, name DESC LIMIT 1"
)


@dataclass(frozen=True, slots=True)
class Pin:
    """One log as this bench knows it. `note` is the newest checkpoint seen, "" before the first; `root` in hex.

    `final`: it was closed, and its last checkpoint was seen. `how` says whence its key is known.
    """

    name: str
    origin: str
    first: int
    vkey: str
    state: str
    how: str
    size: int = 0
    root: str = ""
    note: str = ""
    note_sha256: str = ""
    seen: str = ""
    final: bool = False

    @property
    def key(self) -> NoteKey:
        """The key that this log was pinned to."""
        return NoteKey.from_vkey(self.vkey)


@dataclass(frozen=True, slots=True)
class Raised:
    """An alarm of this bench, ended once `resolved` is a time."""

    number: int
    hub: str
    origin: str
    code: str
    detail: str
    kept: str
    told: str
    answer: str
    raised: str
    resolved: str = ""
    by: str = ""
    word: str = ""


class LogBook:
    """The pages of one hub in the store."""

    def __init__(self, store: Store, hub: str) -> None:
        self.store = store
        self.hub = hub

    def pins(self) -> tuple[Pin, ...]:
        """Give the logs that are known of this hub, the oldest first."""
        return pins_in(self.store, self.hub)

    def root(self) -> Root | None:
        """Give the root file that is followed here, None before the first."""
        text = self.store.noted(ROOT + self.hub)
        return Root.from_json(text.encode()) if text else None

    def keep_root(self, root: Root) -> Root:
        """Keep a root file that was judged to follow the one before; durable when this returns."""
        self.store.note(ROOT + self.hub, root.to_json().decode())
        return root

    def alarm(self) -> Raised | None:
        """Give the alarm that nobody has ended yet."""
        rows = self.store.rows(
            "SELECT * FROM log_alarm WHERE hub = ? AND resolved = '' ORDER BY number LIMIT 1", (self.hub,)
        )
        return _raised(rows[0]) if rows else None

    def pin(self, shards: Sequence[Shard], how: str) -> None:
        """Keep the keys of logs that were not known, and how each log stands now; durable when this returns."""
        with self.store.transaction() as connection:
            for shard in shards:
                connection.execute(
                    "INSERT INTO log_shard (hub, origin, name, first, vkey, state, how) VALUES (?, ?, ?, ?, ?, ?, ?) "
                    "ON CONFLICT (hub, origin) DO UPDATE SET state = excluded.state",
                    (self.hub, shard.origin, shard.name, shard.first, shard.key.vkey, shard.state, how),
                )

    def keep(self, seen: Pin) -> None:
        """Keep a newer checkpoint of a log, never a smaller one; durable when this returns."""
        told = (seen.size, seen.root, seen.note, seen.note_sha256, seen.seen)
        with self.store.transaction() as connection:
            connection.execute(
                "UPDATE log_shard SET size = ?, root = ?, note = ?, note_sha256 = ?, seen = ?, final = ? "
                "WHERE hub = ? AND origin = ? AND size <= ?",
                (*told, int(seen.final), self.hub, seen.origin, seen.size),
            )

    def raise_alarm(self, found: Raised) -> Raised:
        """Keep an alarm with both views; durable when this returns."""
        with self.store.transaction() as connection:
            cursor = connection.execute(
                "INSERT INTO log_alarm (hub, origin, code, detail, kept, told, answer, raised) "
                "VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                (self.hub, found.origin, found.code, found.detail, found.kept, found.told, found.answer, found.raised),
            )
        rows = self.store.rows("SELECT * FROM log_alarm WHERE number = ?", (cursor.lastrowid,))
        return _raised(rows[0])

    def resolve(self, *, at: str, by: str, word: str, anew: bool) -> int:
        """End the alarms of this hub by the word of a person; `anew`: its logs are first seen again at the next sync.

        What was seen before stays in the rows, under a name that no hub has. Gives how many were ended.
        """
        with self.store.transaction() as connection:
            ended = connection.execute(
                "UPDATE log_alarm SET resolved = ?, by = ?, word = ? WHERE hub = ? AND resolved = ''",
                (at, by, word, self.hub),
            ).rowcount
            if anew and ended:
                connection.execute("UPDATE log_shard SET hub = hub || ' ' || rowid WHERE hub = ?", (self.hub,))
                connection.execute(ROOT_ASIDE, (ROOT + self.hub,))
        return int(ended)


def move_pages(connection: sqlite3.Connection, earlier: str, url: str) -> None:
    """Let what was seen of a hub count at its new address, where nothing was seen before; in a transaction.

    An alarm goes with the hub in any case: another address does not end it.
    """
    connection.execute("UPDATE log_alarm SET hub = ? WHERE hub = ?", (url, earlier))
    if connection.execute("SELECT 1 FROM log_shard WHERE hub = ?", (url,)).fetchone() is None:
        connection.execute("UPDATE log_shard SET hub = ? WHERE hub = ?", (url, earlier))
        connection.execute("UPDATE OR IGNORE meta SET name = ? WHERE name = ?", (ROOT + url, ROOT + earlier))


def set_pages_aside(connection: sqlite3.Connection, url: str) -> None:
    """Keep what was seen of another hub at this address under names that no hub has; in a transaction."""
    connection.execute("UPDATE log_shard SET hub = hub || ' ' || rowid WHERE hub = ?", (url,))
    connection.execute("UPDATE log_alarm SET hub = hub || ' ' || rowid WHERE hub = ?", (url,))
    connection.execute(ROOT_ASIDE, (ROOT + url,))


def is_kept_in(rows: Rows) -> bool:
    """Whether these records have pages of logs: those of an older version, opened only to be read, have none."""
    return bool(rows.rows("SELECT 1 FROM sqlite_master WHERE name = 'log_alarm'"))


def pins_in(rows: Rows, hub: str) -> tuple[Pin, ...]:
    """Give the logs that are known of a hub, the oldest first."""
    return tuple(_pin(row) for row in rows.rows("SELECT * FROM log_shard WHERE hub = ? ORDER BY first, name", (hub,)))


def alarms_in(rows: Rows, hub: str) -> tuple[Raised, ...]:
    """Give every alarm about a hub, the oldest first."""
    return tuple(_raised(row) for row in rows.rows("SELECT * FROM log_alarm WHERE hub = ? ORDER BY number", (hub,)))


def last_checkpoint(rows: Rows, hub: str) -> dict[str, Any] | None:
    """Give the newest checkpoint seen of this hub, as a statement carries it; None before the first.

    While an alarm stands: the newest of the log that it is about, so that statements carry what was not proved.
    """
    found = rows.rows(NEWEST, (hub,))
    if not found:
        return None
    return {name: found[0][name] for name in ("origin", "size", "root", "note_sha256")}


def _pin(row: Any) -> Pin:
    told = {name: row[name] for name in Pin.__slots__ if name != "final"}
    return Pin(**told, final=bool(row["final"]))


def _raised(row: Any) -> Raised:
    return Raised(**{name: row[name] for name in Raised.__slots__})
