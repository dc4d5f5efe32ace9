"""An index by which the runs that failed are found: the start page looks among them for those that came too late."""

from alembic import op

revision = "0025"
down_revision = "0023"
branch_labels = None
depends_on = None

NAME = "ix_erasure_verdict_position"


def upgrade() -> None:
    """Make the index; a condition on runs that failed reads nothing else."""
    op.create_index(NAME, "erasure", ["verdict", "position", "received", "drive_id", "statement_id"], unique=False)


def downgrade() -> None:
    """Take it away."""
    op.drop_index(NAME, table_name="erasure")
