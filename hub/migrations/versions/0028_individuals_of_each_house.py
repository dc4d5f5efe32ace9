"""Private persons of each house are a donor of its own: lots that a partner opened for them go to that one.

Documents that are frozen keep the name that they had. The lots that the workshop of the hub opened stay where they are,
those too that it gave to a partner to work on.
"""

from typing import Any
from uuid import uuid4

import sqlalchemy as sa
from alembic import op
from alembic.util import CommandError

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None

KEY = sa.String(length=36)
SHARED = "Particuliers"

DONOR, LOT = (
    sa.table(
        "donor",
        sa.column("id"),
        sa.column("name"),
        sa.column("contact"),
        sa.column("created", sa.DateTime(timezone=True)),
    ),
    sa.table("lot", sa.column("id"), sa.column("donor_id")),
)
PARTNER = sa.table("partner", sa.column("id"), sa.column("name"))
GIVEN = sa.table("lot_partner", *(sa.column(name) for name in ("id", "lot_id", "partner_id", "by", "withdrawn")))
BELONGING = sa.table("belonging", sa.column("person_id"), sa.column("partner_id"))
KNOWN = sa.table("donor_belonging", sa.column("donor_id"), sa.column("partner_id"))
OWN = sa.table("house_individuals", sa.column("partner_id"), sa.column("donor_id"))
TYPE = sa.table(
    "donor_type",
    *(sa.column(name) for name in ("id", "donor_id", "word", "by", "by_name")),
    sa.column("at", sa.DateTime(timezone=True)),
)


def upgrade() -> None:
    """Make the table, and a donor for each partner that took things in from private persons."""
    op.create_table(
        "house_individuals",
        sa.Column("partner_id", KEY, sa.ForeignKey("partner.id"), primary_key=True, nullable=False),
        sa.Column("donor_id", KEY, sa.ForeignKey("donor.id"), nullable=False),
        sa.UniqueConstraint("donor_id"),
    )
    shared = op.get_bind().execute(sa.select(DONOR.c.id, DONOR.c.created).where(DONOR.c.name == SHARED)).one_or_none()
    if shared is not None:
        for partner_id, lots in _opened_by_partners(shared.id).items():
            _move(shared, partner_id, lots)


def downgrade() -> None:
    """Refuse, and change nothing: lots and donors of private persons cannot be told apart from what came since.

    Raises CommandError.
    """
    raise CommandError("the hub of before 0028 comes back from a backup only: each house has its donor since")


def _opened_by_partners(donor_id: str) -> dict[str, list[str]]:
    """The lots of the shared donor that people of a partner opened, by partner."""
    query = (
        sa.select(GIVEN.c.partner_id, GIVEN.c.lot_id)
        .join(LOT, LOT.c.id == GIVEN.c.lot_id)
        .join(BELONGING, (BELONGING.c.person_id == GIVEN.c.by) & (BELONGING.c.partner_id == GIVEN.c.partner_id))
        .where(LOT.c.donor_id == donor_id, GIVEN.c.withdrawn.is_(None))
        .order_by(GIVEN.c.id)
    )
    found: dict[str, list[str]] = {}
    for row in op.get_bind().execute(query):
        found.setdefault(row.partner_id, []).append(row.lot_id)
    return found


def _move(shared: Any, partner_id: str, lots: list[str]) -> None:
    bind, donor_id = op.get_bind(), str(uuid4())
    name = bind.execute(sa.select(PARTNER.c.name).where(PARTNER.c.id == partner_id)).scalar_one()
    bind.execute(DONOR.insert().values(id=donor_id, name=_free(name), contact="", created=shared.created))
    bind.execute(OWN.insert().values(partner_id=partner_id, donor_id=donor_id))
    bind.execute(KNOWN.delete().where(KNOWN.c.donor_id == shared.id, KNOWN.c.partner_id == partner_id))
    bind.execute(KNOWN.insert().values(donor_id=donor_id, partner_id=partner_id))
    newest = sa.select(TYPE).where(TYPE.c.donor_id == shared.id).order_by(TYPE.c.id.desc()).limit(1)
    for row in bind.execute(newest).all():
        told = {"word": row.word, "at": row.at, "by": row.by, "by_name": row.by_name}
        bind.execute(TYPE.insert().values(donor_id=donor_id, **told))
    for lot_id in lots:
        bind.execute(LOT.update().where(LOT.c.id == lot_id).values(donor_id=donor_id))


def _free(partner_name: str) -> str:
    plain, number = f"{SHARED} – {partner_name}"[:192], 1
    name = plain
    while op.get_bind().execute(sa.select(DONOR.c.id).where(DONOR.c.name == name)).first() is not None:
        number += 1
        name = f"{plain} ({number})"
    return name
