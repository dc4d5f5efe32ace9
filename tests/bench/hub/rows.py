"""Rows into SQLite in bulk: tuples in the order of named columns, thousands in one statement. No other database."""

import sqlite3
from datetime import datetime
from pathlib import Path
from typing import Any, Final

CHUNK: Final = 20_000
COLUMNS: Final = {
    "donor": "id name contact created",
    "lot": "id code label donor_id state created known_from received",
    "device": "id lot_id kind asset maker model serial source received created known_from",
    "drive": "id lot_id device_id known_from serial model wwn size_bytes declared declared_lot_id declared_device_id "
    "declared_from created",
    "ledger": "position id kind kid seq prev envelope received",
    "erasure": "statement_id position drive_id device_id lot_id kid verdict level method operator ended began received "
    "simulated payload decision validation_id certificate_id",
    "diagnostic": "statement_id position device_id lot_id kid letter policy policy_version received payload",
    "certificate": "id statement_id number erasure_id lot_id device_id drive_id lang issued",
    "issued_document": "certificate_id lang pdf pdf_sha256 bundle created",
    "device_said": "device_id lot_id about word reason at by by_name withdrawn_reason",
    "lot_count": "lot_id step kind reason number note at by by_name",
    "lot_step": "lot_id kind before after note at by by_name",
    "lot_closing": "lot_id version document sha256 one_person at by by_name reopened_reason",
    "derivation_cursor": "id position",
}


def stamp(moment: datetime) -> str:
    """A time in UTC as SQLAlchemy stores it in SQLite."""
    return moment.strftime("%Y-%m-%d %H:%M:%S.%f")


class Rows:
    """Rows on their way into one database file."""

    def __init__(self, path: Path) -> None:
        self._connection = sqlite3.connect(path, isolation_level=None)
        for pragma in ("journal_mode=OFF", "synchronous=OFF", "foreign_keys=OFF", "cache_size=-1500000"):
            self._connection.execute(f"PRAGMA {pragma}")
        self._connection.execute("BEGIN")
        self._waiting: dict[str, list[tuple[Any, ...]]] = {table: [] for table in COLUMNS}
        self.counts = dict.fromkeys(COLUMNS, 0)

    def add(self, table: str, *values: Any) -> None:
        """One row."""
        waiting = self._waiting[table]
        waiting.append(values)
        if len(waiting) >= CHUNK:
            self._write(table)

    def close(self) -> None:
        """Write what waits, and go back to a durable journal."""
        for table in self._waiting:
            self._write(table)
        self._connection.execute("COMMIT")
        self._connection.execute("PRAGMA journal_mode=WAL")
        self._connection.close()

    def _write(self, table: str) -> None:
        rows = self._waiting[table]
        names = COLUMNS[table].split()
        columns, places = ", ".join(f'"{name}"' for name in names), ", ".join("?" * len(names))
        self._connection.executemany(f"INSERT INTO {table} ({columns}) VALUES ({places})", rows)
        self.counts[table] += len(rows)
        rows.clear()
