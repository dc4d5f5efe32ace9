"""What people decide about a lot: its life, its counts, its devices, how each drive is explained, its closing.

A lot that has a state other than the first keeps it; nobody is made to have said so.
"""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

PLACE = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
TIME = sa.DateTime(timezone=True)
KEY = sa.String(length=36)


def upgrade() -> None:
    """Make the five tables."""
    _of_lots()
    _of_things()
    op.create_table(
        "lot_closing",
        sa.Column("id", PLACE, autoincrement=True, nullable=False),
        sa.Column("lot_id", KEY, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("one_person", sa.Boolean(), nullable=False),
        *_said(),
        sa.Column("reopened", TIME, nullable=True),
        sa.Column("reopened_by", KEY, nullable=True),
        sa.Column("reopened_reason", sa.String(length=500), nullable=False),
        sa.ForeignKeyConstraint(["lot_id"], ["lot.id"]),
        sa.ForeignKeyConstraint(["by"], ["person.id"]),
        sa.ForeignKeyConstraint(["reopened_by"], ["person.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("lot_id", "version"),
    )


def _said() -> tuple[sa.Column[object], ...]:
    return (
        sa.Column("at", TIME, nullable=False),
        sa.Column("by", KEY, nullable=False),
        sa.Column("by_name", sa.String(length=120), nullable=False),
    )


def _taken_back() -> tuple[sa.Column[object], ...]:
    return (
        sa.Column("withdrawn", TIME, nullable=True),
        sa.Column("withdrawn_by", KEY, nullable=True),
        sa.Column("withdrawn_reason", sa.String(length=500), nullable=False),
    )


def _of_lots() -> None:
    op.create_table(
        "lot_step",
        sa.Column("id", PLACE, autoincrement=True, nullable=False),
        sa.Column("lot_id", KEY, nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("before", sa.String(length=16), nullable=False),
        sa.Column("after", sa.String(length=16), nullable=False),
        sa.Column("received_before", TIME, nullable=True),
        sa.Column("note", sa.String(length=500), nullable=False),
        *_said(),
        sa.ForeignKeyConstraint(["lot_id"], ["lot.id"]),
        sa.ForeignKeyConstraint(["by"], ["person.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_lot_step_lot_id", "lot_step", ["lot_id"], unique=False)
    op.create_table(
        "lot_count",
        sa.Column("id", PLACE, autoincrement=True, nullable=False),
        sa.Column("lot_id", KEY, nullable=False),
        sa.Column("step", sa.String(length=16), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("reason", sa.String(length=32), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("note", sa.String(length=500), nullable=False),
        *_said(),
        sa.ForeignKeyConstraint(["lot_id"], ["lot.id"]),
        sa.ForeignKeyConstraint(["by"], ["person.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_lot_count_lot_id", "lot_count", ["lot_id"], unique=False)


def _of_things() -> None:
    op.create_table(
        "device_said",
        sa.Column("id", PLACE, autoincrement=True, nullable=False),
        sa.Column("device_id", KEY, nullable=False),
        sa.Column("lot_id", KEY, nullable=False),
        sa.Column("about", sa.String(length=16), nullable=False),
        sa.Column("word", sa.String(length=40), nullable=False),
        sa.Column("reason", sa.String(length=500), nullable=False),
        *_said(),
        *_taken_back(),
        sa.ForeignKeyConstraint(["device_id"], ["device.id"]),
        sa.ForeignKeyConstraint(["lot_id"], ["lot.id"]),
        sa.ForeignKeyConstraint(["by"], ["person.id"]),
        sa.ForeignKeyConstraint(["withdrawn_by"], ["person.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_device_said_device_about", "device_said", ["device_id", "about", "id"], unique=False)
    op.create_index("ix_device_said_lot_id", "device_said", ["lot_id"], unique=False)
    op.create_table(
        "drive_record",
        sa.Column("id", PLACE, autoincrement=True, nullable=False),
        sa.Column("drive_id", KEY, nullable=False),
        sa.Column("lot_id", KEY, nullable=False),
        sa.Column("how", sa.String(length=16), nullable=False),
        sa.Column("reason", sa.String(length=32), nullable=False),
        sa.Column("serial", sa.String(length=120), nullable=False),
        sa.Column("day", sa.String(length=10), nullable=False),
        sa.Column("operator", sa.String(length=120), nullable=False),
        sa.Column("operator_id", KEY, nullable=True),
        sa.Column("witness", sa.String(length=120), nullable=False),
        sa.Column("reference", sa.String(length=200), nullable=False),
        sa.Column("note", sa.String(length=500), nullable=False),
        *_said(),
        *_taken_back(),
        sa.ForeignKeyConstraint(["drive_id"], ["drive.id"]),
        sa.ForeignKeyConstraint(["lot_id"], ["lot.id"]),
        sa.ForeignKeyConstraint(["operator_id"], ["person.id"]),
        sa.ForeignKeyConstraint(["by"], ["person.id"]),
        sa.ForeignKeyConstraint(["withdrawn_by"], ["person.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    for column in ("drive_id", "lot_id"):
        op.create_index(f"ix_drive_record_{column}", "drive_record", [column], unique=False)
