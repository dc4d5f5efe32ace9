"""Prescriptions, reservations, deliveries; how lots came and what was brought by hand; checks by hand, systems.

Nobody is made to have said anything: the tables begin empty.
"""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

PLACE = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
TIME = sa.DateTime(timezone=True)
KEY = sa.String(length=36)


def upgrade() -> None:
    """Make the tables, and the two indexes by which stock and prescriptions are found."""
    _of_distribution()
    _of_intake()
    _of_inspection()
    op.create_index("ix_exit_batch_prescription", "exit_batch", ["prescription"])
    op.create_index("ix_device_said_about_word", "device_said", ["about", "word", "device_id"])


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
        op.create_index(f"ix_{name}_{column}", name, [column])


def _taken_back() -> tuple[sa.Column[object], ...]:
    return (
        sa.Column("withdrawn", TIME, nullable=True),
        sa.Column("withdrawn_by", KEY, sa.ForeignKey("person.id"), nullable=True),
        sa.Column("withdrawn_reason", sa.String(length=500), nullable=False),
    )


def _text(name: str, length: int, *, unique: bool = False) -> sa.Column[object]:
    return sa.Column(name, sa.String(length=length), nullable=False, unique=unique)


def _key(name: str, table: str, *, unique: bool = False) -> sa.Column[object]:
    return sa.Column(name, KEY, sa.ForeignKey(f"{table}.id"), nullable=False, unique=unique)


def _of_distribution() -> None:
    _table(
        "prescription",
        _text("code", 16, unique=True),
        _key("partner_id", "partner"),
        _text("kind", 16),
        _text("category", 16),
        _text("until", 10),
        indexed=("partner_id",),
        back=True,
    )
    _table(
        "reservation",
        _key("device_id", "device"),
        _key("lot_id", "lot"),
        sa.Column("partner_id", KEY, sa.ForeignKey("partner.id"), nullable=True),
        sa.Column("prescription_id", PLACE, sa.ForeignKey("prescription.id"), nullable=True),
        _text("until", 10),
        indexed=("device_id", "lot_id", "partner_id", "prescription_id"),
        back=True,
    )
    op.create_table(
        "delivery",
        sa.Column(
            "batch_id", PLACE, sa.ForeignKey("exit_batch.id"), primary_key=True, autoincrement=False, nullable=False
        ),
        _key("partner_id", "partner"),
    )
    op.create_index("ix_delivery_partner_id", "delivery", ["partner_id"])


def _of_intake() -> None:
    _table("lot_channel", _key("lot_id", "lot"), _text("word", 16), indexed=("lot_id", "word"))
    _table(
        "hand_receipt",
        _text("code", 24, unique=True),
        _key("device_id", "device", unique=True),
        _key("lot_id", "lot"),
        _text("state", 16),
        _text("drive", 8),
        indexed=("lot_id",),
    )


def _of_inspection() -> None:
    here = ("device_id", "lot_id")
    _table(
        "device_number",
        *(_key("device_id", "device"), _key("lot_id", "lot")),
        *(_text("sort", 8), _text("value", 32)),
        indexed=here,
        back=True,
    )
    op.create_index("ix_device_number_value", "device_number", ["sort", "value"])
    _table(
        "hand_check",
        *(_key("device_id", "device"), _key("lot_id", "lot")),
        _text("checklist", 40),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("answers", sa.JSON(), nullable=False),
        *(_text("letter", 16), _text("policy", 80)),
        indexed=here,
        back=True,
    )
    _table(
        "installed_system",
        *(_key("device_id", "device"), _key("lot_id", "lot")),
        *(_text("image", 120), _text("version", 60), _text("licence", 24), _text("test", 16), _text("note", 500)),
        indexed=here,
        back=True,
    )
