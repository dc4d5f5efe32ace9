"""Tables of what two people decide: certificates that count no more, and witnesses that are asked."""

import sqlalchemy as sa
from alembic import op

revision = "0037"
down_revision = "0036"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "certificate_recall",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("certificate_id", sa.String(length=36), nullable=False),
        sa.Column("why", sa.String(length=16), nullable=False),
        sa.Column("note", sa.String(length=1000), nullable=False),
        sa.Column("agreed", sa.DateTime(timezone=True), nullable=True),
        sa.Column("agreed_by", sa.String(length=36), nullable=True),
        sa.Column("agreed_name", sa.String(length=120), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by", sa.String(length=36), nullable=False),
        sa.Column("by_name", sa.String(length=120), nullable=False),
        sa.Column("withdrawn", sa.DateTime(timezone=True), nullable=True),
        sa.Column("withdrawn_by", sa.String(length=36), nullable=True),
        sa.Column("withdrawn_reason", sa.String(length=500), nullable=False),
        sa.ForeignKeyConstraint(["agreed_by"], ["person.id"]),
        sa.ForeignKeyConstraint(["by"], ["person.id"]),
        sa.ForeignKeyConstraint(["withdrawn_by"], ["person.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_certificate_recall_certificate_id", "certificate_recall", ["certificate_id"])
    op.create_table(
        "superseded",
        sa.Column("statement_id", sa.String(length=64), nullable=False),
        sa.Column("new", sa.String(length=64), nullable=False),
        sa.Column("why", sa.String(length=16), nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("statement_id"),
    )
    _witness_changes()


def _witness_changes() -> None:
    op.create_table(
        "witness_change",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("change", sa.String(length=8), nullable=False),
        sa.Column("kid", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("url", sa.String(length=400), nullable=False),
        sa.Column("vkey", sa.String(length=400), nullable=False),
        sa.Column("private", sa.Boolean(), nullable=False),
        sa.Column("agreed", sa.DateTime(timezone=True), nullable=True),
        sa.Column("agreed_by", sa.String(length=36), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by", sa.String(length=36), nullable=False),
        sa.Column("by_name", sa.String(length=120), nullable=False),
        sa.Column("withdrawn", sa.DateTime(timezone=True), nullable=True),
        sa.Column("withdrawn_by", sa.String(length=36), nullable=True),
        sa.Column("withdrawn_reason", sa.String(length=500), nullable=False),
        sa.ForeignKeyConstraint(["agreed_by"], ["person.id"]),
        sa.ForeignKeyConstraint(["by"], ["person.id"]),
        sa.ForeignKeyConstraint(["withdrawn_by"], ["person.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_witness_change_kid", "witness_change", ["kid"])


def downgrade() -> None:
    """Take them away."""
    op.drop_index("ix_witness_change_kid", table_name="witness_change")
    op.drop_table("witness_change")
    op.drop_table("superseded")
    op.drop_index("ix_certificate_recall_certificate_id", table_name="certificate_recall")
    op.drop_table("certificate_recall")
