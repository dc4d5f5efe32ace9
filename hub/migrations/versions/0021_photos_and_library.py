"""Photos of devices, the library of process documents with its receipts.

Nobody is made to have said anything: the tables begin empty.
"""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

PLACE = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
TIME = sa.DateTime(timezone=True)
KEY = sa.String(length=36)


def upgrade() -> None:
    """Make the tables."""
    _photos()
    _library()


def _photos() -> None:
    told = [_text("media", 16), *_file(), _text("note", 500), *_noted(), *_taken_back()]
    _table("device_photo", _own(KEY), _key("device_id", "device"), _key("lot_id", "lot"), *told)


def _library() -> None:
    _table(
        "process_document",
        _own(KEY),
        _key("network_id", "network"),
        *(_text("title", 200), _number("version"), _text("file_name", 120), *_file(), _text("note", 500)),
        *(*_noted(), *_taken_back()),
        sa.UniqueConstraint("network_id", "title", "version"),
    )
    _table(
        "read_receipt",
        _own(PLACE),
        _key("document_id", "process_document"),
        _key("person_id", "person"),
        *(_text("name", 120), sa.Column("at", TIME, nullable=False)),
        sa.UniqueConstraint("document_id", "person_id"),
    )


def _table(name: str, *columns: sa.schema.SchemaItem) -> None:
    op.create_table(name, *columns)
    for column in columns:
        if isinstance(column, sa.Column) and column.foreign_keys and column.name not in {"by", "withdrawn_by"}:
            op.create_index(f"ix_{name}_{column.name}", name, [column.name])


def _own(kind: sa.types.TypeEngine[Any]) -> sa.Column[object]:
    return sa.Column("id", kind, primary_key=True, autoincrement=kind is PLACE, nullable=False)


def _key(name: str, table: str) -> sa.Column[object]:
    return sa.Column(name, KEY, sa.ForeignKey(f"{table}.id"), nullable=False)


def _text(name: str, length: int) -> sa.Column[object]:
    return sa.Column(name, sa.String(length=length), nullable=False)


def _number(name: str) -> sa.Column[object]:
    return sa.Column(name, sa.Integer(), nullable=False)


def _file() -> tuple[sa.Column[object], ...]:
    return (sa.Column("content", sa.LargeBinary(), nullable=False), _number("size"), _text("sha256", 64))


def _noted() -> tuple[sa.Column[object], ...]:
    return (
        sa.Column("at", TIME, nullable=False),
        sa.Column("by", KEY, sa.ForeignKey("person.id"), nullable=False),
        _text("by_name", 120),
    )


def _taken_back() -> tuple[sa.Column[object], ...]:
    return (
        sa.Column("withdrawn", TIME, nullable=True),
        sa.Column("withdrawn_by", KEY, sa.ForeignKey("person.id"), nullable=True),
        _text("withdrawn_reason", 500),
    )
