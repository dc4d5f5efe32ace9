"""Which partner a bench is of, and which partner recorded a donor."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0014"
branch_labels = None
depends_on = None

KEY = sa.String(length=36)


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "station_belonging",
        sa.Column("station_id", KEY, nullable=False),
        sa.Column("partner_id", KEY, nullable=False),
        sa.ForeignKeyConstraint(["station_id"], ["station.id"]),
        sa.ForeignKeyConstraint(["partner_id"], ["partner.id"]),
        sa.PrimaryKeyConstraint("station_id"),
    )
    op.create_index("ix_station_belonging_partner_id", "station_belonging", ["partner_id"])
    op.create_table(
        "donor_belonging",
        sa.Column("donor_id", KEY, nullable=False),
        sa.Column("partner_id", KEY, nullable=False),
        sa.ForeignKeyConstraint(["donor_id"], ["donor.id"]),
        sa.ForeignKeyConstraint(["partner_id"], ["partner.id"]),
        sa.PrimaryKeyConstraint("donor_id", "partner_id"),
    )
    op.create_index("ix_donor_belonging_partner_id", "donor_belonging", ["partner_id"])
