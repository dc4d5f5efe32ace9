"""A hub with the data of 0012, upgraded: not a value is lost or changed, every rule holds, every page says the same."""

import warnings
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from sqlalchemy import Engine, MetaData, Table, text
from sqlalchemy.exc import SAWarning

from hub.app import create_app
from hub.database import open_engine
from hub.migrations import upgrade
from hub.models import Certificate, Device
from tests.bench.hub.asking import Asker
from tests.hub import old_tables as tables
from tests.hub.conftest import BOTH
from tests.hub.old_hub import HOSTILE, OldHub
from tests.hub.pages.workshop import Workshop
from tests.hub.test_storage import newest

OLD = "0012"
LATER = (
    *("0013", "0014", "0016", "0017", "0018", "0019", "0020", "0021", "0022", "0023", "0025", "0026", "0027"),
    *("0028", "0029", "0030", "0031", "0032", "0033", "0035", "0036", "0037", "0038"),
)
CODES = {
    *("ix_lot_code_lower", "ix_device_asset_lower", "ix_device_serial_lower", "ix_drive_serial_lower"),
    "ix_certificate_number_lower",
}
pytestmark = pytest.mark.filterwarnings("ignore:Skipped unsupported reflection of expression-based index")
LEAD = (
    *("/", "/lots", "/queue", "/live", "/partners", "/exits", "/register", "/stations", "/account", "/exits/1"),
    *(f"/lots/{code}" for code in ("DIT-01", "PRIS-01", "RECU-01", "COURS-01", "ANNULE-01", "USINE-01", "MAIRIE-01")),
    *(f"/lots/MAIRIE-01/{page}" for page in ("account", "devices", "life", "closing", "pre-approval")),
    *("/lots/USINE-01/bilan/1", "/queue/{waiting}", "/certificates/{certificate}.json", "/devices/{device}", "/grades"),
)
DONOR = ("/", "/lots/MAIRIE-01", "/certificates/{certificate}.json")
ADMIN = ("/people",)
ANYBODY = ("/verify/{certificate}", "/api/v1/trust")


class Old(NamedTuple):
    """A hub that was filled by its services; and its tables as they are today."""

    shop: Workshop
    filled: OldHub
    tables: dict[str, Table]


@pytest.fixture(scope="module")
def old(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Old]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", SAWarning)
        folder = tmp_path_factory.mktemp("old") / "hub"
        shop = Workshop(folder)
        filled = OldHub(shop)
        filled.fill()
        engine = open_engine(f"sqlite:///{folder / 'empty.db'}")
        upgrade(engine, OLD)
        known = frozenset(table.name for table in tables.tables_of(engine))
        engine.dispose()
        everything = tables.tables_of(shop.hub.engine)
        later = tables.contents(shop.hub.engine, [table for table in everything if table.name not in known])
        assert not any(later.values()), "something was done that the release of 0012 could not do"
        tables.fill(shop.hub.engine, [table for table in everything if table.name in known])
    yield Old(shop, filled, {table.name: table for table in everything})
    shop.app.state.hub.engine.dispose()
    shop.hub.engine.dispose()


@pytest.fixture
def newest_shape(engine: Engine, request: pytest.FixtureRequest, tmp_path: Path) -> list[tuple[str, ...]]:
    """What the tables of a hub are that is new today, in the same database."""
    if engine.dialect.name == "sqlite":
        (tmp_path / "new.db").write_bytes(request.getfixturevalue("sqlite_template"))
        new = open_engine(f"sqlite:///{tmp_path / 'new.db'}")
    else:
        server = request.getfixturevalue("postgres_server")
        new = open_engine(server.url(request.getfixturevalue("postgres_template")))
    told = tables.shape(new)
    new.dispose()  # others copy it, which nobody may while it is open
    return told


