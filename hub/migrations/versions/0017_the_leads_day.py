"""The lead's day: acts on many devices, samples that are read again, series of tags."""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

PLACE = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
TIME = sa.DateTime(timezone=True)
KEY = sa.String(length=36)


def upgrade() -> None:
    """Make the tables."""
    _handling()
    _samples()
    _tags()


def _text(name: str, length: int) -> sa.Column[object]:
    return sa.Column(name, sa.String(length=length), nullable=False)


def _id() -> tuple[sa.schema.SchemaItem, ...]:
    return (sa.Column("id", PLACE, autoincrement=True, nullable=False), sa.PrimaryKeyConstraint("id"))


def _by() -> tuple[sa.schema.SchemaItem, ...]:
    return (
        sa.Column("at", TIME, nullable=False),
        sa.Column("by", KEY, nullable=False),
        _text("by_name", 120),
        sa.ForeignKeyConstraint(["by"], ["person.id"]),
    )


def _handling() -> None:
    op.create_table(
        "handling",
        *_id(),
        _text("action", 16),
        _text("word", 64),
        _text("reason", 500),
        sa.Column("left_out", sa.JSON(), nullable=False),
        sa.Column("undone", TIME, nullable=True),
        sa.Column("undone_by", KEY, nullable=True),
        *_by(),
        sa.ForeignKeyConstraint(["undone_by"], ["person.id"]),
    )
    op.create_table(
        "handled_device",
        *_id(),
        sa.Column("handling_id", PLACE, nullable=False),
        sa.Column("device_id", KEY, nullable=False),
        sa.Column("lot_id", KEY, nullable=False),
        sa.Column("said_id", PLACE, nullable=True),
        sa.Column("placement_id", PLACE, nullable=True),
        _text("place_before", 64),
        sa.Column("received_now", sa.Boolean(), nullable=False),
        _text("kept", 200),
        sa.ForeignKeyConstraint(["handling_id"], ["handling.id"]),
        sa.ForeignKeyConstraint(["device_id"], ["device.id"]),
        sa.ForeignKeyConstraint(["lot_id"], ["lot.id"]),
        sa.ForeignKeyConstraint(["said_id"], ["device_said.id"]),
        sa.ForeignKeyConstraint(["placement_id"], ["placement.id"]),
    )
    op.create_index("ix_handled_device_handling_id", "handled_device", ["handling_id"])


def _samples() -> None:
    op.create_table(
        "sample_draw",
        *_id(),
        sa.Column("lot_id", KEY, nullable=False),
        _text("policy", 64),
        sa.Column("policy_version", sa.Integer(), nullable=False),
        _text("policy_sha256", 64),
        _text("seed", 64),
        sa.Column("population", sa.JSON(), nullable=False),
        *_by(),
        sa.ForeignKeyConstraint(["lot_id"], ["lot.id"]),
    )
    op.create_table(
        "sampled_drive",
        *_id(),
        sa.Column("draw_id", PLACE, nullable=False),
        sa.Column("lot_id", KEY, nullable=False),
        sa.Column("drive_id", KEY, nullable=False),
        _text("run_id", 64),
        sa.ForeignKeyConstraint(["draw_id"], ["sample_draw.id"]),
        sa.ForeignKeyConstraint(["lot_id"], ["lot.id"]),
        sa.ForeignKeyConstraint(["drive_id"], ["drive.id"]),
        sa.UniqueConstraint("draw_id", "run_id"),
    )
    op.create_table(
        "sample_reading",
        *_id(),
        sa.Column("sampled_id", PLACE, nullable=False),
        sa.Column("lot_id", KEY, nullable=False),
        sa.Column("drive_id", KEY, nullable=False),
        _text("result", 16),
        _text("tool", 120),
        _text("found", 500),
        _text("serial", 120),
        *_by(),
        sa.Column("withdrawn", TIME, nullable=True),
        sa.Column("withdrawn_by", KEY, nullable=True),
        _text("withdrawn_reason", 500),
        sa.ForeignKeyConstraint(["withdrawn_by"], ["person.id"]),
        sa.ForeignKeyConstraint(["sampled_id"], ["sampled_drive.id"]),
        sa.ForeignKeyConstraint(["lot_id"], ["lot.id"]),
        sa.ForeignKeyConstraint(["drive_id"], ["drive.id"]),
    )
    for table, columns in {
        "sample_draw": ("lot_id",),
        "sampled_drive": ("lot_id", "drive_id"),
        "sample_reading": ("sampled_id", "lot_id", "drive_id"),
    }.items():
        for column in columns:
            op.create_index(f"ix_{table}_{column}", table, [column])


def _tags() -> None:
    number = (sa.Column(name, sa.Integer(), nullable=False) for name in ("first", "last", "start", "each"))
    op.create_table(
        "tag_range",
        *_id(),
        _text("series", 4),
        *number,
        _text("sheet", 32),
        *_by(),
        sa.UniqueConstraint("series", "first"),
    )
