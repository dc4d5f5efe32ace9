"""Backups: whole, of this hub, put back only while nothing runs; what was there before is kept. And fit or not."""

import os
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select, text

from hub import running
from hub.backups import back_up, restore, thin_out
from hub.commands.opening import Call
from hub.context import open_hub
from hub.entry import HalfSession
from hub.errors import BadInput, Conflict, NotFound, NotSignedIn
from hub.identity import Issuer, create_identity
from hub.lots.service import create_lot
from hub.migrations import upgrade
from hub.models import Role
from hub.people.half_sessions import open_half
from hub.people.invitations import invite, invited
from hub.people.service import add_person, open_session, person_of
from hub.settings import Settings

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


@pytest.fixture
def site(tmp_path: Path) -> Settings:
    """A hub on SQLite with one lot."""
    return made_hub(tmp_path / "hub")


def made_hub(folder: Path) -> Settings:
    settings = Settings(data_dir=folder, database_url=f"sqlite:///{folder / 'hub.db'}")
    create_identity(folder, "Atelier", Issuer("Atelier"), demo=False)
    hub = open_hub(settings)
    upgrade(hub.engine)
    hub.engine.dispose()
    add_lot(settings, "LOT-1")
    return settings


def add_lot(settings: Settings, code: str) -> None:
    hub = open_hub(settings)
    with hub.sessions().begin() as session:
        create_lot(session, code, "CAF", "", None)
    hub.engine.dispose()


def lots_in(database: Path) -> list[str]:
    with closing(sqlite3.connect(database)) as opened:
        return [row[0] for row in opened.execute("SELECT code FROM lot ORDER BY code")]


def test_a_backup_is_put_back_and_what_was_there_is_kept(site: Settings, tmp_path: Path) -> None:
    copy = back_up(site, tmp_path / "copy.db")
    add_lot(site, "LOT-2")
    aside = restore(site, copy, lambda: NOW)
    assert aside == site.data_dir / "hub.db.before-20260302-090000"
    assert lots_in(site.data_dir / "hub.db") == ["LOT-1"]
    assert lots_in(aside) == ["LOT-1", "LOT-2"]
    assert restore(site, aside, lambda: datetime(2026, 3, 3, tzinfo=UTC)) is not None
    assert lots_in(site.data_dir / "hub.db") == ["LOT-1", "LOT-2"]


def test_a_backup_needs_no_log_beside_it_so_that_a_write_protected_stick_can_be_read(
    site: Settings, tmp_path: Path
) -> None:
    made = back_up(site, tmp_path / "one.db")
    assert made.read_bytes()[18:20] == b"\x01\x01"  # file format, 1.3: a rollback journal, not a write-ahead log


def test_what_is_only_in_the_log_of_the_database_is_kept_too(site: Settings, tmp_path: Path) -> None:
    copy = back_up(site, tmp_path / "copy.db")
    with closing(sqlite3.connect(site.data_dir / "hub.db")) as reader:
        reader.execute("BEGIN").execute("SELECT * FROM lot").fetchall()  # the log cannot be emptied behind a reader
        add_lot(site, "LOT-2")
    aside = restore(site, copy)
    assert aside is not None
    assert lots_in(aside) == ["LOT-1", "LOT-2"]


def test_a_lost_database_comes_back(site: Settings, tmp_path: Path) -> None:
    copy = back_up(site, tmp_path / "copy.db")
    for file in site.data_dir.glob("hub.db*"):
        file.unlink()
    assert restore(site, copy) is None
    assert lots_in(site.data_dir / "hub.db") == ["LOT-1"]


def test_nothing_is_exchanged_under_a_running_hub(site: Settings, tmp_path: Path) -> None:
    copy = back_up(site, tmp_path / "copy.db")
    add_lot(site, "LOT-2")
    with running.at_work(site.data_dir), running.at_work(site.data_dir):
        with pytest.raises(Conflict, match="stop it first"):
            restore(site, copy)
        back_up(site, tmp_path / "while it runs.db")
    assert lots_in(site.data_dir / "hub.db") == ["LOT-1", "LOT-2"]


