"""Drives say how many erasures name them; the diagnoses of a lot and of a device are read from indexes alone.

The database itself counts: a program of before, that still runs beside the new one, knows nothing of the column, and a
run that is not counted would be one that an account never looks for.
"""

import sqlalchemy as sa
from alembic import op

revision = "0038"
down_revision = "0037"
branch_labels = None
depends_on = None

MORE = "UPDATE drive SET runs = runs + 1 WHERE id = NEW.drive_id;"
LESS = "UPDATE drive SET runs = runs - 1 WHERE id = OLD.drive_id;"
SQLITE = {
    "erasure_counted": f"AFTER INSERT ON erasure BEGIN {MORE} END",
    "erasure_uncounted": f"AFTER DELETE ON erasure BEGIN {LESS} END",
    "erasure_recounted": f"AFTER UPDATE OF drive_id ON erasure BEGIN {LESS} {MORE} END",
}
COUNT = f"""
    CREATE FUNCTION count_runs() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF TG_OP <> 'INSERT' THEN {LESS} END IF;
        IF TG_OP <> 'DELETE' THEN {MORE} END IF;
        RETURN NULL;
    END $$
"""
COUNTED = "AFTER INSERT OR DELETE OR UPDATE OF drive_id ON erasure FOR EACH ROW EXECUTE FUNCTION count_runs()"


def upgrade() -> None:
    """Count the erasures of each drive, and go on counting."""
    op.add_column("drive", sa.Column("runs", sa.Integer(), nullable=False, server_default="0"))
    if op.get_bind().dialect.name == "sqlite":
        for name, what in SQLITE.items():
            op.execute(f"CREATE TRIGGER {name} {what}")
    else:
        op.execute("LOCK TABLE erasure IN SHARE ROW EXCLUSIVE MODE")  # until the trigger counts
        op.execute(COUNT)
        op.execute(f"CREATE TRIGGER erasure_counted {COUNTED}")
    of_drive = "SELECT COUNT(*) FROM erasure WHERE erasure.drive_id = drive.id"
    op.execute(f"UPDATE drive SET runs = ({of_drive}) WHERE id IN (SELECT drive_id FROM erasure)")  # noqa: S608 - no input
    op.create_index("ix_diagnostic_lot_device", "diagnostic", ["lot_id", "device_id"])
    op.create_index("ix_diagnostic_device_story", "diagnostic", ["device_id", "position", "letter", "statement_id"])
    for name in ("ix_diagnostic_lot_id", "ix_diagnostic_device_position", "ix_diagnostic_device_letter"):
        op.drop_index(name, table_name="diagnostic")


def downgrade() -> None:
    """Take the count away."""
    op.create_index("ix_diagnostic_lot_id", "diagnostic", ["lot_id"])
    op.create_index("ix_diagnostic_device_position", "diagnostic", ["device_id", "position"])
    op.create_index("ix_diagnostic_device_letter", "diagnostic", ["device_id", "letter", "statement_id"])
    for name in ("ix_diagnostic_lot_device", "ix_diagnostic_device_story"):
        op.drop_index(name, table_name="diagnostic")
    if op.get_bind().dialect.name == "sqlite":
        for name in SQLITE:
            op.execute(f"DROP TRIGGER {name}")
    else:
        op.execute("DROP TRIGGER erasure_counted ON erasure")
        op.execute("DROP FUNCTION count_runs()")
    op.drop_column("drive", "runs")
