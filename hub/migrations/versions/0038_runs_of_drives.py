"""Drives say how many erasures name them; the diagnoses of a lot and of a device are read from indexes alone."""

import sqlalchemy as sa
from alembic import op

revision = "0038"
down_revision = "0037"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Count the erasures of each drive."""
    op.add_column("drive", sa.Column("runs", sa.Integer(), nullable=False, server_default="0"))
    of_drive = "SELECT COUNT(*) FROM erasure WHERE erasure.drive_id = drive.id"
    op.execute(f"UPDATE drive SET runs = ({of_drive}) WHERE id IN (SELECT drive_id FROM erasure)")  # noqa: S608 - no input
    op.create_index("ix_diagnostic_lot_device", "diagnostic", ["lot_id", "device_id"])
    op.create_index("ix_diagnostic_device_story", "diagnostic", ["device_id", "position", "letter", "statement_id"])
    for name in ("ix_diagnostic_lot_id", "ix_diagnostic_device_position", "ix_diagnostic_device_letter"):
        op.drop_index(name, table_name="diagnostic")


def downgrade() -> None:
    """Take the count away."""
    op.create_index("ix_diagnostic_lot_id", "diagnostic", ["lot_id"])
    op.create_index("ix_diagnostic_device_position", "diagnostic", ["device_id", "position"])
    op.create_index("ix_diagnostic_device_letter", "diagnostic", ["device_id", "letter", "statement_id"])
    for name in ("ix_diagnostic_lot_device", "ix_diagnostic_device_story"):
        op.drop_index(name, table_name="diagnostic")
    op.drop_column("drive", "runs")