def test_a_database_that_somebody_has_open_is_not_exchanged(site: Settings, tmp_path: Path) -> None:
    copy = back_up(site, tmp_path / "copy.db")
    with closing(sqlite3.connect(site.data_dir / "hub.db")) as reader:
        reader.execute("BEGIN").execute("SELECT * FROM lot").fetchall()
        add_lot(site, "LOT-2")  # in the log, which SQLite would write into whatever has the name of the database
        with pytest.raises(Conflict, match="stop it first"):
            restore(site, copy)
    assert lots_in(site.data_dir / "hub.db") == ["LOT-1", "LOT-2"]
    assert not list(site.data_dir.glob("*.before-*"))
    with Call(site, "en").unit_of_work(), pytest.raises(Conflict, match="stop it first"):
        restore(site, copy)


def test_a_damaged_database_gives_way_to_a_backup_and_is_kept_with_its_log(site: Settings, tmp_path: Path) -> None:
    copy = back_up(site, tmp_path / "copy.db")
    (site.data_dir / "hub.db").write_bytes(b"\x00" * 50000)
    (site.data_dir / "hub.db-wal").write_bytes(b"what was left of it")
    aside = restore(site, copy, lambda: NOW)
    assert aside is not None
    assert aside.read_bytes() == b"\x00" * 50000
    assert (site.data_dir / f"{aside.name}-wal").read_bytes() == b"what was left of it"
    assert lots_in(site.data_dir / "hub.db") == ["LOT-1"]


def test_the_log_of_a_lost_database_is_not_written_into_the_backup(site: Settings, tmp_path: Path) -> None:
    copy, folder = back_up(site, tmp_path / "copy.db"), site.data_dir
    with closing(sqlite3.connect(folder / "hub.db")) as reader:
        reader.execute("BEGIN").execute("SELECT * FROM lot").fetchall()
        add_lot(site, "LOT-2")
        log = (folder / "hub.db-wal").read_bytes()
    (folder / "hub.db").unlink()
    (folder / "hub.db-wal").write_bytes(log)
    assert restore(site, copy, lambda: NOW) is None
    assert lots_in(folder / "hub.db") == ["LOT-1"]
    assert (folder / "hub.db.before-20260302-090000-wal").read_bytes() == log


def test_whoever_was_signed_in_at_the_backup_is_not_signed_in_by_it(site: Settings, tmp_path: Path) -> None:
    with Call(site, "en").unit_of_work() as session:
        person = add_person(session, "lea@hub.test", "Lea", Role.LEAD, None)
        token, link = open_session(session, person), invite(session, person, None)
        open_half(session, person)
    copy = back_up(site, tmp_path / "copy.db")
    restore(site, copy)
    with Call(site, "en").unit_of_work() as session:
        assert session.scalar(select(func.count()).select_from(HalfSession)) == 0
        with pytest.raises(NotSignedIn):
            person_of(session, token)
        with pytest.raises(NotFound):
            invited(session, link)


def test_a_lock_that_another_account_made_is_shared(site: Settings) -> None:
    lock = site.data_dir / "hub.lock"
    lock.unlink(missing_ok=True)
    with running.at_work(site.data_dir):
        assert lock.stat().st_mode & 0o444 == 0o444
        lock.chmod(0o444)
        with running.at_work(site.data_dir), pytest.raises(Conflict), running.at_work(site.data_dir, alone=True):
            pass


