"""Indexes by which the pages of a large hub are read: the next page of each list, and the bounded figures."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

INDEXES = (
    ("ix_lot_created_code", "lot", ("created DESC", "code")),
    ("ix_lot_donor_created", "lot", ("donor_id", "created DESC", "code")),
    ("ix_lot_state_created", "lot", ("state", "created")),
    ("ix_drive_declared_lot_id", "drive", ("declared_lot_id",)),
    ("ix_certificate_drive_id", "certificate", ("drive_id",)),
    ("ix_certificate_device_id", "certificate", ("device_id",)),
    ("ix_certificate_lot_number", "certificate", ("lot_id", "number")),
    ("ix_erasure_queue", "erasure", ("decision", "verdict", "position")),
    ("ix_erasure_decision_position", "erasure", ("decision", "position")),
    ("ix_erasure_lot_drive", "erasure", ("lot_id", "drive_id", "position", "verdict", "decision")),
    ("ix_erasure_lot_verdict", "erasure", ("lot_id", "verdict", "position")),
    ("ix_diagnostic_device_position", "diagnostic", ("device_id", "position")),
    ("ix_device_lot_received", "device", ("lot_id", "received")),
    ("ix_alarm_closed", "alarm", ("closed",)),
)


def upgrade() -> None:
    """Make them; nothing else changes."""
    for name, table, columns in INDEXES:
        op.create_index(name, table, [sa.text(column) for column in columns])
