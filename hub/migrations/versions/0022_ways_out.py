"""Subjects at an identity provider and visits to it; the post and who wants it."""

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None

TIME = sa.DateTime(timezone=True)
KEY = sa.String(length=36)
PERSON = ["person.id"]


def upgrade() -> None:
    """Make the four tables."""
    _provider()
    _post()


def _provider() -> None:
    op.create_table(
        "linked_subject",
        sa.Column("issuer", sa.String(length=200), nullable=False),
        sa.Column("subject", sa.String(length=255), nullable=False),
        sa.Column("person_id", KEY, nullable=False),
        sa.Column("at", TIME, nullable=False),
        sa.ForeignKeyConstraint(["person_id"], PERSON),
        sa.PrimaryKeyConstraint("issuer", "subject"),
    )
    op.create_index("ix_linked_subject_person_id", "linked_subject", ["person_id"])
    op.create_table(
        "provider_visit",
        sa.Column("state_hash", sa.String(length=64), nullable=False),
        sa.Column("browser_hash", sa.String(length=64), nullable=False),
        sa.Column("issuer", sa.String(length=200), nullable=False),
        sa.Column("nonce", sa.String(length=64), nullable=False),
        sa.Column("verifier", sa.String(length=64), nullable=False),
        sa.Column("to", sa.String(length=500), nullable=False),
        sa.Column("expires", TIME, nullable=False),
        sa.PrimaryKeyConstraint("state_hash"),
    )
    op.create_index("ix_provider_visit_expires", "provider_visit", ["expires"])


def _post() -> None:
    op.create_table(
        "letter",
        sa.Column("id", KEY, nullable=False),
        sa.Column("once", sa.String(length=120), nullable=False),
        sa.Column("person_id", KEY, nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("facts", sa.JSON(), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("asked", TIME, nullable=False),
        sa.Column("due", TIME, nullable=False),
        sa.Column("expires", TIME, nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("held_until", TIME, nullable=True),
        sa.Column("ended", TIME, nullable=True),
        sa.Column("problem", sa.String(length=120), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], PERSON),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("once"),
    )
    op.create_index("ix_letter_person_id", "letter", ["person_id"])
    op.create_index("ix_letter_state_due", "letter", ["state", "due"])
    op.create_table(
        "letter_wish",
        sa.Column("person_id", KEY, nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("at", TIME, nullable=False),
        sa.ForeignKeyConstraint(["person_id"], PERSON),
        sa.PrimaryKeyConstraint("person_id", "kind"),
    )
