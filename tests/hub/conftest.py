"""A hub for every test, on SQLite and on PostgreSQL: its own database, its own key, its own clock."""

import itertools
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from argon2 import PasswordHasher
from sqlalchemy.orm import Session

from hub.app import create_app
from hub.context import Hub
from hub.database import open_engine
from hub.identity import Issuer, create_identity
from hub.lots.service import create_lot, donor_named
from hub.migrations import upgrade
from hub.models import Lot, Person, Role, Station
from hub.people import passwords
from hub.people.houses import House
from hub.people.service import add_person
from hub.settings import Settings
from hub.stations.service import accept, new_token
from tests.asgi import TestClient
from tests.hub.bench import Bench
from tests.hub.kept_warm import one_compiler
from tests.hub.postgres import Server, running_server, server_home

__all__ = ["one_compiler"]  # a fixture of its own is one here
URL = "http://hub.test"
CONTACTS = ("mailto:security@hub.example",)
PASSWORD = "un cheval correct"
BOTH = ["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)]


class Client(TestClient):
    """Every answer comes when the hub has read what it stored: what it does beside requests is tested by itself."""

    def request(self, *told: Any, **more: Any) -> Any:
        answer = super().request(*told, **more)
        self.app.state.intake.settle()
        return answer


class Clock:
    """A clock that stands still unless it is told."""

    def __init__(self) -> None:
        self.now = datetime(2026, 11, 21, 10, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def forward(self, **step: float) -> None:
        self.now += timedelta(**step)


@pytest.fixture(autouse=True)
def quick_passwords(monkeypatch: pytest.MonkeyPatch) -> None:
    """Cheap password hashes: what they cost is tested in test_people.py."""
    monkeypatch.setattr(passwords, "_hasher", PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))


@pytest.fixture(scope="session")
def postgres_server(pytestconfig: pytest.Config) -> Server:
    """One server for the run. It ends with the run, not with the last test: that one may not start processes."""
    home = server_home()
    assert home is not None, "the marker `postgres` is skipped where no server is installed"
    stack = ExitStack()
    pytestconfig.add_cleanup(stack.close)
    return stack.enter_context(running_server(home))


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    path = tmp_path_factory.mktemp("template") / "hub.db"
    engine = open_engine(f"sqlite:///{path}")
    upgrade(engine)
    engine.dispose()
    return path.read_bytes()


@pytest.fixture(scope="session")
def postgres_template(postgres_server: Server) -> str:
    name = postgres_server.database()
    engine = open_engine(postgres_server.url(name))
    upgrade(engine)
    engine.dispose()
    return name


@pytest.fixture(params=BOTH)
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A fresh, migrated database."""
    if request.param == "sqlite":
        (tmp_path / "hub.db").write_bytes(request.getfixturevalue("sqlite_template"))
        yield f"sqlite:///{tmp_path / 'hub.db'}"
        return
    server: Server = request.getfixturevalue("postgres_server")
    name = server.database(request.getfixturevalue("postgres_template"))
    yield server.url(name)
    server.drop(name)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def demo() -> bool:
    """Overridden by tests that need a demo hub."""
    return False


@pytest.fixture
def settings(tmp_path: Path, database_url: str) -> Settings:
    return Settings(data_dir=tmp_path / "data", database_url=database_url, public_url=URL, security_contacts=CONTACTS)


@pytest.fixture
def app(settings: Settings, clock: Clock, demo: Any) -> Iterator[Any]:
    issuer = Issuer("Atelier Exemple", "1 rue du Port, Brest", "12345678900012", "https://atelier.example")
    create_identity(settings.data_dir, "Atelier", issuer, demo=demo)
    made = create_app(settings, clock)
    yield made
    made.state.hub.engine.dispose()


@pytest.fixture
def hub(app: Any) -> Hub:
    found: Hub = app.state.hub
    return found


@pytest.fixture
def session(hub: Hub) -> Iterator[Session]:
    """A session that the test commits itself."""
    with hub.sessions()() as opened:
        yield opened


@pytest.fixture
def client(app: Any) -> Client:
    return Client(app, base_url=URL, raise_server_exceptions=False)


class World:
    """The people, lots and benches of a test."""

    def __init__(self, hub: Hub, client: TestClient) -> None:
        self.hub, self.client = hub, client

    def person(self, role: Role = Role.LEAD, donor: str = "", email: str = "") -> Person:
        with self.hub.sessions().begin() as session:
            giver = donor_named(session, donor) if donor else None
            address = email or f"{role}{donor}@hub.test".lower().replace(" ", "")
            return add_person(session, address, f"Name of {address}", role, PASSWORD, house=House(giver))

    def lot(self, code: str = "LOT-1", donor: str = "CAF") -> Lot:
        with self.hub.sessions().begin() as session:
            return create_lot(session, code, donor, f"label of {code}", None)

    def token(self) -> str:
        with self.hub.sessions().begin() as session:
            return new_token(session, None)

    def bench(self, name: str = "banc 1", *, accepted: bool = True, registered: bool = False) -> Bench:
        """A bench; where it is not `registered` it was accepted before there were registry statements."""
        bench = Bench(self.client, URL, name, demo=self.hub.settings.demo)
        answer = bench.enrol(self.token())
        assert answer.status_code == 202, answer.text
        if accepted:
            with self.hub.sessions().begin() as session:
                gatekeeper = self._gatekeeper(session)
                if registered:
                    accept(session, gatekeeper, answer.json()["station"])
                else:
                    station = session.get_one(Station, answer.json()["station"])
                    station.state, station.decided_by = "accepted", gatekeeper.id
                    station.decided = self.hub.clock()
        return bench

    def station(self, bench: Bench) -> Station:
        with self.hub.sessions()() as session:
            return session.query(Station).filter_by(kid=bench.key.kid).one()

    def _gatekeeper(self, session: Session) -> Person:
        found = session.query(Person).filter_by(email="gate@hub.test").first()
        return found or add_person(session, "gate@hub.test", "Gate", Role.ADMIN, PASSWORD)


@pytest.fixture
def fresh_world(tmp_path: Path, sqlite_template: bytes, request: pytest.FixtureRequest) -> Callable[[], World]:
    """Makes a new hub on SQLite at every call, for property tests."""
    count = itertools.count()

    def make() -> World:
        folder = tmp_path / f"hub-{next(count)}"
        create_identity(folder, "Atelier", Issuer("Atelier Exemple"), demo=False)
        (folder / "hub.db").write_bytes(sqlite_template)
        made = create_app(Settings(folder, f"sqlite:///{folder / 'hub.db'}", URL, security_contacts=CONTACTS), Clock())
        request.addfinalizer(made.state.hub.engine.dispose)
        return World(made.state.hub, Client(made, base_url=URL, raise_server_exceptions=False))

    return make


@pytest.fixture
def world(hub: Hub, client: TestClient) -> World:
    return World(hub, client)
