"""The tables, their migrations, and what the database promises."""

import time
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import select, text
from sqlalchemy.exc import StatementError

from hub.database import StorageError, _prepare_sqlite, open_engine
from hub.migrations import upgrade, versions
from hub.models import Donor
from hub.tables import Base


@pytest.mark.filterwarnings("ignore:.*expression-based index")  # SQLite does not tell of them: PostgreSQL compares
def test_models_and_migrations_agree(database_url: str) -> None:
    engine = open_engine(database_url)
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, Base.metadata) == []
    engine.dispose()


def newest() -> str:
    names = sorted(path.name for path in Path(versions.__file__).parent.glob("0*.py"))
    return names[-1].partition("_")[0]


def test_migrating_again_changes_nothing(database_url: str) -> None:
    engine = open_engine(database_url)
    upgrade(engine)
    with engine.connect() as connection:
        assert connection.execute(text("SELECT version_num FROM alembic_version")).scalars().all() == [newest()]
    engine.dispose()


OLD_ROWS = """
INSERT INTO donor VALUES ('caf', 'CAF', '', :now);
INSERT INTO lot (id, code, label, donor_id, state, created) VALUES ('l', 'LOT-1', '', 'caf', 'announced', :now);
INSERT INTO drive (id, lot_id, serial, model, wwn, declared, created)
 VALUES ('listed', 'l', 'WD-1', '', '', TRUE, :now);
INSERT INTO drive (id, lot_id, serial, model, wwn, declared, created)
 VALUES ('seen', 'l', 'WD-2', '', '', FALSE, :now);
INSERT INTO person (id, pseudonym, email, name, role, password_hash, lang, active, created)
 VALUES ('p', 'p-lou', 'lou@hub.test', 'Lou', 'lead', '', 'fr', TRUE, :now);
INSERT INTO drive (id, lot_id, serial, model, wwn, declared, tied_by, created)
 VALUES ('tied', 'l', 'WD-3', '', '', FALSE, 'p', :now);
INSERT INTO erasure (statement_id, position, drive_id, lot_id, kid, verdict, level, method, operator, ended, received,
 simulated, payload, decision)
 VALUES ('s', 7, 'seen', 'l', 'k', 'ERASED', 'CLEAR', 'm', '', '', :now, FALSE, '{}', 'AWAITING')
"""


def test_an_old_hub_keeps_its_drives_and_what_lists_said_of_them(tmp_path: Path) -> None:
    engine = open_engine(f"sqlite:///{tmp_path / 'old.db'}")
    upgrade(engine, "0002")
    with engine.begin() as connection:
        for row in OLD_ROWS.split(";"):
            connection.execute(text(row), {"now": "2026-11-21 10:00:00.000000"})
    upgrade(engine)
    with engine.connect() as connection:
        found = connection.execute(text("SELECT id, known_from, declared_lot_id, declared_from FROM drive ORDER BY id"))
        assert [tuple(row) for row in found] == [
            ("listed", 0, "l", 0),
            ("seen", 7 << 20, None, None),
            ("tied", 0, None, None),
        ]
        ties = connection.execute(text('SELECT drive_id, lot_id, device_id, known_from, reason, "by" FROM drive_tie'))
        assert [tuple(row) for row in ties] == [("tied", "l", None, 0, "", "p")]
        assert connection.execute(text("PRAGMA foreign_key_check")).all() == []
    engine.dispose()


def test_a_hub_of_0005_keeps_its_lots_and_gets_empty_accounts(tmp_path: Path) -> None:
    engine = open_engine(f"sqlite:///{tmp_path / 'old.db'}")
    upgrade(engine, "0002")
    with engine.begin() as connection:
        for row in OLD_ROWS.split(";"):
            connection.execute(text(row), {"now": "2026-11-21 10:00:00.000000"})
    upgrade(engine, "0005")
    with engine.begin() as connection:
        before = connection.execute(text("SELECT * FROM lot")).all()
        drives = connection.execute(text("SELECT * FROM drive ORDER BY id")).all()
    upgrade(engine)
    with engine.connect() as connection:
        assert connection.execute(text("SELECT * FROM lot")).all() == before
        found = connection.execute(text("SELECT drive_id, count(*) AS runs FROM erasure GROUP BY drive_id"))
        runs = {row.drive_id: row.runs for row in found}
        counted = [(*row, runs.get(row.id, 0)) for row in drives]
        assert runs, "no drive of the old hub has a run that could be counted"
        assert connection.execute(text("SELECT * FROM drive ORDER BY id")).all() == counted
        for table in ("lot_step", "lot_count", "device_said", "drive_record", "lot_closing"):
            assert connection.execute(text(f"SELECT count(*) FROM {table}")).scalar() == 0
        assert connection.execute(text("PRAGMA foreign_key_check")).all() == []
    engine.dispose()


def test_sqlite_keeps_its_promises(tmp_path: Path) -> None:
    engine = open_engine(f"sqlite:///{tmp_path / 'x.db'}")
    with engine.connect() as connection:
        asked = {
            name: connection.exec_driver_sql(f"PRAGMA {name}").scalar()
            for name in ("journal_mode", "synchronous", "foreign_keys", "page_size")
        }
    assert asked == {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "page_size": 16384}
    engine.dispose()


def test_a_database_without_write_ahead_log_is_refused() -> None:
    import sqlite3

    memory = sqlite3.connect(":memory:")
    with pytest.raises(StorageError, match="journal_mode"):
        _prepare_sqlite(memory, None)
    memory.close()


def test_times_come_back_in_utc_and_a_time_without_zone_is_refused(hub: Any) -> None:
    moment = datetime(2026, 11, 21, 12, 0, tzinfo=timezone(timedelta(hours=2)))
    with hub.sessions().begin() as session:
        session.add(Donor(name="CAF", created=moment))
    with hub.sessions()() as session:
        found = session.query(Donor).one().created
        assert (found, found.tzinfo) == (datetime(2026, 11, 21, 10, 0, tzinfo=UTC), UTC)
        session.add(Donor(name="CHU", created=datetime(2026, 1, 1)))  # noqa: DTZ001
        with pytest.raises(StatementError):
            session.flush()


def test_a_reader_does_not_wait_for_a_writer(hub: Any) -> None:
    with hub.sessions().begin() as writer:
        writer.add(Donor(name="half done", created=hub.clock()))
        writer.flush()
        started = time.monotonic()
        with hub.readers()() as reader:
            assert reader.scalars(select(Donor)).all() == []
        assert time.monotonic() - started < 5


def test_a_page_is_shown_while_somebody_writes(hub: Any, client: Any) -> None:
    with hub.sessions().begin() as writer:
        writer.add(Donor(name="half done", created=hub.clock()))
        writer.flush()
        assert client.get("/api/v1/trust").status_code == 200
        assert client.get("/verify/" + "0" * 64).status_code == 404
