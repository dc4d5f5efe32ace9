"""Who belongs to which partner or network."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

KEY = sa.String(length=36)


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "belonging",
        sa.Column("person_id", KEY, nullable=False),
        sa.Column("partner_id", KEY, nullable=True),
        sa.Column("network_id", KEY, nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"]),
        sa.ForeignKeyConstraint(["partner_id"], ["partner.id"]),
        sa.ForeignKeyConstraint(["network_id"], ["network.id"]),
        sa.PrimaryKeyConstraint("person_id"),
    )
    op.create_index("ix_belonging_partner_id", "belonging", ["partner_id"])
    op.create_index("ix_belonging_network_id", "belonging", ["network_id"])
