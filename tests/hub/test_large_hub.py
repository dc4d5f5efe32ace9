"""The pages of a large hub: no query looks a large table through, none has an offset, none is asked once per row.

SQLite plans by the indexes alone (nothing here is analysed), so that a small hub has the plans of a large one.
"""

import gc
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event, select

import hub
from hub.app import create_app
from hub.models import Certificate, DecisionWord, Device, Erasure, Lot
from hub.serving import settle
from tests.bench.hub.asking import Asker, following
from tests.bench.hub.filling import fill, scaled, settings_of, token_of

LARGE = ("device", "drive", "erasure", "diagnostic", "certificate", "ledger", "issued_document", "device_said")
SCAN = re.compile(rf"SCAN (?:{'|'.join(LARGE)})(?:_\d+)?\b")
PAGES = (
    ("lead", "/"),
    ("donor", "/"),
    ("lead", "/lots"),
    ("lead", "/lots?after={lot}"),
    ("lead", "/lots?channel=collection&after={lot}"),
    ("lead", "/lots?channel=unsaid"),
    ("donor", "/lots"),
    ("lead", "/lots/{lot}"),
    ("donor", "/lots/{own}"),
    ("lead", "/lots/{lot}?certificates={number}"),
    ("lead", "/lots/{lot}/devices"),
    ("lead", "/devices/{device}"),
    ("lead", "/queue"),
    ("lead", "/queue?after={waiting}"),
    ("lead", "/queue/{waiting}"),
    ("lead", "/waiting/failed"),
    ("lead", "/waiting/ungraded"),
    ("lead", "/waiting/receptions"),
    ("lead", "/search?q={number}"),
    ("lead", "/search?q=nothing-of-that-name"),
    ("lead", "/live"),
)


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """A hub with some fifty lots."""
    folder = tmp_path_factory.mktemp("large")
    fill(folder, scaled(800))
    app = create_app(settings_of(folder))
    yield app
    app.state.hub.engine.dispose()


@pytest.fixture(scope="module")
def named(large: Any) -> dict[str, str]:
    """What the addresses of `PAGES` name: things with evidence."""
    with large.state.hub.readers()() as session:
        certificate = session.scalars(select(Certificate).order_by(Certificate.number).limit(1)).one()
        waits = select(Erasure).where(Erasure.decision == DecisionWord.AWAITING, Erasure.lot_id.is_not(None))
        donor = select(Lot.code).where(Lot.donor.has(name="Donneur 0000"))
        return {
            "lot": session.get_one(Lot, certificate.lot_id).code,
            "own": session.scalars(donor.limit(1)).one(),
            "number": certificate.number,
            "device": str(certificate.device_id),
            "waiting": session.scalars(waits.limit(1)).one().statement_id,
        }


@contextmanager
def overheard(app: Any) -> Iterator[list[tuple[str, Any]]]:
    """Every statement that the hub sends to its database meanwhile."""
    said: list[tuple[str, Any]] = []

    def hear(_connection: Any, _cursor: Any, statement: str, parameters: Any, _context: Any, _many: Any) -> None:
        said.append((statement, parameters))

    event.listen(app.state.hub.engine, "before_cursor_execute", hear)
    yield said
    event.remove(app.state.hub.engine, "before_cursor_execute", hear)


def plans(app: Any, said: list[tuple[str, Any]]) -> str:
    """How SQLite would go about these statements."""
    with app.state.hub.engine.connect() as connection:
        rows = [
            (row[3], statement)
            for statement, parameters in said
            if statement.startswith("SELECT")
            for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters)
        ]
    return "\n".join(f"{plan} <- {' '.join(statement.split())}" for plan, statement in rows)


@pytest.mark.parametrize(("who", "address"), PAGES)
def test_no_page_looks_a_large_table_through(large: Any, named: dict[str, str], who: str, address: str) -> None:
    with Asker(large, token_of(who)) as reader, overheard(large) as said:
        assert reader.get(address.format(**named)).status in {200, 303}
    told = plans(large, said)
    assert told
    assert [line for line in told.splitlines() if SCAN.search(line)] == []


@pytest.mark.parametrize(("who", "address"), [("lead", "/lots"), ("donor", "/lots"), ("lead", "/queue")])
def test_turning_pages_shows_everything_once(large: Any, who: str, address: str) -> None:
    link = re.compile(r'href="(?:/lots/(LOT-\d+)|/queue/([0-9a-f]{64}))"')
    with Asker(large, token_of(who)) as reader:
        turned, found = address, list[str]()
        while turned:
            text = reader.get(turned).text
            turned = following(text)
            found += [a or b for a, b in link.findall(text.partition("<tbody>")[2].partition("</tbody>")[0])]
    with large.state.hub.readers()() as session:
        if address == "/queue":
            wanted = session.scalars(select(Erasure.statement_id).where(Erasure.decision == DecisionWord.AWAITING))
        else:
            own = Lot.donor.has(name="Donneur 0000") if who == "donor" else Lot.id.is_not(None)
            wanted = session.scalars(select(Lot.code).where(own))
        expected = sorted(wanted)
    assert len(found) > 25 or who == "donor"
    assert sorted(found) == expected


def test_nothing_in_the_hub_skips_rows_by_number() -> None:
    sources = Path(hub.__file__).parent.rglob("*.py")
    assert [path.name for path in sources if ".offset(" in path.read_text(encoding="utf-8")] == []


def test_a_hub_that_serves_has_its_program_looked_through_no_more() -> None:
    before = gc.get_freeze_count()
    settle()
    try:
        assert gc.get_freeze_count() > before
    finally:
        gc.unfreeze()


def test_a_lot_asks_as_often_whether_it_is_large_or_small(large: Any) -> None:
    with large.state.hub.readers()() as session:
        counted = [
            (session.query(Device).filter(Device.lot_id == lot_id).count(), session.get_one(Lot, lot_id).code)
            for lot_id in set(session.scalars(select(Certificate.lot_id)))
        ]
    asked = []
    with Asker(large, token_of("lead")) as lead:
        for _size, code in (min(counted), max(counted)):
            lead.get(f"/lots/{code}")
            with overheard(large) as said:
                assert lead.get(f"/lots/{code}").status == 200
            asked.append(len(said))
    assert min(counted)[0] < max(counted)[0]
    assert asked[0] == asked[1]
