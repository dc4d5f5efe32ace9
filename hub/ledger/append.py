"""Putting a verified statement at the end of the ledger. The caller commits, and acknowledges only after that."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, insert, select, text
from sqlalchemy.orm import Session

from certificates.statement import GENESIS
from certificates.verify import VerifiedStatement
from hub.clock import wall
from hub.models import LedgerEntry

LEDGER_LOCK = 0x45544142  # key of the advisory lock on PostgreSQL


@dataclass(frozen=True, slots=True)
class Receipt:
    """What the hub answers for a stored statement."""

    id: str
    position: int
    received: datetime

    def document(self) -> dict[str, Any]:
        """As JSON types."""
        return {"id": self.id, "position": self.position, "received": wall(self.received)}


def lock_ledger(session: Session) -> None:
    """One writer at a time until the end of the transaction, so that positions have no gap and no race.

    SQLite has this already by BEGIN IMMEDIATE.
    """
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": LEDGER_LOCK})


def receipt_of(session: Session, statement_id: str) -> Receipt | None:
    """The receipt of a statement that is in the ledger."""
    row = session.execute(
        select(LedgerEntry.position, LedgerEntry.received).where(LedgerEntry.id == statement_id)
    ).first()
    return Receipt(statement_id, row[0], row[1]) if row else None


def append(session: Session, statement: VerifiedStatement, received: datetime) -> Receipt:
    """Store the exact bytes under the next position; call `lock_ledger` first. Ids and (kid, seq) stay unique."""
    payload = statement.payload
    position = 1 + (session.scalar(select(func.max(LedgerEntry.position))) or 0)
    session.execute(
        insert(LedgerEntry).values(
            position=position,
            id=statement.id,
            kind=statement.kind,
            kid=payload["kid"],
            seq=payload["seq"],
            prev=payload["prev"],
            envelope=statement.envelope.data,
            received=received,
        )
    )
    return Receipt(statement.id, position, received)


def head_of(session: Session, kid: str) -> tuple[int, str]:
    """Highest seq of a key and the id there; (0, 64 zeros) before the first statement."""
    row = session.execute(
        select(LedgerEntry.seq, LedgerEntry.id).where(LedgerEntry.kid == kid).order_by(LedgerEntry.seq.desc()).limit(1)
    ).first()
    return (row[0], row[1]) if row else (0, GENESIS)
