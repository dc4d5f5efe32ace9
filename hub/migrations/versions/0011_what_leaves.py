"""What leaves, what comes back, what is repaired and with which parts, and what sort of donor gave it.

Nobody is made to have said anything: the tables begin empty.
"""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

PLACE = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
TIME = sa.DateTime(timezone=True)
KEY = sa.String(length=36)


def upgrade() -> None:
    """Make the eleven tables."""
    _of_exits()
    _of_returns()
    _of_repairs()


def downgrade() -> None:
    """Take them away, with what people noted in them."""
    for name in (
        "placement",
        "repair",
        "missing_part",
        "part",
        "non_conformity",
        "device_return",
        "exit_slip",
        "exit_mass",
        "exit_line",
        "exit_batch",
        "donor_type",
    ):
        op.drop_table(name)


def _table(name: str, *columns: sa.Column[object], indexed: tuple[str, ...], back: bool = False) -> None:
    op.create_table(
        name,
        sa.Column("id", PLACE, primary_key=True, autoincrement=True, nullable=False),
        *columns,
        sa.Column("at", TIME, nullable=False),
        sa.Column("by", KEY, sa.ForeignKey("person.id"), nullable=False),
        sa.Column("by_name", sa.String(length=120), nullable=False),
        *(_taken_back() if back else ()),
    )
    for column in indexed:
        op.create_index(f"ix_{name}_{column}", name, [column], unique=False)


def _taken_back() -> tuple[sa.Column[object], ...]:
    return (
        sa.Column("withdrawn", TIME, nullable=True),
        sa.Column("withdrawn_by", KEY, sa.ForeignKey("person.id"), nullable=True),
        sa.Column("withdrawn_reason", sa.String(length=500), nullable=False),
    )


def _of_exits() -> None:
    _table(
        "donor_type",
        sa.Column("donor_id", KEY, sa.ForeignKey("donor.id"), nullable=False),
        sa.Column("word", sa.String(length=24), nullable=False),
        indexed=("donor_id",),
    )
    _table(
        "exit_batch",
        sa.Column("mode", sa.String(length=16), nullable=False),
        sa.Column("day", sa.String(length=10), nullable=False),
        sa.Column("receiver", sa.String(length=200), nullable=False),
        sa.Column("receiver_siret", sa.String(length=14), nullable=False),
        sa.Column("receiver_address", sa.String(length=200), nullable=False),
        sa.Column("prescription", sa.String(length=32), nullable=False),
        sa.Column("producer", sa.String(length=200), nullable=False),
        sa.Column("producer_siren", sa.String(length=9), nullable=False),
        sa.Column("carrier", sa.String(length=200), nullable=False),
        sa.Column("receipt", sa.String(length=200), nullable=False),
        sa.Column("named_to_donor", sa.Boolean(), nullable=False),
        indexed=("mode",),
    )
    _table(
        "exit_line",
        sa.Column("batch_id", PLACE, sa.ForeignKey("exit_batch.id"), nullable=False),
        sa.Column("lot_id", KEY, sa.ForeignKey("lot.id"), nullable=False),
        sa.Column("device_id", KEY, sa.ForeignKey("device.id"), nullable=True),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("units", sa.Integer(), nullable=False),
        sa.Column("accessories", sa.String(length=200), nullable=False),
        sa.Column("letter", sa.String(length=16), nullable=False),
        sa.Column("grade_policy", sa.String(length=80), nullable=False),
        sa.Column("word", sa.String(length=16), nullable=False),
        sa.Column("missing", sa.Text(), nullable=False),
        sa.Column("price_cents", sa.Integer(), nullable=True),
        sa.Column("ceiling_cents", sa.Integer(), nullable=True),
        sa.Column("ceiling_policy", sa.String(length=80), nullable=False),
        sa.Column("warranty_start", sa.String(length=10), nullable=False),
        sa.Column("warranty_end", sa.String(length=10), nullable=False),
        sa.Column("presumption_end", sa.String(length=10), nullable=False),
        indexed=("batch_id", "lot_id", "device_id"),
        back=True,
    )
    _table(
        "exit_mass",
        sa.Column("batch_id", PLACE, sa.ForeignKey("exit_batch.id"), nullable=False),
        sa.Column("category", sa.String(length=8), nullable=False),
        sa.Column("grams", sa.Integer(), nullable=False),
        indexed=("batch_id",),
    )
    _table(
        "exit_slip",
        sa.Column("batch_id", PLACE, sa.ForeignKey("exit_batch.id"), nullable=False),
        sa.Column("number", sa.String(length=64), nullable=False),
        sa.Column("day", sa.String(length=10), nullable=False),
        sa.Column("treatment", sa.String(length=8), nullable=False),
        indexed=("batch_id",),
    )


