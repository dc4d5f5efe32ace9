"""Private persons of each house: a donor and a lot of the day of its own; an old hub is parted by its migration."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import Engine, text

from hub.database import open_engine
from hub.errors import Conflict, NotFound
from hub.intake.counter import Brought, days, open_day, take_in
from hub.lots.service import donors, lot_for, record_donor
from hub.migrations import upgrade
from tests.hub.conftest import World
from tests.hub.network_work import TwoPartners
from tests.hub.postgres import Server

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
SHARED = "Particuliers"
PEOPLE = ("home", "alpha", "bravo")
# lot, who gave it to which partner (None: nobody), whether that was taken back
LOTS = (
    ("at-home", None, None, None),
    ("of-alpha", "alpha", "alpha", None),
    ("of-bravo", "bravo", "bravo", None),
    ("for-alpha", "home", "alpha", None),
    ("back-home", "alpha", "alpha", NOW),
)


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def old_hub(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Engine]:
    """A hub of the revision before, in which one donor stood for the private persons of three houses."""
    server: Server | None = request.getfixturevalue("postgres_server") if request.param == "postgres" else None
    name = server.database() if server else ""
    engine = open_engine(server.url(name) if server else f"sqlite:///{tmp_path / 'old.db'}")
    upgrade(engine, "0025")
    with engine.begin() as connection:
        for statement, rows in OLD.items():
            connection.execute(text(statement), rows)
    yield engine
    engine.dispose()
    if server:
        server.drop(name)


OLD = {
    "INSERT INTO donor VALUES (:id, :name, '', :now)": [
        {"id": "shared", "name": SHARED, "now": NOW},
        {"id": "taken", "name": f"{SHARED} – Atelier Alpha", "now": NOW},
    ],
    "INSERT INTO partner (id, name, kind, created) VALUES (:id, :name, 'refurbisher', :now)": [
        {"id": one, "name": f"Atelier {one.title()}", "now": NOW} for one in PEOPLE[1:]
    ],
    "INSERT INTO person (id, pseudonym, email, name, role, password_hash, lang, active, created)"
    " VALUES (:id, :id, :id, :id, 'lead', '', 'fr', TRUE, :now)": [{"id": one, "now": NOW} for one in PEOPLE],
    "INSERT INTO belonging (person_id, partner_id) VALUES (:id, :id)": [{"id": one} for one in PEOPLE[1:]],
    "INSERT INTO lot (id, code, label, donor_id, state, created, known_from)"
    " VALUES (:id, :id, '', 'shared', 'received', :now, 0)": [{"id": row[0], "now": NOW} for row in LOTS],
    'INSERT INTO lot_partner (lot_id, partner_id, test, at, "by", withdrawn, withdrawn_reason)'
    " VALUES (:lot, :partner, FALSE, :now, :by, :back, '')": [
        {"lot": lot, "partner": partner, "by": by, "back": back, "now": NOW} for lot, by, partner, back in LOTS if by
    ],
    "INSERT INTO donor_type (donor_id, word, at, \"by\", by_name) VALUES ('shared', :word, :now, 'home', 'Home')": [
        {"word": "company", "now": NOW},
        {"word": "individual", "now": NOW},
    ],
    "INSERT INTO donor_belonging (donor_id, partner_id) VALUES ('shared', 'alpha')": [{}],
}


def test_an_old_hub_gives_each_house_its_own_private_persons(old_hub: Engine) -> None:
    upgrade(old_hub)
    with old_hub.connect() as connection:
        rows = connection.execute(text("SELECT lot.id, donor.name FROM lot JOIN donor ON donor.id = lot.donor_id"))
        assert {row[0]: row[1] for row in rows} == {
            "at-home": SHARED,
            "of-alpha": f"{SHARED} – Atelier Alpha (2)",
            "of-bravo": f"{SHARED} – Atelier Bravo",
            "for-alpha": SHARED,
            "back-home": SHARED,
        }
        known = connection.execute(
            text(
                "SELECT donor_belonging.partner_id, donor.name FROM donor_belonging"
                " JOIN donor ON donor.id = donor_belonging.donor_id"
                " JOIN house_individuals ON house_individuals.donor_id = donor.id"
                " WHERE house_individuals.partner_id = donor_belonging.partner_id"
            )
        )
        assert {row[0]: row[1] for row in known} == {
            "alpha": f"{SHARED} – Atelier Alpha (2)",
            "bravo": f"{SHARED} – Atelier Bravo",
        }
        assert connection.execute(text("SELECT count(*) FROM donor_belonging")).scalar_one() == 2
        types = connection.execute(text("SELECT word FROM donor_type WHERE donor_id != 'shared'"))
        assert list(types.scalars()) == ["individual", "individual"]


def test_an_old_hub_without_private_persons_keeps_its_donors(tmp_path: Path) -> None:
    engine = open_engine(f"sqlite:///{tmp_path / 'old.db'}")
    upgrade(engine, "0025")
    with engine.begin() as connection:
        connection.execute(text("INSERT INTO donor VALUES ('caf', 'CAF', '', :now)"), {"now": NOW})
    upgrade(engine)
    with engine.connect() as connection:
        assert list(connection.execute(text("SELECT name FROM donor")).scalars()) == ["CAF"]
        assert connection.execute(text("SELECT count(*) FROM house_individuals")).scalar_one() == 0
    engine.dispose()


@pytest.fixture
def houses(world: World) -> TwoPartners:
    return TwoPartners(world)


def test_each_house_opens_its_own_lot_of_the_same_day(houses: TwoPartners) -> None:
    leads = (houses.lead, houses.alpha, houses.bravo)
    codes = [houses.do(open_day, "event", "2026-11-21", who=lead).code for lead in leads]
    assert codes[0] == "EVT-2026-11-21"
    assert codes[1] == "EVT-2026-11-21-ATELIERASSOCIATIF"[:32]
    assert codes[2] == "EVT-2026-11-21-ATELIERASSOCIA-2"
    for lead, code in zip(leads, codes, strict=True):
        with pytest.raises(Conflict, match=f"open already: {code}$"):
            houses.do(open_day, "event", "2026-11-21", who=lead)


def test_a_house_reads_nothing_of_what_private_persons_gave_another(houses: TwoPartners) -> None:
    theirs = houses.do(open_day, "drop-off", "2026-11-21", who=houses.bravo)
    houses.do(open_day, "drop-off", "2026-11-21", who=houses.alpha)
    with houses.world.hub.sessions().begin() as session:
        lot = lot_for(session, houses.bravo, theirs.code)
        take_in(session, houses.bravo, lot, Brought("laptop", "T-1"))
    with houses.world.hub.sessions()() as session:
        assert [lot.donor.name for lot, _ in days(session, houses.alpha)] == [
            f"{SHARED} – Atelier Associatif Réuni Alpha"
        ]
        assert [one.name for one in donors(session, houses.alpha)] == [f"{SHARED} – Atelier Associatif Réuni Alpha"]
        with pytest.raises(NotFound):
            lot_for(session, houses.alpha, theirs.code)
        assert len(days(session, houses.lead)) == 2


def test_a_house_that_types_the_name_of_private_persons_gets_its_own(houses: TwoPartners) -> None:
    at_home = houses.do(record_donor, SHARED, "")
    typed = houses.do(record_donor, SHARED, "", who=houses.alpha)
    assert at_home.name == SHARED
    assert typed.name == f"{SHARED} – Atelier Associatif Réuni Alpha"
    assert houses.do(open_day, "bin", "2026-11-21", who=houses.alpha).donor_id == typed.id
    assert houses.do(open_day, "bin", "2026-11-21").donor_id == at_home.id
