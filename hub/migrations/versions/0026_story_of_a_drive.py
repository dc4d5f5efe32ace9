"""An index that answers what became of a drive from run to run, instead of the one that only found its runs."""

from alembic import op

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None

NAME, BEFORE = "ix_erasure_drive_story", "ix_erasure_drive_id"
COLUMNS = ["drive_id", "position", "lot_id", "verdict", "decision", "certificate_id", "device_id"]


def upgrade() -> None:
    """Make the index, and take the narrow one away: one is written for each run, as before."""
    op.create_index(NAME, "erasure", COLUMNS, unique=False)
    op.drop_index(BEFORE, table_name="erasure")


def downgrade() -> None:
    """Put the narrow one back."""
    op.create_index(BEFORE, "erasure", ["drive_id"], unique=False)
    op.drop_index(NAME, table_name="erasure")
