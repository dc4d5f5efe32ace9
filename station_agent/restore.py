"""Take statements that the state lost back out of a second copy: whole bytes, own keys only, each once.

A state that is older than its copy must not sign on from its old place, so this also runs whenever the state is opened.
Every statement is verified by a key of this bench before it is taken; it is queued again, since the hub answers 200 to
what it has. Two statements of one key with one number are a fork: nothing is taken and signing stops.
"""

import sqlite3
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from certificates.envelope import parse_envelope
from certificates.errors import CertificateError
from certificates.keys import PublicKey
from certificates.statement_file import Damage, Line, read_lines
from certificates.verify import authenticate
from station_agent.errors import CarriedFileError
from station_agent.language import mark
from station_agent.store import Store


@dataclass(frozen=True, slots=True)
class Restored:
    """What came of a file. `fork` names the place where file and state contradict each other, "" without one."""

    taken: int = 0
    known: int = 0
    foreign: int = 0  # of other keys, or not signed as they say
    damaged: int = 0
    fork: str = ""


def restore(store: Store, path: Path, keys: Mapping[str, PublicKey]) -> Restored:
    """Take what the state lacks, in one transaction. Raises `CarriedFileError`, `StoreError`."""
    try:
        with path.open("rb") as file:
            found = list(read_lines(file))
    except OSError as error:
        raise CarriedFileError(
            mark("{file} cannot be read: {detail}."), file=path, detail=error.strerror or error
        ) from error
    lines = {one.id: one for one in found if isinstance(one, Line)}
    damaged = sum(isinstance(one, Damage) for one in found)
    with_id = {str(row["id"]) for row in store.rows("SELECT id FROM statement")}
    new = {name: line for name, line in lines.items() if name not in with_id}
    opened = [(name, line.envelope, payload) for name, line in new.items() if (payload := _own(line.envelope, keys))]
    known, foreign = len(lines) - len(new), len(new) - len(opened)
    opened.sort(key=lambda one: int(one[2]["seq"]))
    places = Counter((payload["kid"], payload["seq"]) for _, _, payload in opened)
    for _, _, payload in opened:
        if places[payload["kid"], payload["seq"]] > 1 or _taken_place(store, payload):
            return Restored(0, known, foreign, damaged, fork=f"{payload['kid'][:8]} {payload['seq']}")
    if opened:
        with store.transaction() as connection:
            for name, envelope, payload in opened:
                _keep(connection, name, envelope, payload)
            store.announce_statement()
    return Restored(len(opened), known, foreign, damaged)


def _own(envelope: bytes, keys: Mapping[str, PublicKey]) -> dict[str, Any] | None:
    """Give the payload when one of these keys signed it; None for everything else."""
    try:
        payload = authenticate(envelope, keys.get, {parse_envelope(envelope).payload_type})[1]
    except CertificateError:
        return None
    texts = (payload.get("kind"), payload.get("wall"))
    sound = type(payload.get("seq")) is int and payload["seq"] > 0 and all(isinstance(text, str) for text in texts)
    return payload if sound else None


def _taken_place(store: Store, payload: dict[str, Any]) -> bool:
    """Say whether the state has another statement at this place of this chain."""
    return bool(store.rows("SELECT 1 FROM statement WHERE kid = ? AND seq = ?", (payload["kid"], payload["seq"])))


def _keep(connection: sqlite3.Connection, name: str, envelope: bytes, payload: dict[str, Any]) -> None:
    """Store one statement as it was when it was signed: its row, its place in the outbox, the head, its run closed."""
    run_id = payload.get("run_id")
    mine = connection.execute("SELECT 1 FROM run WHERE run_id = ? AND state = 'open'", (run_id,)).fetchone()
    kid, seq, wall = payload["kid"], payload["seq"], payload["wall"]
    cursor = connection.execute(
        "INSERT INTO statement (id, kid, seq, kind, run_id, envelope, made) VALUES (?, ?, ?, ?, ?, ?, ?)",
        (name, kid, seq, payload["kind"], run_id if mine else None, envelope, wall),
    )
    connection.execute(
        "INSERT INTO outbox (position, state, changed) VALUES (?, 'queued', ?)", (cursor.lastrowid, wall)
    )
    if mine:
        connection.execute("UPDATE run SET state = 'closed' WHERE run_id = ?", (run_id,))
    connection.execute(
        "INSERT INTO chain VALUES (?, ?, ?) ON CONFLICT (kid) DO UPDATE SET seq = excluded.seq, head = excluded.head "
        "WHERE excluded.seq > chain.seq",
        (kid, seq, name),
    )
