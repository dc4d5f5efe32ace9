"""What is kept of the database is that of its present state: every commit, of whomever, is seen at once."""

import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, insert, select
from sqlalchemy.orm import Session

from certificates.statement import TIMELESS
from hub import unchanged as module
from hub.base import new_id
from hub.clock import instant
from hub.context import Hub
from hub.database import open_engine
from hub.models import Donor, Erasure
from hub.unchanged import FEW, LARGE, unchanged
from tests.hub.lot_work import LotWork


class Counted:
    """How many donors there are, and how often somebody counted."""

    def __init__(self) -> None:
        self.times = 0

    def __call__(self, session: Session, key: str = "donors") -> int:
        def count() -> int:
            self.times += 1
            return session.scalar(select(func.count()).select_from(Donor)) or 0

        return unchanged(session, key, count)


def donor(hub: Hub, name: str) -> Donor:
    return Donor(id=new_id(), name=name, contact="", created=hub.clock())


@pytest.fixture
def donors() -> Counted:
    return Counted()


def test_nothing_is_worked_out_twice_while_nothing_changes(hub: Hub, donors: Counted) -> None:
    for _ in range(3):
        with hub.readers()() as session:
            assert donors(session) == 0
    assert donors.times == 1


def test_every_commit_is_seen_by_the_next_reader(hub: Hub, donors: Counted) -> None:
    for number in range(5):
        with hub.readers()() as session:
            assert donors(session) == number
        with hub.sessions().begin() as session:
            session.add(donor(hub, f"donor {number}"))
    with hub.readers()() as session:
        assert donors(session) == 5


def test_a_commit_of_another_process_is_seen(hub: Hub, donors: Counted) -> None:
    with hub.readers()() as session:
        assert donors(session) == 0
    if hub.engine.dialect.name == "sqlite":
        assert hub.engine.url.database is not None
        with sqlite3.connect(hub.engine.url.database) as other:
            other.execute("INSERT INTO donor (id, name, contact, created) VALUES ('x', 'X', '', '2026-11-21 10:00:00')")
    else:
        with hub.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as other:
            other.execute(insert(Donor).values(id="x", name="X", contact="", created=hub.clock()))
    with hub.readers()() as session:
        assert donors(session) == 1


def test_a_reader_that_began_before_a_commit_leaves_nothing_for_those_after_it(hub: Hub, donors: Counted) -> None:
    with hub.readers()() as early:
        early.scalar(select(func.count()).select_from(Donor))  # from here on it sees the hub as it is now
        with hub.sessions().begin() as session:
            session.add(donor(hub, "CAF"))
        donors(early)
    with hub.readers()() as late:
        assert donors(late) == 1


def test_a_commit_between_two_looks_of_one_reader_is_not_kept_under_the_old_name(hub: Hub, donors: Counted) -> None:
    with hub.readers()() as first:
        assert first.connection() is not None  # it knows the name, and has read nothing
        with hub.sessions().begin() as session:
            session.add(donor(hub, "CAF"))
        donors(first)
    with hub.sessions().begin() as session:
        session.add(donor(hub, "Mairie"))
    with hub.readers()() as second:
        assert donors(second) == 2


def added_at_once(session: Session, row: Donor) -> None:
    session.execute(insert(Donor).values(id=row.id, name=row.name, contact="", created=row.created))


@pytest.mark.parametrize("write", [Session.add, added_at_once])
def test_what_a_reader_wrote_and_took_back_is_not_kept(
    hub: Hub, donors: Counted, write: Callable[[Session, Donor], Any]
) -> None:
    with hub.readers()() as session:
        write(session, donor(hub, "CAF"))
        assert donors(session) == 1
        session.rollback()
    with hub.readers()() as session:
        assert donors(session) == 0


def test_a_savepoint_of_a_reader_that_wrote_keeps_nothing(hub: Hub, donors: Counted) -> None:
    with hub.readers()() as session:
        session.add(donor(hub, "CAF"))
        session.flush()
        session.begin_nested()
        assert donors(session) == 1
        session.rollback()
    with hub.readers()() as session:
        assert donors(session) == 0


def test_a_savepoint_gives_what_was_read_before_a_commit_no_new_name(hub: Hub, donors: Counted) -> None:
    with hub.readers()() as early:
        early.scalar(select(func.count()).select_from(Donor))  # from here on it sees the hub as it is now
        with hub.sessions().begin() as session:
            session.add(donor(hub, "CAF"))
        with early.begin_nested():
            donors(early)
    with hub.readers()() as late:
        assert donors(late) == 1


def test_a_session_that_writes_is_told_nothing_that_was_kept(hub: Hub, donors: Counted) -> None:
    with hub.readers()() as session:
        donors(session)
    with hub.sessions().begin() as session:
        donors(session)
        session.add(donor(hub, "CAF"))
        assert donors(session) == 1
    assert donors.times == 3


def test_keys_are_kept_apart_and_only_so_many(hub: Hub, donors: Counted) -> None:
    with hub.readers()() as session:
        for number in range(FEW + 1):
            donors(session, f"key {number}")
        donors(session, f"key {FEW}")
        assert donors.times == FEW + 1
        donors(session, "key 0")
        assert donors.times == FEW + 2


def test_of_large_answers_fewer_are_kept(hub: Hub) -> None:
    made = list[int]()
    with hub.readers()() as session:
        for number in [*range(LARGE + 1), LARGE, 0]:
            unchanged(session, number, lambda number=number: made.append(number), large=True)
    assert made == [*range(LARGE + 1), 0]


def test_a_database_in_memory_has_no_name(monkeypatch: pytest.MonkeyPatch) -> None:
    engine = module.NAMES["sqlite"](type("E", (), {"url": type("U", (), {"database": ":memory:"})})())  # type: ignore[arg-type]
    assert engine(None) is None  # type: ignore[arg-type]


@pytest.mark.parametrize("url", ["sqlite:///hub.db", "sqlite:///file:hub.db?uri=true"])
def test_the_state_is_that_of_the_file_that_is_open_whatever_names_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, url: str
) -> None:
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path)
    engine = open_engine(url)
    name = module.NAMES["sqlite"](engine)
    with engine.connect() as connection:
        connection.exec_driver_sql("CREATE TABLE one (n INTEGER)")
        connection.commit()
        monkeypatch.chdir(tmp_path / "elsewhere")
        before = name(connection)
        connection.exec_driver_sql("INSERT INTO one VALUES (1)")
        connection.commit()
        assert name(connection) != before
    engine.dispose()
    assert not list((tmp_path / "elsewhere").iterdir())


@pytest.mark.parametrize("clock", ["hub", "rtc", *TIMELESS])
def test_the_beginning_of_a_run_stands_in_its_row_as_in_its_statement(fresh_world: Any, clock: str) -> None:
    work = LotWork(fresh_world())
    work.erase("WD-0001", "A-1", wall_src=clock)
    with work.world.hub.readers()() as session:
        row = session.scalars(select(Erasure)).one()
        assert row.began == (None if clock in TIMELESS else instant(row.payload["started"]))
