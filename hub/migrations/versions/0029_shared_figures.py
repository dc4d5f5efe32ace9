"""Figures that the workshops of a network share: choices, agreements, counts, readers. Its tables begin empty."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None

PLACE = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
TIME = sa.DateTime(timezone=True)
KEY = sa.String(length=36)


def upgrade() -> None:
    """Make the four tables."""
    op.create_table("pool_choice", _own(), _key("network_id", "network"), _text("figures", 200), *_noted())
    agreed = (_key("network_id", "network"), _key("partner_id", "partner"), _text("figures", 200))
    named: sa.Column[Any] = sa.Column("named", sa.Boolean(), nullable=False)
    op.create_table("pool_agreement", _own(), *agreed, named, *_noted(), *_taken_back())
    op.create_table(
        "pool_count",
        *(_own(), sa.Column("agreement_id", PLACE, sa.ForeignKey("pool_agreement.id"), nullable=False)),
        *(_text("half", 8), sa.Column("document", sa.Text(), nullable=False), *_noted()),
        sa.UniqueConstraint("agreement_id", "half"),
    )
    held = (_key("network_id", "network"), _text("name", 200), _text("key_hash", 64))
    op.create_table("pool_reader", _own(), *held, *_noted(), *_taken_back(), sa.UniqueConstraint("key_hash"))
    for table in ("pool_choice", "pool_agreement", "pool_reader"):
        op.create_index(f"ix_{table}_network_id", table, ["network_id"])
    op.create_index("ix_pool_agreement_partner_id", "pool_agreement", ["partner_id"])
    op.create_index("ix_pool_count_agreement_id", "pool_count", ["agreement_id"])


def downgrade() -> None:
    """Take them away, with what was agreed and counted in them."""
    for table in ("pool_count", "pool_reader", "pool_agreement", "pool_choice"):
        op.drop_table(table)


def _own() -> sa.Column[Any]:
    return sa.Column("id", PLACE, primary_key=True, autoincrement=True, nullable=False)


def _key(name: str, table: str, *, optional: bool = False) -> sa.Column[Any]:
    return sa.Column(name, KEY, sa.ForeignKey(f"{table}.id"), nullable=optional)


def _text(name: str, length: int) -> sa.Column[Any]:
    return sa.Column(name, sa.String(length=length), nullable=False)


def _noted() -> tuple[sa.Column[Any], ...]:
    return (sa.Column("at", TIME, nullable=False), _key("by", "person"), _text("by_name", 120))


def _taken_back() -> tuple[sa.Column[Any], ...]:
    told = (_key("withdrawn_by", "person", optional=True), _text("withdrawn_reason", 500))
    return (sa.Column("withdrawn", TIME, nullable=True), *told)
