"""The ledger as lines for an archive: enough to check every signature and to fill another hub."""

from collections.abc import Iterator
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.clock import wall
from hub.models import LedgerEntry

PAGE = 500


def exported_lines(session: Session) -> Iterator[dict[str, Any]]:
    """Every entry in order of position."""
    after = 0
    while True:
        query = select(LedgerEntry).where(LedgerEntry.position > after).order_by(LedgerEntry.position).limit(PAGE)
        entries = session.scalars(query).all()
        for entry in entries:
            yield {
                "position": entry.position,
                "id": entry.id,
                "received": wall(entry.received),
                "envelope": entry.envelope.decode("utf-8"),
            }
        if not entries:
            return
        after = entries[-1].position
