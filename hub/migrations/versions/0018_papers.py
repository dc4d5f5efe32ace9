"""Answers to late runs, merges, and the signed papers about drives that were destroyed or never there."""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

KEY = sa.String(length=36)
WHOLE = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "late_run_answer",
        sa.Column("id", WHOLE, autoincrement=True, nullable=False),
        sa.Column("lot_id", KEY, nullable=False),
        sa.Column("drive_id", KEY, nullable=False),
        sa.Column("statement_id", sa.String(length=64), nullable=False),
        sa.Column("reason", sa.String(length=32), nullable=False),
        sa.Column("note", sa.String(length=500), nullable=False),
        *_said_and_taken_back(),
        sa.ForeignKeyConstraint(["lot_id"], ["lot.id"]),
        sa.ForeignKeyConstraint(["drive_id"], ["drive.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_table(
        "same_thing",
        sa.Column("id", WHOLE, autoincrement=True, nullable=False),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("one_id", KEY, nullable=False),
        sa.Column("other_id", KEY, nullable=False),
        sa.Column("reason", sa.String(length=500), nullable=False),
        *_said_and_taken_back(),
        sa.PrimaryKeyConstraint("id"),
    )
    _papers()
    for table, columns in (
        ("late_run_answer", ("lot_id", "drive_id", "statement_id")),
        ("same_thing", ("one_id", "other_id")),
        ("drive_paper", ("lot_id", "drive_id")),
        ("drive_paper_pdf", ("pdf_sha256",)),
    ):
        for column in columns:
            op.create_index(f"ix_{table}_{column}", table, [column])


def downgrade() -> None:
    """Take them away, with what people said in them."""
    for name in ("drive_paper_pdf", "drive_paper", "same_thing", "late_run_answer"):
        op.drop_table(name)


def _papers() -> None:
    op.create_table(
        "drive_paper",
        sa.Column("id", KEY, nullable=False),
        sa.Column("record_id", WHOLE, nullable=False),
        sa.Column("lot_id", KEY, nullable=False),
        sa.Column("drive_id", KEY, nullable=False),
        sa.Column("how", sa.String(length=16), nullable=False),
        sa.Column("number", sa.String(length=40), nullable=False),
        sa.Column("statement_id", sa.String(length=64), nullable=False),
        sa.Column("statement", sa.LargeBinary(), nullable=False),
        sa.Column("issued", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["record_id"], ["drive_record.id"]),
        sa.ForeignKeyConstraint(["lot_id"], ["lot.id"]),
        sa.ForeignKeyConstraint(["drive_id"], ["drive.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("record_id"),
        sa.UniqueConstraint("number"),
        sa.UniqueConstraint("statement_id"),
    )
    op.create_table(
        "drive_paper_pdf",
        sa.Column("paper_id", KEY, nullable=False),
        sa.Column("lang", sa.String(length=2), nullable=False),
        sa.Column("pdf", sa.LargeBinary(), nullable=False),
        sa.Column("pdf_sha256", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(["paper_id"], ["drive_paper.id"]),
        sa.PrimaryKeyConstraint("paper_id", "lang"),
    )


def _said_and_taken_back() -> tuple[sa.Column[object] | sa.ForeignKeyConstraint, ...]:
    return (
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by", KEY, nullable=False),
        sa.Column("by_name", sa.String(length=120), nullable=False),
        sa.Column("withdrawn", sa.DateTime(timezone=True), nullable=True),
        sa.Column("withdrawn_by", KEY, nullable=True),
        sa.Column("withdrawn_reason", sa.String(length=500), nullable=False),
        sa.ForeignKeyConstraint(["by"], ["person.id"]),
        sa.ForeignKeyConstraint(["withdrawn_by"], ["person.id"]),
    )
