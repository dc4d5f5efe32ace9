"""When each run began, as a column: an account asks it of thousands, and read it out of each statement until now.

And what is asked of the runs that failed stands in their index whole; a second one finds those of one drive.
"""

from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0031"
down_revision = "0030"
branch_labels = None
depends_on = None

TIMELESS = ("unset", "floor")
SOME = 500
FAILED, OF_DRIVE = "ix_erasure_verdict_position", "ix_erasure_verdict_drive"
BEFORE = ["verdict", "position", "received", "drive_id", "statement_id"]
RUNS = sa.table(
    "erasure",
    sa.column("statement_id"),
    sa.column("position"),
    sa.column("payload", sa.JSON()),
    sa.column("began", sa.DateTime(timezone=True)),
)


def upgrade() -> None:
    """Add the column, fill it page by page, and make the indexes anew."""
    op.add_column("erasure", sa.Column("began", sa.DateTime(timezone=True), nullable=True))
    fill = sa.update(RUNS).where(RUNS.c.statement_id == sa.bindparam("run")).values(began=sa.bindparam("moment"))
    after = 0
    while rows := _page(after):
        began = [{"run": row.statement_id, "moment": _began(row.payload)} for row in rows]
        op.get_bind().execute(fill, began)
        after = rows[-1].position
    op.drop_index(FAILED, table_name="erasure")
    op.create_index(FAILED, "erasure", [*BEFORE, "lot_id", "device_id"], unique=False)
    op.create_index(OF_DRIVE, "erasure", ["verdict", "drive_id", "position"], unique=False)


def _page(after: int) -> list[Any]:
    query = sa.select(RUNS.c.statement_id, RUNS.c.position, RUNS.c.payload).where(RUNS.c.position > after)
    return list(op.get_bind().execute(query.order_by(RUNS.c.position).limit(SOME)))


def _began(payload: dict[str, Any]) -> datetime | None:
    started = payload.get("started")  # every stored statement has it, and it was validated
    if not started or payload.get("wall_src") in TIMELESS:
        return None
    return datetime.strptime(started, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)


def downgrade() -> None:
    """Take them away; the statements still say it."""
    op.drop_index(OF_DRIVE, table_name="erasure")
    op.drop_index(FAILED, table_name="erasure")
    op.create_index(FAILED, "erasure", BEFORE, unique=False)
    op.drop_column("erasure", "began")
