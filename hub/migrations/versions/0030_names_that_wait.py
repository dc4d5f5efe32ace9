"""The names by which statements without a lot may be found later, of those too that wait already."""

from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None

LONGEST = 400
SOME = 500


def upgrade() -> None:
    """Make the table, and fill it."""
    table = op.create_table(
        "waiting_name",
        sa.Column("position", sa.BigInteger(), primary_key=True, autoincrement=False, nullable=False),
        sa.Column("name", sa.String(length=LONGEST), primary_key=True, nullable=False),
    )
    op.create_index("ix_waiting_name_name", "waiting_name", ["name"])
    for kind in ("erasure", "diagnostic"):
        after = 0
        while rows := _page(kind, after):
            names = [{"position": row.position, "name": name} for row in rows for name in _names(kind, row.payload)]
            if names:
                op.get_bind().execute(table.insert(), names)
            after = rows[-1].position


def _page(kind: str, after: int) -> list[Any]:
    rows = sa.table(kind, sa.column("position"), sa.column("lot_id"), sa.column("payload", sa.JSON()))
    query = sa.select(rows.c.position, rows.c.payload).where(rows.c.lot_id.is_(None), rows.c.position > after)
    return list(op.get_bind().execute(query.order_by(rows.c.position).limit(SOME)))


def _names(kind: str, payload: dict[str, Any]) -> Iterator[str]:
    machine = payload["subject"]["machine"] if kind == "diagnostic" else None
    told = (payload["asset"], machine["serial"] if machine else "")
    yield from {name.strip()[:LONGEST] for name in told if name and name.strip()}


def downgrade() -> None:
    """Forget them."""
    op.drop_table("waiting_name")
