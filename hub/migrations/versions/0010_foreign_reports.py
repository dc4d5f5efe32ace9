"""Wipe reports of other programs with what was decided about them; columns of exports as people and sites want them."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)
PERSON = ["person.id"]
NUMBER = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def _by() -> list[sa.schema.SchemaItem]:
    return [
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("by", sa.String(length=36), nullable=False),
        sa.Column("by_name", sa.String(length=120), nullable=False),
        sa.ForeignKeyConstraint(["by"], PERSON),
    ]


def _words(*names: str, length: int = 120) -> list[sa.schema.SchemaItem]:
    return [sa.Column(name, sa.String(length=length), nullable=False) for name in names]


def upgrade() -> None:
    """Make the five tables."""
    op.create_table(
        "wipe_report",
        sa.Column("id", NUMBER, autoincrement=True, nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("lot_key", sa.String(length=36), nullable=False),
        sa.Column("lot_id", sa.String(length=36), nullable=True),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("trouble", sa.String(length=32), nullable=False),
        *_words("tool", "version"),
        sa.Column("form", sa.String(length=16), nullable=False),
        sa.Column("signed", sa.Boolean(), nullable=False),
        *_by(),
        sa.ForeignKeyConstraint(["lot_id"], ["lot.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("sha256", "lot_key"),
    )
    op.create_index("ix_wipe_report_lot_id", "wipe_report", ["lot_id"])
    op.create_table(
        "wipe_report_line",
        sa.Column("id", NUMBER, autoincrement=True, nullable=False),
        sa.Column("report_id", NUMBER, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        *_words("serial", "model", "size", "technique"),
        *_words("outcome", length=16),
        *_words("said"),
        *_words("why", length=16),
        *_words("started", "ended"),
        sa.ForeignKeyConstraint(["report_id"], ["wipe_report.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_wipe_report_line_report_id", "wipe_report_line", ["report_id"])
    op.create_index("ix_wipe_report_line_serial", "wipe_report_line", ["serial"])
    _decisions_and_exports()


def _decisions_and_exports() -> None:
    op.create_table(
        "wipe_report_decision",
        sa.Column("id", NUMBER, autoincrement=True, nullable=False),
        sa.Column("line_id", NUMBER, nullable=False),
        sa.Column("word", sa.String(length=16), nullable=False),
        sa.Column("record_id", NUMBER, nullable=True),
        *_words("reason", length=500),
        *_by(),
        sa.ForeignKeyConstraint(["line_id"], ["wipe_report_line.id"]),
        sa.ForeignKeyConstraint(["record_id"], ["drive_record.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_wipe_report_decision_line_id", "wipe_report_decision", ["line_id"])
    op.create_index("ix_wipe_report_decision_record_id", "wipe_report_decision", ["record_id"])
    op.create_table(
        "export_choice",
        sa.Column("person_id", sa.String(length=36), nullable=False),
        sa.Column("subject", sa.String(length=16), nullable=False),
        sa.Column("columns", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], PERSON),
        sa.PrimaryKeyConstraint("person_id", "subject"),
    )
    op.create_table(
        "export_mapping",
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("added", MOMENT, nullable=False),
        sa.Column("added_by", sa.String(length=36), nullable=True),
        sa.ForeignKeyConstraint(["added_by"], PERSON),
        sa.PrimaryKeyConstraint("sha256"),
        sa.UniqueConstraint("name", "version"),
    )


def downgrade() -> None:
    """Take them away, with every report that was given."""
    for table in ("export_mapping", "export_choice", "wipe_report_decision", "wipe_report_line", "wipe_report"):
        op.drop_table(table)