def _of_returns() -> None:
    _table(
        "device_return",
        sa.Column("device_id", KEY, sa.ForeignKey("device.id"), nullable=False),
        sa.Column("lot_id", KEY, sa.ForeignKey("lot.id"), nullable=False),
        sa.Column("line_id", PLACE, sa.ForeignKey("exit_line.id"), nullable=False),
        sa.Column("day", sa.String(length=10), nullable=False),
        sa.Column("reason", sa.String(length=32), nullable=False),
        sa.Column("came_back", sa.Boolean(), nullable=False),
        sa.Column("within", sa.Boolean(), nullable=False),
        sa.Column("finding", sa.String(length=500), nullable=False),
        sa.Column("remedy", sa.String(length=500), nullable=False),
        indexed=("device_id", "lot_id", "line_id"),
        back=True,
    )
    _table(
        "non_conformity",
        sa.Column("device_id", KEY, sa.ForeignKey("device.id"), nullable=False),
        sa.Column("lot_id", KEY, sa.ForeignKey("lot.id"), nullable=False),
        sa.Column("line_id", PLACE, sa.ForeignKey("exit_line.id"), nullable=False),
        sa.Column("day", sa.String(length=10), nullable=False),
        sa.Column("reason", sa.String(length=32), nullable=False),
        sa.Column("finding", sa.String(length=500), nullable=False),
        sa.Column("remedy", sa.String(length=500), nullable=False),
        sa.Column("counted", sa.Boolean(), nullable=False),
        indexed=("device_id", "lot_id", "line_id"),
        back=True,
    )


def _of_repairs() -> None:
    _table(
        "part",
        sa.Column("kind", sa.String(length=24), nullable=False),
        sa.Column("origin", sa.String(length=16), nullable=False),
        sa.Column("device_id", KEY, sa.ForeignKey("device.id"), nullable=True),
        sa.Column("lot_id", KEY, sa.ForeignKey("lot.id"), nullable=True),
        sa.Column("drive_id", KEY, sa.ForeignKey("drive.id"), nullable=True),
        sa.Column("serial", sa.String(length=120), nullable=False),
        sa.Column("what", sa.String(length=200), nullable=False),
        indexed=("kind", "device_id", "lot_id", "drive_id"),
        back=True,
    )
    _table(
        "missing_part",
        sa.Column("device_id", KEY, sa.ForeignKey("device.id"), nullable=False),
        sa.Column("lot_id", KEY, sa.ForeignKey("lot.id"), nullable=False),
        sa.Column("kind", sa.String(length=24), nullable=False),
        sa.Column("note", sa.String(length=500), nullable=False),
        indexed=("device_id", "lot_id"),
        back=True,
    )
    _table(
        "repair",
        sa.Column("device_id", KEY, sa.ForeignKey("device.id"), nullable=False),
        sa.Column("lot_id", KEY, sa.ForeignKey("lot.id"), nullable=False),
        sa.Column("action", sa.String(length=24), nullable=False),
        sa.Column("part_id", PLACE, sa.ForeignKey("part.id"), nullable=True),
        sa.Column("need_id", PLACE, sa.ForeignKey("missing_part.id"), nullable=True),
        sa.Column("note", sa.String(length=500), nullable=False),
        indexed=("device_id", "lot_id", "part_id", "need_id"),
        back=True,
    )
    _table(
        "placement",
        sa.Column("device_id", KEY, sa.ForeignKey("device.id"), nullable=True),
        sa.Column("part_id", PLACE, sa.ForeignKey("part.id"), nullable=True),
        sa.Column("lot_id", KEY, sa.ForeignKey("lot.id"), nullable=True),
        sa.Column("place", sa.String(length=64), nullable=False),
        indexed=("device_id", "part_id", "lot_id"),
    )
