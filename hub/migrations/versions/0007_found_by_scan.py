"""Indexes by which a scanned code is found whatever its case: lots, devices, drives and certificates."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

CODES = (("lot", "code"), ("device", "asset"), ("device", "serial"), ("drive", "serial"), ("certificate", "number"))


def upgrade() -> None:
    """Make them; nothing else changes."""
    for table, column in CODES:
        op.create_index(f"ix_{table}_{column}_lower", table, [sa.text(f"lower({column})")])
