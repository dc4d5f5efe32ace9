"""Indexes that answer what became of a drive, run by run, and which letter a device got; two only found the rows."""

from typing import Final

from alembic import op

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None

MADE: Final = (
    (
        "ix_erasure_drive_story",
        "erasure",
        ["drive_id", "position", "lot_id", "verdict", "decision", "certificate_id", "device_id"],
    ),
    ("ix_diagnostic_device_letter", "diagnostic", ["device_id", "letter", "statement_id"]),
)
BEFORE: Final = (
    ("ix_erasure_drive_id", "erasure", ["drive_id"]),
    ("ix_diagnostic_device_id", "diagnostic", ["device_id"]),
)  # each takes the place of one, so that as many are written for a statement as before


def upgrade() -> None:
    """Make the wide ones, and take the narrow ones away."""
    for name, table, columns in MADE:
        op.create_index(name, table, columns, unique=False)
    for name, table, _columns in BEFORE:
        op.drop_index(name, table_name=table)


def downgrade() -> None:
    """Put the narrow ones back."""
    for name, table, columns in BEFORE:
        op.create_index(name, table, columns, unique=False)
    for name, table, _columns in MADE:
        op.drop_index(name, table_name=table)
