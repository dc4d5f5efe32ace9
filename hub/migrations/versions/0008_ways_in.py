"""Ways in besides the password: links that give one, the second factor, and what browser a session is in."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

PERSON = ["person.id"]
MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Make the three tables and the column; sessions of now have no browser."""
    op.create_table(
        "invitation",
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("person_id", sa.String(length=36), nullable=False),
        sa.Column("by", sa.String(length=36), nullable=True),
        sa.Column("created", MOMENT, nullable=False),
        sa.Column("expires", MOMENT, nullable=False),
        sa.Column("used", MOMENT, nullable=True),
        sa.ForeignKeyConstraint(["person_id"], PERSON),
        sa.ForeignKeyConstraint(["by"], PERSON),
        sa.PrimaryKeyConstraint("token_hash"),
    )
    op.create_index("ix_invitation_person_id", "invitation", ["person_id"], unique=False)
    op.create_table(
        "second_factor",
        sa.Column("person_id", sa.String(length=36), nullable=False),
        sa.Column("secret", sa.String(length=64), nullable=False),
        sa.Column("created", MOMENT, nullable=False),
        sa.Column("confirmed", MOMENT, nullable=True),
        sa.Column("last_step", sa.BigInteger(), nullable=False),
        sa.Column("spare", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], PERSON),
        sa.PrimaryKeyConstraint("person_id"),
    )
    op.create_table(
        "half_session",
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("person_id", sa.String(length=36), nullable=False),
        sa.Column("expires", MOMENT, nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], PERSON),
        sa.PrimaryKeyConstraint("token_hash"),
    )
    with op.batch_alter_table("web_session") as table:
        table.add_column(sa.Column("browser", sa.String(length=80), nullable=False, server_default=""))


def downgrade() -> None:
    """Take them away: everybody signs in by the password alone."""
    with op.batch_alter_table("web_session") as table:
        table.drop_column("browser")
    op.drop_table("half_session")
    op.drop_table("second_factor")
    op.drop_index("ix_invitation_person_id", table_name="invitation")
    op.drop_table("invitation")
