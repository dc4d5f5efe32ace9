"""Leaves of ledger rows, computed twice: from what the columns say, and from the bytes of the envelope.

The two ways share no line, so that one wrong line, one flipped bit or one edited column shows before it is signed.
"""

import base64
import hashlib
import json
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from certificates.tree import leaf_hash, log_entry
from hub.log.errors import Mismatch
from hub.models import LedgerEntry

PREFIX = b"\x00"
COLUMNS = (LedgerEntry.position, LedgerEntry.id, LedgerEntry.kid, LedgerEntry.seq, LedgerEntry.received)
NO_ENVELOPE = "the envelope is none"
PAYLOAD_TYPE = "application/vnd.etabli.{kind}.v1+json"


@dataclass(frozen=True, slots=True)
class Claimed:
    """What the bytes of an envelope say that its row repeats."""

    id: str
    kind: str
    kid: str
    seq: int
    prev: str


def end_of_ledger(session: Session) -> int:
    """The last position; 0 when there is none."""
    return session.scalar(select(func.max(LedgerEntry.position))) or 0


def entry_of(statement_id: str, kid: str, seq: int, received: datetime, kind: str) -> bytes:
    """Bytes of the log entry of a row."""
    return log_entry(statement_id, kid, seq, seconds(received), kind)


def seconds(received: datetime) -> int:
    """Unix seconds of a time, rounded down."""
    return math.floor(received.timestamp())


def entries_between(session: Session, first: int, last: int) -> Iterator[bytes]:
    """Entries of these positions, both included, from the columns. Raises Mismatch where a position is missing."""
    query = select(*COLUMNS, LedgerEntry.kind).where(LedgerEntry.position.between(first, last))
    expected = first
    for row in session.execute(query.order_by(LedgerEntry.position)):
        _require_next(row.position, expected)
        expected += 1
        yield entry_of(row.id, row.kid, row.seq, row.received, row.kind)
    _require_next(last + 1, expected)


def leaves_by_columns(session: Session, first: int, last: int) -> list[bytes]:
    """Leaf hashes of these positions, from the columns."""
    return [leaf_hash(entry) for entry in entries_between(session, first, last)]


def leaves_by_bytes(session: Session, first: int, last: int) -> list[bytes]:
    """Leaf hashes of these positions, from the envelopes as they are read again; only the time is the row's."""
    query = select(*COLUMNS, LedgerEntry.kind, LedgerEntry.prev, LedgerEntry.envelope)
    rows = session.execute(query.where(LedgerEntry.position.between(first, last)).order_by(LedgerEntry.position))
    leaves, expected = [], first
    for row in rows:
        _require_next(row.position, expected)
        expected += 1
        said = claimed(row.envelope)
        if said is None or (fault := differing(row, said)):
            raise Mismatch(f"position {row.position}: {fault if said else NO_ENVELOPE}")
        leaves.append(hashlib.sha256(PREFIX + _written(said, row.received)).digest())
    _require_next(last + 1, expected)
    return leaves


def claimed(envelope: bytes) -> Claimed | None:
    """What an envelope says; None for bytes that are none. Judges no signature: intake did, and verifiers do."""
    try:
        outer = json.loads(envelope)
        inner: dict[str, Any] = json.loads(base64.b64decode(outer["payload"], validate=True))
        kind, signer = inner["kind"], outer["signatures"][0]["keyid"]
        if outer["payloadType"] != PAYLOAD_TYPE.format(kind=kind) or signer != inner["kid"]:
            return None
        return Claimed(hashlib.sha256(envelope).hexdigest(), kind, signer, inner["seq"], inner["prev"])
    except (ValueError, KeyError, TypeError, IndexError, RecursionError):
        return None


def differing(row: Any, said: Claimed | None) -> str:
    """Name what of a row does not fit its envelope; "" when all does."""
    if said is None:
        return NO_ENVELOPE
    for name in ("id", "kind", "kid", "seq", "prev"):
        if getattr(row, name) != getattr(said, name):
            return f"column {name} is not what the envelope says"
    return ""


def _written(said: Claimed, received: datetime) -> bytes:
    moment = int(received.timestamp() // 1)
    return b'{"h":"%b","k":"%b","q":%d,"t":%d,"y":"%b"}' % (
        said.id.encode(), said.kid.encode(), said.seq, moment, said.kind.encode(),
    )  # fmt: skip


def _require_next(position: int, expected: int) -> None:
    if position != expected:
        raise Mismatch(f"position {expected} is missing in the ledger")


def differing_leaf(one: Sequence[bytes], other: Sequence[bytes]) -> int | None:
    """The first place where two rows of leaves differ; None when they are the same."""
    for place, (a, b) in enumerate(zip(one, other, strict=False)):
        if a != b:
            return place
    return None if len(one) == len(other) else min(len(one), len(other))
