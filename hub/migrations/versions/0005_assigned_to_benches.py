"""What the benches are told: pre-approvals, protected serials, messages, signed policies, badges, and the counter."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

PLACE = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
TIME = sa.DateTime(timezone=True)
PERSON, LOT, STATION = sa.String(length=36), sa.String(length=36), sa.String(length=36)


def upgrade() -> None:
    """Make the six tables."""
    op.create_table(
        "pre_approval",
        sa.Column("id", PLACE, autoincrement=True, nullable=False),
        sa.Column("lot_id", LOT, nullable=False),
        sa.Column("policy", sa.String(length=64), nullable=False),
        sa.Column("any_drive", sa.Boolean(), nullable=False),
        sa.Column("exceptions", sa.Boolean(), nullable=False),
        sa.Column("countdown_s", sa.Integer(), nullable=False),
        sa.Column("approved", TIME, nullable=False),
        sa.Column("approved_by", PERSON, nullable=False),
        sa.Column("valid_until", TIME, nullable=False),
        sa.Column("revoked", TIME, nullable=True),
        sa.Column("revoked_by", PERSON, nullable=True),
        sa.ForeignKeyConstraint(["lot_id"], ["lot.id"]),
        sa.ForeignKeyConstraint(["approved_by"], ["person.id"]),
        sa.ForeignKeyConstraint(["revoked_by"], ["person.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_pre_approval_lot_id", "pre_approval", ["lot_id"], unique=False)
    op.create_table(
        "protected_serial",
        sa.Column("serial", sa.String(length=120), nullable=False),
        sa.Column("note", sa.String(length=200), nullable=False),
        sa.Column("added", TIME, nullable=False),
        sa.Column("added_by", PERSON, nullable=False),
        sa.ForeignKeyConstraint(["added_by"], ["person.id"]),
        sa.PrimaryKeyConstraint("serial"),
    )
    op.create_table(
        "bench_message",
        sa.Column("id", PLACE, autoincrement=True, nullable=False),
        sa.Column("text", sa.String(length=400), nullable=False),
        sa.Column("severity", sa.String(length=16), nullable=False),
        sa.Column("until", TIME, nullable=True),
        sa.Column("written", TIME, nullable=False),
        sa.Column("written_by", PERSON, nullable=False),
        sa.Column("withdrawn", TIME, nullable=True),
        sa.ForeignKeyConstraint(["written_by"], ["person.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_table(
        "bench_policy",
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("envelope", sa.LargeBinary(), nullable=False),
        sa.Column("signed", TIME, nullable=False),
        sa.PrimaryKeyConstraint("name"),
    )
    op.create_table(
        "person_badge",
        sa.Column("person_id", PERSON, nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("made", TIME, nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"]),
        sa.PrimaryKeyConstraint("person_id"),
        sa.UniqueConstraint("sha256"),
    )
    op.create_table(
        "assignment_counter",
        sa.Column("station_id", STATION, nullable=False),
        sa.Column("counter", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["station_id"], ["station.id"]),
        sa.PrimaryKeyConstraint("station_id"),
    )
