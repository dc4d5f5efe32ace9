"""The network: partners, levels, contacts, documents, evaluations, gates; typed figures and frozen half-years."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

PLACE = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
TIME = sa.DateTime(timezone=True)
KEY = sa.String(length=36)
NUMBER = sa.Integer()
FLAG = sa.Boolean()
PERSON, PARTNER = ["person.id"], ["partner.id"]


def upgrade() -> None:
    """Make the ten tables."""
    _partners()
    _documents()
    _judgements()
    _figures()


def _text(name: str, length: int) -> sa.Column[object]:
    return sa.Column(name, sa.String(length=length), nullable=False)


def _key() -> tuple[sa.schema.SchemaItem, ...]:
    return (sa.Column("id", PLACE, autoincrement=True, nullable=False), sa.PrimaryKeyConstraint("id"))


def _uuid() -> tuple[sa.schema.SchemaItem, ...]:
    return (sa.Column("id", KEY, nullable=False), sa.PrimaryKeyConstraint("id"))


def _by(*, named: bool = True) -> tuple[sa.schema.SchemaItem, ...]:
    found = (sa.Column("at", TIME, nullable=False), sa.Column("by", KEY, nullable=False))
    return (*found, sa.ForeignKeyConstraint(["by"], PERSON), *((_text("by_name", 120),) if named else ()))


def _taken_back() -> tuple[sa.schema.SchemaItem, ...]:
    return (
        sa.Column("withdrawn", TIME, nullable=True),
        sa.Column("withdrawn_by", KEY, nullable=True),
        _text("withdrawn_reason", 500),
        sa.ForeignKeyConstraint(["withdrawn_by"], PERSON),
    )


def _of_partner() -> tuple[sa.schema.SchemaItem, ...]:
    return (sa.Column("partner_id", KEY, nullable=False), sa.ForeignKeyConstraint(["partner_id"], PARTNER))


def _indexed(table: str, *columns: str) -> None:
    for column in columns:
        op.create_index(f"ix_{table}_{column}", table, [column], unique=False)


def _partners() -> None:
    op.create_table(
        "network",
        *_uuid(),
        _text("name", 200),
        _text("area", 200),
        sa.Column("created", TIME, nullable=False),
        sa.UniqueConstraint("name"),
    )
    op.create_table(
        "partner",
        *_uuid(),
        sa.Column("network_id", KEY, nullable=True),
        _text("name", 200),
        _text("kind", 16),
        sa.Column("created", TIME, nullable=False),
        sa.ForeignKeyConstraint(["network_id"], ["network.id"]),
        sa.UniqueConstraint("name"),
    )
    op.create_table(
        "partner_level", *_key(), *_of_partner(), sa.Column("level", NUMBER, nullable=False), _text("note", 500), *_by()
    )
    op.create_table(
        "partner_contact",
        *_key(),
        *_of_partner(),
        _text("role", 16),
        _text("name", 120),
        _text("email", 254),
        _text("phone", 40),
        *_by(named=False),
        *_taken_back(),
    )
    _indexed("partner", "network_id")
    _indexed("partner_level", "partner_id")
    _indexed("partner_contact", "partner_id")


def _documents() -> None:
    op.create_table(
        "registered_document",
        *_uuid(),
        sa.Column("partner_id", KEY, nullable=True),
        sa.Column("donor_id", KEY, nullable=True),
        _text("kind", 16),
        sa.Column("version", NUMBER, nullable=False),
        _text("file_name", 120),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("size", NUMBER, nullable=False),
        _text("sha256", 64),
        _text("signed", 10),
        _text("expires", 10),
        sa.Column("processing_clause", FLAG, nullable=False),
        _text("note", 500),
        *_by(),
        *_taken_back(),
        sa.ForeignKeyConstraint(["partner_id"], PARTNER),
        sa.ForeignKeyConstraint(["donor_id"], ["donor.id"]),
    )
    _indexed("registered_document", "partner_id", "donor_id")


def _judgements() -> None:
    op.create_table(
        "evaluation",
        *_key(),
        *_of_partner(),
        _text("kind", 16),
        _text("day", 10),
        sa.Column("document", sa.JSON(), nullable=False),
        _text("note", 500),
        *_by(),
    )
    op.create_table(
        "gate_record",
        *_key(),
        *_of_partner(),
        sa.Column("gate", NUMBER, nullable=False),
        sa.Column("passed", FLAG, nullable=False),
        sa.Column("exception", FLAG, nullable=False),
        sa.Column("facts", sa.JSON(), nullable=False),
        _text("reason", 500),
        *_by(),
    )
    op.create_table(
        "lot_partner",
        *_key(),
        sa.Column("lot_id", KEY, nullable=False),
        *_of_partner(),
        sa.Column("test", FLAG, nullable=False),
        *_by(named=False),
        *_taken_back(),
        sa.ForeignKeyConstraint(["lot_id"], ["lot.id"]),
    )
    _indexed("evaluation", "partner_id")
    _indexed("gate_record", "partner_id")
    _indexed("lot_partner", "lot_id", "partner_id")


def _figures() -> None:
    op.create_table(
        "social_figure",
        *_key(),
        _text("period", 24),
        _text("kind", 24),
        sa.Column("number", NUMBER, nullable=False),
        _text("note", 500),
        *_by(),
    )
    op.create_index("ix_social_figure_period_kind", "social_figure", ["period", "kind", "id"], unique=False)
    op.create_table(
        "half_year",
        *_uuid(),
        _text("period", 24),
        _text("partner_id", 36),
        sa.Column("version", NUMBER, nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        _text("sha256", 64),
        *_by(),
        sa.UniqueConstraint("period", "partner_id", "version"),
    )
