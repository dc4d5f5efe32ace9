"""What donors state of devices, where they are, how much they retired; what was promised; open actions.

Nobody is made to have said anything: the tables begin empty.
"""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

PLACE = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
TIME = sa.DateTime(timezone=True)
KEY = sa.String(length=36)
NUMBER = sa.Integer()


def upgrade() -> None:
    """Make the five tables."""
    _facts()
    _table("donor_area", _refers("donor_id", "donor"), _text("department", 3), indexed=("donor_id",))
    _table(
        "retired_count",
        _refers("donor_id", "donor"),
        sa.Column("year", NUMBER, nullable=False),
        sa.Column("number", NUMBER, nullable=False),
        _text("note", 500),
        indexed=("donor_id",),
    )
    _table(
        "promise",
        _refers("document_id", "registered_document"),
        _text("kind", 16),
        sa.Column("number", NUMBER, nullable=False),
        _text("first", 10),
        _text("last", 10),
        *_taken_back(),
        indexed=("document_id",),
    )
    _table(
        "open_action",
        sa.Column("partner_id", KEY, sa.ForeignKey("partner.id"), nullable=True),
        _text("what", 500),
        _text("due", 10),
        sa.Column("done", TIME, nullable=True),
        sa.Column("done_by", KEY, sa.ForeignKey("person.id"), nullable=True),
        _text("done_name", 120),
        _text("outcome", 500),
        *_taken_back(),
        indexed=("partner_id",),
    )


def downgrade() -> None:
    """Take them away, with what people noted in them."""
    for name in ("open_action", "promise", "retired_count", "donor_area", "device_fact"):
        op.drop_table(name)


def _facts() -> None:
    op.create_table(
        "device_fact",
        sa.Column("id", PLACE, primary_key=True, autoincrement=True, nullable=False),
        _refers("device_id", "device"),
        _refers("lot_id", "lot"),
        _text("about", 16),
        _text("word", 16),
        sa.Column("at", TIME, nullable=False),
        sa.Column("by", KEY, sa.ForeignKey("person.id"), nullable=True),
        _text("by_name", 120),
    )
    op.create_index("ix_device_fact_lot_id", "device_fact", ["lot_id"], unique=False)
    op.create_index("ix_device_fact_device_about", "device_fact", ["device_id", "about", "id"], unique=False)


def _table(name: str, *columns: sa.Column[object], indexed: tuple[str, ...]) -> None:
    op.create_table(
        name,
        sa.Column("id", PLACE, primary_key=True, autoincrement=True, nullable=False),
        *columns,
        sa.Column("at", TIME, nullable=False),
        sa.Column("by", KEY, sa.ForeignKey("person.id"), nullable=False),
        _text("by_name", 120),
    )
    for column in indexed:
        op.create_index(f"ix_{name}_{column}", name, [column], unique=False)


def _refers(name: str, table: str) -> sa.Column[object]:
    return sa.Column(name, KEY, sa.ForeignKey(f"{table}.id"), nullable=False)


def _text(name: str, length: int) -> sa.Column[object]:
    return sa.Column(name, sa.String(length=length), nullable=False)


def _taken_back() -> tuple[sa.Column[object], ...]:
    return (
        sa.Column("withdrawn", TIME, nullable=True),
        sa.Column("withdrawn_by", KEY, sa.ForeignKey("person.id"), nullable=True),
        _text("withdrawn_reason", 500),
    )
