"""The exchange board between workshops: offers, reviews, messages, ends. Its tables begin empty."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None

PLACE = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
TIME = sa.DateTime(timezone=True)
KEY = sa.String(length=36)


def upgrade() -> None:
    """Make the four tables."""
    op.create_table(
        "surplus_offer",
        sa.Column("id", KEY, primary_key=True, nullable=False),
        *(_key("network_id", "network"), _key("partner_id", "partner", optional=True)),
        *(_text("kind", 24), _text("title", 120), sa.Column("text", sa.Text(), nullable=False), _text("place", 200)),
        *(_whole("number"), _whole("grams"), sa.Column("weighed", sa.Boolean(), nullable=False)),
        *(_whole("value_cents"), *_noted()),
    )
    for column in ("network_id", "partner_id"):
        op.create_index(f"ix_surplus_offer_{column}", "surplus_offer", [column])
    told = (sa.Column("published", sa.Boolean(), nullable=False), _text("reason", 500), *_noted())
    op.create_table("surplus_review", _own(), _offer(), *told, sa.UniqueConstraint("offer_id"))
    written = (_key("partner_id", "partner", optional=True), sa.Column("text", sa.Text(), nullable=False), *_noted())
    op.create_table("surplus_message", _own(), _offer(), *written)
    ended = (_text("outcome", 16), _text("receiver", 200), _text("reason", 500), *_noted(), *_taken_back())
    op.create_table("surplus_end", _own(), _offer(), *ended)
    for table in ("surplus_message", "surplus_end"):
        op.create_index(f"ix_{table}_offer_id", table, ["offer_id"])


def _own() -> sa.Column[Any]:
    return sa.Column("id", PLACE, primary_key=True, autoincrement=True, nullable=False)


def _offer() -> sa.Column[Any]:
    return _key("offer_id", "surplus_offer")


def _key(name: str, table: str, *, optional: bool = False) -> sa.Column[Any]:
    return sa.Column(name, KEY, sa.ForeignKey(f"{table}.id"), nullable=optional)


def _text(name: str, length: int) -> sa.Column[Any]:
    return sa.Column(name, sa.String(length=length), nullable=False)


def _whole(name: str) -> sa.Column[Any]:
    return sa.Column(name, sa.Integer(), nullable=False)


def _noted() -> tuple[sa.Column[Any], ...]:
    return (sa.Column("at", TIME, nullable=False), _key("by", "person"), _text("by_name", 120))


def _taken_back() -> tuple[sa.Column[Any], ...]:
    told = (_key("withdrawn_by", "person", optional=True), _text("withdrawn_reason", 500))
    return (sa.Column("withdrawn", TIME, nullable=True), *told)
