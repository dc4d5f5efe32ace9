"""Binders: all certificates of a lot as one PDF, made after the request."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)
KEY = sa.String(length=36)


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "binder",
        sa.Column("id", KEY, nullable=False),
        sa.Column("lot_id", KEY, nullable=False),
        sa.Column("lang", sa.String(length=2), nullable=False),
        sa.Column("contents", sa.JSON(), nullable=False),
        sa.Column("contents_sha256", sa.String(length=64), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("asked", MOMENT, nullable=False),
        sa.Column("by", KEY, nullable=False),
        sa.Column("by_name", sa.String(length=120), nullable=False),
        sa.Column("worker", KEY, nullable=False),
        sa.Column("held_until", MOMENT, nullable=True),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("ended", MOMENT, nullable=True),
        sa.Column("expires", MOMENT, nullable=True),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("problem", sa.String(length=16), nullable=False),
        sa.ForeignKeyConstraint(["lot_id"], ["lot.id"]),
        sa.ForeignKeyConstraint(["by"], ["person.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    for column in ("lot_id", "state"):
        op.create_index(f"ix_binder_{column}", "binder", [column], unique=False)


def downgrade() -> None:
    """Take it away; the files in the data folder can be made again."""
    for column in ("state", "lot_id"):
        op.drop_index(f"ix_binder_{column}", table_name="binder")
    op.drop_table("binder")
