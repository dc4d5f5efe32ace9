"""The sheets of tags that were printed for a lot. The table begins empty."""

import sqlalchemy as sa
from alembic import op

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None

PLACE = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
KEY = sa.String(length=36)


def upgrade() -> None:
    """Make the table, and the index by which a lot finds its sheets."""
    op.create_table(
        "tag_sheet",
        sa.Column("id", PLACE, primary_key=True, autoincrement=True, nullable=False),
        sa.Column("lot_id", KEY, sa.ForeignKey("lot.id"), nullable=False),
        sa.Column("devices", sa.JSON(), nullable=False),
        sa.Column("sheet", sa.String(length=32), nullable=False),
        sa.Column("start", sa.Integer(), nullable=False),
        sa.Column("each", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by", KEY, sa.ForeignKey("person.id"), nullable=False),
        sa.Column("by_name", sa.String(length=120), nullable=False),
    )
    op.create_index("ix_tag_sheet_lot_id", "tag_sheet", ["lot_id"])


def downgrade() -> None:
    """Take it away."""
    op.drop_index("ix_tag_sheet_lot_id", table_name="tag_sheet")
    op.drop_table("tag_sheet")
