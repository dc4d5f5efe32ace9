"""Tables of the log: shards, tiles, checkpoints, cosignatures. Its first shard is opened when the hub runs."""

import sqlalchemy as sa
from alembic import op

revision = "0032"
down_revision = "0031"
branch_labels = None
depends_on = None

TIME = sa.DateTime(timezone=True)
POSITION = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
SHARD = ["log_shard.name"]


def upgrade() -> None:
    """Make the four tables."""
    op.create_table(
        "log_shard",
        sa.Column("name", sa.String(length=16), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("origin", sa.String(length=256), nullable=False),
        sa.Column("vkey", sa.String(length=400), nullable=False),
        sa.Column("first", sa.BigInteger(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("opened", TIME, nullable=False),
        sa.PrimaryKeyConstraint("name"),
        sa.UniqueConstraint("number"),
        sa.UniqueConstraint("origin"),
    )
    op.create_table(
        "log_tile",
        sa.Column("shard", sa.String(length=16), nullable=False),
        sa.Column("level", sa.Integer(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("hashes", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["shard"], SHARD),
        sa.PrimaryKeyConstraint("shard", "level", "number"),
    )
    _signed()


def _signed() -> None:
    op.create_table(
        "log_checkpoint",
        sa.Column("id", POSITION, autoincrement=True, nullable=False),
        sa.Column("shard", sa.String(length=16), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("root", sa.String(length=64), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("signed", TIME, nullable=False),
        sa.ForeignKeyConstraint(["shard"], SHARD),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("shard", "size"),
        sa.UniqueConstraint("shard", "number"),
    )
    op.create_table(
        "log_cosignature",
        sa.Column("id", POSITION, autoincrement=True, nullable=False),
        sa.Column("checkpoint_id", POSITION, nullable=False),
        sa.Column("kid", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("time", sa.BigInteger(), nullable=False),
        sa.Column("line", sa.Text(), nullable=False),
        sa.Column("received", TIME, nullable=False),
        sa.ForeignKeyConstraint(["checkpoint_id"], ["log_checkpoint.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("checkpoint_id", "kid"),
    )


def downgrade() -> None:
    """Take them away: what was signed is in the hands of those who hold it."""
    for name in ("log_cosignature", "log_checkpoint", "log_tile", "log_shard"):
        op.drop_table(name)
