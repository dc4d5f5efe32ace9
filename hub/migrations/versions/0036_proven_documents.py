"""Table of the certificates that were handed out with a proof of the log: the digest of each PDF, and its proof."""

import sqlalchemy as sa
from alembic import op

revision = "0036"
down_revision = "0035"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table and its index."""
    op.create_table(
        "proven_document",
        sa.Column("pdf_sha256", sa.String(length=64), nullable=False),
        sa.Column("certificate_id", sa.String(length=36), nullable=False),
        sa.Column("lang", sa.String(length=2), nullable=False),
        sa.Column("proof", sa.LargeBinary(), nullable=False),
        sa.Column("created", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("pdf_sha256"),
    )
    op.create_index("ix_proven_document_certificate_id", "proven_document", ["certificate_id"])


def downgrade() -> None:
    """Take it away."""
    op.drop_index("ix_proven_document_certificate_id", table_name="proven_document")
    op.drop_table("proven_document")
