"""Several processes on one database: word from one to the other, turns, and two who do the same at once."""

import asyncio
import json
import threading
from collections.abc import Iterator
from contextlib import closing
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from hub.app import create_app
from hub.figures import half_years
from hub.live.beats import SCHEMA
from hub.lots import life
from hub.models import Donor, Role
from hub.pages import live_pages
from hub.pages.live_stream import Streams
from hub.people.dependencies import Database
from hub.people.service import open_session


@pytest.fixture
def other(settings: Any, clock: Any, app: Any) -> Iterator[Any]:
    """Another process of the same hub: an application of its own on the same database and key."""
    assert app.state.hub.settings.database_url == settings.database_url
    made = create_app(settings, clock)
    yield made
    made.state.hub.engine.dispose()


@pytest.mark.parametrize("database_url", [pytest.param("postgres", marks=pytest.mark.postgres)], indirect=True)
def test_a_heartbeat_taken_in_by_one_process_is_shown_by_the_live_page_of_another(world: Any, other: Any) -> None:
    bench = world.bench("Banc 7")
    with world.hub.sessions().begin() as session:
        token = open_session(session, world.person())
    look, ears = live_pages.looking(other.state.hub), other.state.live._ears
    assert ears is not None
    streams = Streams(look, every_s=3600.0, quiet_s=3600.0, ears=ears)  # nothing but word brings a look
    shown = asyncio.run(heard(streams, token, lambda: beat(bench)))
    assert "Z7K500" in shown


def beat(bench: Any) -> None:
    told = {"schema": SCHEMA, "drives": [{"state": "running", "slot": "3", "model": "HGST Z7K500"}]}
    assert bench.send("POST", "/api/v1/heartbeats", json.dumps(told).encode()).status_code == 204


async def heard(streams: Streams, token: str, act: Any) -> str:
    """What a page shows after its bench spoke, the moment it listens."""
    lines, acted = streams.events(token, "en"), False
    async with asyncio.timeout(60):
        async for line in lines:
            if b"Z7K500" in line:
                streams.end()
                return line.decode()
            if b"Banc 7" in line and not acted:
                while streams._ears is None or streams._ears._connection is None:  # noqa: ASYNC110  (no event tells)
                    await asyncio.sleep(0.01)
                acted = True
                await asyncio.to_thread(act)
    raise AssertionError("the line ended")


def test_two_who_freeze_a_half_year_at_once_make_two_versions(world: Any, other: Any) -> None:
    lead = world.person(Role.LEAD)
    versions: list[int] = []

    def second() -> None:
        with other.state.hub.sessions().begin() as session:
            versions.append(half_years.freeze(session, lead, "2026-S1").version)

    thread = threading.Thread(target=second)
    with world.hub.sessions().begin() as session:
        versions.append(half_years.freeze(session, lead, "2026-S1").version)
        thread.start()
        wait_until_somebody_waits(world.hub)
    thread.join(timeout=60)
    assert versions == [1, 2]


def wait_until_somebody_waits(hub: Any) -> None:
    """On PostgreSQL; SQLite lets nobody in meanwhile, and tells nobody who stands before the door."""
    while hub.engine.dialect.name == "postgresql":
        with closing(hub.engine.connect()) as connection:
            if connection.scalar(text("SELECT count(*) FROM pg_locks WHERE NOT granted")):
                return


@pytest.mark.parametrize(
    ("path", "words"),
    [("/api/v1/twice", "somebody else did the same at this moment"), ("/twice", "a fait la même chose au même moment")],
)
def test_what_must_be_there_once_and_was_done_twice_is_a_conflict_and_no_failure(
    world: Any, app: Any, path: str, words: str
) -> None:
    def twice(session: Database) -> None:
        """As if another had come between the look and the writing."""
        for _ in range(2):
            session.add(Donor(name="CAF", created=world.hub.clock()))
        session.flush()

    app.add_api_route(path, twice, methods=["POST"])
    app.router.routes.insert(0, app.router.routes.pop())
    answer = world.client.post(path)
    assert answer.status_code == 409
    assert words in answer.text
    assert world.client.get("/api/v1/nonce").status_code == 200


def test_anything_else_that_the_database_refuses_stays_a_failure_of_the_hub(world: Any, app: Any) -> None:
    def without_a_name(session: Database) -> None:
        session.execute(text("INSERT INTO donor (id, contact) VALUES ('x', '')"))

    app.add_api_route("/api/v1/nameless", without_a_name, methods=["POST"])
    app.router.routes.insert(0, app.router.routes.pop())
    assert world.client.post("/api/v1/nameless").status_code == 500


@pytest.mark.parametrize("database_url", [pytest.param("postgres", marks=pytest.mark.postgres)], indirect=True)
def test_who_acts_on_a_lot_holds_up_nobody_who_reads_statements_into_it(world: Any) -> None:
    lot = world.lot()
    refers = text("SELECT id FROM lot WHERE id = :lot FOR KEY SHARE NOWAIT")  # as each row that names the lot
    acts = text("SELECT id FROM lot WHERE id = :lot FOR NO KEY UPDATE NOWAIT")
    with world.hub.sessions()() as session, world.hub.engine.connect() as other:
        life.require_open(session, session.merge(lot))
        assert other.execute(refers, {"lot": lot.id}).scalar() == lot.id
        with pytest.raises(OperationalError, match="could not obtain lock"):
            other.execute(acts, {"lot": lot.id})
