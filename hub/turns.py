"""Taking turns: whoever counts what is there and writes the next one does so alone, on every database.

SQLite has this by BEGIN IMMEDIATE; on PostgreSQL it is an advisory lock, kept to the end of the transaction. What was
committed before one's turn came is seen from then on.
"""

import hashlib

from sqlalchemy import text
from sqlalchemy.orm import Session


def take_turn(session: Session, what: str) -> None:
    """Wait until nobody else has the turn of this name."""
    if session.get_bind().dialect.name == "postgresql":
        key = int.from_bytes(hashlib.sha256(what.encode()).digest()[:8], signed=True)
        session.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": key})
