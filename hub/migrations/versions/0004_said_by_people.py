"""What people said beside the evidence: letters given by hand, and every place that a drive was given by hand.

Drives that were tied before get the row of that tie; its day was not kept, so it has the day of the drive.
"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

TIED = """
INSERT INTO drive_tie (drive_id, lot_id, device_id, known_from, reason, note, "at", "by")
SELECT id, lot_id, device_id, COALESCE(tied_from, 0), '', '', created, tied_by FROM drive
WHERE tied_by IS NOT NULL AND lot_id IS NOT NULL ORDER BY tied_from, id
"""


def upgrade() -> None:
    """Make the two tables, and fill the second from what is there."""
    number = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    op.create_table(
        "grade_override",
        sa.Column("id", number, autoincrement=True, nullable=False),
        sa.Column("statement_id", sa.String(length=64), nullable=False),
        sa.Column("letter", sa.String(length=16), nullable=False),
        sa.Column("computed", sa.String(length=16), nullable=False),
        sa.Column("policy", sa.String(length=64), nullable=False),
        sa.Column("policy_version", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(length=32), nullable=False),
        sa.Column("note", sa.String(length=500), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by", sa.String(length=36), nullable=False),
        sa.Column("by_name", sa.String(length=120), nullable=False),
        sa.Column("withdrawn", sa.DateTime(timezone=True), nullable=True),
        sa.Column("withdrawn_by", sa.String(length=36), nullable=True),
        sa.ForeignKeyConstraint(["by"], ["person.id"]),
        sa.ForeignKeyConstraint(["withdrawn_by"], ["person.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_grade_override_statement_id", "grade_override", ["statement_id"], unique=False)
    op.create_table(
        "drive_tie",
        sa.Column("id", number, autoincrement=True, nullable=False),
        sa.Column("drive_id", sa.String(length=36), nullable=False),
        sa.Column("lot_id", sa.String(length=36), nullable=False),
        sa.Column("device_id", sa.String(length=36), nullable=True),
        sa.Column("before_lot_id", sa.String(length=36), nullable=True),
        sa.Column("known_from", sa.BigInteger(), nullable=False),
        sa.Column("reason", sa.String(length=32), nullable=False),
        sa.Column("note", sa.String(length=500), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by", sa.String(length=36), nullable=False),
        sa.ForeignKeyConstraint(["drive_id"], ["drive.id"]),
        sa.ForeignKeyConstraint(["lot_id"], ["lot.id"]),
        sa.ForeignKeyConstraint(["device_id"], ["device.id"]),
        sa.ForeignKeyConstraint(["before_lot_id"], ["lot.id"]),
        sa.ForeignKeyConstraint(["by"], ["person.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    for column in ("drive_id", "lot_id", "before_lot_id"):
        op.create_index(f"ix_drive_tie_{column}", "drive_tie", [column], unique=False)
    op.execute(TIED)
