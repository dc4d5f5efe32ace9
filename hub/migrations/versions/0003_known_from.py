"""When lots, devices and drives became known, and what lists and people said of drives, apart from what was observed.

What is there already counts as known from the start; a drive that a bench saw, from its first statement.
"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

FIRST_SEEN = """
UPDATE drive SET known_from = 1048576 * COALESCE(
    (SELECT MIN(position) FROM erasure WHERE erasure.drive_id = drive.id), 0)
WHERE NOT declared
"""
SAID = "UPDATE drive SET declared_lot_id = lot_id, declared_device_id = device_id, declared_from = 0 WHERE declared"


def upgrade() -> None:
    """Add the columns and fill them from what is there. No table is made anew: others point to these rows."""
    for table in ("lot", "device", "drive"):
        op.add_column(table, sa.Column("known_from", sa.BigInteger(), nullable=False, server_default="0"))
        op.create_index(f"ix_{table}_known_from", table, ["known_from"])
    op.execute("ALTER TABLE drive ADD COLUMN declared_lot_id VARCHAR(36) REFERENCES lot (id)")
    op.execute("ALTER TABLE drive ADD COLUMN declared_device_id VARCHAR(36) REFERENCES device (id)")
    for column in ("declared_from", "tied_from"):
        op.add_column("drive", sa.Column(column, sa.BigInteger(), nullable=True))
        op.create_index(f"ix_drive_{column}", "drive", [column])
    op.execute(FIRST_SEEN)
    op.execute(SAID)
    op.execute("UPDATE drive SET tied_from = 0 WHERE tied_by IS NOT NULL")
