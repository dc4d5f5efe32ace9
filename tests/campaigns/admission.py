"""What people at the hub would do for a bench of the campaign: give it a token, then accept it."""

import hashlib
import secrets
import sqlite3
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

FORM = "%Y-%m-%d %H:%M:%S.%f"


def new_token(database: Path) -> str:
    """Make a token that enrols one bench within the hour."""
    token, now = secrets.token_urlsafe(24), datetime.now(UTC)
    values = (hashlib.sha256(token.encode()).hexdigest(), now.strftime(FORM), (now + timedelta(hours=1)).strftime(FORM))
    with closing(sqlite3.connect(database, timeout=30)) as connection, connection:
        connection.execute("INSERT INTO enrolment_token (token_hash, created, expires) VALUES (?, ?, ?)", values)
    return token


def accept(database: Path, name: str) -> None:
    """Accept the bench of this name."""
    with closing(sqlite3.connect(database, timeout=30)) as connection, connection:
        changed = connection.execute("UPDATE station SET state = 'accepted' WHERE name = ?", (name,))
        assert changed.rowcount == 1, name
