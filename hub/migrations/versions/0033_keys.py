"""What registry statements say of keys, the root files, and the runs that a compromised key leaves in dispute.

Stations that were accepted before get their registry statements when the hub starts: a migration signs nothing.
"""

import sqlalchemy as sa
from alembic import op

revision = "0033"
down_revision = "0032"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables and the column."""
    op.create_table(
        "key_change",
        sa.Column("position", sa.BigInteger(), primary_key=True, autoincrement=False, nullable=False),
        sa.Column("statement_id", sa.String(length=64), nullable=False, unique=True),
        sa.Column("change", sa.String(length=16), nullable=False),
        sa.Column("kid", sa.String(length=64), nullable=False),
        sa.Column("public", sa.String(length=64), nullable=False),
        sa.Column("role", sa.String(length=16), nullable=False),
        sa.Column("name", sa.String(length=400), nullable=False),
        sa.Column("replaces", sa.String(length=64), nullable=False),
        sa.Column("last_good_seq", sa.BigInteger(), nullable=True),
        sa.Column("last_good_index", sa.BigInteger(), nullable=True),
        sa.Column("shard", sa.String(length=16), nullable=False),
        sa.Column("approves", sa.String(length=64), nullable=False),
        sa.Column("signer", sa.String(length=64), nullable=False),
        sa.Column("said_by", sa.String(length=128), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("effective", sa.BigInteger(), nullable=True),
    )
    op.create_index("ix_key_change_kid", "key_change", ["kid"])
    op.create_index("ix_key_change_effective", "key_change", ["effective"])
    op.create_table(
        "root_version",
        sa.Column("version", sa.Integer(), primary_key=True, autoincrement=False, nullable=False),
        sa.Column("document", sa.LargeBinary(), nullable=False),
        sa.Column("installed", sa.DateTime(timezone=True), nullable=False),
    )
    op.add_column("erasure", sa.Column("disputed", sa.Boolean(), nullable=False, server_default=sa.false()))


def downgrade() -> None:
    """Take them away; the ledger still has the statements."""
    op.drop_column("erasure", "disputed")
    op.drop_table("root_version")
    op.drop_table("key_change")
