"""Table of the witnesses that are asked to cosign the log."""

import sqlalchemy as sa
from alembic import op

revision = "0035"
down_revision = "0033"
branch_labels = None
depends_on = None

TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "log_witness",
        sa.Column("kid", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("url", sa.String(length=400), nullable=False),
        sa.Column("vkey", sa.String(length=400), nullable=False),
        sa.Column("private", sa.Boolean(), nullable=False),
        sa.Column("added", TIME, nullable=False),
        sa.Column("ended", TIME, nullable=True),
        sa.Column("answered", TIME, nullable=True),
        sa.Column("silent_since", TIME, nullable=True),
        sa.Column("problem", sa.String(length=200), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("due", TIME, nullable=False),
        sa.Column("held_until", TIME, nullable=True),
        sa.PrimaryKeyConstraint("kid"),
    )


def downgrade() -> None:
    """Drop it."""
    op.drop_table("log_witness")