def half(file: Path) -> None:
    os.truncate(file, file.stat().st_size // 2)


def scribble(file: Path) -> None:
    with file.open("r+b") as opened:
        opened.seek(16384 * 3)
        opened.write(os.urandom(16384 * 4))


def newer(file: Path) -> None:
    with closing(sqlite3.connect(file)) as database:
        database.execute("UPDATE alembic_version SET version_num = '9999'")
        database.commit()


def of_another(file: Path) -> None:
    with closing(sqlite3.connect(file)) as database:
        values = (1, "a" * 64, "validation", "b" * 64, 1, "0" * 64, b"x", "2026-03-02 09:00:00")
        database.execute(
            "INSERT INTO ledger (position, id, kind, kid, seq, prev, envelope, received) VALUES (?,?,?,?,?,?,?,?)",
            values,
        )
        database.commit()


@pytest.mark.parametrize(
    ("spoil", "told"),
    [
        (half, "is no whole backup"),
        (scribble, "is no whole backup"),
        (lambda file: file.write_bytes(b""), "is no whole backup"),
        (lambda file: file.write_bytes(b"\x89PNG" * 5000), "is no whole backup"),
        (lambda file: file.unlink(), "is no whole backup"),
        (newer, "newer version"),
        (of_another, "another hub"),
    ],
)
def test_what_is_no_backup_of_this_hub_changes_nothing(
    site: Settings, tmp_path: Path, spoil: Callable[[Path], None], told: str
) -> None:
    copy = back_up(site, tmp_path / "copy.db")
    spoil(copy)
    before = (site.data_dir / "hub.db").read_bytes()
    with pytest.raises(BadInput, match=told):
        restore(site, copy)
    assert (site.data_dir / "hub.db").read_bytes() == before
    left = {path.name for path in site.data_dir.iterdir()} - {"hub.db-wal", "hub.db-shm"}
    assert left == {"hub.db", "hub.json", "hub.key", "hub.lock"}


def test_a_folder_gets_dated_backups_and_keeps_the_newest(site: Settings, tmp_path: Path) -> None:
    folder = tmp_path / "stick"
    folder.mkdir()
    (folder / "etabli-hub-notes.db").write_text("not ours")
    made = [back_up(site, folder, lambda day=day: datetime(2026, 3, day, 2, 30, tzinfo=UTC)) for day in range(1, 6)]
    assert made[0].name == "etabli-hub-20260301-023000.db"
    assert thin_out(folder, 0) == ()
    assert thin_out(folder, 2) == tuple(made[:3])
    assert sorted(folder.iterdir()) == [*made[3:], folder / "etabli-hub-notes.db"]
    by_a_dead_clock = back_up(site, folder, lambda: datetime(1970, 1, 1, tzinfo=UTC))
    assert thin_out(folder, 2, by_a_dead_clock) == (made[3],)
    assert by_a_dead_clock.exists()


def test_no_backup_is_written_over_a_file_or_left_half_made(site: Settings, tmp_path: Path) -> None:
    copy = back_up(site, tmp_path / "copy.db")
    with pytest.raises(BadInput, match="exists already"):
        back_up(site, copy)
    (site.data_dir / "hub.db").write_bytes(b"\x00" * 50000)
    with pytest.raises(BadInput, match="no backup was made"):
        back_up(site, tmp_path / "second.db")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["copy.db", "hub"]


# --- fit for work ---


def test_a_hub_that_works_says_so_to_anybody(client: Any) -> None:
    answer = client.get("/healthz")
    assert (answer.status_code, answer.json()) == (
        200,
        {"schema": "etabli.health/1", "status": "ok", "problems": []},
    )


def test_old_tables_and_no_room_are_told(client: Any, hub: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda _: shutil._ntuple_diskusage(100, 99, 1))  # type: ignore[attr-defined]
    with hub.engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '0001'"))
    answer = client.get("/healthz")
    assert (answer.status_code, answer.json()["problems"]) == (503, ["tables", "room"])


def test_a_database_that_is_gone_is_told(client: Any, hub: Any) -> None:
    with hub.engine.begin() as connection:
        connection.execute(text("DROP TABLE alembic_version"))
    assert client.get("/healthz").json()["problems"] == ["database"]


def test_figures_are_for_who_has_the_token(client: Any, app: Any, world: Any) -> None:
    world.lot()
    bench = world.bench()
    bench.put(bench.erasure(serial="WD-1"))
    assert client.get("/metrics").status_code == 404
    app.state.hub = replace(app.state.hub, settings=replace(app.state.hub.settings, metrics_token="s3cret"))
    assert client.get("/metrics", headers={"Authorization": "Bearer wrong"}).status_code == 404
    text_of = client.get("/metrics", headers={"Authorization": "Bearer s3cret"}).text
    assert "etabli_hub_decisions_awaiting 1\n" in text_of
    assert 'etabli_hub_stations{state="accepted"} 1\n' in text_of
    assert "etabli_hub_ledger_unread 0\n" in text_of
    assert "WD-1" not in text_of