@pytest.fixture(params=BOTH)
def engine(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Engine]:
    """An empty database, without any table."""
    if request.param == "sqlite":
        made = open_engine(f"sqlite:///{tmp_path / 'old.db'}")
        yield made
        made.dispose()
        return
    server = request.getfixturevalue("postgres_server")
    name = server.database()
    made = open_engine(server.url(name))
    yield made
    made.dispose()
    server.drop(name)


def carried(old: Old, engine: Engine, known: MetaData | None = None) -> tuple[list[Table], tables.Rows]:
    """The tables of 0012, with everything of the old hub in them."""
    upgrade(engine, OLD)
    found = tables.tables_of(engine, known)
    tables.carry_over(old.shop.hub.engine, old.tables, engine, found)
    before = tables.contents(engine, found)
    assert [name for name, rows in before.items() if not rows] == []
    return found, before


def test_an_upgrade_loses_nothing_and_gives_the_tables_of_a_new_hub(
    old: Old, engine: Engine, newest_shape: list[tuple[str, ...]]
) -> None:
    found, before = carried(old, engine)
    upgrade(engine)
    assert tables.contents(engine, found) == before
    assert HOSTILE in {row[2] for row in before["lot"]}
    told = tables.shape(engine)
    assert told == newest_shape
    assert sorted(name for name in CODES if name in repr(told)) == sorted(CODES)
    assert tables.unanswered(engine, found) == []


def test_every_step_on_the_way_keeps_what_the_steps_before_gave(old: Old, engine: Engine) -> None:
    known = MetaData()
    found, before = carried(old, engine, known)
    assert LATER[-1] == newest(), "a new migration belongs into LATER: this test walks through it with data"
    for revision in LATER:
        upgrade(engine, revision)
        found = tables.tables_of(engine, known)
        rows = tables.contents(engine, found)
        assert {name: rows[name] for name in before} == before, revision
        new = [table for table in found if table.name not in before]
        tables.fill(engine, new)
        before |= tables.contents(engine, new)
    assert [name for name, rows in before.items() if not rows] == []
    assert tables.unanswered(engine, found) == []
    assert tables.rules_not_kept(engine, found) == []
    if engine.dialect.name == "sqlite":
        with engine.connect() as connection:
            assert connection.execute(text("PRAGMA foreign_key_check")).all() == []
            assert connection.execute(text("PRAGMA integrity_check")).scalars().all() == ["ok"]


def addresses(old: Old) -> dict[str, str]:
    with old.shop.session() as session:
        return {
            "certificate": session.query(Certificate).order_by(Certificate.number).first().id,  # type: ignore[union-attr]
            "device": session.query(Device).filter_by(asset="ETB-0001").one().id,
            "waiting": old.filled.runs["ST-0002"],
        }


def shown(app: Any, old: Old, named: dict[str, str]) -> dict[str, tuple[int, str]]:
    """What everybody reads, by reader and address."""
    found = {}
    for who, pages in {"lead": LEAD, "donor": DONOR, "admin": ADMIN, "": ANYBODY}.items():
        with Asker(app, old.filled.tokens.get(who, "")) as reader:
            for page in pages:
                answer = reader.get(page.format(**named))
                found[f"{who} {page}"] = (answer.status, answer.text)
    return found


def test_people_and_benches_read_the_same_after_the_upgrade(old: Old, engine: Engine) -> None:
    carried(old, engine)
    upgrade(engine)
    now, settings, named = old.shop.clock(), old.shop.hub.settings, addresses(old)
    url = engine.url.render_as_string(hide_password=False)
    before, after = create_app(settings, lambda: now), create_app(replace(settings, database_url=url), lambda: now)
    read = shown(before, old, named)
    assert {where: status for where, (status, _) in read.items() if status != 200} == {}
    assert shown(after, old, named) == read
    with Asker(after, "") as reader:
        assert reader.get("/healthz").text == '{"schema":"etabli.health/1","status":"ok","problems":[]}'
    before.state.hub.engine.dispose()
    after.state.hub.engine.dispose()
